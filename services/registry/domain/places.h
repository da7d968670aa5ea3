// Schools and classes: what a row may name, and what grade a class is that nobody has described
// yet.
//
// A school year begins on 1 September; from August on, lists speak of the coming one.
// Immutable after loading; thread-safe then. Source of 班号 forms: design/domain.md 3.2 (local).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/date.h"
#include "base/id.h"
#include "registry/domain/reference.h"

namespace registry {

using ClassId = base::Id<struct ClassIdTag>;

enum class Stage { kUnknown = 0, kPrimary = 1, kJunior = 2, kNineYear = 3, kSpecial = 4 };
Stage StageFromText(std::string_view text);  // the texts of the code list 学段
std::string_view StageText(Stage stage);

struct School {
  std::string code = {};
  std::string name = {};
  Stage stage = Stage::kUnknown;
  bool teaching_point = false;
  std::string parent_code = {};
  std::string town = {};
  friend bool operator==(const School&, const School&) = default;
};

struct SchoolClass {
  ClassId id = {};
  std::string school_code = {};
  int grade = 0;              // 1..9
  std::string class_no = {};  // unique within the school
  std::string name = {};
  std::string teacher_id = {};
  std::string teacher_name = {};
  int entry_year = 0;  // 0: not known
  friend bool operator==(const SchoolClass&, const SchoolClass&) = default;
};

// All schools and classes of the county.
class Places {
 public:
  void Add(School school);
  void Add(SchoolClass school_class);
  const School* FindSchool(std::string_view code) const;
  const SchoolClass* FindClass(std::string_view school_code, std::string_view class_no) const;
  const SchoolClass* FindClass(ClassId id) const;
  const ByText<School>& schools() const { return schools_; }
  std::size_t class_count() const { return classes_.size(); }

 private:
  static std::string Key(std::string_view school_code, std::string_view class_no);
  ByText<School> schools_ = {};
  ByText<SchoolClass> classes_ = {};
  std::unordered_map<ClassId, std::string> class_keys_ = {};
};

// 2026 for the school year that begins on 1 September 2026; August already counts to it.
int SchoolYearOf(base::Date day);

struct ClassFacts {
  Stage stage = Stage::kUnknown;
  std::string_view class_no = {};
  std::string_view entry_month = {};  // "202309" or empty
  std::optional<base::Date> birth = {};
  base::Date today = {};
};
// The grade of a class that is not on the list of classes: from 班号 (2023 01: entered 2023; 302:
// class 2 of grade 3), else from 入学年月, in a nine-year school nearest to the student's age.
// Nothing when neither says it or it lies outside the school's stage.
std::optional<int> DeriveGrade(const ClassFacts& facts);
int EntryYearFor(Stage stage, int grade, base::Date today);

// "三年级2班": the number is what follows the year or the grade in 班号.
std::string ClassName(int grade, std::string_view class_no);
// The last grade of the stage that a grade belongs to in this school: 6 or 9.
int FinalGrade(Stage stage, int grade);
std::string GradeText(int grade);  // "三年级"

}  // namespace registry
