#include "print/barcode.h"

#include <zint.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/check.h"
#include "base/check_digit.h"
#include "print/canvas.h"

namespace suki::print {

namespace {

constexpr int kLinearModules = 45;  // high: 15 mm at 0.33 mm a module
constexpr int kTextModules = 10;    // of the line under a linear code

constexpr int number_of(Symbology symbology) {
    switch (symbology) {
        case Symbology::ean13: return BARCODE_EANX;
        case Symbology::code128: return BARCODE_CODE128;
        case Symbology::qr: return BARCODE_QRCODE;
    }
    return BARCODE_QRCODE;
}

bool is_possible(Symbology symbology, std::string_view text) {
    if (symbology != Symbology::ean13) return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return text.size() == 13 && gs1_check_digit(text.substr(0, 12)) == text.back();
}

std::size_t longest(Symbology symbology) {
    switch (symbology) {
        case Symbology::ean13: return 13;
        case Symbology::code128: return kCode128Max;
        case Symbology::qr: return kQrMax;
    }
    return 0;
}

/// The modules of one row, as bars of the given height.
void add_row(Barcode& barcode, const zint_symbol& symbol, int row, int y, int height) {
    const auto is_dark = [&](int column) { return (symbol.encoded_data[row][column / 8] >> (column % 8) & 1) != 0; };
    for (int begin = 0; begin < symbol.width;) {
        if (!is_dark(begin)) {
            ++begin;
            continue;
        }
        int end = begin;
        while (end < symbol.width && is_dark(end)) ++end;
        barcode.bars.push_back({.x = begin, .y = y, .width = end - begin, .height = height});
        begin = end;
    }
}

double module_mm(Symbology symbology) { return symbology == Symbology::qr ? 0.6 : 0.33; }

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            default: safe += c;
        }
    }
    return safe;
}

/// Hundredths of a millimetre as text, so that no locale and no rounding of a library has a say.
std::string mm_text(double mm) {
    const auto hundredths = static_cast<long>(std::lround(mm * 100));
    const long rest = hundredths % 100;
    return std::to_string(hundredths / 100) + (rest == 0 ? "" : (rest < 10 ? ".0" : ".") + std::to_string(rest));
}

bool has_text(Symbology symbology) { return symbology != Symbology::qr; }

}  // namespace

QuietZone quiet_zone(Symbology symbology) {
    switch (symbology) {
        case Symbology::ean13: return {.left = 11, .right = 7, .above = 2, .below = 2};
        case Symbology::code128: return {.left = 10, .right = 10, .above = 2, .below = 2};
        case Symbology::qr: return {.left = 4, .right = 4, .above = 4, .below = 4};
    }
    return {};
}

namespace {

Result<Barcode, BarcodeFault> barcode_up_to(std::size_t most, Symbology symbology, std::string_view text) {
    if (text.empty()) return Unexpected{BarcodeFault::barcode_text_empty};
    if (text.size() > most) return Unexpected{BarcodeFault::barcode_text_too_long};
    if (!is_possible(symbology, text)) return Unexpected{BarcodeFault::barcode_not_possible};

    const std::unique_ptr<zint_symbol, decltype(&ZBarcode_Delete)> symbol{ZBarcode_Create(), &ZBarcode_Delete};
    SUKI_CHECK(symbol != nullptr);
    symbol->symbology = number_of(symbology);
    if (symbology == Symbology::qr) symbol->option_1 = 2;  // level M: 15% may be lost
    const int outcome =
        ZBarcode_Encode(symbol.get(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (outcome >= ZINT_ERROR) return Unexpected{BarcodeFault::barcode_not_possible};

    Barcode barcode{.symbology = symbology, .width = symbol->width, .text = std::string{text}};
    const bool is_linear = has_text(symbology);
    barcode.height = is_linear ? kLinearModules : symbol->rows;
    // A linear code may have rows of its own for guards that reach lower: the first has every bar.
    const int rows = is_linear ? 1 : symbol->rows;
    for (int row = 0; row < rows; ++row) add_row(barcode, *symbol, row, row, is_linear ? kLinearModules : 1);
    return barcode;
}

}  // namespace

Result<Barcode, BarcodeFault> barcode_of(Symbology symbology, std::string_view text) {
    return barcode_up_to(longest(symbology), symbology, text);
}

Result<Barcode, BarcodeFault> large_qr_of(std::string_view text) { return barcode_up_to(kLargeQrMax, Symbology::qr, text); }

std::string svg_of(const Barcode& barcode) {
    const QuietZone quiet = quiet_zone(barcode.symbology);
    const int text_height = has_text(barcode.symbology) ? kTextModules : 0;
    const int width = quiet.left + barcode.width + quiet.right;
    const int height = quiet.above + barcode.height + text_height + quiet.below;
    const double mm = module_mm(barcode.symbology);
    std::string svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + mm_text(width * mm) + "mm\" height=\"" + mm_text(height * mm) +
        "mm\" viewBox=\"0 0 " + std::to_string(width) + " " + std::to_string(height) + "\" role=\"img\" aria-label=\"" +
        escaped(barcode.text) +
        "\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"";
    for (const Bar& bar : barcode.bars) {
        svg += "M" + std::to_string(quiet.left + bar.x) + " " + std::to_string(quiet.above + bar.y) + "h" +
               std::to_string(bar.width) + "v" + std::to_string(bar.height) + "h-" + std::to_string(bar.width) + "z";
    }
    svg += "\"/>";
    if (text_height > 0) {
        svg += "<text x=\"" + mm_text(quiet.left + barcode.width / 2.0) + "\" y=\"" +
               std::to_string(quiet.above + barcode.height + kTextModules - 1) +
               "\" text-anchor=\"middle\" xml:space=\"preserve\" font-family=\"monospace\" font-size=\"9\">" +
               escaped(barcode.text) + "</text>";
    }
    return svg + "</svg>";
}

std::string png_of(const Barcode& barcode, int pixels) {
    SUKI_CHECK(pixels >= 1 && pixels <= 20);
    const QuietZone quiet = quiet_zone(barcode.symbology);
    const int text_height = has_text(barcode.symbology) ? kTextModules : 0;
    const int width = quiet.left + barcode.width + quiet.right;
    const int height = quiet.above + barcode.height + text_height + quiet.below;
    PixelCanvas canvas{width * pixels, height * pixels};
    canvas.scale(pixels);
    canvas.draw(barcode, quiet.left, quiet.above);
    if (text_height > 0) {
        canvas.write({.text = barcode.text,
                      .font = "monospace",
                      .size = 9,
                      .x = static_cast<double>(quiet.left),
                      .y = static_cast<double>(quiet.above + barcode.height),
                      .width = static_cast<double>(barcode.width),
                      .is_centred = true});
    }
    return canvas.png();
}

}  // namespace suki::print
