#include "print/drawing.h"

#include <cmath>

namespace print {
namespace {

double Points(int units) { return static_cast<double>(units) / PANGO_SCALE; }

void Stroke(cairo_t* cairo, const Document::Pen& pen) {
  cairo_set_source_rgb(cairo, pen.color.red, pen.color.green, pen.color.blue);
  cairo_set_line_width(cairo, pen.thickness);
  const double dash[] = {pen.dash, pen.dash};
  cairo_set_dash(cairo, dash, pen.dash > 0 ? 2 : 0, 0);
  cairo_stroke(cairo);
}

}  // namespace

EmbeddedFont& Drawing::FontOf(PangoFont* font) {
  hb_face_t* const face = hb_font_get_face(pango_font_get_hb_font(font));
  return fonts_.try_emplace(face, font).first->second;
}

// A character that no font has: a box in its place, as wide as Pango left for it.
void Drawing::Box(const Style& style, double x, double baseline, double width) {
  const double left = x + width * 0.1;
  const double right = x + width * 0.9;
  const double top = baseline - style.size * 0.75;
  const Document::Pen pen{.thickness = style.size / 30, .color = style.color, .dash = 0};
  Rule(left, top, right, top, pen);
  Rule(right, top, right, baseline, pen);
  Rule(right, baseline, left, baseline, pen);
  Rule(left, baseline, left, top, pen);
}

void Drawing::Run(const PangoGlyphItem& run, const char* text, const Style& style, double x,
                  double baseline) {
  Glyphs out{.font = &FontOf(run.item->analysis.font), .size = style.size, .color = style.color,
             .text = {}, .glyphs = {}, .clusters = {}};
  PangoGlyphItem item = run;  // the iterator wants one that it may change, and does not
  PangoGlyphItemIter iter;
  for (gboolean more = pango_glyph_item_iter_init_start(&iter, &item, text); more != FALSE;
       more = pango_glyph_item_iter_next_cluster(&iter)) {
    cairo_text_cluster_t cluster{.num_bytes = iter.end_index - iter.start_index, .num_glyphs = 0};
    for (int i = iter.start_glyph; i < iter.end_glyph; ++i) {
      const PangoGlyphInfo& glyph = run.glyphs->glyphs[i];
      const double width = Points(glyph.geometry.width);
      if ((glyph.glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0) {
        Box(style, x, baseline, width);
      } else if (glyph.glyph != PANGO_GLYPH_EMPTY) {
        out.font->Use(glyph.glyph);
        out.glyphs.push_back({.index = glyph.glyph,
                              .x = x + Points(glyph.geometry.x_offset),
                              .y = baseline + Points(glyph.geometry.y_offset)});
        ++cluster.num_glyphs;
      }
      x += width;
    }
    if (cluster.num_glyphs == 0) continue;
    out.text.append(text + iter.start_index, static_cast<std::size_t>(cluster.num_bytes));
    out.clusters.push_back(cluster);
  }
  if (!out.glyphs.empty()) steps_.emplace_back(std::move(out));
}

void Drawing::Line(PangoLayoutLine* line, const Style& style, double x, double baseline) {
  const char* const text = pango_layout_get_text(line->layout);
  for (const GSList* one = line->runs; one != nullptr; one = one->next) {
    const auto& run = *static_cast<const PangoGlyphItem*>(one->data);
    Run(run, text, style, x, baseline);
    x += Points(pango_glyph_string_get_width(run.glyphs));
  }
}

void Drawing::Rule(double x1, double y1, double x2, double y2, const Document::Pen& pen) {
  steps_.emplace_back(Path{.pen = pen, .circle = false, .x1 = x1, .y1 = y1, .x2 = x2, .y2 = y2});
}

void Drawing::Circle(double x, double y, double radius, const Document::Pen& pen) {
  steps_.emplace_back(Path{.pen = pen, .circle = true, .x1 = x, .y1 = y, .x2 = radius, .y2 = 0});
}

void Drawing::NewPage() { steps_.emplace_back(Page{}); }

void Drawing::Play(cairo_t* cairo) {
  for (auto& [face, font] : fonts_) font.Make();
  for (auto& step : steps_) {
    if (auto* const run = std::get_if<Glyphs>(&step)) {
      for (cairo_glyph_t& glyph : run->glyphs) {
        glyph.index = run->font->IdOf(static_cast<unsigned>(glyph.index));
      }
      cairo_set_source_rgb(cairo, run->color.red, run->color.green, run->color.blue);
      cairo_set_font_face(cairo, run->font->face());
      cairo_set_font_size(cairo, run->size);
      cairo_show_text_glyphs(cairo, run->text.data(), static_cast<int>(run->text.size()),
                             run->glyphs.data(), static_cast<int>(run->glyphs.size()),
                             run->clusters.data(), static_cast<int>(run->clusters.size()),
                             static_cast<cairo_text_cluster_flags_t>(0));
    } else if (const auto* const path = std::get_if<Path>(&step)) {
      if (path->circle) {
        cairo_new_sub_path(cairo);
        cairo_arc(cairo, path->x1, path->y1, path->x2, 0, 2 * M_PI);
      } else {
        cairo_move_to(cairo, path->x1, path->y1);
        cairo_line_to(cairo, path->x2, path->y2);
      }
      Stroke(cairo, path->pen);
    } else {
      cairo_show_page(cairo);
    }
  }
}

}  // namespace print
