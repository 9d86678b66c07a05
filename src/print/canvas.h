#pragma once

#include <pango/pangocairo.h>

#include <memory>
#include <string>

#include "print/barcode.h"

/// A sheet of cairo's to draw bars and lines of text on; of this room alone.
namespace suki::print {

/// A text that is broken at `width` into up to `rows` rows; what finds no room is cut with an ellipsis. What is no UTF-8 shows
/// as U+FFFD.
struct Line {
    std::string text;
    std::string font = "sans";
    double size = 10;  // in units of the canvas
    double x = 0;
    double y = 0;  // of its upper edge
    double width = 0;
    int rows = 1;
    bool is_bold = false;
    bool is_centred = false;
};

class Canvas {
public:
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;

    /// From now on a unit is `factor` of those before.
    void scale(double factor);
    /// The code without its quiet zone, a module a unit; the next with one `module` wide, and linear codes as high as said.
    void draw(const Barcode& barcode, double x, double y);
    void draw(const Barcode& barcode, double x, double y, double module, double height);
    /// Returns how high the rows are. Throws where no font is installed: a card without its text would pass for a good one.
    double write(const Line& line);
    /// What `write` would return.
    double height_of(const Line& line);
    void stroke(double x1, double y1, double x2, double y2, double width);

protected:
    struct SurfaceEnd {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    };
    struct ContextEnd {
        void operator()(cairo_t* context) const { cairo_destroy(context); }
    };
    explicit Canvas(cairo_surface_t* surface);
    ~Canvas() = default;
    /// Throws where cairo could not do it.
    void expect_good() const;

    std::unique_ptr<cairo_surface_t, SurfaceEnd> surface_;
    std::unique_ptr<cairo_t, ContextEnd> context_;

private:
    struct Unref {
        void operator()(void* object) const { g_object_unref(object); }
    };
    void find_fonts();
    std::unique_ptr<PangoLayout, Unref> layout_of(const Line& line);

    // Of this canvas alone, since the font map that pango keeps belongs to one thread; and not one a text, since each starts a
    // thread of its own to look for fonts. Made with the first text.
    std::unique_ptr<PangoFontMap, Unref> fonts_;
    std::unique_ptr<PangoContext, Unref> style_;
};

/// In pixels.
class PixelCanvas final : public Canvas {
public:
    PixelCanvas(int width, int height);
    std::string png();
};

/// Pages in millimetres.
class PdfCanvas final : public Canvas {
public:
    /// `made_on` as PDF has it: `2026-12-01T00:00:00`.
    PdfCanvas(double width_mm, double height_mm, const std::string& title, const std::string& made_on);
    ~PdfCanvas();
    void next_page();
    std::string pdf() &&;

private:
    explicit PdfCanvas(std::unique_ptr<std::string> bytes, double width_mm, double height_mm);
    std::unique_ptr<std::string> bytes_;  // cairo keeps where it is
};

}  // namespace suki::print
