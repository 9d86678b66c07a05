#include "engine/benefits.h"

#include <gtest/gtest.h>

namespace suki::engine {
namespace {

using namespace programme;

Date on(int month, int day, int year = 2026) { return *make_date(year, month, day); }

Benefit benefit(const std::string& id, BenefitKind kind, std::vector<std::optional<Allowance>> by_level) {
    Benefit made{.id = id, .kind = kind, .is_material = is_material(kind)};
    made.by_level = std::move(by_level);
    return made;
}
Allowance times(std::int64_t count, WindowKind kind = WindowKind::calendar_year) {
    return {.count = count, .window = {.kind = kind}};
}

Plan matrix() {
    Plan plan;
    plan.levels = {{.id = "guest"}, {.id = "friend"}, {.id = "family"}};
    plan.benefits = {benefit("ham", BenefitKind::gift, {std::nullopt, times(1), times(2)}),
                     benefit("hotline", BenefitKind::service, {Allowance{}, Allowance{}, Allowance{}}),
                     benefit("tasting", BenefitKind::access, {std::nullopt, times(2), Allowance{}}),
                     benefit("farm", BenefitKind::service, {std::nullopt, Allowance{}, Allowance{}})};
    plan.benefits[3].partner = "farm";
    return plan;
}

std::vector<std::string> shown(const Plan& plan, const std::vector<Entitlement>& all) {
    std::vector<std::string> names;
    for (const Entitlement& one : all) names.push_back(plan.benefits[one.benefit].id);
    return names;
}

TEST(Benefits, WhatIsNotMaterialComesFirstAndTheCompanysOwnBeforeAPartners) {
    const Plan plan = matrix();
    EXPECT_EQ(shown(plan, entitlements(plan, "family", on(3, 1), {}, {})),
              (std::vector<std::string>{"hotline", "tasting", "farm", "ham"}));
    EXPECT_EQ(shown(plan, entitlements(plan, "guest", on(3, 1), {}, {})), std::vector<std::string>{"hotline"});
    EXPECT_TRUE(entitlements(plan, "", on(3, 1), {}, {}).empty());
}

TEST(Benefits, AreCountedInTheirWindow) {
    const Plan plan = matrix();
    const std::vector<UsedBenefit> used{{"tasting", on(12, 31, 2025)}, {"tasting", on(2, 1)}, {"ham", on(2, 1)}};
    const auto of = [&](Date date, const std::string& level = "friend") {
        for (const Entitlement& one : entitlements(plan, level, date, used, {})) {
            if (plan.benefits[one.benefit].id == "tasting") return one;
        }
        return Entitlement{};
    };
    EXPECT_EQ(of(on(3, 1)).left(), 1);
    EXPECT_EQ(of(on(3, 1)).renews_on, on(1, 1, 2027));
    EXPECT_EQ(of(on(12, 31)).left(), 1);
    EXPECT_EQ(of(on(1, 1, 2027)).left(), 2);
    EXPECT_EQ(of(on(12, 31, 2025)).left(), 1);
    EXPECT_TRUE(of(on(3, 1), "family").is_standing);
}

TEST(Benefits, WhatIsBookedIsUsedOfItsOwnWindow) {
    const Plan plan = matrix();
    const std::vector<UsedBenefit> used{{"tasting", on(11, 1)}, {"tasting", on(2, 1, 2027)}};
    EXPECT_EQ(entitlements(plan, "friend", on(3, 1), used, {})[1].left(), 1);
    EXPECT_EQ(entitlements(plan, "friend", on(1, 15, 2027), used, {})[1].left(), 1);
}

TEST(Benefits, GrantsAreBesideWhatIsHadByRightAndEnd) {
    const Plan plan = matrix();
    const std::vector<GrantedBenefit> granted{{"g2", "ham", 2, on(1, 1), std::nullopt},
                                              {"g1", "ham", 1, on(1, 1), on(4, 1)},
                                              {"g3", "ham", 1, on(5, 1), on(6, 1)},
                                              {"g4", "ham", 0, on(1, 1), on(2, 1)}};
    EXPECT_EQ(entitlements(plan, "guest", on(3, 1), {}, granted)[1].left(), 3);
    EXPECT_EQ(entitlements(plan, "friend", on(3, 1), {}, granted).back().left(), 4);
    EXPECT_EQ(entitlements(plan, "guest", on(4, 2), {}, granted)[1].left(), 2);
    EXPECT_EQ(first_grant(granted, "ham", on(3, 1))->id, "g1");
    EXPECT_EQ(first_grant(granted, "ham", on(4, 2))->id, "g2");
    EXPECT_EQ(first_grant(granted, "ham", on(5, 2))->id, "g3");
    EXPECT_EQ(first_grant(granted, "tasting", on(5, 2)), nullptr);
}

// As often as they like, whatever the level says of it.
TEST(Benefits, ComeWithAMembership) {
    Plan plan = matrix();
    plan.memberships = {{.id = "grill", .benefits = {2}}, {.id = "wine", .benefits = {0}}};
    const std::vector<std::string> had{"grill"};
    const auto all = entitlements(plan, "guest", on(3, 1), {}, {}, had);
    EXPECT_EQ(shown(plan, all), (std::vector<std::string>{"hotline", "tasting"}));
    EXPECT_TRUE(all.back().is_standing);
    EXPECT_EQ(shown(plan, entitlements(plan, "", on(3, 1), {}, {}, had)), std::vector<std::string>{"tasting"});
}

}  // namespace
}  // namespace suki::engine
