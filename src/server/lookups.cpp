#include "server/lookups.h"

namespace suki::server {

Speech speech_for(const Call& call, app::App& app, const std::string& programme, int edition) {
    const auto plan = app.plan(call.organisation, programme, edition);
    Speech speech;
    if (plan) speech.plan = *plan;
    speech.language = call.language_for(speech.plan.get());
    return speech;
}

std::optional<MemberId> member_of_path(Call& call) {
    const auto member = MemberId::parse(call.path_values.at(0));
    if (!member)
        call.refuse_parameter("path/id", json::MistakeCode::bad_id,
                              "this is no member's id; one looks like `" + MemberId{}.text() + "`");
    return member;
}

app::MemberName named(MemberId member) { return {.by = app::NamedBy::member, .value = member.text()}; }

bool check_currency(Call& call, const std::string& currency) {
    if (currency.empty()) return true;
    const auto plan = call.app().plan(call.organisation, call.programme);
    if (!plan) {
        call.refuse(plan.error());
        return false;
    }
    if ((*plan)->currency == currency) return true;
    call.refuse(Problem{.status = 422,
                        .code = std::string{name_of(ServerRejection::currency_differs)},
                        .detail = "the programme counts in " + (*plan)->currency,
                        .pointer = "/currency",
                        .arguments = {{"currency", (*plan)->currency}}});
    return false;
}

std::optional<std::string> store_of_query(Call& call) {
    std::string store{call.request().query_value("store").value_or("")};
    const std::string& own = call.principal.store;
    if (own.empty()) return store;
    if (!store.empty() && store != own) {
        call.refuse(app::refuse(app::AuthRejection::store_not_allowed, "/store", {{"store", own}}).error);
        return std::nullopt;
    }
    return own;
}

}  // namespace suki::server
