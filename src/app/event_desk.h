#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/app.h"
#include "engine/books.h"
#include "engine/count.h"
#include "engine/evaluate.h"
#include "engine/relied.h"

/// The application's commands about receipts, decided one after the other over plain memory: no database, no thread, no clock. What
/// is decided is what the application decides (the same functions do it; a test plays random streams through both).
///
/// 1. One programme, one edition: what happened before it is recorded and earns nothing.
/// 2. The clock goes with the events: each is recorded when it happened, or just after the latest one before it when it comes late.
/// 3. A member is known from the first event that names them. A purchase or a visit brings no welcome points, as in an import;
/// being
///    told of a new member does.
/// 4. There is no catalogue: lines state category, brand and tags themselves.
/// 5. A refused event changes nothing. One that is sent again is answered again.
/// 6. Receipts are kept packed, so that a member's years take little memory; only returns and repeats read them again.
namespace suki::app {

/// What is told of a person. Fields that are absent stay as they are.
struct LearnMember {
    MemberName member;
    std::optional<Instant> occurred_at;  // absent: the moment of the event before
    PatchMember facts;                   // birthday, attributes and segments are read
    std::optional<programme::CardShown> card;
};
struct LearnedMember {
    bool has_joined = false;  // nobody had heard of them before
    Instant recorded_at;
    std::vector<UnitBalance> balances;
    std::string level;
};

class EventDesk {
public:
    explicit EventDesk(programme::PlanPointer plan);
    ~EventDesk();

    Answered<ReceiptAnswer> decide(RecordReceipt command);
    Answered<ReturnAnswer> decide(const ReturnGoods& command);
    Answered<ReturnAnswer> decide(const VoidReceipt& command);
    /// Goods without their receipt are not looked at.
    Answered<ActivityAnswer> decide(const RecordActivity& command);
    Answered<LearnedMember> decide(const LearnMember& command);

    /// Of a recorded receipt, every offer with its conditions.
    [[nodiscard]] ReceiptExplanation explain(const std::string& receipt) const;
    /// Of a known member, as of the latest event.
    [[nodiscard]] std::vector<UnitBalance> balances(const MemberName& member) const;
    /// What is remembered of a known member, as of the latest event.
    struct Remembered {
        account::State state;
        std::vector<ledger::Wallet> wallets;  // by unit
    };
    [[nodiscard]] Remembered remembered(const MemberName& member) const;
    [[nodiscard]] const programme::Plan& plan() const { return *plan_; }

private:
    struct Books;
    struct Owner;
    struct KeptReceipt;
    struct KeptReturn;
    struct KeptVisit;
    struct CountedVisit;
    struct Matured;
    struct Sheet;
    using ReceiptNode = std::pair<const std::string, KeptReceipt>;
    using PoolKey = std::pair<std::uint32_t, Date>;  // Plan::pools, first day of the period

    [[nodiscard]] Sheet sheet_at(Instant occurred_at) const;
    void commit(Sheet sheet);
    static void note_fates(Sheet& sheet, Owner& owner, const ledger::Entry& entry);
    Owner& owner_of(Sheet& sheet, const MemberName& name) const;
    Books& books_of(Sheet& sheet, Owner& owner) const;
    void post(Sheet& sheet, Books& books, std::vector<engine::UnitPosting> postings) const;
    [[nodiscard]] const engine::Evaluator& evaluator(int edition) const { return edition == 0 ? *bare_ : *evaluator_; }
    [[nodiscard]] std::vector<UnitBalance> balances_of(const Books& books, Instant at) const;

    Answered<ReceiptAnswer> sell(Sheet& sheet, RecordReceipt command, ReceiptAnswer answer);
    [[nodiscard]] engine::Context context_of(const Sheet& sheet, const event::Receipt& receipt, const Owner* owner,
                                             const Books* books, Date date) const;
    Answered<ReturnAnswer> take_back(Sheet& sheet, event::Return what);
    std::optional<Refusal> change_account(Sheet& sheet, engine::StoredReceipt& stored, ReceiptNode& node, const event::Return& what,
                                          const engine::ReturnOutcome& outcome, ReturnAnswer& answer) const;
    [[nodiscard]] std::vector<std::string> those_that_relied(const Sheet& sheet, const ReceiptNode& node, engine::ChangedPast past,
                                                             const engine::MovedPoints& moved) const;
    [[nodiscard]] engine::Keeping what_keeps(const Sheet& sheet, const Books& books, const engine::StoredReceipt& stored,
                                             const ReceiptNode& node) const;
    Answered<ReturnAnswer> give_back(const event::Return& what);

    [[nodiscard]] Answered<ReceiptAnswer> repeated(const RecordReceipt& command, const ReceiptNode& kept) const;

    programme::PlanPointer plan_;
    std::unique_ptr<engine::Evaluator> evaluator_;
    std::unique_ptr<engine::Evaluator> bare_;
    engine::Counted counted_;
    std::optional<Instant> clock_;  // of the latest accepted event
    std::map<std::string, std::unique_ptr<Owner>> owners_;
    std::map<std::string, KeptReceipt> receipts_;
    std::map<std::string, KeptReturn> returns_;
    std::map<std::string, KeptVisit> visits_;
    std::map<std::string, std::vector<event::Return>> exchanges_;  // by receipt, as they were sent
    std::map<PoolKey, std::int64_t> drawn_;
    engine::FirstExpiries first_;             // of every lot that is kept by activity
    std::map<LotId, engine::LotFate> fates_;  // for those who bring a lot's goods back
};

}  // namespace suki::app
