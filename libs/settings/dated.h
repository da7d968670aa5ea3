// Rules that change on a day: a list of entries with `from`; on a day the entry with the latest
// `from` not after it applies. A change of the rules is a new entry, never an edit of an old one,
// so what was decided under the old rules can still be explained.
//
//   auto rules = settings::ReadDated<Threshold>(root, "attendance", "...", ReadThreshold);
//   const Threshold* now = rules.At(today);     // null before the first entry
//
// Problems (recorded for Document::Finish): an empty list, entries not in rising order of `from`,
// two entries of one day. Days are civil days. Immutable after reading; thread-safe then.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/date.h"
#include "settings/reader.h"

namespace settings {

template <class T>
struct Dated {
  struct Entry {
    base::Date from = {};
    std::string source = {};  // the document that the entry follows, and its sentence
    T value = {};
    int line = 0;  // of `from`, for problems that are found later
  };
  std::vector<Entry> entries = {};  // rising by `from`

  const Entry* EntryAt(base::Date day) const {
    const Entry* found = nullptr;
    for (const Entry& entry : entries) {
      if (entry.from <= day) found = &entry;
    }
    return found;
  }
  const T* At(base::Date day) const {
    const Entry* entry = EntryAt(day);
    return entry == nullptr ? nullptr : &entry->value;
  }
};

// `read` makes the value from the entry's reader; `from` and `source` are read here.
template <class T, class Read>
Dated<T> ReadDated(Reader& parent, std::string_view key, std::string_view about, Read read) {
  Dated<T> dated;
  for (Reader& entry : parent.List(key, about)) {
    const base::Date from = entry.Date("from", {.about = "first day on which the entry applies"});
    if (!dated.entries.empty() && entry.Has("from") && from <= dated.entries.back().from) {
      entry.Problem("from", from == dated.entries.back().from
                                ? "two entries start on one day"
                                : "entries must stand in rising order of 'from'");
    }
    std::string source = entry.String("source", {.about = "the document that the entry follows"});
    const int line = entry.LineOf("from");
    dated.entries.push_back({from, std::move(source), read(entry), line});
  }
  if (dated.entries.empty()) parent.Problem(key, "needs at least one entry with 'from'");
  return dated;
}

}  // namespace settings
