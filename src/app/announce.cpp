#include "app/announce.h"

#include "base/json_writer.h"

namespace suki::app {

namespace {

template <class Write>
void say(Desk& desk, const Subject& subject, std::string_view topic, std::string_view part, const Write& write) {
    std::string payload;
    JsonWriter json{payload};
    json.begin_object();
    json.field("programme", subject.programme.id);
    if (subject.member) json.field("member", subject.member->text());
    if (!subject.cause.empty()) json.field("cause", subject.cause);
    json.field("recorded_at", instant_text(desk.recorded_at()));
    write(json);
    if (!desk.traceparent().empty()) json.field("traceparent", desk.traceparent());
    json.end_object();
    std::optional<AccountId> account;
    if (subject.key) account = subject.key->account;
    desk.announce(subject.programme.organisation, account, topic, std::string{subject.cause} + std::string{part},
                  std::move(payload));
}

}  // namespace

void announce_receipt(Desk& desk, const Subject& subject, int edition, Money total, const std::string& currency) {
    say(desk, subject, "receipt.recorded", {}, [&](JsonWriter& json) {
        json.field("receipt", subject.cause);
        json.field("edition", edition);
        json.field("total", total.minor());
        json.field("currency", currency);
    });
}

void announce_return(Desk& desk, const Subject& subject, const std::string& receipt, Money refund, const std::string& currency) {
    say(desk, subject, "receipt.returned", {}, [&](JsonWriter& json) {
        json.field("receipt", receipt);
        json.field("refund", refund.minor());
        json.field("currency", currency);
    });
}

void announce_points(Desk& desk, const Subject& subject, std::string_view topic, const std::string& unit, Points points) {
    if (points.is_zero()) return;
    say(desk, subject, topic, unit, [&](JsonWriter& json) {
        json.field("unit", unit);
        json.field("points", points.minor());
    });
}

void announce_level(Desk& desk, const Subject& subject, const std::string& before, const std::string& after) {
    if (before == after) return;
    say(desk, subject, "level.changed", {}, [&](JsonWriter& json) {
        json.field("before", before);
        json.field("level", after);
    });
}

void announce_payment(Desk& desk, const Subject& subject, std::string_view topic, const std::string& membership,
                      const std::string& plan, Money amount, const std::string& currency, Date due_on) {
    say(desk, subject, topic, {}, [&](JsonWriter& json) {
        json.field("membership", membership);
        json.field("plan", plan);
        json.field("amount", amount.minor());
        json.field("currency", currency);
        json.field("due_on", date_text(due_on));
    });
}

void announce_plain(Desk& desk, const Subject& subject, std::string_view topic) {
    say(desk, subject, topic, {}, [](JsonWriter&) {});
}

}  // namespace suki::app
