#include "print/embedded_font.h"

#include <cairo-ft.h>
#include <hb-subset.h>

#include <string>

namespace print {
namespace {

struct HbDestroy {
  void operator()(hb_face_t* face) const { hb_face_destroy(face); }
  void operator()(hb_blob_t* blob) const { hb_blob_destroy(blob); }
  void operator()(hb_subset_input_t* input) const { hb_subset_input_destroy(input); }
  void operator()(hb_subset_plan_t* plan) const { hb_subset_plan_destroy(plan); }
};
template <class T>
using Hb = std::unique_ptr<T, HbDestroy>;

// What shaping needed and the pages do not.
constexpr hb_tag_t kDropped[] = {
    HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'), HB_TAG('G', 'D', 'E', 'F'),
    HB_TAG('B', 'A', 'S', 'E'), HB_TAG('V', 'O', 'R', 'G'), HB_TAG('v', 'h', 'e', 'a'),
    HB_TAG('v', 'm', 't', 'x'), HB_TAG('c', 'm', 'a', 'p')};

// A face that FreeType reads from these bytes; Cairo lets go of it when it is done.
struct MemoryFace {
  FT_Library library = nullptr;
  Hb<hb_blob_t> bytes = {};
  ~MemoryFace() {
    if (library != nullptr) FT_Done_FreeType(library);  // its faces with it
  }
};

void DestroyMemoryFace(void* face) { delete static_cast<MemoryFace*>(face); }

cairo_font_face_t* FaceOf(Hb<hb_blob_t> bytes) {
  static const cairo_user_data_key_t kKey = {};
  auto memory = std::make_unique<MemoryFace>();
  if (FT_Init_FreeType(&memory->library) != 0) return nullptr;
  memory->bytes = std::move(bytes);
  unsigned size = 0;
  const char* const data = hb_blob_get_data(memory->bytes.get(), &size);
  FT_Face face = nullptr;
  if (FT_New_Memory_Face(memory->library, reinterpret_cast<const FT_Byte*>(data),
                         static_cast<FT_Long>(size), 0, &face) != 0) {
    return nullptr;
  }
  Owned<cairo_font_face_t> out{cairo_ft_font_face_create_for_ft_face(face, FT_LOAD_NO_HINTING)};
  if (cairo_font_face_set_user_data(out.get(), &kKey, memory.get(), DestroyMemoryFace) !=
      CAIRO_STATUS_SUCCESS) {
    return nullptr;
  }
  (void)memory.release();
  return out.release();
}

}  // namespace

EmbeddedFont::EmbeddedFont(PangoFont* font)
    : font_(static_cast<PangoFont*>(g_object_ref(font))) {}

bool EmbeddedFont::MakeSubset() {
  hb_face_t* const whole = hb_font_get_face(pango_font_get_hb_font(font_.get()));
  const Hb<hb_subset_input_t> input{hb_subset_input_create_or_fail()};
  if (whole == nullptr || input == nullptr) return false;
  for (const unsigned glyph : used_) {
    hb_set_add(hb_subset_input_glyph_set(input.get()), glyph);
  }
  for (const hb_tag_t table : kDropped) {
    hb_set_add(hb_subset_input_set(input.get(), HB_SUBSET_SETS_DROP_TABLE_TAG), table);
  }
  hb_subset_input_set_flags(input.get(),
                            HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_DESUBROUTINIZE);
  const Hb<hb_subset_plan_t> plan{hb_subset_plan_create_or_fail(whole, input.get())};
  if (plan == nullptr) return false;
  const Hb<hb_face_t> cut{hb_subset_plan_execute_or_fail(plan.get())};
  if (cut == nullptr) return false;
  face_.reset(FaceOf(Hb<hb_blob_t>{hb_face_reference_blob(cut.get())}));
  if (face_ == nullptr) return false;
  const hb_map_t* const numbers = hb_subset_plan_old_to_new_glyph_mapping(plan.get());
  for (const unsigned glyph : used_) ids_[glyph] = hb_map_get(numbers, glyph);
  return true;
}

void EmbeddedFont::Make() {
  if (MakeSubset()) return;
  cairo_scaled_font_t* const scaled =
      pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font_.get()));
  face_.reset(cairo_font_face_reference(cairo_scaled_font_get_font_face(scaled)));
}

unsigned long EmbeddedFont::IdOf(unsigned glyph) const {
  const auto found = ids_.find(glyph);
  return found == ids_.end() ? glyph : found->second;
}

}  // namespace print
