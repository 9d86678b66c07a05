#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/result.h"

/// Barcodes as plain geometry, and that as SVG and PNG. The same text gives the same bytes. Safe to call from several threads.
namespace suki::print {

SUKI_ENUM(Symbology, ean13, code128, qr)

/// A dark rectangle, in modules from the upper left corner of the code.
struct Bar {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    friend bool operator==(const Bar&, const Bar&) = default;
};

/// A code without its quiet zone. Linear ones are as high as they are drawn.
struct Barcode {
    Symbology symbology = Symbology::qr;
    int width = 0;  // in modules
    int height = 0;
    std::vector<Bar> bars;
    std::string text;
};

/// In this order. `too_wide`: only where it is drawn to a given size, see sheet.h. `not_possible`: not 13 digits of which the last
/// is the right check digit (EAN-13), not printable ASCII (the others; whoever has more writes it in percent signs first).
SUKI_ENUM(BarcodeFault, barcode_text_empty, barcode_text_too_long, barcode_not_possible, barcode_too_wide)
inline constexpr std::size_t kCode128Max = 48;  // more is wider than any label
inline constexpr std::size_t kQrMax = 300;      // more is too fine for a telephone held at arm's length

/// For what is shown by itself, on a page or a screen: version 20, 97 modules a side.
inline constexpr std::size_t kLargeQrMax = 666;

Result<Barcode, BarcodeFault> barcode_of(Symbology symbology, std::string_view text);
/// A QR code that may be as large as a signed token asks.
Result<Barcode, BarcodeFault> large_qr_of(std::string_view text);

/// The quiet zone at each side, in modules: EAN-13 by the GS1 General Specifications 5.2.3.4, Code 128 by ISO/IEC 15417, QR by
/// ISO/IEC 18004.
struct QuietZone {
    int left = 0;
    int right = 0;
    int above = 0;
    int below = 0;
};
QuietZone quiet_zone(Symbology symbology);

/// A whole document, black on white, with the quiet zone and, under linear codes, the text. Its size is in millimetres: 0.33 a
/// module of linear codes, 0.6 of QR. Spaces stay as many as they are.
std::string svg_of(const Barcode& barcode);
/// Likewise; `pixels` a module, from 1 to 20.
std::string png_of(const Barcode& barcode, int pixels);

}  // namespace suki::print
