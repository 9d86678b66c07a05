#include "base/digest.h"
#include "returns_shop.h"

namespace suki::engine {
namespace {

StoredReceipt rich_receipt() {
    Shop shop(meat_plan());
    shop.give(500, moment(test_day(-1)));
    Basket bought = basket("shop-1/7/4711");
    event::Line& first = bought.add("a", 9'000, "sausages");
    first.title = "Sausage";
    first.brand = "Old Smokehouse";
    first.batch = "L77";
    first.tags = {"fresh", "for_children"};
    first.has_tags = true;
    first.tax = Money{1'500};
    first.cost = Money{6'000};
    first.charged = Money{8'900};
    first.till_discount = Money{10};
    bought.add("b", 2'000, "cheese", kilos(432)).no_points = true;
    bought.add("c", 60).is_deposit = true;
    bought.add("d", 100).no_discount = true;
    bought.context.lines[0].tags = {"fresh"};
    bought.context.lines[0].cost = Money{6'000};
    bought.receipt.offset_s = 10'800;
    bought.receipt.till = "7";
    bought.receipt.number = "4711";
    bought.receipt.till_discount = Money{33};
    bought.receipt.charged = Money{10'000};
    bought.receipt.tenders = {{.kind = "cash", .amount = Money{9'000}}};
    bought.receipt.points_paid = {{.unit = "points", .points = Points{400}, .hold = HoldId{IdBits{1, 2}}}};
    StoredReceipt stored = shop.buy(bought, test_day());
    stored.context.facts.birthday = YearMonthDay{1990, 2, 28};
    stored.context.facts.attributes = {{"household.children", "2"}};
    stored.context.facts.segments = {"lapsed"};
    stored.context.last_purchase_on = test_day(-3);
    stored.context.memberships = {"grill", "wine"};
    stored.context.is_brought = true;
    stored.semantics = 1;
    return stored;
}

TEST(Packing, BringsAStoredReceiptBack) {
    for (const bool is_returned : {false, true}) {
        StoredReceipt stored = rich_receipt();
        Evaluator evaluator = meat_plan().evaluator();
        if (is_returned) {
            const event::Return request{.id = "ret",
                                        .receipt = stored.receipt.id,
                                        .occurred_at = moment(test_day(3)),
                                        .lines = {whole_pieces(1, 1)},
                                        .reason = "too salty",
                                        .refunded = Money{77}};
            const auto judged = judge_return(evaluator, stored, request);
            ASSERT_TRUE(judged.has_value());
            record_return(stored, request, *judged, {.spent = stored.spent, .earned = stored.earned, .taken = judged->take_back});
        }
        const std::string packed = pack(stored);
        const auto unpacked = unpack_receipt(packed);
        ASSERT_TRUE(unpacked.has_value());
        EXPECT_EQ(pack(*unpacked), packed);
        EXPECT_EQ(unpacked->context, stored.context);
        EXPECT_EQ(unpacked->decided, stored.decided);
        EXPECT_EQ(unpacked->current, stored.current);
        EXPECT_EQ(unpacked->earned, stored.earned);
        EXPECT_EQ(unpacked->spent, stored.spent);
        EXPECT_EQ(unpacked->put_back, stored.put_back);
        EXPECT_EQ(unpacked->refunded, stored.refunded);
        EXPECT_EQ(unpacked->recorded_at, stored.recorded_at);
        EXPECT_EQ(unpacked->receipt.lines.size(), 4u);
        EXPECT_EQ(unpacked->receipt.lines[0].brand, "Old Smokehouse");
        EXPECT_EQ(unpacked->receipt.lines[1].quantity, kilos(432));
        EXPECT_EQ(unpacked->receipt.points_paid[0].hold, stored.receipt.points_paid[0].hold);
        EXPECT_EQ(unpacked->returns.size(), is_returned ? 1u : 0u);
        // What was judged once is judged the same again from the column.
        EXPECT_EQ(pack(evaluator.evaluate(unpacked->context, unpacked->receipt)),
                  pack(evaluator.evaluate(stored.context, stored.receipt)));
    }
}

TEST(Packing, HoldsNoCardNumber) {
    StoredReceipt stored = rich_receipt();
    stored.receipt.card = "4000123412341234";
    const std::string packed = pack(stored);
    EXPECT_EQ(packed.find("4000123412341234"), std::string::npos);
    EXPECT_EQ(unpack_receipt(packed)->receipt.card, "");
}

TEST(Packing, NoticesEveryDamage) {
    const std::string packed = pack(rich_receipt());
    for (std::size_t size = 0; size < packed.size(); ++size) EXPECT_FALSE(unpack_receipt(packed.substr(0, size)).has_value());
    for (std::size_t i = 0; i < packed.size(); ++i) {
        std::string damaged = packed;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
        EXPECT_FALSE(unpack_receipt(damaged).has_value()) << i;
    }
    EXPECT_FALSE(unpack_receipt(packed + "x").has_value());
}

TEST(Packing, ReadsAnyBytesUnderAGoodChecksumWithoutHarm) {
    // A checksum keeps out damage, not malice: whatever the bytes say, reading ends with nothing or with a receipt.
    const std::string good = pack(rich_receipt());
    std::mt19937_64 random(1);
    int understood = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes = good.substr(0, good.size() - 8);
        for (int spoils = 0; spoils < 3; ++spoils) bytes[1 + random() % (bytes.size() - 1)] = static_cast<char>(random());
        const std::uint64_t hash = stable_hash(bytes);
        for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(hash >> shift);
        const auto read = unpack_receipt(bytes);
        if (!read) continue;
        ++understood;
        EXPECT_FALSE(pack(*read).empty());
    }
    EXPECT_GT(understood, 100);
    ByteWriter other_version;
    other_version.put_unsigned(99);
    EXPECT_FALSE(unpack_receipt(other_version.sealed()).has_value());
}

TEST(Packing, ReadsPointsOfNoMoreUnitsThanAProgrammeMayHave) {
    StoredReceipt stored = rich_receipt();
    stored.decided.points.resize(limits::units_per_programme);
    ByteWriter full, over;
    full.put_unsigned(limits::units_per_programme);
    over.put_unsigned(limits::units_per_programme + 1);
    for (std::size_t unit = 0; unit < limits::units_per_programme; ++unit) {
        stored.decided.points[unit] = Points{static_cast<std::int64_t>(1'000'000 + unit)};
        full.put(stored.decided.points[unit].minor());
        over.put(stored.decided.points[unit].minor());
    }
    over.put(1);
    stored.current = stored.decided;
    std::string packed = pack(stored);
    ASSERT_TRUE(unpack_receipt(packed).has_value());
    EXPECT_EQ(unpack_receipt(packed)->decided, stored.decided);

    packed.resize(packed.size() - 8);
    const std::size_t at = packed.find(full.bytes());
    ASSERT_NE(at, std::string::npos);
    packed.replace(at, full.bytes().size(), over.bytes());
    const std::uint64_t hash = stable_hash(packed);
    for (int shift = 0; shift < 64; shift += 8) packed += static_cast<char>(hash >> shift);
    EXPECT_FALSE(unpack_receipt(packed).has_value());
}

}  // namespace
}  // namespace suki::engine
