// Who runs this deployment: the `county` section of config/counties/<id>.yaml, which every service
// reads. What the other sections mean is their services' business.
// Errors: kNotFound/NO_FILE, kInvalidArgument/BAD_YAML, kInvalidArgument/BAD_SETTINGS with every
// problem. Immutable after loading. Source of division codes: GB/T 2260.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "settings/reader.h"

namespace settings {

// Where work lands that nobody else is responsible for, so that nobody is never the answer.
struct FallbackInbox {
  std::string body = {};
  std::string person_id = {};  // account or staff number, never an identity number
  std::string person = {};
};

// A document that the county's rules cite by its id.
struct CitedDocument {
  std::string id = {};
  std::string title = {};
  std::string number = {};                // "同教〔2020〕5号"; empty: none known
  std::optional<base::Date> date = {};    // none: not known
  std::string issuer = {};
};

struct County {
  std::string id = {};        // "tongan", the name of the profile's file
  std::string name = {};      // "厦门市同安区"
  std::string bureau = {};    // "厦门市同安区教育局"
  std::string division = {};  // six digits
  std::string calendar = {};  // path of the calendar's file, ready to be opened
  FallbackInbox fallback_inbox = {};
  std::vector<CitedDocument> documents = {};
};

// Reads the section; problems are recorded for Document::Finish, which the caller asks.
County ReadCounty(Reader section);
// The section alone: the other sections of the profile are skipped.
base::Result<County> LoadCounty(const std::string& path);

}  // namespace settings
