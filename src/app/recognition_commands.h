#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/asking.h"
#include "base/id.h"
#include "base/time.h"

/// Commands about what colleagues give each other.
namespace suki::app {

SUKI_ENUM(RecognitionStatus, given, withdrawn)
struct RecognitionView {
    std::string id;    // `thx_…`, the cause of its entries
    std::string kind;  // its id in the document
    MemberId member;   // who has it
    MemberId from;     // who gave it
    RecognitionStatus status = RecognitionStatus::given;
    std::string unit;
    Points points;
    std::string reason;   // a word of the document's; may be empty, so with the next
    std::string message;  // what was written with it
    std::string clause;
    std::string author;  // who served the giver
    Instant given_at;
    std::optional<Instant> ended_at;
    std::string ended_by;
    std::string ended_because;
    Points taken_back;  // when it was withdrawn: what had not expired, nor was left
    bool is_repeat = false;
};
/// Out of the giver's allowance: no points of theirs.
struct GiveRecognition {
    using answer_type = RecognitionView;
    static constexpr std::string_view word = "give_recognition";
    std::string programme;
    MemberName member;  // who gives
    MemberName to;
    std::string kind;
    Points points;
    std::string reason;
    std::string message;
};
/// By staff: its points are taken back, and the allowance is as if it had never been given.
struct WithdrawRecognition {
    using answer_type = RecognitionView;
    static constexpr std::string_view word = "withdraw_recognition";
    std::string programme;
    MemberName member;  // who has it
    std::string recognition;
    std::string reason;
};

}  // namespace suki::app
