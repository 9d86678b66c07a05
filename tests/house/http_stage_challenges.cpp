#include "house/figures.h"
#include "house/http_calls.h"
#include "house/http_stage.h"

/// The verb of challenges.
namespace suki::house {

Reply HttpStage::challenges(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer found = call("GET", "/v1/members/" + *id + "/challenges");
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(found.root(), "items")) {
        std::vector<engine::PartMove> parts;
        for (const json::Value part : list_in(one, "parts")) {
            parts.push_back({.part = text_in(part, "part"), .after = number_in(part, "have"), .need = number_in(part, "need")});
        }
        std::string item = text_in(one, "challenge");
        if (action.named("of").value_or(item) != item) continue;
        if (const std::int64_t times = number_in(one, "times"); times > 0) item += "*" + std::to_string(times);
        item += ":" + (is_true_in(one, "is_done") ? std::string{"done"} : parts_words(parts, false));
        if (const std::string until = text_in(one, "until"); !until.empty()) item += "@" + until;
        items.push_back(std::move(item));
    }
    reply.add("items", list_words(items));
    return reply;
}

}  // namespace suki::house
