// Text and tables that go on from page to page.
//
// A Flow writes downwards in a frame and asks for the next page's frame when a line does not fit.
// Same lengths, text and threading as print.h; never fails.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "print/print.h"

namespace print {

struct Frame {
  double x = 0;
  double top = 0;
  double width = 0;
  double bottom = 0;
};

struct Cell {
  std::string text = {};
  Align align = Align::kLeft;
  std::size_t columns = 1;  // that it spans
};
struct Row {
  std::vector<Cell> cells = {};
  double height_min = 0;
};
struct TableStyle {
  Style text = {};
  double padding = 4;
  Document::Pen border = {};
};

class Flow {
 public:
  // `next` is called after a new page was begun and may draw on it.
  Flow(Document& document, Frame first, std::function<Frame(int page)> next);

  void Paragraph(const Style& style, std::string_view text);
  void Skip(double height) { y_ += height; }
  void Break();  // to the next page
  bool Fits(double height) const;
  double left() const { return frame_.bottom - y_; }
  double Height(const Style& style, std::string_view text) const;
  double HeightWithin(const Style& style, std::string_view text, double width) const;

  // Rows are never cut; a row that is higher than a page runs over its end.
  void Table(const TableStyle& style, std::span<const double> columns,
             std::span<const Row> rows);
  double TableHeight(const TableStyle& style, std::span<const double> columns,
                     std::span<const Row> rows) const;

  double y() const { return y_; }
  const Frame& frame() const { return frame_; }

 private:
  double RowHeight(const TableStyle& style, std::span<const double> columns, const Row& row) const;
  void DrawRow(const TableStyle& style, std::span<const double> columns, const Row& row,
               double height);

  Document& document_;
  Frame frame_;
  std::function<Frame(int page)> next_;
  double y_;
};

}  // namespace print
