// One font of a document, cut down to the glyphs that the document uses before Cairo embeds it.
//
// Why Cairo's own subset is not enough: of a CFF font with several private dictionaries (every CJK
// font of Noto) it reads a local subroutine once; where the subroutine declares hints, the next
// glyph that calls it looks broken, and Cairo then embeds all subroutines of the font: 500 kB for
// a page. HarfBuzz cuts the glyphs out with their subroutines written into them and without hints,
// which a printer has no use for. If that fails, Cairo embeds what it can.
// Private to this lib. One thread per object; nothing fails.
#pragma once

#include <hb.h>

#include <map>
#include <set>

#include "print/owned.h"

namespace print {

class EmbeddedFont {
 public:
  explicit EmbeddedFont(PangoFont* font);
  void Use(unsigned glyph) { used_.insert(glyph); }
  // After the last Use: makes the font.
  void Make();
  cairo_font_face_t* face() const { return face_.get(); }
  // Of a used glyph, within face().
  unsigned long IdOf(unsigned glyph) const;

 private:
  bool MakeSubset();

  Owned<PangoFont> font_;
  std::set<unsigned> used_ = {};
  std::map<unsigned, unsigned> ids_ = {};  // empty: the whole font, same numbers
  Owned<cairo_font_face_t> face_ = {};
};

}  // namespace print
