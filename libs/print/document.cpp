#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/plain_text.h"
#include "base/utf8.h"
#include "print/drawing.h"

namespace print {
namespace {

// The middle of a Chinese character above the baseline, in parts of its size: the em box of CJK
// fonts reaches from -0.12 to 0.88.
constexpr double kMiddle = 0.38;

int Units(double points) { return static_cast<int>(std::lround(points * PANGO_SCALE)); }
double Points(int units) { return static_cast<double>(units) / PANGO_SCALE; }

cairo_status_t Append(void* closure, const unsigned char* data, unsigned int size) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

PangoAlignment AlignmentOf(Align align) {
  switch (align) {
    case Align::kCenter: return PANGO_ALIGN_CENTER;
    case Align::kRight: return PANGO_ALIGN_RIGHT;
    default: return PANGO_ALIGN_LEFT;
  }
}

}  // namespace

namespace {

constexpr std::size_t kWordMax = 40;  // characters; a line holds some seventy

// Between CJK characters a line may break anyway.
bool BreaksAnyway(std::string_view sequence) {
  return sequence == " " || sequence == "\n" ||
         (sequence.size() >= 3 && sequence >= "\xE2\xBA\x80" && sequence < "\xF0\x9F");
}

// A word that no line holds is broken somewhere; Pango's search for the place takes time with the
// square of its length, and strangers write words of any length. U+200B: it may be here.
std::string Breakable(const std::string& text) {
  std::string out;
  out.reserve(text.size() + text.size() / kWordMax * 3);
  std::size_t run = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(base::Utf8Length(text, at), 1);
    const std::string_view sequence = std::string_view{text}.substr(at, length);
    at += length;
    run = BreaksAnyway(sequence) ? 0 : run + 1;
    if (run > kWordMax) {
      out += "\xE2\x80\x8B";
      run = 1;
    }
    out += sequence;
  }
  return out;
}

}  // namespace

struct Document::Impl {
  std::string bytes = {};
  Owned<cairo_surface_t> surface = {};
  Owned<cairo_t> cairo = {};
  Drawing drawing = {};
  Owned<PangoFontMap> fonts = {};
  Owned<PangoContext> context = {};
  int page = 1;
  std::size_t missing = 0;

  // `width` 0: as wide as it is.
  Owned<PangoLayout> Layout(const Style& style, std::string_view text, double width) const {
    Owned<PangoLayout> layout{pango_layout_new(context.get())};
    const std::string good = Breakable(base::PlainText(text));
    pango_layout_set_text(layout.get(), good.data(), static_cast<int>(good.size()));
    const Owned<PangoFontDescription> font{pango_font_description_new()};
    pango_font_description_set_family(font.get(), style.font.c_str());
    pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
    if (style.bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_indent(layout.get(), Units(style.indent));
    pango_layout_set_alignment(layout.get(), AlignmentOf(style.align));
    pango_layout_set_justify(layout.get(), style.align == Align::kJustify ? TRUE : FALSE);
    const Owned<PangoAttrList> attributes{pango_attr_list_new()};
    if (style.spacing != 0) {
      pango_attr_list_insert(attributes.get(), pango_attr_letter_spacing_new(Units(style.spacing)));
    }
    pango_layout_set_attributes(layout.get(), attributes.get());
    if (width > 0) pango_layout_set_width(layout.get(), Units(width));
    return layout;
  }
};

Document::Document(double width, double height, const Info& info)
    : impl_(std::make_unique<Impl>()) {
  Impl& i = *impl_;
  i.surface.reset(cairo_pdf_surface_create_for_stream(Append, &i.bytes, width, height));
  const std::string created = base::ToLocal(info.created);
  cairo_pdf_surface_set_metadata(i.surface.get(), CAIRO_PDF_METADATA_TITLE,
                                 base::PlainText(info.title).c_str());
  cairo_pdf_surface_set_metadata(i.surface.get(), CAIRO_PDF_METADATA_AUTHOR,
                                 base::PlainText(info.author).c_str());
  cairo_pdf_surface_set_metadata(i.surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, created.c_str());
  i.cairo.reset(cairo_create(i.surface.get()));
  // Its own map: the default one belongs to a thread and lives as long.
  i.fonts.reset(pango_cairo_font_map_new());
  pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(i.fonts.get()), 72);
  i.context.reset(pango_font_map_create_context(i.fonts.get()));
  pango_context_set_language(i.context.get(), pango_language_from_string("zh-cn"));
  pango_context_set_base_dir(i.context.get(), PANGO_DIRECTION_LTR);
  cairo_font_options_t* const options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(i.context.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(i.context.get(), FALSE);
}

Document::~Document() = default;

void Document::NewPage() {
  impl_->drawing.NewPage();
  ++impl_->page;
}

int Document::page() const { return impl_->page; }

std::size_t Document::Lines(const Style& style, std::string_view text, double width) const {
  const auto layout = impl_->Layout(style, text, width);
  return static_cast<std::size_t>(pango_layout_get_line_count(layout.get()));
}

double Document::Width(const Style& style, std::string_view text) const {
  const auto layout = impl_->Layout(style, text, 0);
  int width = 0;
  pango_layout_get_size(layout.get(), &width, nullptr);
  return Points(width);
}

double Document::Text(const Style& style, std::string_view text, double x, double y, double width,
                      std::size_t first, std::size_t count) {
  const auto layout = impl_->Layout(style, text, width);
  if (first == 0) {
    impl_->missing += static_cast<std::size_t>(pango_layout_get_unknown_glyphs_count(layout.get()));
  }
  const Owned<PangoLayoutIter> iter{pango_layout_get_iter(layout.get())};
  std::size_t index = 0;
  do {
    if (index >= first && index - first < count) {
      PangoRectangle box;
      pango_layout_iter_get_line_extents(iter.get(), nullptr, &box);
      impl_->drawing.Line(pango_layout_iter_get_line_readonly(iter.get()), style,
                          x + Points(box.x), y + style.pitch / 2 + kMiddle * style.size);
      y += style.pitch;
    }
    ++index;
  } while (pango_layout_iter_next_line(iter.get()) != FALSE);
  return y;
}

double Document::Ink(const Style& style, std::string_view text, double x, double y, double width) {
  const auto layout = impl_->Layout(style, text, width);
  PangoRectangle box;
  impl_->missing += static_cast<std::size_t>(pango_layout_get_unknown_glyphs_count(layout.get()));
  const Owned<PangoLayoutIter> iter{pango_layout_get_iter(layout.get())};
  pango_layout_iter_get_line_extents(iter.get(), nullptr, &box);
  PangoLayoutLine* const line = pango_layout_iter_get_line_readonly(iter.get());
  // Of the outlines themselves: the extents that Pango tells include the curves' control points.
  double top = 0;
  double bottom = 0;
  double left = 0;
  double right = 0;
  cairo_t* const cairo = impl_->cairo.get();
  cairo_new_path(cairo);
  cairo_move_to(cairo, 0, 0);
  pango_cairo_layout_line_path(cairo, line);
  cairo_path_extents(cairo, &left, &top, &right, &bottom);
  cairo_new_path(cairo);
  impl_->drawing.Line(line, style, x + Points(box.x), y - top);
  return y - top + bottom;
}

void Document::Line(double x1, double y1, double x2, double y2, const Pen& pen) {
  impl_->drawing.Rule(x1, y1, x2, y2, pen);
}

void Document::Circle(double x, double y, double radius, const Pen& pen) {
  impl_->drawing.Circle(x, y, radius, pen);
}

std::size_t Document::missing() const { return impl_->missing; }

base::Result<std::string> Document::Finish() {
  Impl& i = *impl_;
  i.drawing.Play(i.cairo.get());
  cairo_show_page(i.cairo.get());
  const cairo_status_t drawn = cairo_status(i.cairo.get());
  cairo_surface_finish(i.surface.get());
  const cairo_status_t written = cairo_surface_status(i.surface.get());
  const cairo_status_t status = drawn == CAIRO_STATUS_SUCCESS ? written : drawn;
  if (status != CAIRO_STATUS_SUCCESS) {
    return base::Error{base::Code::kInternal, "PDF_FAILED", cairo_status_to_string(status)};
  }
  return std::move(i.bytes);
}

}  // namespace print
