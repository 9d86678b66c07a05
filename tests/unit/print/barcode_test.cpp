#include "print/barcode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "print/sheet.h"
#include "programs.h"

namespace suki::print {
namespace {

std::string modules_of(const Barcode& barcode) {
    std::string row(static_cast<std::size_t>(barcode.width), '0');
    for (const Bar& bar : barcode.bars) {
        if (bar.y > 0) continue;
        for (int i = 0; i < bar.width; ++i) row[static_cast<std::size_t>(bar.x + i)] = '1';
    }
    return row;
}

TEST(Barcode, Ean13AsInTheStandard) {
    const auto barcode = barcode_of(Symbology::ean13, "4006381333931");
    ASSERT_TRUE(barcode);
    // ISO/IEC 15420: the first digit, 4, chooses the sets ABAABB of the next six; 101 at both ends, 01010 between.
    EXPECT_EQ(modules_of(*barcode),
              "101"
              "0001101"
              "0100111"
              "0101111"
              "0111101"
              "0001001"
              "0110011"
              "01010"
              "1000010"
              "1000010"
              "1000010"
              "1110100"
              "1000010"
              "1100110"
              "101");
    EXPECT_EQ(barcode->width, 95);
}

TEST(Barcode, Code128AsInTheStandard) {
    const auto barcode = barcode_of(Symbology::code128, "A");
    ASSERT_TRUE(barcode);
    // ISO/IEC 15417: start B (104), A (33), check (104 + 33) % 103 = 34, which is B, and the stop.
    EXPECT_EQ(modules_of(*barcode),
              "11010010000"
              "10100011000"
              "10001011000"
              "1100011101011");
}

TEST(Barcode, QrHasItsFinders) {
    const auto barcode = barcode_of(Symbology::qr, "2900000000018");
    ASSERT_TRUE(barcode);
    EXPECT_EQ(barcode->width, 21);
    EXPECT_EQ(barcode->height, 21);
    // The upper edges of two of the three squares of 7, and the lower edge of the third.
    const auto has = [&](const Bar& bar) {
        return std::find(barcode->bars.begin(), barcode->bars.end(), bar) != barcode->bars.end();
    };
    EXPECT_TRUE(has({.x = 0, .y = 0, .width = 7, .height = 1}));
    EXPECT_TRUE(has({.x = 14, .y = 0, .width = 7, .height = 1}));
    EXPECT_TRUE(has({.x = 0, .y = 20, .width = 7, .height = 1}));
}

TEST(Barcode, RefusesWhatCanNotBeDrawn) {
    const auto rejection = [](Symbology symbology, const std::string& text) -> std::optional<BarcodeFault> {
        const auto barcode = barcode_of(symbology, text);
        return barcode ? std::nullopt : std::optional{barcode.error()};
    };
    using enum BarcodeFault;
    for (const Symbology symbology : {Symbology::ean13, Symbology::code128, Symbology::qr}) {
        EXPECT_EQ(rejection(symbology, ""), barcode_text_empty);
        EXPECT_EQ(rejection(symbology, "\xC3\xA9"), barcode_not_possible);
    }
    EXPECT_EQ(rejection(Symbology::ean13, "4006381333931"), std::nullopt);
    for (const std::string end : {"0", "2", "x", " ", "+"}) {
        EXPECT_EQ(rejection(Symbology::ean13, "400638133393" + end), barcode_not_possible) << end;
    }
    EXPECT_EQ(rejection(Symbology::ean13, "x006381333931"), barcode_not_possible);
    EXPECT_EQ(rejection(Symbology::ean13, "400638133393"), barcode_not_possible);
    EXPECT_EQ(rejection(Symbology::ean13, "40063813339310"), barcode_text_too_long);
    EXPECT_EQ(rejection(Symbology::code128, std::string(kCode128Max, 'x')), std::nullopt);
    EXPECT_EQ(rejection(Symbology::code128, std::string(kCode128Max + 1, 'x')), barcode_text_too_long);
    for (const Symbology symbology : {Symbology::code128, Symbology::qr}) {
        EXPECT_EQ(rejection(symbology, " ~"), std::nullopt);
        for (const char c : {'\0', '\t', '\x1f', '\x7f', '\x80', '\xff'}) {
            EXPECT_EQ(rejection(symbology, std::string{"a"} + c), barcode_not_possible) << int{c};
        }
    }
    EXPECT_EQ(rejection(Symbology::code128, std::string(kCode128Max + 1, '\t')), barcode_text_too_long);  // the first that holds
    EXPECT_EQ(rejection(Symbology::qr, std::string(kQrMax, 'x')), std::nullopt);
    EXPECT_EQ(rejection(Symbology::qr, std::string(kQrMax + 1, 'x')), barcode_text_too_long);
    EXPECT_EQ(large_qr_of(std::string(kLargeQrMax, 'x'))->width, 97);
    EXPECT_EQ(large_qr_of(std::string(kLargeQrMax + 1, 'x')).error(), barcode_text_too_long);
}

TEST(Barcode, SvgIsWholeAndSafe) {
    const auto barcode = barcode_of(Symbology::code128, "<a&b\"'>");
    ASSERT_TRUE(barcode);
    const std::string svg = svg_of(*barcode);
    EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    EXPECT_TRUE(svg.ends_with("</svg>"));
    EXPECT_NE(svg.find("&lt;a&amp;b&quot;'&gt;"), std::string::npos);
    EXPECT_EQ(svg.find("<a"), std::string::npos);
    EXPECT_EQ(svg, svg_of(*barcode_of(Symbology::code128, "<a&b\"'>")));
    EXPECT_EQ(svg.find("href"), std::string::npos);
    // Two spaces stay two.
    EXPECT_NE(svg_of(*barcode_of(Symbology::code128, "a  b"))
                  .find("xml:space=\"preserve\" font-family=\"monospace\" font-size=\"9\">a  b<"),
              std::string::npos);
    // 95 modules and a quiet zone of 18: 113 of 0.33 mm.
    EXPECT_NE(svg_of(*barcode_of(Symbology::ean13, "4006381333931")).find("width=\"37.29mm\""), std::string::npos);
}

TEST(Barcode, PngIsOfWholePixels) {
    const auto size_of = [](const std::string& png, std::size_t at) {
        int size = 0;
        for (std::size_t i = at; i < at + 4; ++i) size = size * 256 + static_cast<unsigned char>(png.at(i));
        return size;
    };
    for (const int pixels : {1, 3, 20}) {
        const std::string linear = png_of(*barcode_of(Symbology::ean13, "4006381333931"), pixels);
        EXPECT_EQ(size_of(linear, 16), (11 + 95 + 7) * pixels);
        EXPECT_EQ(linear, png_of(*barcode_of(Symbology::ean13, "4006381333931"), pixels));
        const std::string qr = png_of(*barcode_of(Symbology::qr, "1"), pixels);
        EXPECT_EQ(size_of(qr, 16), (4 + 21 + 4) * pixels);
        EXPECT_EQ(size_of(qr, 20), (4 + 21 + 4) * pixels);
    }
    EXPECT_DEATH(png_of(*barcode_of(Symbology::qr, "1"), 0), "check failed");
    EXPECT_DEATH(png_of(*barcode_of(Symbology::qr, "1"), 21), "check failed");
}

TEST(Barcode, ScannersReadIt) {
    const std::vector<std::pair<Symbology, std::string>> codes{
        {Symbology::ean13, "2900000000018"},       {Symbology::code128, "2900000000018"},
        {Symbology::code128, "CLUB-00017/a b~"},   {Symbology::qr, "2900000000018"},
        {Symbology::qr, std::string(kQrMax, '7')}, {Symbology::qr, "https://club.example/join?card=2900000000018&x=%D0%B0"}};
    for (const auto& [symbology, text] : codes) {
        const auto barcode = barcode_of(symbology, text);
        ASSERT_TRUE(barcode) << text;
        for (const int pixels : {2, 4}) {
            const std::string png = png_of(*barcode, pixels);
            EXPECT_TRUE(png.starts_with("\x89PNG\r\n\x1a\n"));
            const auto said = asked("zbarimg", "-q --raw", "", png);
            if (!said) GTEST_SKIP() << "zbarimg is not installed";
            EXPECT_EQ(*said, text + "\n") << name_of(symbology) << " " << pixels;
        }
    }
}

TEST(Barcode, FromSeveralThreadsAtOnce) {
    const auto drawn = [] {
        std::string all;
        for (int i = 0; i < 20; ++i) {
            const std::string text = "T" + std::to_string(i);
            all += svg_of(*barcode_of(Symbology::qr, text)) + png_of(*barcode_of(Symbology::code128, text), 2);
            const CardFace card{.title = "Клуб " + text, .subtitle = "Ўсім", .number = text};
            all += *card_sheet({&card, 1}, Date{20'000});
        }
        return all;
    };
    // Alone afterwards, so that the threads meet also where fonts are looked for first.
    std::vector<std::string> results(4);
    std::vector<std::thread> threads;
    for (std::string& result : results) threads.emplace_back([&result, &drawn] { result = drawn(); });
    for (std::thread& thread : threads) thread.join();
    const std::string alone = drawn();
    for (const std::string& result : results) EXPECT_EQ(result, alone);
}

}  // namespace
}  // namespace suki::print
