#include "house/figures.h"
#include "house/http_calls.h"
#include "house/http_stage.h"

/// The verb of rebates.
namespace suki::house {

Reply HttpStage::rebates(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer found = call("GET", "/v1/members/" + *id + "/rebates");
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(found.root(), "items")) {
        RebateWords words{.rebate = text_in(one, "rebate"),
                          .starts_on = text_in(one, "starts_on"),
                          .bought = number_in(one, "bought"),
                          .accrued = number_in(one, "accrued")};
        if (action.named("of").value_or(words.rebate) != words.rebate) continue;
        const auto next = one.find("next");
        if (is_true_in(one, "is_open") && next && !next->is_null()) {
            words.next = {{number_in(*next, "missing"), number_in(*next, "points")}};
        }
        items.push_back(rebate_words(words));
    }
    reply.add("items", list_words(items));
    return reply;
}

}  // namespace suki::house
