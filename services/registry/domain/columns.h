// Which column of a list means which field: found by header name with an alias table, never by
// position, because each vendor's form adds columns of its own.
//
// A header cell is compared after it is made half-width and freed of spaces, asterisks, colons and
// a unit in brackets; 成员1 may also be written 成员一, 家庭成员1, 监护人1, or with the number at
// the end. Errors: kInvalidArgument/HEADER_EMPTY, HEADER_MISSING_COLUMNS (names them),
// HEADER_DUPLICATE_COLUMN. Pure and thread-safe. Source: design/domain.md 3.4; the lists' own
// columns are this project's.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/domain/field.h"
#include "registry/domain/record.h"

namespace registry {

enum class ImportKind { kRoster = 1, kSchoolAge = 2, kGroup = 3, kSchools = 4, kClasses = 5 };

enum class Need : std::uint8_t { kRequired, kOptional, kExtra };  // kExtra: not in our own template

struct Column {
  Field field = Field::kNone;
  std::string_view name = {};  // the header in our template
  FieldKind kind = FieldKind::kText;
  Need need = Need::kOptional;
  std::string_view list = {};     // code list, for kCode
  std::string_view aliases = {};  // "a|b|c"
};

std::span<const Column> ColumnsOf(ImportKind kind);
// The header row of our own template (required and optional columns, in order).
std::vector<std::string> TemplateHeader(ImportKind kind);
// The name for people: "户口所在地行政区划代码", "成员1姓名".
std::string_view NameOf(Field field);
// The field of a template name; kNone if there is none. For details given by name.
Field FieldOf(ImportKind kind, std::string_view header_cell);
const Column* FindColumn(ImportKind kind, Field field);

struct HeaderMap {
  // One entry per column of the file; null where the column is unknown.
  std::vector<const Column*> columns = {};
  std::vector<std::string> unknown = {};
  FieldSet fields = {};
};
base::Result<HeaderMap> MapHeader(ImportKind kind, const std::vector<std::string>& header);

}  // namespace registry
