#include "print/sheet.h"

#include <algorithm>
#include <optional>

#include "print/canvas.h"

namespace suki::print {

namespace {

constexpr double kPageWidth = 210, kPageHeight = 297;      // A4, in mm
constexpr double kCardWidth = 85.60, kCardHeight = 53.98;  // ISO/IEC 7810 ID-1
constexpr int kColumns = 2, kRows = 5;
constexpr double kLeft = (kPageWidth - kColumns * kCardWidth) / 2;
constexpr double kTop = (kPageHeight - kRows * kCardHeight) / 2;
constexpr double kLabelWidth = 100, kLabelHeight = 60;

std::string date_of(Date date) { return date_text(date) + "T00:00:00"; }

/// Digits in fours, as people read them; a text of anything else as it is.
std::string in_groups(const std::string& number) {
    const bool is_digits = std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_digits) return number;
    std::string grouped;
    for (std::size_t i = 0; i < number.size(); ++i) {
        if (i > 0 && i % 4 == 0) grouped += ' ';
        grouped += number[i];
    }
    return grouped;
}

/// The widest module that lets a linear code with its quiet zone into the width, but no wider than usual.
Result<double, BarcodeFault> linear_module(const Barcode& barcode, double width) {
    constexpr double kUsual = 0.33;
    const QuietZone quiet = quiet_zone(barcode.symbology);
    const double module = std::min(kUsual, width / (quiet.left + barcode.width + quiet.right));
    if (module < kModuleMin) return Unexpected{BarcodeFault::barcode_too_wide};
    return module;
}

/// A square of `size` in whose middle the code stands; the rest is its quiet zone.
void draw_qr(PdfCanvas& canvas, const Barcode& barcode, double x, double y, double size) {
    const QuietZone quiet = quiet_zone(barcode.symbology);
    const double module = size / (quiet.left + barcode.width + quiet.right);
    canvas.draw(barcode, x + quiet.left * module, y + quiet.above * module, module, 0);
}

/// The bars in the middle of `width` at `y`, and below them what they say.
void draw_linear(PdfCanvas& canvas, const Barcode& barcode, double module, double x, double y, double width) {
    constexpr double kHeight = 15;
    canvas.draw(barcode, x + (width - barcode.width * module) / 2, y, module, kHeight);
    canvas.write({.text = in_groups(barcode.text),
                  .font = "monospace",
                  .size = 4,
                  .x = x,
                  .y = y + kHeight + 1.5,
                  .width = width,
                  .rows = 2,
                  .is_centred = true});
}

std::optional<BarcodeFault> draw_card(PdfCanvas& canvas, const CardFace& card, double x, double y) {
    constexpr double kMargin = 5, kQr = 36, kQrEdge = 1;
    const auto barcode = barcode_of(card.symbology, card.number);
    if (!barcode) return barcode.error();
    const bool is_qr = card.symbology == Symbology::qr;
    const double text_width = kCardWidth - 2 * kMargin;
    const double column = is_qr ? kCardWidth - kMargin - kQr - kQrEdge : text_width;  // beside the code

    const Line title{
        .text = card.title, .size = 4.6, .x = x + kMargin, .y = y + kMargin, .width = text_width, .rows = 2, .is_bold = true};
    const double below = title.y + canvas.write(title) + 0.8;
    if (!card.subtitle.empty()) {
        canvas.write({.text = card.subtitle, .size = 3.6, .x = x + kMargin, .y = below, .width = column, .rows = is_qr ? 2 : 1});
    }
    if (!is_qr) {
        const auto module = linear_module(*barcode, kCardWidth - 4);
        if (!module) return module.error();
        draw_linear(canvas, *barcode, *module, x + kMargin, y + 25, text_width);
        return std::nullopt;
    }
    draw_qr(canvas, *barcode, x + kCardWidth - kQr - kQrEdge, y + kCardHeight - kQr - kQrEdge, kQr);
    Line number{.text = in_groups(card.number), .font = "monospace", .size = 4, .x = x + kMargin, .width = column, .rows = 4};
    number.y = y + kCardHeight - kMargin - canvas.height_of(number);
    canvas.write(number);
    return std::nullopt;
}

std::optional<BarcodeFault> draw_label(PdfCanvas& canvas, const Label& label) {
    constexpr double kMargin = 5, kQr = 40, kQrEdge = 1, kLinear = 27;
    const auto barcode = barcode_of(label.symbology, label.code);
    if (!barcode) return barcode.error();
    const bool is_qr = label.symbology == Symbology::qr;
    const double text_width = kLabelWidth - 2 * kMargin;
    const double column = is_qr ? kLabelWidth - kMargin - kQr - kQrEdge : text_width;
    // One row where the code lies below, so that lines are left room.
    const Line heading{.text = label.heading,
                       .size = 6,
                       .x = kMargin,
                       .y = kMargin - 1,
                       .width = text_width,
                       .rows = is_qr ? 2 : 1,
                       .is_bold = true};
    double y = heading.y + canvas.write(heading) + 1;
    const double end = kLabelHeight - (is_qr ? kMargin : kLinear);
    for (const std::string& text : label.lines) {
        const Line line{.text = text, .size = 4, .x = kMargin, .y = y, .width = column, .rows = is_qr ? 2 : 1};
        const double height = canvas.height_of(line);
        if (y + height > end) break;
        y += canvas.write(line) + 0.5;
    }
    if (is_qr) {
        draw_qr(canvas, *barcode, kLabelWidth - kQr - kQrEdge, kLabelHeight - kQr - kQrEdge, kQr);
        return std::nullopt;
    }
    const auto module = linear_module(*barcode, kLabelWidth - 4);
    if (!module) return module.error();
    draw_linear(canvas, *barcode, *module, kMargin, kLabelHeight - kLinear + 1, text_width);
    return std::nullopt;
}

/// In the margins only, so that no line is left on a card.
void draw_marks(PdfCanvas& canvas) {
    constexpr double kLength = 5, kGap = 2, kThin = 0.1;
    for (int column = 0; column <= kColumns; ++column) {
        const double x = kLeft + column * kCardWidth;
        canvas.stroke(x, kTop - kGap - kLength, x, kTop - kGap, kThin);
        canvas.stroke(x, kPageHeight - kTop + kGap, x, kPageHeight - kTop + kGap + kLength, kThin);
    }
    for (int row = 0; row <= kRows; ++row) {
        const double y = kTop + row * kCardHeight;
        canvas.stroke(kLeft - kGap - kLength, y, kLeft - kGap, y, kThin);
        canvas.stroke(kPageWidth - kLeft + kGap, y, kPageWidth - kLeft + kGap + kLength, y, kThin);
    }
}

}  // namespace

Result<std::string, BarcodeFault> card_sheet(std::span<const CardFace> cards, Date made_on) {
    PdfCanvas canvas{kPageWidth, kPageHeight, cards.empty() ? std::string{} : cards.front().title, date_of(made_on)};
    for (std::size_t i = 0; i < cards.size(); ++i) {
        const auto place = static_cast<int>(i % (kColumns * kRows));
        if (place == 0 && i > 0) canvas.next_page();
        if (place == 0) draw_marks(canvas);
        const double x = kLeft + place % kColumns * kCardWidth, y = kTop + place / kColumns * kCardHeight;
        if (const auto fault = draw_card(canvas, cards[i], x, y)) return Unexpected{*fault};
    }
    return std::move(canvas).pdf();
}

Result<std::string, BarcodeFault> labels(std::span<const Label> labels, Date made_on) {
    PdfCanvas canvas{kLabelWidth, kLabelHeight, labels.empty() ? std::string{} : labels.front().heading, date_of(made_on)};
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (i > 0) canvas.next_page();
        if (const auto fault = draw_label(canvas, labels[i])) return Unexpected{*fault};
    }
    return std::move(canvas).pdf();
}

}  // namespace suki::print
