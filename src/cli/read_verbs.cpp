#include <iomanip>
#include <iostream>

#include "base/currency.h"
#include "base/decimal.h"
#include "cli/verbs.h"
#include "words/words.h"

namespace suki::cli {

namespace {

/// The member that `text` names: an id, else whatever fits first of external id, card, phone, e-mail.
app::Answered<app::MemberView> find(const app::App& app, const Place& place, const std::string& programme,
                                    const std::string& text) {
    if (MemberId::parse(text)) return app.find_member(place.organisation, programme, {app::NamedBy::member, text});
    for (const app::NamedBy by : {app::NamedBy::external, app::NamedBy::card, app::NamedBy::phone}) {
        auto found = app.find_member(place.organisation, programme, {by, text});
        if (found) return found;
    }
    return app.find_member(place.organisation, programme, {app::NamedBy::email, text});
}

/// `2026-03-01 09:00` on the programme's clocks, as every page shows it; without a programme in UTC, and saying so.
std::string clock_text(const programme::Plan* plan, Instant at) {
    if (plan == nullptr) return instant_text(at);
    const CivilTime local = local_time(*plan->zone, at);
    return date_text(local.date) + " " + time_of_day_text(local.time_of_day());
}

/// When it was written down, where that was more than a day after it happened.
std::string lateness_text(const programme::Plan* plan, const ledger::Entry& entry) {
    constexpr std::int64_t kDayUs = 86'400'000'000;
    const bool is_late = entry.recorded_at.us - entry.occurred_at.us > kDayUs;
    return is_late ? ", recorded " + clock_text(plan, entry.recorded_at) : std::string{};
}

void print_scale(const programme::Plan& plan, const programme::Offer& offer, const engine::ScaleOutlook& scale,
                 std::string_view language) {
    std::cout << words::say_standing(language, plan, offer, scale.figure, scale.reached);
    if (scale.next)
        std::cout << "; " << words::say_missing(language, plan, offer, scale.next->kind, scale.next->missing, scale.next->step);
    std::cout << '\n';
}

void print_level(const app::MemberView& member, const programme::Plan& plan) {
    if (!member.level) return;
    std::cout << "level: " << member.level->level << " since " << date_text(member.level->since);
    if (member.level->next) {
        const programme::Counter& counter = plan.counters[plan.windows[plan.ladder->window].counter];
        const std::string missing = counter.measure == programme::Measure::spend
                                        ? money_text(Money{member.level->missing}, plan.exponent) + " " + plan.currency
                                    : counter.measure == programme::Measure::quantity ? decimal_text(member.level->missing, 3)
                                                                                      : std::to_string(member.level->missing);
        std::cout << ", " << missing << " more for " << *member.level->next;
    }
    if (member.level->grace_until) std::cout << ", falls on " << date_text(*member.level->grace_until) << " unless earned again";
    std::cout << '\n';
}

void print_offer(const programme::Plan& plan, const engine::Explained& explained, const std::string& language) {
    const event::Decision& decision = explained.decision;
    std::cout << "\n"
              << decision.clause << " " << decision.offer << ": "
              << words::say(language, "verdict." + std::string{name_of(decision.verdict)}, {{"winner", decision.winner}});
    if (decision.verdict == event::Verdict::applied) {
        if (decision.unit.empty())
            std::cout << ", " << words::say_money(language, decision.discount, plan.currency, plan.exponent);
        else
            std::cout << ", " << words::say_points(language, &plan, decision.unit, decision.points.minor());
    }
    std::cout << '\n';
    const programme::Offer* said = programme::find_offer(plan, decision.offer);
    if (said == nullptr) return;
    std::cout << "    " << words::say_offer(language, plan, *said) << '\n';
    for (std::size_t i = 0; i < explained.conditions.size(); ++i) {
        const engine::ConditionResult& result = explained.conditions[i];
        const engine::PlaceInPart place = engine::place_in_part(explained.conditions, i);
        const auto [text, seen] =
            words::say_result(language, plan, *said, result.part, place.index, place.count, result.kind, result.seen);
        std::cout << "    " << (result.is_met ? "+ " : "- ") << text << " (" << (seen.empty() ? "–" : seen) << ")\n";
    }
    for (const engine::LimitResult& result : explained.limits) {
        std::cout << "    " << (result.left > 0 ? "+ " : "- ") << words::say_limit(language, plan, *said, result.limit) << " ("
                  << words::say_left(language, plan, *said, result.limit, result.left) << ")\n";
    }
    if (explained.scale) {
        std::cout << "    " << (explained.scale->reached ? "+ " : "- ");
        print_scale(plan, *said, *explained.scale, language);
    }
}

/// The same person in other programmes of the organisation.
void print_elsewhere(const app::App& app, const Place& place, const app::MemberView& member) {
    const auto account = app.account(place.organisation, member.account);
    if (!account) return;
    for (const app::MemberView& other : account->members) {
        if (other.programme != member.programme) std::cout << "also in " << other.programme << ": " << other.member.text() << '\n';
    }
}

}  // namespace

int print_statement(const StatementOptions& options) {
    Opened opened = open_place(options.place, false);
    const app::App& app = *opened.app;
    const std::string programme = programme_of(options.place, app);
    std::optional<Instant> at;
    if (!options.at.empty()) {
        at = parse_instant(options.at);
        if (!at) throw UsageError{"--at wants an instant such as 2026-03-01T09:00Z"};
    }
    const auto member = find(app, options.place, programme, options.member);
    if (!member) {
        std::cerr << "nobody is known as " << options.member << '\n';
        return 1;
    }
    const auto published = app.plan(options.place.organisation, programme);
    const programme::Plan* plan = published ? published->get() : nullptr;
    app::Page page{"", 500};
    bool is_first = true;
    do {
        const auto statement =
            app.statement(options.place.organisation, programme, {app::NamedBy::member, member->member.text()}, page, at);
        if (!statement) {
            std::cerr << sentence(statement.error()) << '\n';
            return 1;
        }
        if (is_first) {
            std::cout << statement->member.member.text() << "  " << statement->member.profile.name << '\n';
            print_elsewhere(app, options.place, statement->member);
            if (plan != nullptr) print_level(statement->member, *plan);
            for (const app::UnitBalance& b : statement->member.balances) {
                std::cout << b.unit << ": " << b.available.minor() << " to spend, " << b.pending.minor() << " pending, "
                          << b.held.minor() << " held, " << b.owed.minor() << " owed\n";
            }
            for (const engine::ScaleOutlook& scale : statement->scales) {
                const programme::Offer* offer = programme::find_offer(*statement->plan, scale.offer);
                if (offer == nullptr) continue;
                std::cout << offer->id << ": ";
                print_scale(*statement->plan, *offer, scale, options.language);
            }
            for (const app::LotView& lot : statement->lots) {
                std::cout << "    " << lot.remaining.minor() << " " << lot.unit << " "
                          << (lot.expires_at ? "until " + clock_text(plan, *lot.expires_at) : std::string{"without end"}) << '\n';
            }
        }
        is_first = false;
        for (const app::StatementLine& line : statement->lines) {
            std::cout << clock_text(plan, line.entry.occurred_at) << "  " << std::setw(8) << std::showpos << line.change.minor()
                      << std::noshowpos << "  "
                      << words::say_reason(options.language, line.plan.get(), line.reason.key, line.reason.arguments)
                      << lateness_text(plan, line.entry) << '\n';
        }
        page.cursor = statement->next_cursor;
    } while (!page.cursor.empty());
    return 0;
}

int print_explanation(const ExplainOptions& options) {
    Opened opened = open_place(options.place, false);
    const std::string programme = programme_of(options.place, *opened.app);
    const auto explanation = opened.app->explain(options.place.organisation, programme, options.receipt);
    if (!explanation) {
        std::cerr << sentence(explanation.error()) << '\n';
        return 1;
    }
    const engine::StoredReceipt& stored = explanation->receipt.stored;
    std::cout << "receipt " << stored.receipt.id << " of "
              << clock_text(explanation->plan ? explanation->plan.get() : nullptr, stored.receipt.occurred_at) << ", edition "
              << stored.edition << '\n';
    for (const event::Return& back : stored.returns) {
        std::cout << (back.is_void ? "voided" : "goods came back") << " on "
                  << clock_text(explanation->plan ? explanation->plan.get() : nullptr, back.occurred_at) << " by " << back.id
                  << "; what follows is as it was decided when it was sold\n";
    }
    if (!explanation->plan) {
        std::cout << words::say(options.language, "explain.before_first_edition") << '\n';
        return 0;
    }
    if (stored.is_history) std::cout << words::say(options.language, "explain.history") << '\n';
    const programme::Plan& plan = *explanation->plan;
    const auto money = [&](Money amount) { return words::say_money(options.language, amount, plan.currency, plan.exponent); };
    std::cout << "list " << money(stored.decided.list_total) << ", discounts " << money(stored.decided.discount) << ", to pay "
              << money(stored.decided.total) << ", paid with points " << money(stored.decided.points_money) << '\n';
    for (const engine::Payable& payable : explanation->payments) {
        const auto broken = engine::broken_by(payable);
        const auto bound = broken ? engine::bound_of(*broken, payable) : std::nullopt;
        std::cout << payable.stated << ' ' << payable.unit << " paid: "
                  << words::say_payment(options.language, broken ? name_of(*broken) : std::string_view{}, bound ? bound->value : 0)
                  << '\n';
    }
    for (const engine::Explained& explained : explanation->offers) {
        if (explained.decision.verdict == event::Verdict::failed && !options.all) continue;
        print_offer(plan, explained, options.language);
    }
    return 0;
}

}  // namespace suki::cli
