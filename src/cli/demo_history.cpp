#include "cli/demo_history.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "programme/card_number.h"

namespace suki::cli {

namespace {

constexpr std::string_view kTillPrefix = "till-";

struct Goods {
    std::string_view sku;
    std::string_view english;
    std::string_view russian;
    std::string_view category;
    std::string_view brand;
    bool is_weighed;
    int price;       // minor units per piece or kg
    int popularity;  // relative
    std::string_view tag;
};

constexpr std::array kGoods = std::to_array<Goods>({
    {"1001", "Doctor's sausage", "Колбаса докторская", "food/meat/sausages/cooked", "Meat Works", true, 1590, 90, ""},
    {"1002", "Milk frankfurters", "Сосиски молочные", "food/meat/sausages/frankfurters", "Meat Works", true, 1390, 80,
     "for_children"},
    {"1003", "Mini frankfurters", "Сосиски детские", "food/meat/sausages/frankfurters", "Little Bear", true, 1690, 45,
     "for_children"},
    {"1004", "Krakow sausage", "Колбаса краковская", "food/meat/sausages/semi_smoked", "Meat Works", true, 1890, 55, ""},
    {"1005", "Smoked brunswick", "Брауншвейгская", "food/meat/smoked/sausages", "Old Smokehouse", true, 3290, 28, ""},
    {"1006", "Smoked ham", "Окорок копчёный", "food/meat/smoked/ham", "Old Smokehouse", true, 2890, 30, ""},
    {"1007", "Smoked bacon", "Бекон копчёный", "food/meat/smoked/bacon", "Old Smokehouse", true, 2490, 33, ""},
    {"1008", "Liver sausage", "Колбаса ливерная", "food/meat/sausages/liver", "Meat Works", true, 790, 40, ""},
    {"1009", "Liver pate", "Паштет печёночный", "food/meat/pates", "Meat Works", false, 245, 50, ""},
    {"1010", "Goose pate", "Паштет гусиный", "food/meat/pates", "Meat Works", false, 385, 22, ""},
    {"1011", "Children's pate", "Паштет детский", "food/meat/pates", "Little Bear", false, 275, 26, "for_children"},
    {"1012", "Minced pork", "Фарш свиной", "food/meat/fresh/minced", "Meat Works", true, 1190, 60, ""},
    {"1013", "Minced beef", "Фарш говяжий", "food/meat/fresh/minced", "Meat Works", true, 1490, 48, ""},
    {"1014", "Pork neck", "Шейка свиная", "food/meat/fresh/pork", "Meat Works", true, 1690, 42, "grill"},
    {"1015", "Beef tenderloin", "Вырезка говяжья", "food/meat/fresh/beef", "Meat Works", true, 3390, 15, ""},
    {"1016", "Chicken legs", "Окорочка куриные", "food/meat/fresh/poultry", "Farm Yard", true, 790, 58, ""},
    {"1017", "Shashlik, marinated", "Шашлык маринованный", "food/meat/grill", "Meat Works", true, 1590, 36, "grill"},
    {"1018", "Grill sausages", "Колбаски для гриля", "food/meat/grill", "Meat Works", true, 1390, 38, "grill"},
    {"1019", "Canned beef", "Говядина тушёная", "food/meat/canned", "Meat Works", false, 520, 34, ""},
    {"1020", "Canned pork", "Свинина тушёная", "food/meat/canned", "Meat Works", false, 460, 30, ""},
    {"1021", "Meat dumplings", "Пельмени", "food/frozen/dumplings", "Meat Works", false, 690, 52, ""},
    {"1022", "Pancakes with meat", "Блинчики с мясом", "food/frozen/pancakes", "Meat Works", false, 480, 27, ""},
    {"1023", "Rye bread", "Хлеб ржаной", "food/bread", "Baker", false, 185, 70, ""},
    {"1024", "White loaf", "Батон", "food/bread", "Baker", false, 155, 66, ""},
    {"1025", "Mustard", "Горчица", "food/sauces", "Spice & Co", false, 210, 24, ""},
    {"1026", "Horseradish", "Хрен", "food/sauces", "Spice & Co", false, 230, 16, ""},
    {"1027", "Charcoal, 3 kg", "Уголь, 3 кг", "garden/grill", "Hearth", false, 890, 9, "grill"},
    {"1028", "Beer, light", "Пиво светлое", "alcohol/beer", "Brewer", false, 320, 31, ""},
    {"1029", "Mineral water", "Вода минеральная", "food/drinks", "Spring", false, 140, 37, ""},
    {"1030", "Gift box", "Подарочный набор", "food/meat/gifts", "Meat Works", false, 4900, 5, ""},
});
constexpr std::string_view kBottleSku = "9001";  // deposit that goes with beer and water

constexpr std::array<std::string_view, 24> kGivenNames = {
    "Anna",  "Maryna",   "Ales",    "Ihar",   "Sviatlana",  "Natallia",  "Dzmitry", "Siarhei",
    "Volha", "Tatsiana", "Mikalai", "Viktar", "Katsiaryna", "Pavel",     "Alena",   "Yury",
    "Hanna", "Andrei",   "Iryna",   "Maksim", "Liudmila",   "Uladzimir", "Yuliya",  "Aliaksandr"};
constexpr std::array<std::string_view, 20> kFamilyNames = {
    "Kavalenka", "Novik", "Marozava",   "Kazlou",     "Zhuk",     "Bondar",  "Savitskaya", "Karol",     "Hurynovich", "Klimovich",
    "Baranava",  "Lis",   "Stankevich", "Vasilevich", "Shevchyk", "Yanchuk", "Rabko",      "Dubrouski", "Sidarenka",  "Piatrova"};

/// Shoppers of each weekday, Monday first, out of a hundred of the busiest.
constexpr std::array<int, 7> kWeekdays = {62, 64, 70, 74, 96, 100, 38};
constexpr std::array<int, 14> kHours = {30, 42, 40, 44, 52, 48, 40, 38, 52, 78, 100, 92, 60, 25};  // from 8:00

struct Shopper {
    std::size_t member = 0;
    bool is_known = true;
    int rhythm_days = 10;
    int taste = 0;  // a rotation of what is popular
    int basket = 4;
    int spends = 0;  // per mille of purchases on which points are used
    std::size_t store = 0;
    Date active_from;
};

template <std::size_t N>
std::size_t pick(DemoRandom& random, const std::array<int, N>& weights) {
    std::int64_t total = 0;
    for (const int weight : weights) total += weight;
    std::int64_t at = random.below(total);
    for (std::size_t i = 0; i < N; ++i) {
        at -= weights[i];
        if (at < 0) return i;
    }
    return N - 1;
}

const Goods& pick_goods(DemoRandom& random, const Shopper& shopper) {
    static constexpr auto popularity = [] {
        std::array<int, kGoods.size()> weights{};
        for (std::size_t i = 0; i < kGoods.size(); ++i) weights[i] = kGoods[i].popularity;
        return weights;
    }();
    // Everybody has favourites: half of what a shopper takes comes from a handful of their own.
    if (random.chance(500)) {
        return kGoods[static_cast<std::size_t>(shopper.taste * 7 + random.below(5) * 3) % kGoods.size()];
    }
    return kGoods[pick(random, popularity)];
}

/// Prices rise a little every year, and are the same in all shops.
Money price_of(const Goods& goods, Date date, const DemoHistory& history) {
    const int months = (date.days - history.starts_on.days) / 30;
    return Money{goods.price + goods.price * months * 5 / 1200};
}

event::Line make_line(DemoRandom& random, const Shopper& shopper, Date date, const DemoHistory& history) {
    const Goods& goods = pick_goods(random, shopper);
    const Money price = price_of(goods, date, history);
    event::Line line;
    line.sku = goods.sku;
    if (goods.is_weighed) {
        line.quantity = {random.between(180, 1450), QuantityUnit::kg};
        line.amount = *scale(price, Ratio{line.quantity.milli, 1000}, Rounding::half_up);
        // Meat carries the day it was made: yesterday's or the day before's.
        line.batch = std::string{goods.sku} + "-" + date_text(add_days(date, -static_cast<int>(random.between(1, 3))));
    } else {
        const std::int64_t pieces = random.chance(700) ? 1 : random.between(2, 5);
        line.quantity = {pieces * 1000, QuantityUnit::piece};
        line.amount = Money{price.minor() * pieces};
    }
    line.tax = *scale(line.amount, Ratio{10, 110}, Rounding::half_up);
    return line;
}

event::Receipt make_receipt(DemoRandom& random, const Shopper& shopper, Date date, const Zone& zone, const DemoHistory& history,
                            std::int64_t number) {
    event::Receipt receipt;
    const std::int64_t minute = static_cast<std::int64_t>(8 + pick(random, kHours)) * 60 + random.below(60);
    receipt.occurred_at = instant_of(zone, date, TimeOfDay{static_cast<int>(minute)});
    receipt.occurred_at.us += random.below(60) * kSecondUs;
    receipt.offset_s = offset_at(zone, receipt.occurred_at);
    receipt.store = history.stores[random.chance(900) ? shopper.store : static_cast<std::size_t>(random.below(3))].id;
    receipt.till = std::string{kTillPrefix} + std::to_string(random.between(1, 3));
    receipt.number = std::to_string(number);
    receipt.id = receipt.store + "/" + receipt.till + "/" + receipt.number;
    receipt.channel = "till";
    const std::int64_t lines = random.between(1, shopper.basket * 2 - 1);
    std::uint32_t line_number = 0;
    for (std::int64_t i = 0; i < lines; ++i) {
        event::Line line = make_line(random, shopper, date, history);
        line.number = ++line_number;
        const bool has_bottle = line.sku == "1028" || line.sku == "1029";
        const std::int64_t bottles = line.quantity.milli / 1000;
        receipt.lines.push_back(std::move(line));
        if (!has_bottle) continue;
        event::Line deposit;
        deposit.number = ++line_number;
        deposit.sku = kBottleSku;
        deposit.quantity = {bottles * 1000, QuantityUnit::piece};
        deposit.amount = Money{20 * bottles};
        deposit.is_deposit = true;
        receipt.lines.push_back(std::move(deposit));
    }
    return receipt;
}

DemoMember make_member(DemoRandom& random, std::size_t index, Date joined_on) {
    DemoMember member;
    const auto given = kGivenNames[static_cast<std::size_t>(random.below(kGivenNames.size()))];
    const auto family = kFamilyNames[static_cast<std::size_t>(random.below(kFamilyNames.size()))];
    member.profile.name = std::string{given} + " " + std::string{family};
    char text[64];
    // A range that no operator gives out, so that nobody's number is here.
    std::snprintf(text, sizeof text, "+37500%07zu", 1'000'000 + index);
    member.profile.phone = text;
    if (random.chance(550)) {
        std::snprintf(text, sizeof text, "member%zu@example.org", index + 1);
        member.profile.email = text;
    }
    member.card = programme::card_number({.prefix = "29", .digits = 13}, static_cast<std::int64_t>(index * 17 + 1));
    static constexpr std::array<std::string_view, 3> languages = {"ru", "be", "en"};
    member.profile.language = languages[pick(random, std::array<int, 3>{70, 25, 5})];
    member.profile.facts.birthday = civil(add_days(*make_date(1945, 1, 1), static_cast<int>(random.below(60 * 365))));
    if (random.chance(350)) {
        member.profile.facts.attributes.emplace_back("household.children", std::to_string(random.between(0, 3)));
    }
    member.joined_on = joined_on;
    return member;
}

/// All purchases of one shopper: a rhythm with some spread, and pauses after which most come back.
void shop(DemoRandom& random, const Shopper& shopper, const Zone& zone, DemoHistory& history, std::int64_t& number) {
    Date day = shopper.active_from;
    Date pause_on = add_days(day, static_cast<int>(random.between(60, 700)));
    while (day < history.ends_on) {
        if (day >= pause_on) {
            if (random.chance(250)) return;  // for good
            day = add_days(day, static_cast<int>(random.between(50, 210)));
            pause_on = add_days(day, static_cast<int>(random.between(60, 700)));
            continue;
        }
        // A day that does not suit is put off to one that does.
        while (random.below(100) >= kWeekdays[static_cast<std::size_t>(weekday_of(day))]) day = add_days(day, 1);
        if (day >= history.ends_on) return;
        DemoEvent event;
        app::RecordReceipt command;
        command.receipt = make_receipt(random, shopper, day, zone, history, ++number);
        if (shopper.is_known) {
            command.member = {app::NamedBy::card, history.members[shopper.member].card};
            command.receipt.card = command.member.value;
        }
        event.at = command.receipt.occurred_at;
        event.wants_to_pay_with_points = shopper.is_known && random.chance(shopper.spends);
        if (random.chance(12)) {
            DemoEvent back;
            app::ReturnGoods goods;
            goods.what.id = "back-" + command.receipt.id;
            goods.what.receipt = command.receipt.id;
            goods.what.occurred_at = {event.at.us + random.between(1, 6) * kDayUs};
            goods.what.reason = random.chance(500) ? "not fresh" : "changed their mind";
            const event::Line& line = command.receipt.lines.front();
            goods.what.lines.push_back({line.number, line.quantity});
            back.at = goods.what.occurred_at;
            if (back.at < start_of(zone, history.ends_on)) {
                back.goods_back = std::move(goods);
                history.events.push_back(std::move(back));
            }
        }
        event.receipt = std::move(command);
        history.events.push_back(std::move(event));
        day = add_days(
            day, static_cast<int>(std::max<std::int64_t>(1, random.between(shopper.rhythm_days / 2, shopper.rhythm_days * 3 / 2))));
    }
}

void add_catalogue(DemoHistory& history) {
    for (const Goods& goods : kGoods) {
        catalogue::Product product;
        product.sku = goods.sku;
        product.title.languages = {{"en", std::string{goods.english}}, {"ru", std::string{goods.russian}}};
        product.category = goods.category;
        product.brand = goods.brand;
        product.unit = goods.is_weighed ? QuantityUnit::kg : QuantityUnit::piece;
        product.cost = Money{goods.price * 70 / 100};
        if (!goods.tag.empty()) product.tags.emplace_back(goods.tag);
        history.products.push_back(std::move(product));
    }
    catalogue::Product bottle;
    bottle.sku = kBottleSku;
    bottle.title.languages = {{"en", "Bottle deposit"}, {"ru", "Залог за бутылку"}};
    bottle.category = "deposit";
    history.products.push_back(std::move(bottle));
    history.stores = {{"minsk_1", "Factory shop", "minsk", "Europe/Minsk", "1 Factory Street, Minsk"},
                      {"minsk_2", "Market hall", "minsk", "Europe/Minsk", "12 Market Square, Minsk"},
                      {"hrodna_1", "Old Town shop", "hrodna", "Europe/Minsk", "3 Castle Street, Hrodna"}};
}

}  // namespace

std::uint64_t DemoRandom::next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

std::int64_t DemoRandom::below(std::int64_t bound) {
    return static_cast<std::int64_t>((static_cast<unsigned __int128>(next()) * static_cast<std::uint64_t>(bound)) >> 64);
}

DemoHistory make_demo_history(const DemoOptions& options, const Zone& zone) {
    DemoHistory history;
    history.ends_on = *make_date(2026, 11, 1);
    history.starts_on = add_months(history.ends_on, -12 * options.years);
    add_catalogue(history);
    DemoRandom random(options.seed);
    const int days = history.ends_on.days - history.starts_on.days;
    std::int64_t number = 100'000;
    // One shopper in five never takes a card: their receipts have no member.
    const std::size_t shoppers = options.members + options.members / 5;
    for (std::size_t i = 0; i < shoppers; ++i) {
        Shopper shopper;
        shopper.is_known = i < options.members;
        shopper.rhythm_days = static_cast<int>(random.chance(300) ? random.between(4, 9) : random.between(10, 40));
        shopper.taste = static_cast<int>(random.below(1000));
        shopper.basket = static_cast<int>(random.between(1, 5));
        shopper.spends = static_cast<int>(random.chance(400) ? random.between(40, 250) : 0);
        shopper.store = pick(random, std::array<int, 3>{50, 30, 20});
        // A third is there from the first month, the others come over the first five sixths of the time.
        const int joins = static_cast<int>(random.chance(330) ? random.below(30) : random.below(days * 5 / 6));
        shopper.active_from = add_days(history.starts_on, joins);
        if (shopper.is_known) {
            shopper.member = history.members.size();
            history.members.push_back(make_member(random, i, shopper.active_from));
            DemoEvent joined;
            joined.at = instant_of(zone, shopper.active_from, TimeOfDay{7 * 60 + 30});
            joined.joins = shopper.member;
            history.events.push_back(std::move(joined));
        }
        shop(random, shopper, zone, history, number);
    }
    for (DemoEvent& event : history.events) {
        if (event.receipt) event.receipt->programme = options.programme;
        if (event.goods_back) event.goods_back->programme = options.programme;
    }
    std::stable_sort(history.events.begin(), history.events.end(),
                     [](const DemoEvent& a, const DemoEvent& b) { return a.at < b.at; });
    return history;
}

}  // namespace suki::cli
