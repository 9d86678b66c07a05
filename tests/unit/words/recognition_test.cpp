#include <gtest/gtest.h>

#include "words/words.h"

namespace suki::words {
namespace {

using namespace programme;

TEST(WordsOfRecognition, SayHowMuchToWhomAndWhenBack) {
    Plan plan;
    plan.units = {Unit{.id = "points"}};
    Recognition thanks{.id = "thanks", .allowance = {.count = 100, .window = {.kind = WindowKind::calendar_month}}, .at_most = 50};
    plan.recognitions = {thanks};
    EXPECT_EQ(say_recognition("en", plan, thanks),
              "A member may give colleagues 100 points in the calendar month, at most 50 points at once.");
    thanks.to_one = Allowance{.count = 60, .window = {.kind = WindowKind::calendar_month}};
    thanks.not_back = {.days = 7};
    EXPECT_EQ(
        say_recognition("en", plan, thanks),
        "A member may give colleagues 100 points in the calendar month, at most 50 points at once. To the same colleague at most "
        "60 points in the calendar month. Nobody gives to whom they have it from for 7 days.");
    EXPECT_EQ(say_recognition("ru", plan, thanks).find("colleague"), std::string::npos);
    EXPECT_EQ(recognition_title("en", plan, "thanks"), "thanks");
    plan.recognitions[0].title.any = "Thank you";
    EXPECT_EQ(recognition_title("en", plan, "thanks"), "Thank you");
    EXPECT_EQ(recognition_title("en", plan, "gone"), "gone");
}

}  // namespace
}  // namespace suki::words
