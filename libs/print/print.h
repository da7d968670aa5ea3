// Pages of text, rules and circles as a PDF, made in the process (Pango, Cairo).
//
// Lengths are points (1/72 inch) from the page's top left corner; Mm() makes them of millimetres.
// A line of text stands in a box of `pitch`, so that characters of other fonts do not move it.
// Text may come from strangers: bytes that are no UTF-8 become U+FFFD, control characters blanks,
// marks that turn the direction of writing are dropped. Fonts are embedded; a character that no
// installed font has is drawn as a box and counted by missing().
// Errors: kInternal/PDF_FAILED. One thread per document; documents are independent.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/result.h"

namespace print {

inline constexpr double Mm(double millimetres) { return millimetres * 72.0 / 25.4; }
inline constexpr double kA4Width = Mm(210);
inline constexpr double kA4Height = Mm(297);

struct Color {
  double red = 0;
  double green = 0;
  double blue = 0;
};

enum class Align { kLeft, kCenter, kRight, kJustify };

struct Style {
  std::string font = {};   // families by comma: of each character the first that has it
  double size = 12;        // points
  double pitch = 16;       // from line to line
  bool bold = false;
  Color color = {};
  Align align = Align::kLeft;
  double spacing = 0;      // added to each character's width
  double indent = 0;       // of a paragraph's first line
};

struct Info {
  std::string title = {};
  std::string author = {};
  base::UtcTime created = {};
};

class Document {
 public:
  Document(double width, double height, const Info& info);
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  void NewPage();
  int page() const;  // from 1

  // How many lines the text takes in that width.
  std::size_t Lines(const Style& style, std::string_view text, double width) const;
  // Of the widest line when nothing is wrapped.
  double Width(const Style& style, std::string_view text) const;
  // Lines [first, first + count), the topmost at y. Returns the y below the last.
  double Text(const Style& style, std::string_view text, double x, double y, double width,
              std::size_t first = 0, std::size_t count = static_cast<std::size_t>(-1));
  // One line whose ink begins at y. Returns where its ink ends.
  double Ink(const Style& style, std::string_view text, double x, double y, double width);

  struct Pen {
    double thickness = 0.5;
    Color color = {};
    double dash = 0;  // 0: solid
  };
  void Line(double x1, double y1, double x2, double y2, const Pen& pen);
  void Circle(double x, double y, double radius, const Pen& pen);

  // Characters drawn so far that no font has.
  std::size_t missing() const;
  // The file. Nothing can be drawn after it.
  base::Result<std::string> Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace print
