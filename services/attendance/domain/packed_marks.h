// The exceptions of one roll call as bytes: the column `exceptions` of table roll_call.
//
// Format, version 1: no exceptions are no bytes. Otherwise the byte 0x01, then for each student in
// rising order of id the LEB128 number ((id - id before it) << 3 | mark); the first id counts from
// 0; mark is 1..7 as in types.h. A class of 45 with one absentee takes 4 bytes. A reader refuses
// other versions; a new version gets a new first byte and this one stays readable. Errors:
// kDataCorruption/BAD_PACKED_MARKS. Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attendance/domain/types.h"
#include "base/result.h"

namespace attendance {

// `exceptions` in rising order of student, none twice, ids positive. Appends to `out`.
void PackMarks(const std::vector<Exception>& exceptions, std::string& out);
base::Result<std::vector<Exception>> UnpackMarks(std::string_view bytes);

}  // namespace attendance
