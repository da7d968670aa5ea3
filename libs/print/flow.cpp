#include "print/flow.h"

#include <algorithm>
#include <numeric>

namespace print {
namespace {

constexpr double kSlack = 0.5;  // points: what rounding may add to a page's lines

double SpanWidth(std::span<const double> columns, std::size_t first, std::size_t count) {
  double width = 0;
  for (std::size_t i = first; i < columns.size() && i < first + count; ++i) width += columns[i];
  return width;
}

}  // namespace

Flow::Flow(Document& document, Frame first, std::function<Frame(int page)> next)
    : document_(document), frame_(first), next_(std::move(next)), y_(first.top) {}

bool Flow::Fits(double height) const { return y_ + height <= frame_.bottom + kSlack; }

void Flow::Break() {
  document_.NewPage();
  frame_ = next_(document_.page());
  y_ = frame_.top;
}

double Flow::Height(const Style& style, std::string_view text) const {
  return HeightWithin(style, text, frame_.width);
}

double Flow::HeightWithin(const Style& style, std::string_view text, double width) const {
  return static_cast<double>(document_.Lines(style, text, width)) * style.pitch;
}

void Flow::Paragraph(const Style& style, std::string_view text) {
  const std::size_t lines = document_.Lines(style, text, frame_.width);
  std::size_t done = 0;
  while (done < lines) {
    if (!Fits(style.pitch)) Break();
    const double room = frame_.bottom + kSlack - y_;
    const auto fitting = std::max<std::size_t>(1, static_cast<std::size_t>(room / style.pitch));
    const std::size_t count = std::min(lines - done, fitting);
    y_ = document_.Text(style, text, frame_.x, y_, frame_.width, done, count);
    done += count;
  }
}

double Flow::RowHeight(const TableStyle& style, std::span<const double> columns,
                       const Row& row) const {
  double height = row.height_min;
  std::size_t column = 0;
  for (const Cell& cell : row.cells) {
    const double width = SpanWidth(columns, column, cell.columns) - 2 * style.padding;
    const auto lines = static_cast<double>(document_.Lines(style.text, cell.text, width));
    height = std::max(height, lines * style.text.pitch + 2 * style.padding);
    column += cell.columns;
  }
  return height;
}

double Flow::TableHeight(const TableStyle& style, std::span<const double> columns,
                         std::span<const Row> rows) const {
  return std::accumulate(rows.begin(), rows.end(), 0.0, [&](double sum, const Row& row) {
    return sum + RowHeight(style, columns, row);
  });
}

void Flow::DrawRow(const TableStyle& style, std::span<const double> columns, const Row& row,
                   double height) {
  double x = frame_.x;
  std::size_t column = 0;
  const double bottom = y_ + height;
  for (const Cell& cell : row.cells) {
    const double width = SpanWidth(columns, column, cell.columns);
    const double inner = width - 2 * style.padding;
    Style text = style.text;
    text.align = cell.align;
    const auto lines = static_cast<double>(document_.Lines(text, cell.text, inner));
    const double top = y_ + (height - lines * text.pitch) / 2;
    document_.Text(text, cell.text, x + style.padding, top, inner);
    document_.Line(x, y_, x, bottom, style.border);
    x += width;
    column += cell.columns;
  }
  document_.Line(x, y_, x, bottom, style.border);
  document_.Line(frame_.x, y_, x, y_, style.border);
  document_.Line(frame_.x, bottom, x, bottom, style.border);
  y_ = bottom;
}

void Flow::Table(const TableStyle& style, std::span<const double> columns,
                 std::span<const Row> rows) {
  for (const Row& row : rows) {
    const double height = RowHeight(style, columns, row);
    if (!Fits(height) && y_ > frame_.top) Break();
    DrawRow(style, columns, row, height);
  }
}

}  // namespace print
