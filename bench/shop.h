#pragma once

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

/// A shop for the benches: a programme of 20 offers and receipts of 20 lines, the same for the same seed on every machine.
namespace suki::bench {

/// splitmix64.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    int below(int bound) {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return static_cast<int>((z ^ (z >> 31)) % static_cast<std::uint64_t>(bound));
    }

private:
    std::uint64_t state_;
};

/// Twenty offers of many kinds: discounts that compete in a stack, points, multipliers, counters over months, limits.
inline constexpr const char* kShopDocument = R"(suki: 1
id: bench
title: {en: Bench Club}
organisation: {name: Bench, site: "https://bench.example"}
relationship: consumer
goal: retain
target: {behaviour: visits per month, from: 2.1, to: 2.6, within: 12 months}
because: {en: "A programme to be measured."}
languages: [en]
currency: BYN
timezone: Europe/Minsk
effective: 2026-01-01
notice: 30 days
returns: rejudge
debt: below_zero
units:
  points:
    title: {en: points}
    worth: 0.01 BYN
    pending: 14 days
    expire: 12 months after earning
    round: down
    earned_on: paid
levels:
  by: spend
  over: 12 months
  review: daily
  downgrade: one_step
  steps:
    guest: {from: 0 BYN, title: {en: Guest}}
    friend: {from: 600 BYN, keep: 12 months, grace: 30 days, title: {en: Friend}}
    family: {from: 2000 BYN, keep: 12 months, grace: 60 days, title: {en: Family}}
offers:
  base: {title: {en: Points for every purchase}, give: {points: 3 per 1 BYN}}
  quiet: {title: {en: Quiet mornings}, when: {weekday: [tue, wed], time: 08:00 to 12:00, category: c/01}, give: {points: x2}}
  basket: {title: {en: Larger baskets}, give: {discount: {scale: {by: receipt, steps: {50 BYN: 2%, 120 BYN: 4%}}}}, stack: price}
  regular: {title: {en: Regulars}, give: {discount: {scale: {by: spend, over: 90 days, steps: {300 BYN: 1%, 900 BYN: 3%}}}}, stack: price}
  bearer: {title: {en: The shop's card}, when: {card: bearer}, give: {discount: 3%}, stack: price}
  third: {title: {en: Third visit}, when: {nth_purchase: 3, store: [s1, s2]}, give: {points: 150}}
  smoked: {title: {en: Smoked}, when: {brand: B3, counter: {spend_on: c/02, over: 30 days, at_least: 40 BYN}}, give: {points: 50}}
  four: {title: {en: Four for three}, when: {category: c/03}, give: {free: 1 per 4 cheapest}, limit: {per receipt: 2}}
  friend: {title: {en: For friends}, when: {level: friend}, give: {points: 20}, limit: 1 per member per calendar month}
  cat04: {title: {en: Week of 04}, when: {category: c/04}, give: {discount: 5%}}
  cat05: {title: {en: Week of 05}, when: {category: c/05}, give: {discount: 10%}}
  cat06: {title: {en: Points for 06}, when: {category: c/06}, give: {points: 5 per 1 BYN}}
  cat07: {title: {en: Double 07}, when: {category: c/07}, give: {points: x2}}
  brand1: {title: {en: Brand one}, when: {brand: B1}, give: {discount: 0.10 BYN}}
  brand2: {title: {en: Brand two}, when: {brand: B2, quantity: over 2}, give: {discount: 4%}}
  many: {title: {en: Large receipts}, when: {amount: over 150 BYN}, give: {points: 100}}
  weekend: {title: {en: Weekend}, when: {weekday: [sat, sun]}, give: {points: 30}, limit: 1 per member per calendar month}
  sku1: {title: {en: Of the week}, when: {sku: [K00001, K00002, K00003]}, give: {discount: 15%}}
  lapsed: {title: {en: Come back}, when: {last_purchase: over 45 days ago}, give: {points: 200}, limit: 1 per member per 6 months}
  shop3: {title: {en: Opening of shop 3}, when: {store: s3, amount: over 30 BYN}, give: {points: 25}}
spend:
  at_till: {points: pay, at_least: 100, step: 10, up_to: 50% of receipt}
)";

inline constexpr int kShopMembers = 2'000;
inline constexpr int kShopLines = 20;

struct ShopLine {
    int sku = 0;
    int quantity = 0;
    int amount = 0;  // minor units
    [[nodiscard]] std::string sku_text() const { return padded("K", sku, 5); }
    [[nodiscard]] std::string category() const { return padded("c/", sku % 20, 2); }
    [[nodiscard]] std::string brand() const { return "B" + std::to_string(sku % 50); }
    static std::string padded(const char* prefix, int number, int width) {
        char text[32];
        std::snprintf(text, sizeof text, "%s%0*d", prefix, width, number);
        return text;
    }
};

struct ShopReceipt {
    int number = 0;
    int member = 0;
    std::string store;
    std::string occurred_at;
    int line_count = kShopLines;
    ShopLine lines[kShopLines];

    [[nodiscard]] std::string member_name() const { return "m" + std::to_string(member); }
    /// The body of a PUT of this receipt.
    [[nodiscard]] std::string body() const {
        std::string text = "{" + fields() + "}";
        return text;
    }
    /// The event that `suki evaluate` reads.
    [[nodiscard]] std::string event() const {
        return "{\"type\":\"receipt\",\"id\":\"r" + std::to_string(number) + "\"," + fields() + "}";
    }
    /// The body of a quote of the same basket.
    [[nodiscard]] std::string quote() const { return "{\"at\":\"" + occurred_at + "\"," + basket() + "}"; }
    [[nodiscard]] std::string fields() const {
        return "\"till\":\"2\",\"number\":\"" + std::to_string(number) + "\",\"occurred_at\":\"" + occurred_at + "\"," + basket();
    }
    [[nodiscard]] std::string basket() const {
        std::string text = "\"store\":\"" + store + "\",\"member\":{\"external_id\":\"" + member_name() + "\"},\"lines\":[";
        for (int i = 0; i < line_count; ++i) {
            const ShopLine& line = lines[i];
            if (i > 0) text += ',';
            text += "{\"number\":" + std::to_string(i + 1) + ",\"sku\":\"" + line.sku_text() + "\",\"category\":\"" +
                    line.category() + "\",\"brand\":\"" + line.brand() + "\",\"quantity\":\"" + std::to_string(line.quantity) +
                    "\",\"unit\":\"piece\",\"amount\":" + std::to_string(line.amount) + "}";
        }
        return text + "]";
    }
};

/// Receipts one after the other, a few minutes apart from 1 February 2026 on.
class Shop {
public:
    explicit Shop(std::uint64_t seed = 42, int members = kShopMembers, int lines = kShopLines)
        : chance_(seed), members_(members), lines_(lines) {}
    ShopReceipt next() {
        ShopReceipt made;
        made.number = ++number_;
        made.member = chance_.below(members_);
        made.line_count = lines_;
        made.store = "s" + std::to_string(1 + chance_.below(5));
        const int minutes = number_ / 4;  // a day and a half for each thousand receipts or so, wrapping after half a year
        const int day = minutes / (12 * 60) % 150;
        static constexpr int kDays[] = {28, 31, 30, 31, 30};
        int month = 2, left = day;
        while (left >= kDays[month - 2]) left -= kDays[month++ - 2];
        char at[64];
        std::snprintf(at, sizeof at, "2026-%02d-%02dT%02d:%02d:00+03:00", month, left + 1, 8 + minutes / 60 % 12, minutes % 60);
        made.occurred_at = at;
        for (int i = 0; i < lines_; ++i) {
            ShopLine& line = made.lines[i];
            line.sku = chance_.below(5) == 0 ? chance_.below(50) : chance_.below(5'000);
            line.quantity = chance_.below(4) == 0 ? 2 + chance_.below(3) : 1;
            line.amount = line.quantity * (50 + chance_.below(1'500));
        }
        return made;
    }

private:
    Chance chance_;
    int members_;
    int lines_;
    int number_ = 0;
};

inline void write_file(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
/// What `suki import members` reads.
inline void write_members_csv(const std::string& path) {
    std::string members = "member,joined\n";
    for (int i = 0; i < kShopMembers; ++i) members += "m" + std::to_string(i) + ",2026-01-10\n";
    write_file(path, members);
}
/// What `suki import receipts` reads; members are m0, m1, …
inline void write_receipts_csv(const std::string& path, int receipts, int members, int lines) {
    std::ofstream file(path, std::ios::binary);
    file << "receipt,at,store,member,sku,category,brand,quantity,amount\n";
    Shop shop{42, members, lines};
    for (int i = 0; i < receipts; ++i) {
        const ShopReceipt receipt = shop.next();
        for (int l = 0; l < lines; ++l) {
            const ShopLine& line = receipt.lines[l];
            char row[256];
            std::snprintf(row, sizeof row, "r%d,%s,%s,%s,%s,%s,%s,%d,%d.%02d\n", receipt.number, receipt.occurred_at.c_str(),
                          receipt.store.c_str(), receipt.member_name().c_str(), line.sku_text().c_str(), line.category().c_str(),
                          line.brand().c_str(), line.quantity, line.amount / 100, line.amount % 100);
            file << row;
        }
    }
}

}  // namespace suki::bench
