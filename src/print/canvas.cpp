#include "print/canvas.h"

#include <cairo-pdf.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

namespace suki::print {

namespace {

constexpr double kPointsPerMm = 72 / 25.4;
constexpr std::size_t kTextMax = 1'000;  // bytes: more than any row here holds, and shaping takes time by the letter

cairo_status_t append(void* closure, const unsigned char* bytes, unsigned int size) {
    try {
        static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(bytes), size);
    } catch (const std::bad_alloc&) {
        return CAIRO_STATUS_NO_MEMORY;
    }
    return CAIRO_STATUS_SUCCESS;
}

struct FreeOptions {
    void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
};
struct FreeFont {
    void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};

/// The text as pango and cairo take it: they refuse, or stop at, what is not UTF-8 and a zero byte.
std::string clean(std::string_view text) {
    const std::unique_ptr<char, decltype(&g_free)> valid{
        g_utf8_make_valid(text.data(), static_cast<gssize>(std::min(text.size(), kTextMax))), &g_free};
    return valid.get();
}

}  // namespace

Canvas::Canvas(cairo_surface_t* surface) : surface_(surface), context_(cairo_create(surface)) { expect_good(); }

void Canvas::expect_good() const {
    for (const cairo_status_t status : {cairo_surface_status(surface_.get()), cairo_status(context_.get())}) {
        if (status == CAIRO_STATUS_NO_MEMORY) throw std::bad_alloc{};
        if (status != CAIRO_STATUS_SUCCESS) throw std::runtime_error{cairo_status_to_string(status)};
    }
}

void Canvas::scale(double factor) { cairo_scale(context_.get(), factor, factor); }

void Canvas::draw(const Barcode& barcode, double x, double y) { draw(barcode, x, y, 1, barcode.height); }

void Canvas::draw(const Barcode& barcode, double x, double y, double module, double height) {
    cairo_t* context = context_.get();
    const bool is_linear = barcode.symbology != Symbology::qr;
    cairo_set_source_rgb(context, 0, 0, 0);
    for (const Bar& bar : barcode.bars) {
        cairo_rectangle(context, x + bar.x * module, y + bar.y * module, bar.width * module,
                        is_linear ? height : bar.height * module);
    }
    // Smoothed edges make scanners guess.
    cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE);
    cairo_fill(context);
    cairo_set_antialias(context, CAIRO_ANTIALIAS_DEFAULT);
}

void Canvas::find_fonts() {
    fonts_.reset(pango_cairo_font_map_new());
    style_.reset(pango_font_map_create_context(fonts_.get()));
    // A unit may be a millimetre: widths that are rounded to whole units tear words apart.
    const std::unique_ptr<cairo_font_options_t, FreeOptions> options{cairo_font_options_create()};
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    pango_cairo_context_set_font_options(style_.get(), options.get());
    pango_context_set_round_glyph_positions(style_.get(), FALSE);
    const std::unique_ptr<PangoFontDescription, FreeFont> any{pango_font_description_from_string("sans 10")};
    const std::unique_ptr<PangoFont, Unref> found{pango_font_map_load_font(fonts_.get(), style_.get(), any.get())};
    if (found == nullptr) throw std::runtime_error{"no font is installed: text can't be drawn"};
}

std::unique_ptr<PangoLayout, Canvas::Unref> Canvas::layout_of(const Line& line) {
    if (style_ == nullptr) find_fonts();
    pango_cairo_update_context(context_.get(), style_.get());
    std::unique_ptr<PangoLayout, Unref> layout{pango_layout_new(style_.get())};
    const std::unique_ptr<PangoFontDescription, FreeFont> font{pango_font_description_new()};
    pango_font_description_set_family(font.get(), line.font.c_str());
    pango_font_description_set_absolute_size(font.get(), line.size * PANGO_SCALE);
    if (line.is_bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    pango_layout_set_width(layout.get(), static_cast<int>(line.width * PANGO_SCALE));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout.get(), -line.rows);  // negative: in rows
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
    pango_layout_set_alignment(layout.get(), line.is_centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    pango_layout_set_text(layout.get(), clean(line.text).c_str(), -1);
    return layout;
}

double Canvas::height_of(const Line& line) {
    int height = 0;
    pango_layout_get_size(layout_of(line).get(), nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
}

double Canvas::write(const Line& line) {
    cairo_t* context = context_.get();
    const auto layout = layout_of(line);
    cairo_set_source_rgb(context, 0, 0, 0);
    cairo_move_to(context, line.x, line.y);
    pango_cairo_show_layout(context, layout.get());
    int height = 0;
    pango_layout_get_size(layout.get(), nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
}

void Canvas::stroke(double x1, double y1, double x2, double y2, double width) {
    cairo_t* context = context_.get();
    cairo_set_source_rgb(context, 0.5, 0.5, 0.5);
    cairo_set_line_width(context, width);
    cairo_move_to(context, x1, y1);
    cairo_line_to(context, x2, y2);
    cairo_stroke(context);
}

PixelCanvas::PixelCanvas(int width, int height) : Canvas(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)) {
    cairo_set_source_rgb(context_.get(), 1, 1, 1);
    cairo_paint(context_.get());
}

std::string PixelCanvas::png() {
    std::string bytes;
    cairo_surface_flush(surface_.get());
    const cairo_status_t status = cairo_surface_write_to_png_stream(surface_.get(), append, &bytes);
    expect_good();
    if (status != CAIRO_STATUS_SUCCESS) throw std::runtime_error{cairo_status_to_string(status)};
    return bytes;
}

PdfCanvas::PdfCanvas(std::unique_ptr<std::string> bytes, double width_mm, double height_mm)
    : Canvas(cairo_pdf_surface_create_for_stream(append, bytes.get(), width_mm * kPointsPerMm, height_mm * kPointsPerMm)),
      bytes_(std::move(bytes)) {
    scale(kPointsPerMm);
}

PdfCanvas::PdfCanvas(double width_mm, double height_mm, const std::string& title, const std::string& made_on)
    : PdfCanvas(std::make_unique<std::string>(), width_mm, height_mm) {
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, clean(title).c_str());
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATOR, "Suki");
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATE_DATE, made_on.c_str());
}

/// While there still is where to write to.
PdfCanvas::~PdfCanvas() { cairo_surface_finish(surface_.get()); }

void PdfCanvas::next_page() { cairo_show_page(context_.get()); }

std::string PdfCanvas::pdf() && {
    cairo_surface_finish(surface_.get());
    expect_good();
    return std::move(*bytes_);
}

}  // namespace suki::print
