#include "cli/shell/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;
constexpr std::uint32_t kPage = 500;

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

std::optional<std::int64_t> Number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

base::Result<std::int64_t> ClassByName(Shell& shell, const std::string& school,
                                       const std::string& class_no) {
  registry::ListClasses request;
  request.set_school_code(school);
  ASSIGN_OR_RETURN(const auto reply, shell.Ask<registry::ListClassesReply>("registry", request));
  for (const registry::SchoolClass& one : reply.classes()) {
    if (one.class_no() == class_no) return one.class_id();
  }
  return base::Error{base::Code::kNotFound, "CLASS_UNKNOWN",
                     fmt::format("学校 {} 没有班号为 {} 的班级", school, class_no)};
}

base::Result<std::int64_t> StudentBySeat(Shell& shell, const std::vector<std::string>& parts) {
  ASSIGN_OR_RETURN(const std::int64_t class_id, ClassByName(shell, parts[0], parts[1]));
  registry::ListStudents request;
  request.set_class_id(class_id);
  ASSIGN_OR_RETURN(const auto students, ListAllStudents(shell, request));
  for (const registry::Student& student : students) {
    if (student.seat_no() == parts[2]) return student.student_id();
  }
  return base::Error{
      base::Code::kNotFound, "STUDENT_UNKNOWN",
      fmt::format("班级 {}/{} 没有班内学号为 {} 的学生", parts[0], parts[1], parts[2])};
}

base::Result<std::int64_t> StudentByNumber(Shell& shell, const std::string& text) {
  registry::GetStudent request;
  if (text.size() == 18) {
    request.set_id_number(text);
  } else {
    request.set_student_no(text);
  }
  ASSIGN_OR_RETURN(const auto reply, shell.Ask<registry::GetStudentReply>("registry", request));
  return reply.student().student_id();
}

}  // namespace

base::Result<std::int64_t> ResolveStudent(Shell& shell, const std::string& text) {
  const std::vector<std::string> parts = Split(text);
  if (parts.size() == 3) return StudentBySeat(shell, parts);
  if (text.size() == 18 || text.size() == 19) return StudentByNumber(shell, text);
  if (const auto id = Number(text); id && parts.size() == 1) return *id;
  return base::Error{base::Code::kInvalidArgument, "BAD_STUDENT",
                     "学生应写成编号、学籍号、身份证件号,或 学校标识码/班号/班内学号"};
}

base::Result<std::int64_t> ResolveClass(Shell& shell, const std::string& text) {
  const std::vector<std::string> parts = Split(text);
  if (parts.size() == 2) return ClassByName(shell, parts[0], parts[1]);
  if (const auto id = Number(text); id && parts.size() == 1) return *id;
  return base::Error{base::Code::kInvalidArgument, "BAD_CLASS",
                     "班级应写成编号,或 学校标识码/班号"};
}

base::Result<std::vector<registry::Student>> ListAllStudents(Shell& shell,
                                                             registry::ListStudents request,
                                                             std::size_t most) {
  std::vector<registry::Student> all;
  for (;;) {
    request.set_limit(kPage);
    ASSIGN_OR_RETURN(auto page, shell.Ask<registry::ListStudentsReply>("registry", request));
    for (registry::Student& student : *page.mutable_students()) {
      request.set_after(student.student_id());
      all.push_back(std::move(student));
      if (most != 0 && all.size() == most) return all;
    }
    if (page.students_size() < static_cast<int>(kPage)) return all;
  }
}

}  // namespace cli
