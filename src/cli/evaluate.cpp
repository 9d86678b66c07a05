#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include "base/json_writer.h"
#include "cli/verbs.h"
#include "cli/zones.h"
#include "engine/levels.h"
#include "engine/settle.h"
#include "programme/compile.h"
#include "server/encode.h"
#include "server/inputs.h"

namespace suki::cli {

namespace {

using server::json::Object;

SUKI_ENUM(EventType, receipt, return_, void_, visit, member)

/// One line of the input. `type` says which of the others it fills.
struct InputEvent {
    EventType type{};
    std::string id;
    server::ReceiptInput receipt;
    event::Return back;
    app::MemberName member;
    Instant occurred_at;
    account::Facts facts;
    std::string birthday;
    programme::CardKind card = programme::CardKind::none;
};

void read_event_line(Object& in, InputEvent& out) {
    if (!in.required("type", out.type, server::json::choice<EventType>())) return;
    switch (out.type) {
        case EventType::receipt:
            in.required("id", out.id, server::json::key());
            server::read_receipt(in, out.receipt);
            out.receipt.receipt.id = out.id;
            return;
        case EventType::return_:
            in.required("receipt", out.back.receipt, server::json::key());
            server::read_return(in, out.back);
            return;
        case EventType::void_:
            in.required("receipt", out.back.receipt, server::json::key());
            server::read_void(in, out.back);
            out.back.is_void = true;
            return;
        case EventType::visit:
            in.required("member", out.member, server::json::object(server::read_member_name));
            in.required("occurred_at", out.occurred_at, server::json::instant());
            return;
        case EventType::member:
            in.required("member", out.member, server::json::object(server::read_member_name));
            in.optional("birthday", out.birthday, server::json::key());
            in.optional("attributes", out.facts.attributes,
                        server::json::text_map(limits::attributes_per_member, limits::key_bytes, limits::text_bytes));
            in.optional("segments", out.facts.segments,
                        server::json::list(server::json::key(limits::key_bytes), limits::segments_per_member));
            in.optional("card", out.card, server::json::choice<programme::CardKind>());
            return;
    }
}

/// Everything that is remembered of one member from event to event.
struct Owner {
    account::State state;
    account::Facts facts;
    programme::CardKind card = programme::CardKind::none;
    std::vector<ledger::Wallet> wallets;  // as Plan::units
    bool is_known = false;
};

/// Decides events one after the other. Every event is recorded when it happened: there is no other clock here.
class Desk {
public:
    Desk(programme::PlanPointer plan, bool explains) : plan_(plan), evaluator_(plan), explains_(explains) {
        for (const programme::Pool& pool : plan_->pools) pools_.push_back(pool.total);
        editions_.push_back({plan_->effective_on, plan_});
        speech_.plan = plan_;
    }

    /// Appends one line of JSON.
    void decide(std::string_view line, std::string& out) {
        JsonWriter json(out);
        auto event = server::json::decode<InputEvent>(line, read_event_line);
        if (!event) {
            json.begin_object();
            json.begin_array("mistakes");
            for (const auto& mistake : event.error()) {
                json.begin_object();
                json.field("pointer", mistake.pointer);
                json.field("code", name_of(mistake.code));
                json.field("message", mistake.message);
                json.end_object();
            }
            json.end_array();
            json.end_object();
            ++refused_;
            return;
        }
        switch (event->type) {
            case EventType::receipt: return record(*event, json);
            case EventType::return_:
            case EventType::void_: return give_back(event->back, json);
            case EventType::visit: return visit(*event, json);
            case EventType::member: return learn(*event, json);
        }
    }

    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    Owner& owner_of(const app::MemberName& name, Instant at) {
        Owner& owner = owners_[std::string{name_of(name.by)} + ":" + name.value];
        if (!owner.is_known) {
            owner.is_known = true;
            owner.state.joined_on = local_date(*plan_->zone, at);
            for (const programme::Unit& unit : plan_->units) owner.wallets.push_back({.unit = unit.id});
        }
        return owner;
    }

    void refuse(JsonWriter& json, std::string_view id, std::string_view code) {
        json.begin_object();
        json.field("id", id);
        json.field("refused", code);
        json.end_object();
        ++refused_;
    }

    void record(InputEvent& event, JsonWriter& json) {
        event::Receipt& receipt = event.receipt.receipt;
        receipt.occurred_at = event.receipt.occurred_at.instant;
        receipt.offset_s = event.receipt.occurred_at.offset_s;
        if (receipts_.contains(receipt.id)) return refuse(json, receipt.id, "receipt_already_recorded");
        Owner* owner =
            event.receipt.member.by == app::NamedBy::nobody ? nullptr : &owner_of(event.receipt.member, receipt.occurred_at);
        Stored stored;
        stored.owner = owner;
        const Date date = local_date(*plan_->zone, receipt.occurred_at);
        if (owner != nullptr) settle_until(*owner, receipt.occurred_at, date);
        engine::StoredReceipt& kept = stored.receipt;
        kept.receipt = receipt;
        kept.context = context_of(receipt, owner);
        kept.edition = date < plan_->effective_on ? 0 : 1;
        kept.semantics = plan_->semantics;
        kept.recorded_at = receipt.occurred_at;
        kept.decided = evaluator_.evaluate(kept.context, receipt);
        kept.current = kept.decided;
        for (const engine::PoolDraw& draw : kept.decided.pools) pools_[draw.pool] -= draw.amount;
        if (owner != nullptr) post(*owner, kept, date);

        json.begin_object();
        json.field("id", receipt.id);
        server::write_calculation(json, "calculation", kept.decided, unit_names(), speech_);
        if (owner != nullptr) write_owner(json, *owner, receipt.occurred_at, date);
        if (explains_) explain(json, kept);
        json.end_object();
        receipts_.emplace(receipt.id, std::move(stored));
    }

    engine::Context context_of(const event::Receipt& receipt, const Owner* owner) const {
        engine::Surroundings around;
        for (const event::Line& line : receipt.lines) around.lines.push_back({line.category, line.brand, line.tags, line.cost});
        around.pools = pools_;
        std::vector<std::int64_t> available(plan_->units.size(), 0);
        if (owner != nullptr) {
            around.card = owner->card;
            for (std::size_t u = 0; u < available.size(); ++u) {
                available[u] = ledger::balance(owner->wallets[u], receipt.occurred_at).available.minor();
            }
        }
        return engine::gather(*plan_, receipt, around, owner == nullptr ? nullptr : &owner->state,
                              owner == nullptr ? nullptr : &owner->facts, std::move(available));
    }

    /// Brings wallets and levels to the moment of an event.
    void settle_until(Owner& owner, Instant at, Date date) {
        for (std::size_t u = 0; u < owner.wallets.size(); ++u) {
            owner.wallets[u] = ledger::sweep(std::move(owner.wallets[u]), at, plan_->units[u].clause, 1).wallet;
        }
        owner.state.levels = engine::derive_levels(owner.state, editions_, date);
    }

    void post(Owner& owner, engine::StoredReceipt& kept, Date date) {
        const ledger::Stamp stamp{kept.receipt.occurred_at, kept.recorded_at, kept.receipt.id, kept.edition};
        for (const engine::PaidPoints& paid : kept.decided.points_paid) {
            if (paid.points <= Points{0}) continue;
            std::string rule;
            std::string clause;
            for (const programme::PayWithPoints& pay : plan_->pay) {
                if (pay.unit == paid.unit) rule = pay.id, clause = pay.clause;
            }
            auto spent = ledger::spend(std::move(owner.wallets[paid.unit]), {paid.points, rule, clause, true}, stamp);
            SUKI_CHECK(spent.has_value());  // a completed sale may owe
            owner.wallets[paid.unit] = std::move(spent->posting.wallet);
            kept.spent.push_back({paid.unit, rule, clause, std::move(spent->draws), spent->uncovered});
        }
        for (engine::UnitEarn& earn : engine::postings(*plan_, kept.context, kept.decided)) {
            auto posting = ledger::earn(owner.wallets[earn.unit], earn.request, stamp);
            if (!posting) continue;  // a wallet full to 2^53: nothing more fits
            LotId lot;
            for (const ledger::Entry& entry : posting->entries) {
                for (const ledger::LotChange& change : entry.lots) lot = change.lot;
            }
            owner.wallets[earn.unit] = std::move(posting->wallet);
            kept.earned.push_back({earn.unit, lot, earn.request.parts});
        }
        engine::advance(owner.state, kept.decided, date);
        settle_until(owner, kept.recorded_at, date);
    }

    void give_back(const event::Return& request, JsonWriter& json) {
        const auto found = receipts_.find(request.receipt);
        if (found == receipts_.end()) return refuse(json, request.id, "receipt_of_return_not_found");
        engine::StoredReceipt& kept = found->second.receipt;
        const auto judged = engine::judge_return(evaluator_, kept, request);
        if (!judged) return refuse(json, request.id, name_of(judged.error()));
        const Date date = local_date(*plan_->zone, kept.receipt.occurred_at);
        Owner* owner = found->second.owner;
        const Instant at = std::max(request.occurred_at, kept.receipt.occurred_at);
        if (owner != nullptr) settle_until(*owner, at, local_date(*plan_->zone, at));
        Money withheld;
        std::vector<std::vector<ledger::Part>> taken(plan_->units.size());
        if (owner != nullptr) take_points_back(*owner, kept, *judged, {at, at, request.id, kept.edition}, withheld, taken);
        for (const engine::PoolDraw& draw : judged->pools) pools_[draw.pool] += draw.amount;
        if (owner != nullptr) {
            for (const engine::CounterChange& change : judged->counters)
                account::add_to_counter(owner->state, change.key, date, change.change);
            settle_until(*owner, at, local_date(*plan_->zone, at));
        }
        engine::record_return(kept, request, *judged, taken);

        json.begin_object();
        json.field("id", request.id);
        json.field("receipt", request.receipt);
        json.field("refund", judged->refund.minor() - withheld.minor());
        json.field("withheld", withheld.minor());
        if (owner != nullptr) write_owner(json, *owner, at, local_date(*plan_->zone, at));
        json.end_object();
    }

    void take_points_back(Owner& owner, engine::StoredReceipt& kept, const engine::ReturnOutcome& judged,
                          const ledger::Stamp& stamp, Money& withheld, std::vector<std::vector<ledger::Part>>& taken) {
        for (engine::SpentRecord& spent : kept.spent) {
            for (const auto& [unit, points] : judged.give_back) {
                if (unit != spent.unit || points <= Points{0}) continue;
                auto restored = ledger::restore_spend(owner.wallets[unit],
                                                      {spent.draws, points, spent.uncovered, spent.rule, spent.clause}, stamp);
                if (!restored) continue;
                owner.wallets[unit] = std::move(restored->posting.wallet);
                spent.draws = std::move(restored->draws_left);
                spent.uncovered = restored->uncovered_left;
            }
        }
        for (std::size_t u = 0; u < judged.take_back.size(); ++u) {
            if (judged.take_back[u].empty()) continue;
            LotId lot;
            for (const engine::EarnedRecord& earned : kept.earned) {
                if (earned.unit == u) lot = earned.lot;
            }
            auto reversed = ledger::reverse_earn(
                owner.wallets[u], {lot, judged.take_back[u], plan_->debt == programme::DebtPolicy::below_zero}, stamp);
            if (!reversed) continue;
            owner.wallets[u] = std::move(reversed->posting.wallet);
            taken[u] = judged.take_back[u];
            if (plan_->debt != programme::DebtPolicy::from_refund) continue;
            const auto worth = scale(Money{reversed->uncovered.minor()}, plan_->units[u].worth, Rounding::down);
            withheld = Money{std::min(judged.refund.minor(), withheld.minor() + worth.value_or(Money{}).minor())};
        }
    }

    void visit(const InputEvent& event, JsonWriter& json) {
        Owner& owner = owner_of(event.member, event.occurred_at);
        const Date date = local_date(*plan_->zone, event.occurred_at);
        account::add_to_counter(owner.state, "visits", date, 1);
        settle_until(owner, event.occurred_at, date);
        json.begin_object();
        write_owner(json, owner, event.occurred_at, date);
        json.end_object();
    }

    void learn(InputEvent& event, JsonWriter& json) {
        Owner& owner = owner_of(event.member, midnight_utc(plan_->effective_on));
        owner.facts = std::move(event.facts);
        std::sort(owner.facts.segments.begin(), owner.facts.segments.end());
        std::sort(owner.facts.attributes.begin(), owner.facts.attributes.end());
        owner.card = event.card;
        if (const auto birthday = parse_date(event.birthday)) owner.facts.birthday = civil(*birthday);
        json.begin_object();
        json.field("known", true);
        json.end_object();
    }

    void write_owner(JsonWriter& json, const Owner& owner, Instant at, Date date) const {
        json.begin_array("balances");
        for (const ledger::Wallet& wallet : owner.wallets) {
            const ledger::Balance balance = ledger::balance(wallet, at);
            json.begin_object();
            json.field("unit", wallet.unit);
            json.field("pending", balance.pending.minor());
            json.field("available", balance.available.minor());
            json.field("owed", balance.owed.minor());
            json.end_object();
        }
        json.end_array();
        if (const account::LevelSpan* span = engine::level_on(owner.state.levels, date)) json.field("level", span->level);
    }

    void explain(JsonWriter& json, const engine::StoredReceipt& kept) const {
        app::ReceiptExplanation explanation;
        explanation.receipt.programme = plan_->id;
        explanation.receipt.currency = plan_->currency;
        explanation.receipt.units = unit_names();
        explanation.receipt.stored = kept;
        explanation.plan = plan_;
        explanation.offers = evaluator_.explain(kept.context, kept.receipt);
        json.key("explanation");
        server::write_explanation(json, explanation, speech_);
    }

    [[nodiscard]] std::vector<std::string> unit_names() const {
        std::vector<std::string> names;
        for (const programme::Unit& unit : plan_->units) names.push_back(unit.id);
        return names;
    }

    struct Stored {
        engine::StoredReceipt receipt;
        Owner* owner = nullptr;  // into `owners_`, whose elements stay where they are
    };
    programme::PlanPointer plan_;
    engine::Evaluator evaluator_;
    bool explains_;
    server::Speech speech_;
    std::vector<engine::LadderEdition> editions_;
    std::vector<std::int64_t> pools_;
    std::map<std::string, Owner> owners_;
    std::map<std::string, Stored> receipts_;
    std::uint64_t refused_ = 0;
};

}  // namespace

int evaluate(const EvaluateOptions& options) {
    const std::string source = read_file(options.file);
    const auto compiled = programme::compile(source, load_zone);
    if (!compiled) {
        for (const programme::Diagnostic& finding : compiled.error())
            std::cerr << programme::diagnostic_text(finding, options.file) << '\n';
        return 1;
    }
    std::ios::sync_with_stdio(false);
    Desk desk(compiled->plan, options.explain);
    std::string line;
    std::string out;
    while (std::getline(std::cin, line)) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        desk.decide(line, out);
        out += '\n';
        // Answers leave in large pieces, but nobody who pipes by hand waits for long.
        if (out.size() > (1 << 16) || std::cin.rdbuf()->in_avail() <= 0) {
            std::fwrite(out.data(), 1, out.size(), stdout);
            std::fflush(stdout);
            out.clear();
        }
    }
    std::fwrite(out.data(), 1, out.size(), stdout);
    return desk.refused() == 0 ? 0 : 1;
}

}  // namespace suki::cli
