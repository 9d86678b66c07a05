#include "print/sheet.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "programs.h"

namespace suki::print {
namespace {

std::vector<CardFace> faces(int count) {
    std::vector<CardFace> cards;
    for (int i = 0; i < count; ++i) {
        const std::string twelve = "29000000" + std::to_string(1000 + i);
        std::string number = twelve + "0";
        for (char c = '0'; c <= '9'; ++c) {
            number.back() = c;
            if (barcode_of(Symbology::ean13, number)) break;
        }
        cards.push_back({.title = "Клуб мясакамбіната ўсёй сям'і",
                         .subtitle = "Золотая карта",
                         .number = number,
                         .symbology = i % 3 == 0   ? Symbology::ean13
                                      : i % 3 == 1 ? Symbology::code128
                                                   : Symbology::qr});
    }
    return cards;
}

TEST(CardSheet, HasTenCardsAPage) {
    const std::vector<CardFace> cards = faces(21);
    const auto pdf = card_sheet(cards, *parse_date("2026-12-01"));
    ASSERT_TRUE(pdf);
    EXPECT_EQ(*pdf, *card_sheet(cards, *parse_date("2026-12-01")));
    EXPECT_NE(*pdf, *card_sheet(cards, *parse_date("2026-12-02")));
    const auto text = asked("pdftotext", "-layout", "-", *pdf);
    if (!text) GTEST_SKIP() << "pdftotext is not installed";
    std::size_t pages = 0;
    for (const char c : *text) pages += c == '\f' ? 1 : 0;
    EXPECT_EQ(pages, 3u);
    EXPECT_NE(text->find("Клуб мясакамбіната ўсёй"), std::string::npos);  // and in a row below the rest
    EXPECT_NE(text->find("сям'і"), std::string::npos);
    EXPECT_NE(text->find("Золотая карта"), std::string::npos);
    EXPECT_NE(text->find("2900 0000 1000"), std::string::npos);
    EXPECT_NE(text->find("2900 0000 1020"), std::string::npos);
    // Every code on the first page is read from the print at 200 dots an inch.
    const auto png = asked("pdftoppm", "-r 200 -f 1 -l 1 -singlefile -png", "", *pdf);
    ASSERT_TRUE(png);
    const auto said = asked("zbarimg", "-q --raw", "", *png);
    if (!said) GTEST_SKIP() << "zbarimg is not installed";
    for (int i = 0; i < 10; ++i) EXPECT_NE(said->find(cards[static_cast<std::size_t>(i)].number), std::string::npos) << i;
}

TEST(CardSheet, RefusesWhatCanNotBeDrawn) {
    std::vector<CardFace> cards = faces(3);
    cards[1] = {.title = "x", .subtitle = "", .number = "123", .symbology = Symbology::ean13};
    const auto pdf = card_sheet(cards, Date{20'000});
    ASSERT_FALSE(pdf);
    EXPECT_EQ(pdf.error(), BarcodeFault::barcode_not_possible);
    EXPECT_TRUE(card_sheet({}, Date{20'000}));
}

TEST(CardSheet, RefusesBarsThatNoScannerReads) {
    const auto drawn = [](Symbology symbology, std::size_t letters) {
        const CardFace card{.title = "Club", .subtitle = "", .number = std::string(letters, 'x'), .symbology = symbology};
        return card_sheet({&card, 1}, Date{20'000});
    };
    const auto finest = drawn(Symbology::code128, 24);
    ASSERT_TRUE(finest);
    const CardFace digits{.title = "Club", .subtitle = "", .number = std::string(kCode128Max, '7')};
    EXPECT_TRUE(card_sheet({&digits, 1}, Date{20'000}));
    ASSERT_FALSE(drawn(Symbology::code128, 25));
    EXPECT_EQ(drawn(Symbology::code128, 25).error(), BarcodeFault::barcode_too_wide);
    const auto dense = drawn(Symbology::qr, kQrMax);
    ASSERT_TRUE(dense);
    for (const auto& [pdf, letters] : {std::pair{*finest, std::size_t{24}}, std::pair{*dense, kQrMax}}) {
        const auto png = asked("pdftoppm", "-r 300 -singlefile -png", "", pdf);
        if (!png) GTEST_SKIP() << "pdftoppm is not installed";
        const auto said = asked("zbarimg", "-q --raw", "", *png);
        if (!said) GTEST_SKIP() << "zbarimg is not installed";
        EXPECT_EQ(*said, std::string(letters, 'x') + "\n");
    }
}

TEST(CardSheet, AnyTextIsATitle) {
    const std::string zero{"a\0b", 3};
    for (const std::string& title :
         {std::string{}, zero, std::string{"\xff\xc3"}, std::string{"a\nb\x1b[c"}, std::string(100'000, 'W')}) {
        const CardFace card{.title = title, .subtitle = title, .number = "17"};
        const auto pdf = card_sheet({&card, 1}, Date{20'000});
        ASSERT_TRUE(pdf);
        EXPECT_TRUE(pdf->starts_with("%PDF-"));
        const auto text = asked("pdftotext", "-layout", "-", *pdf);
        if (!text) GTEST_SKIP() << "pdftotext is not installed";
        if (title == zero) {
            EXPECT_NE(text->find("a\uFFFDb"), std::string::npos) << *text;
        }
        EXPECT_NE(text->find("17"), std::string::npos);
    }
}

TEST(CardSheet, OfAWholeBatch) {
    std::vector<CardFace> cards;
    for (int i = 0; i < 2'000; ++i) cards.push_back({.title = "Клуб", .subtitle = "", .number = std::to_string(1'000'000 + i)});
    const auto pdf = card_sheet(cards, Date{20'000});
    ASSERT_TRUE(pdf);
    EXPECT_LT(pdf->size(), 2'000u * 2'000u);
    const auto said = asked("pdfinfo", "", "", *pdf);
    if (!said) GTEST_SKIP() << "pdfinfo is not installed";
    EXPECT_NE(said->find("Pages:           200\n"), std::string::npos) << *said;
    EXPECT_NE(said->find("(A4)"), std::string::npos) << *said;
}

TEST(CardSheetDeathTest, WithoutFontsThrows) {
    // A process of its own, since fonts are looked for once in each.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto draw = [] {
        const std::filesystem::path settings =
            std::filesystem::temp_directory_path() / ("suki-print-" + std::to_string(::getpid()));
        std::ofstream{settings} << "<?xml version=\"1.0\"?><fontconfig><dir>/nonexistent</dir></fontconfig>";
        ::setenv("FONTCONFIG_FILE", settings.c_str(), 1);
        int code = 0;
        try {
            const CardFace card{.title = "Club", .subtitle = "", .number = "17"};
            static_cast<void>(card_sheet({&card, 1}, Date{20'000}));
        } catch (const std::runtime_error&) {
            code = 7;
        }
        std::filesystem::remove(settings);
        std::exit(code);
    };
    EXPECT_EXIT(draw(), testing::ExitedWithCode(7), "");
}

TEST(Labels, SayWhatTheyAreOn) {
    const std::vector<Label> stored{
        {.heading = "Зимние шины", .lines = {"Ана К.", "205/55 R16 × 4", "до 2027-04-15"}, .code = "sto_17"}};
    const auto pdf = labels(stored, Date{20'000});
    ASSERT_TRUE(pdf);
    const auto text = asked("pdftotext", "-layout", "-", *pdf);
    if (!text) GTEST_SKIP() << "pdftotext is not installed";
    EXPECT_NE(text->find("Зимние шины"), std::string::npos);
    EXPECT_NE(text->find("205/55 R16 × 4"), std::string::npos);
    // The first lines that find room, and a linear code below them.
    std::vector<Label> linear{{.heading = "Шины",
                               .lines = {"one", "two", "three", "four", "five", "six"},
                               .code = "STO-000017",
                               .symbology = Symbology::code128}};
    const auto below = labels(linear, Date{20'000});
    ASSERT_TRUE(below);
    const auto rows = asked("pdftotext", "-layout", "-", *below);
    ASSERT_TRUE(rows);
    EXPECT_NE(rows->find("four"), std::string::npos);
    EXPECT_EQ(rows->find("six"), std::string::npos);
    const auto png = asked("pdftoppm", "-r 200 -singlefile -png", "", *below);
    ASSERT_TRUE(png);
    const auto said = asked("zbarimg", "-q --raw", "", *png);
    if (!said) GTEST_SKIP() << "zbarimg is not installed";
    EXPECT_EQ(*said, "STO-000017\n");
}

TEST(Labels, RefuseWhatCanNotBeDrawn) {
    std::vector<Label> linear{{.heading = "Шины", .lines = {}, .code = {}, .symbology = Symbology::code128}};
    linear[0].code = std::string(kCode128Max, '7');
    EXPECT_TRUE(labels(linear, Date{20'000}));
    linear[0].code = std::string(29, 'x');
    EXPECT_TRUE(labels(linear, Date{20'000}));
    linear[0].code = std::string(30, 'x');
    EXPECT_EQ(labels(linear, Date{20'000}).error(), BarcodeFault::barcode_too_wide);
    EXPECT_FALSE(labels(std::vector<Label>{{.heading = "x", .lines = {}, .code = "é"}}, Date{20'000}));
}

}  // namespace
}  // namespace suki::print
