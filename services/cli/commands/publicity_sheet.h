// 公示名单 on paper: school, class and name of those whom the schools have recognised, and nothing
// else about them; A4, a heading on the first page, page numbers.
//
// The period's days are printed if they are given, else left to be written in by hand: how long it
// has to be is the rule set's (教财〔2018〕16号: at least 5 working days) and is judged when the
// outcome is confirmed. Errors: those of libs/print. Pure but for reading the installed fonts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace cli {

struct PublicityLine {
  std::string school = {};
  std::string school_class = {};
  std::string name = {};
};
struct PublicitySheet {
  std::string school_year = {};  // 2026-2027
  std::optional<base::Date> from = {};
  std::optional<base::Date> until = {};
  std::vector<PublicityLine> lines = {};
};

// The file's bytes.
base::Result<std::string> PrintPublicity(const PublicitySheet& sheet, base::UtcTime now);

}  // namespace cli
