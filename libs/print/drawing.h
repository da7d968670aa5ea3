// What a document draws, kept until its end: fonts can be cut down only when every glyph is known.
//
// Lengths are points from the page's top left corner. Private to this lib; one thread per object.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "print/embedded_font.h"
#include "print/print.h"

namespace print {

class Drawing {
 public:
  // A line of a layout, its left end at x.
  void Line(PangoLayoutLine* line, const Style& style, double x, double baseline);
  void Rule(double x1, double y1, double x2, double y2, const Document::Pen& pen);
  void Circle(double x, double y, double radius, const Document::Pen& pen);
  void NewPage();

  // Everything, in order, with the fonts made.
  void Play(cairo_t* cairo);

 private:
  struct Glyphs {
    EmbeddedFont* font = nullptr;
    double size = 0;
    Color color = {};
    std::string text = {};
    std::vector<cairo_glyph_t> glyphs = {};  // numbers of the whole font
    std::vector<cairo_text_cluster_t> clusters = {};
  };
  struct Path {
    Document::Pen pen = {};
    bool circle = false;
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0;  // of a circle x2 is the radius
  };
  struct Page {};

  void Run(const PangoGlyphItem& run, const char* text, const Style& style, double x,
           double baseline);
  void Box(const Style& style, double x, double baseline, double width);
  EmbeddedFont& FontOf(PangoFont* font);

  std::map<hb_face_t*, EmbeddedFont> fonts_ = {};
  std::vector<std::variant<Glyphs, Path, Page>> steps_ = {};
};

}  // namespace print
