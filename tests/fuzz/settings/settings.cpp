// Any bytes as a settings file: read as a county, as a calendar, and key by key as every kind of
// value. Nothing may crash, and every problem is one of the two named ones.

#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/utf8.h"
#include "settings/calendar.h"
#include "settings/county.h"
#include "settings/dated.h"
#include "settings/reader.h"

namespace {

void ReadEverything(settings::Reader reader) {
  for (const std::string& key : reader.Keys()) {
    CHECK(reader.Has(key) && reader.LineOf(key) > 0);
    reader.Int(key, {.min = -5, .max = 500, .fallback = 1});
    reader.String(key, {.one_of = {"a", "b"}, .bytes_max = 10});
    reader.Bool(key);
    reader.Date(key);
    const int minutes = reader.TimeOfDay(key, {.fallback = "08:00"});
    CHECK(minutes >= 0 && minutes <= 1440);
    reader.Path(key);
    reader.Strings(key);
    reader.Dates(key);
    for (settings::Reader& item : reader.List(key)) ReadEverything(item);
    if (auto inner = reader.MaybeMap(key)) ReadEverything(*inner);
  }
}

void CheckProblems(const settings::Document& document) {
  const base::Status status = document.Finish();
  if (!status.ok()) {
    CHECK(status.error().reason == "BAD_SETTINGS");
    CHECK(base::IsUtf8(status.error().detail));
  }
  CHECK(base::IsUtf8(document.Effective()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string yaml{reinterpret_cast<const char*>(data), size};
  for (int as = 0; as < 3; ++as) {
    auto document = settings::Document::Parse(yaml, "folder/file.yaml");
    if (!document.ok()) {
      CHECK(document.error().reason == "BAD_YAML");
      return 0;
    }
    settings::Reader root = document->Root();
    if (as == 0) settings::ReadCounty(root.Map("county"));
    if (as == 1) settings::ReadCalendar(root);
    if (as == 2) {
      ReadEverything(root);
      settings::ReadDated<std::int64_t>(
          root, "rules", "", [](settings::Reader& entry) { return entry.Int("days"); });
    }
    CheckProblems(*document);
  }
  return 0;
}
