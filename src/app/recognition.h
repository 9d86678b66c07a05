#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/decide.h"
#include "app/record.h"
#include "app/resolve.h"
#include "app/verify_records.h"

/// Recognition: points of one colleague to another, out of an allowance. docs/decisions/0085-recognition.md.
///
/// 1. Each has two records, one in the account of either side, that say the same but whose side they are: `given` and `received`,
///    or both `withdrawn` and `taken_back`.
/// 2. Its id, and the cause of its entries, is that of the receiver's record.
/// 3. Whatever becomes of it raises the versions of the giver's state and of the receiver's: of two at once the second is decided
///    over the first.
namespace suki::app {

inline constexpr std::string_view kRecognitionPrefix = "thx";

SUKI_ENUM(RecognitionSide, given, received, withdrawn, taken_back)

struct RecognitionBody {
    Points points;
    std::string unit;
    std::string clause;
    std::string reason;
    std::string message;
    AccountId other_account;   // in which the other side's record is
    MemberId other;            // who that is
    std::string other_record;  // its id, likewise `thx_…`
    LotId lot;                 // that the points were given in
    std::string author;
    std::optional<Instant> ended_at;
    std::string ended_by;
    std::string ended_because;
    Points taken_back;
};
template <class C>
void fields(C& c, RecognitionBody& v) {
    each(c, v.points, v.unit, v.clause, v.reason, v.message, v.other_account, v.other, v.other_record, v.lot, v.author, v.ended_at,
         v.ended_by, v.ended_because, v.taken_back);
}

/// Of either side's record.
RecognitionView view_of(const store::RecordRow& row, const RecognitionBody& body);

/// What `suki verify` asks of all of them together: that both sides say the same, and what the journal says.
class RecognitionsGiven {
public:
    void take(const store::EntryRow& row);
    /// After the whole journal.
    void take(const store::RecordRow& row, const BreachFound& breach);
    /// After all records.
    void finish(const BreachFound& breach) const;

private:
    PointsByCause issued_{"recognition_differs_from_journal"};
    std::map<std::pair<std::string, std::string>, bool> unpaired_;  // id and what is said of it → whether the giver's side says so
};

}  // namespace suki::app
