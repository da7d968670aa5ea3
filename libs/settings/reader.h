// YAML -> typed, validated settings (yaml-cpp).
//
// A Reader walks one mapping, records every key that was asked for, and reports unknown, duplicate,
// missing, mistyped and out-of-range keys all at once, with file, line and path. Sub-readers share
// the list of problems. Whole numbers and booleans are plain (unquoted) scalars; days, times of day
// and texts may be quoted. Nothing here throws. Not thread-safe; used at start-up.
// Units stand in the key's name (_days, _ms); times of day are the county's.
//
//   auto doc = settings::Document::Load("suite.yaml");            // Result<Document>
//   settings::Reader root = doc->Root();
//   auto port = root.Int("port", {.min = 1, .max = 65535, .about = "TCP port"});
//   auto name = root.String("name", {.about = "…"});               // required: no fallback given
//   auto levels = root.List("levels");                             // vector<Reader>
//   RETURN_IF_ERROR(doc->Finish());                                // every problem at once
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace settings {

// A secret value that prints as "***". Use text() where it is really needed.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

struct IntRule {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::optional<std::int64_t> fallback = {};  // none: the key is required
  std::string_view about = {};                // one line, shown by --check-config and config/README
};
struct StringRule {
  std::optional<std::string> fallback = {};
  std::vector<std::string> one_of = {};  // empty: anything
  std::size_t bytes_max = 4096;
  std::string_view about = {};
};
struct BoolRule {
  std::optional<bool> fallback = {};
  std::string_view about = {};
};
struct DateRule {
  std::optional<base::Date> fallback = {};
  std::string_view about = {};
};

struct Book;     // one document: its tree, the keys asked for, the problems found
struct Mapping;  // one mapping of it

class Reader {
 public:
  // A value; after a problem (recorded for Finish) the fallback, the minimum or an empty value.
  std::int64_t Int(std::string_view key, const IntRule& rule = {});
  std::string String(std::string_view key, const StringRule& rule = {});
  bool Bool(std::string_view key, const BoolRule& rule = {});
  base::Date Date(std::string_view key, const DateRule& rule = {});
  // Minutes since midnight from "HH:MM"; "24:00" is 1440, the end of the day.
  int TimeOfDay(std::string_view key, const StringRule& rule = {});
  // The path of a file; a relative one is taken from the folder of the document.
  std::string Path(std::string_view key, const StringRule& rule = {});
  // A list of plain values; an absent key is an empty list.
  std::vector<std::string> Strings(std::string_view key, std::string_view about = {});
  std::vector<base::Date> Dates(std::string_view key, std::string_view about = {});
  // Reads the secret from the file whose path stands under `key` (relative to the document), or
  // from the environment variable named there as "env:NAME". A trailing line end is dropped; a
  // file that everybody may read is a problem.
  Secret SecretFrom(std::string_view key, std::string_view about = {});

  bool Has(std::string_view key) const;
  // A required mapping; an absent one is a problem and reads as empty.
  Reader Map(std::string_view key, std::string_view about = {});
  // An optional mapping.
  std::optional<Reader> MaybeMap(std::string_view key, std::string_view about = {});
  // A list of mappings; an absent key is an empty list.
  std::vector<Reader> List(std::string_view key, std::string_view about = {});
  // The keys of this mapping in file order, for maps whose keys are data (each counts as asked).
  std::vector<std::string> Keys();

  // This key belongs to another reader of the same file: neither read nor reported as unknown.
  void Skip(std::string_view key);

  // Adds a problem of the caller's own at this key; "": at the mapping itself.
  void Problem(std::string_view key, std::string text);
  int LineOf(std::string_view key) const;  // 1-based; 0 if unknown

 private:
  friend class Document;
  explicit Reader(std::shared_ptr<Book> book, std::shared_ptr<Mapping> mapping)
      : book_(std::move(book)), mapping_(std::move(mapping)) {}
  std::shared_ptr<Book> book_;
  std::shared_ptr<Mapping> mapping_;
};

class Document {
 public:
  // Errors: kNotFound/NO_FILE, kInvalidArgument/BAD_YAML (with line). Size limit: 4 MiB; aliases,
  // a second document, text that is not UTF-8 and nesting deeper than 32 are refused.
  static base::Result<Document> Load(const std::string& path);
  static base::Result<Document> Parse(std::string_view yaml, const std::string& name);

  // The top mapping; an empty file reads as an empty mapping.
  Reader Root() const;
  const std::string& path() const { return path_; }
  // Every problem, one a line: "tongan.yaml:12: attendance[0].threshold.days: must be 1..60, is 0".
  // Errors: kInvalidArgument/BAD_SETTINGS.
  base::Status Finish() const;
  // The effective settings as "key = value  # about" lines, secrets as ***.
  std::string Effective() const;

 private:
  std::shared_ptr<Book> book_;
  std::string path_;
};

}  // namespace settings
