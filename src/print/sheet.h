#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "print/barcode.h"

/// What is printed and cut or stuck on, as PDF. The same content gives the same bytes on one machine; fonts come from the system,
/// and where there is none, that throws. Long texts are broken and then cut with an ellipsis; the code holds all of them. Safe to
/// call from several threads.
namespace suki::print {

struct CardFace {
    std::string title;     // of the programme
    std::string subtitle;  // of the category; may be empty
    std::string number;
    Symbology symbology = Symbology::code128;
};
/// The narrowest bar of a linear code on a card or label, in mm: three dots of a printer of 300 an inch, below which bars that
/// should be alike are not. A code that would need narrower ones is refused as `barcode_too_wide`: on a card one of more than
/// 24 letters, on a label of more than 29; of digits alone every one that can be drawn fits.
inline constexpr double kModuleMin = 0.25;

/// A4 pages of ten cards of the size of a bank card (ISO/IEC 7810 ID-1: 85.60 by 53.98 mm) with marks to cut them by. Refused by
/// the first number that can't be drawn. `made_on` is the document's date. Besides the document, which has about a kilobyte a card,
/// memory hardly grows with the number of cards.
Result<std::string, BarcodeFault> card_sheet(std::span<const CardFace> cards, Date made_on);

struct Label {
    std::string heading;
    std::vector<std::string> lines;  // the first that find room: at least 4 of one row
    std::string code;
    Symbology symbology = Symbology::qr;
};
/// One label of 100 by 60 mm a page. Refused like cards.
Result<std::string, BarcodeFault> labels(std::span<const Label> labels, Date made_on);

}  // namespace suki::print
