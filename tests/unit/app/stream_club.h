#pragma once

#include <string>
#include <string_view>
#include <vector>

/// A programme for random streams (event_stream.h), in several kinds.
namespace suki::app {

/// Everything in which settling has a say: two units that expire each in their own way, levels that fall within weeks, budgets by
/// month and without end, limits of a member, counters.
inline constexpr std::string_view kEverything = R"(suki: 1
id: club
title: Club
organisation: {name: Test Foods}
relationship: consumer
goal: retain
languages: [en]
currency: BYN
timezone: Europe/Minsk
effective: 2026-03-10
returns: RETURNS
debt: DEBT
join: {welcome: {points: 50}}
units:
  points: {worth: 0.01 BYN, pending: PENDING, expire: EXPIRE, earned_on: paid}
  stars: {worth: 0.10 BYN, expire: 45 days after last activity}
levels:
  by: spend
  over: 60 days
  review: daily
  downgrade: one_step
  steps:
    guest:  {from: 0 BYN}
    friend: {from: 80 BYN, keep: 20 days, grace: 10 days}
    family: {from: 250 BYN, keep: 30 days, grace: 10 days}
offers:
  base: {give: {points: 3 per 1 BYN}}
  starry: {when: {amount: at least 20 BYN}, give: {stars: 1 per 2 BYN}}
  double: {when: {category: meat, level: at least friend}, give: {points: x2}}
  basket: {give: {discount: {scale: {by: receipt, steps: {50 BYN: 2%, 120 BYN: 4%}}}}, stack: price}
  regular: {give: {discount: {scale: {by: spend, over: 90 days, steps: {100 BYN: 1%, 400 BYN: 3%}}}}, stack: price}
  cards: {when: {card: personal}, give: {discount: 1%}}
  category: {when: {card: category}, give: {points: 7}}
  pates: {when: {category: meat/pates}, give: {free: 1 per 4 cheapest}, limit: {per receipt: 2, budget: 60 BYN per month}}
  wine: {when: {category: wine}, give: {discount: 4 BYN}, limit: {budget: 100 BYN}}
  gifts: {when: {category: gifts}, give: {points: 40}, limit: {budget: 400 points}}
  monthly: {when: {category: tea}, give: {points: 15}, limit: 1 per member per calendar month}
  first: {when: {tag: sale}, give: {discount: 1 BYN}, limit: 9 in all}
  often: {when: {counter: {visits: all, over: 30 days, at_least: 3}}, give: {points: 11}}
  third: {when: {nth_purchase: 3}, give: {points: 150}}
  back: {when: {last_purchase: over 15 days ago}, give: {points: 20}}
  lapsed: {when: {segment: lapsed, attribute: {town: minsk}}, give: {points: 9}}
  birthday: {when: {birthday: within 3 days}, give: {points: 30}, limit: 1 per member per calendar year}
spend:
  at_till: {points: pay, at_least: 10, step: 5, up_to: 80% of receipt, not: {category: wine}}
  stars: {stars: pay, at_least: 1, step: 1, up_to: 50% of receipt}
)";

struct Kind {
    std::string returns;
    std::string debt;
    std::string pending;
    std::string expire;
};

inline std::string document(const Kind& kind) {
    std::string text{kEverything};
    const auto put = [&](std::string_view name, const std::string& value) { text.replace(text.find(name), name.size(), value); };
    put("RETURNS", kind.returns);
    put("DEBT", kind.debt);
    put("PENDING", kind.pending);
    put("EXPIRE", kind.expire);
    return text;
}

inline const std::vector<Kind> kKinds{
    {"rejudge", "below_zero", "0 days", "50 days after earning"},
    {"rejudge", "from_refund", "7 days", "40 days after last activity"},
    {"rejudge", "refuse", "3 days", "at the end of the month"},
    {"keep", "below_zero", "0 days", "30 days after last activity"},
    {"keep", "from_refund", "0 days", "25 days after earning"},
    {"keep", "refuse", "0 days", "never"},
};

}  // namespace suki::app
