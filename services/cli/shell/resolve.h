// Who and which class is meant by what a person types: an id, 学校标识码/班号/班内学号 (or
// 学校标识码/班号), or for a student an identity number or 学籍号. Errors:
// kInvalidArgument/BAD_STUDENT, BAD_CLASS; kNotFound/STUDENT_UNKNOWN, CLASS_UNKNOWN; those of the
// registry.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/shell/shell.h"
#include "registry/contract/registry.pb.h"

namespace cli {

// What the help says of such an argument.
inline constexpr const char* kStudentHelp = "学生：编号、学籍号，或 学校标识码/班号/班内学号";
inline constexpr const char* kClassHelp = "班级：编号，或 学校标识码/班号";

base::Result<std::int64_t> ResolveStudent(Shell& shell, const std::string& text);
base::Result<std::int64_t> ResolveClass(Shell& shell, const std::string& text);

// All students that a request selects, page by page; stops at `most` (0: all).
base::Result<std::vector<baoxue::registry::v1::Student>> ListAllStudents(
    Shell& shell, baoxue::registry::v1::ListStudents request, std::size_t most = 0);

}  // namespace cli
