#include "registry/domain/check_row.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/domain/identity_number.h"
#include "registry/domain/student_number.h"
#include "registry/domain/text.h"

namespace registry {
namespace {

constexpr std::size_t kNameCharactersMin = 2;
constexpr std::size_t kNameCharactersMax = 50;
constexpr std::size_t kClassNoBytesMax = 24;

void Refuse(RowNotes& notes, std::string_view reason, Field field, std::string text) {
  notes.refusals.push_back(Problem{std::string{reason}, field, std::move(text)});
}
void Warn(RowNotes& notes, std::string_view reason, Field field, std::string text) {
  notes.warnings.push_back(Problem{std::string{reason}, field, std::move(text)});
}

bool Refused(const RowNotes& notes, Field field) {
  return std::any_of(notes.refusals.begin(), notes.refusals.end(),
                     [field](const Problem& problem) { return problem.field == field; });
}

// An empty cell is only a refusal of its own when the cell was not refused as unreadable.
bool Require(const Record& row, Field field, RowNotes& notes) {
  if (row.Has(field)) return true;
  if (!Refused(notes, field)) {
    Refuse(notes, "REQUIRED_EMPTY", field, fmt::format("「{}」没有填写:本列必填", NameOf(field)));
  }
  return false;
}

void CheckName(const Record& row, Field field, RowNotes& notes) {
  if (!Require(row, field, notes)) return;
  const std::string_view name = row.Get(field);
  const std::size_t characters = Characters(name);
  bool strange = false;
  for (std::size_t at = 0; at < name.size();) {
    const char32_t c = NextCodePoint(name, at);
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool sign = c == 0xB7 || c == ' ' || c == '.' || c == '-' || c == '\'' || c == ',';
    if (!letter && !sign && c < 0xC0) strange = true;
  }
  if (strange || characters < kNameCharactersMin || characters > kNameCharactersMax) {
    Refuse(notes, "NAME_BAD", field,
           fmt::format("「{}」填写为“{}”,不像姓名:应为两个以上的汉字,少数民族姓名用“·”分隔",
                       NameOf(field), Quote(name)));
  }
}

struct IdText {
  std::string_view reason;
  std::string_view text;
};
IdText Explain(IdProblem problem) {
  switch (problem) {
    case IdProblem::kExcelDamaged:
      return {"ID_EXCEL_DAMAGED",
              "被表格软件当作数值保存,后几位已经丢失(如 3.50212E+17 或末三位变成 000),无法恢复:"
              "请从原始材料重新录入,并把该列设为“文本”格式"};
    case IdProblem::kOldLength:
      return {"ID_OLD_LENGTH", "是 15 位旧号码,已停止使用:请按户口簿填写 18 位公民身份号码"};
    case IdProblem::kLength:
      return {"ID_LENGTH", "不是 18 位:请按户口簿核对"};
    case IdProblem::kCharacters:
      return {"ID_CHARACTERS", "含有数字以外的字符(只有末位可以是 X):请核对"};
    case IdProblem::kProvince:
      return {"ID_PROVINCE", "前两位不是任何省份的代码:请核对"};
    case IdProblem::kBirthday:
      return {"ID_BIRTHDAY", "第 7 至 14 位不是一个可能的出生日期:请核对"};
    case IdProblem::kCheckDigit:
      return {"ID_CHECK_DIGIT", "校验码不符,至少有一位写错:请按户口簿逐位核对"};
    case IdProblem::kNone:
      break;
  }
  return {"", ""};
}

void CheckOtherDocument(std::string_view id, RowNotes& notes) {
  const bool form =
      id.size() >= 5 && id.size() <= 20 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '(' || c == ')';
      });
  if (LooksLikeSpreadsheetNumber(id)) {
    const IdText why = Explain(IdProblem::kExcelDamaged);
    Refuse(notes, why.reason, Field::kIdNumber, fmt::format("「身份证件号」{}", why.text));
  } else if (!form) {
    Refuse(notes, "ID_FORM", Field::kIdNumber,
           "「身份证件号」不是证件号码:护照等证件应为 5 至 20 位字母和数字");
  }
}

void CheckBirth(const Record& row, const RowContext& context, RowNotes& notes) {
  const auto birth = DateOf(row, Field::kBirth);
  if (!birth) return;
  const int age = *birth > context.today ? -1 : base::AgeOn(*birth, context.today);
  if (age < context.policy.student_age_min || age > context.policy.student_age_max) {
    Refuse(notes, "BIRTH_IMPLAUSIBLE", Field::kBirth,
           fmt::format("「出生日期」为 {},算来不是 {} 至 {} 周岁:请核对年份", birth->ToString(),
                       context.policy.student_age_min, context.policy.student_age_max));
  }
}

void CheckStudentNo(const Record& row, RowNotes& notes) {
  if (!row.Has(Field::kStudentNo)) return;
  const std::string_view no = row.Get(Field::kStudentNo);
  const auto kind = StudentNoKindOf(no);
  if (!kind) {
    return Refuse(notes, "STUDENT_NO_BAD", Field::kStudentNo,
                  "「学籍号」不是学籍号:应为 G、J 或 L 加 18 位(G 号为 G 加公民身份号码)");
  }
  if (*kind == StudentNoKind::kFormal && row.Has(Field::kIdNumber) &&
      no.substr(1) != row.Get(Field::kIdNumber)) {
    Refuse(notes, "STUDENT_NO_MISMATCH", Field::kStudentNo,
           "「学籍号」G 后面的号码与「身份证件号」不同:请核对哪一个写错");
  }
}

bool CheckSchoolCode(const Record& row, Field field, RowNotes& notes) {
  if (!Require(row, field, notes)) return false;
  const std::string_view code = row.Get(field);
  if (!IsSchoolCode(code)) {
    Refuse(notes, "SCHOOL_CODE_BAD", field,
           fmt::format("「{}」填写为“{}”,不是 10 位数字:请按学校标识码证书填写", NameOf(field),
                       Quote(code)));
    return false;
  }
  if (!SchoolCodeProvinceKnown(code)) {
    Warn(notes, "SCHOOL_CODE_PROVINCE", field,
         fmt::format("「{}」的第 3、4 位不是省级代码,请核对", NameOf(field)));
  }
  return true;
}

void CheckClass(const Record& row, const School& school, const RowContext& context,
                RowNotes& notes) {
  if (!Require(row, Field::kClassNo, notes)) return;
  const std::string_view class_no = row.Get(Field::kClassNo);
  if (class_no.size() > kClassNoBytesMax) {
    return Refuse(notes, "CLASS_NO_BAD", Field::kClassNo,
                  "「班号」超过 24 个字符:请填学校的班级编号");
  }
  if (context.places.FindClass(school.code, class_no) != nullptr) return;
  const auto grade = DeriveGrade({.stage = school.stage,
                                  .class_no = class_no,
                                  .entry_month = row.Get(Field::kEntryMonth),
                                  .birth = DateOf(row, Field::kBirth),
                                  .today = context.today});
  if (!grade) {
    return Refuse(
        notes, "CLASS_GRADE_UNKNOWN", Field::kClassNo,
        fmt::format("「班号」{} 不在班级名单中,也推不出年级:请先导入班级名单,或填写「入学年月」",
                    Quote(class_no)));
  }
  Warn(notes, "CLASS_NEW", Field::kClassNo,
       fmt::format("班级 {} 不在班级名单中,将按{}新建", Quote(class_no), GradeText(*grade)));
}

void CheckGuardianIds(const Record& row, base::Date today, RowNotes& notes) {
  struct Pair {
    Field id;
    Field type;
  };
  for (const Pair pair : {Pair{Field::kMember1IdNumber, Field::kMember1IdType},
                          Pair{Field::kMember2IdNumber, Field::kMember2IdType},
                          Pair{Field::kGuardianIdNumber, Field::kNone}}) {
    const std::string_view id = row.Get(pair.id);
    if (id.empty()) continue;
    const std::string_view type = pair.type == Field::kNone ? "" : row.Get(pair.type);
    if (!type.empty() && type != "居民身份证") continue;
    const IdCheck check = CheckIdentityNumber(id, today);
    if (check.ok()) continue;
    const IdText why = Explain(check.problem);
    if (check.problem == IdProblem::kExcelDamaged) {
      Refuse(notes, "GUARDIAN_ID_EXCEL_DAMAGED", pair.id,
             fmt::format("「{}」{}", NameOf(pair.id), why.text));
    } else {
      Warn(notes, "GUARDIAN_ID_BAD", pair.id, fmt::format("「{}」{}", NameOf(pair.id), why.text));
    }
  }
}

void RequireAll(const Record& row, std::initializer_list<Field> fields, RowNotes& notes) {
  for (const Field field : fields) Require(row, field, notes);
}

}  // namespace

IdDocument DocumentOf(const Record& row) {
  const std::string_view type = row.Get(Field::kIdType);
  if (type == "无户籍") return IdDocument::kNone;
  if (type.empty() || type == "居民身份证") return IdDocument::kResident;
  return IdDocument::kOther;
}

void CheckIdentity(const Record& row, base::Date today, RowNotes& notes) {
  const IdDocument document = DocumentOf(row);
  if (document == IdDocument::kNone && !row.Has(Field::kIdNumber)) return;
  if (!row.Has(Field::kIdNumber)) {
    if (!Refused(notes, Field::kIdNumber)) {
      Refuse(notes, "REQUIRED_EMPTY", Field::kIdNumber,
             "「身份证件号」没有填写:确无证件的,请把「身份证件类型」填为“无户籍”");
    }
    return;
  }
  const std::string_view id = row.Get(Field::kIdNumber);
  if (document == IdDocument::kOther) return CheckOtherDocument(id, notes);
  const IdCheck check = CheckIdentityNumber(id, today);
  if (!check.ok()) {
    const IdText why = Explain(check.problem);
    return Refuse(notes, why.reason, Field::kIdNumber, fmt::format("「身份证件号」{}", why.text));
  }
  const auto birth = DateOf(row, Field::kBirth);
  if (birth && *birth != check.birth) {
    Refuse(notes, "ID_BIRTH_MISMATCH", Field::kBirth,
           fmt::format("「出生日期」{} 与身份证件号中的 {} 不同:请核对哪一个写错",
                       birth->ToString(), check.birth.ToString()));
  }
  const std::string_view sex = row.Get(Field::kSex);
  if (!sex.empty() && (sex == "男") != (check.sex == Sex::kMale)) {
    Refuse(notes, "ID_SEX_MISMATCH", Field::kSex,
           fmt::format("「性别」填写为“{}”,与身份证件号第 17 位不符:请核对哪一个写错", sex));
  }
}

void CompleteFromIdentity(Record& row, base::Date today) {
  if (DocumentOf(row) != IdDocument::kResident) return;
  const IdCheck check = CheckIdentityNumber(row.Get(Field::kIdNumber), today);
  if (!check.ok()) return;
  if (!row.Has(Field::kBirth)) row.Set(Field::kBirth, check.birth.ToString());
  if (!row.Has(Field::kSex)) row.Set(Field::kSex, check.sex == Sex::kMale ? "男" : "女");
}

void CheckPersonColumns(const Record& row, const RowContext& context, RowNotes& notes) {
  RequireAll(row, {Field::kSex, Field::kBirth}, notes);
  CheckName(row, Field::kName, notes);
  CheckIdentity(row, context.today, notes);
  CheckBirth(row, context, notes);
  CheckStudentNo(row, notes);
}

void CheckRosterRow(const Record& row, const RowContext& context, RowNotes& notes) {
  CheckPersonColumns(row, context, notes);
  if (CheckSchoolCode(row, Field::kSchoolCode, notes)) {
    const std::string_view code = row.Get(Field::kSchoolCode);
    if (const School* school = context.places.FindSchool(code)) {
      CheckClass(row, *school, context, notes);
    } else {
      Refuse(notes, "SCHOOL_UNKNOWN", Field::kSchoolCode,
             fmt::format("「学校标识码」{} 不在本县学校名单中:请核对,或先导入学校名单", code));
    }
  }
  CheckGuardianIds(row, context.today, notes);
}

void CheckSchoolAgeRow(const Record& row, const RowContext& context, RowNotes& notes) {
  RequireAll(row, {Field::kSex, Field::kBirth}, notes);
  CheckName(row, Field::kName, notes);
  CheckIdentity(row, context.today, notes);
  CheckBirth(row, context, notes);
  CheckGuardianIds(row, context.today, notes);
}

void CheckGroupRow(const Record& row, std::string_view group, const RowContext& context,
                   RowNotes& notes) {
  CheckName(row, Field::kName, notes);
  CheckIdentity(row, context.today, notes);
  if (group.empty() && !row.Has(Field::kGroup)) {
    Refuse(notes, "GROUP_MISSING", Field::kGroup,
           "「群体类别」没有填写:请在该列写明(如 脱贫户、残疾),或导入时指定整张表的群体");
  }
  const auto from = DateOf(row, Field::kValidFrom);
  const auto to = DateOf(row, Field::kValidTo);
  if (from && to && *to < *from) {
    Refuse(
        notes, "VALIDITY_BAD", Field::kValidTo,
        fmt::format("「有效期至」{} 早于「认定日期」{}:请核对", to->ToString(), from->ToString()));
  }
}

void CheckSchoolRow(const Record& row, RowNotes& notes) {
  CheckSchoolCode(row, Field::kSchoolCode, notes);
  RequireAll(row, {Field::kSchoolName, Field::kStage}, notes);
  const std::string_view parent = row.Get(Field::kParentCode);
  if (!parent.empty() && !IsSchoolCode(parent)) {
    Refuse(notes, "SCHOOL_CODE_BAD", Field::kParentCode,
           fmt::format("「主管学校标识码」填写为“{}”,不是 10 位数字", Quote(parent)));
  } else if (!parent.empty() && parent == row.Get(Field::kSchoolCode)) {
    Refuse(notes, "PARENT_SCHOOL_UNKNOWN", Field::kParentCode,
           "「主管学校标识码」就是本校:独立学校请留空");
  }
}

void CheckClassRow(const Record& row, const RowContext& context, RowNotes& notes) {
  Require(row, Field::kGrade, notes);
  if (Require(row, Field::kClassNo, notes) && row.Get(Field::kClassNo).size() > kClassNoBytesMax) {
    Refuse(notes, "CLASS_NO_BAD", Field::kClassNo, "「班号」超过 24 个字符:请填学校的班级编号");
  }
  if (!CheckSchoolCode(row, Field::kSchoolCode, notes)) return;
  if (context.places.FindSchool(row.Get(Field::kSchoolCode)) == nullptr) {
    Refuse(notes, "SCHOOL_UNKNOWN", Field::kSchoolCode,
           fmt::format("「学校标识码」{} 不在本县学校名单中:请核对,或先导入学校名单",
                       row.Get(Field::kSchoolCode)));
  }
}

}  // namespace registry
