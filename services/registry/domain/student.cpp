#include "registry/domain/student.h"

#include "registry/domain/check_row.h"
#include "registry/domain/student_number.h"

namespace registry {

std::string_view StatusText(StudentStatus status) {
  switch (status) {
    case StudentStatus::kNone:
      return "无学籍";
    case StudentStatus::kEnrolled:
      return "在读";
    case StudentStatus::kSuspended:
      return "休学";
    case StudentStatus::kReturned:
      return "复学";
    case StudentStatus::kLost:
      return "流失";
    case StudentStatus::kGraduated:
      return "毕业";
    case StudentStatus::kCompleted:
      return "结业";
    case StudentStatus::kTransferredOut:
      return "转学(转出)";
    case StudentStatus::kDeceased:
      return "死亡";
    case StudentStatus::kPlaceKept:
      return "保留入学资格";
    case StudentStatus::kWhereaboutsUnknown:
      return "下落不明";
    case StudentStatus::kLeftOverAge:
      return "超龄离校";
    case StudentStatus::kOther:
      return "其他";
  }
  return "其他";
}

bool InSchool(StudentStatus status) {
  return status == StudentStatus::kEnrolled || status == StudentStatus::kReturned;
}

bool OnTheRoll(StudentStatus status) {
  switch (status) {
    case StudentStatus::kEnrolled:
    case StudentStatus::kSuspended:
    case StudentStatus::kReturned:
    case StudentStatus::kLost:
    case StudentStatus::kPlaceKept:
    case StudentStatus::kWhereaboutsUnknown:
    case StudentStatus::kOther:
      return true;
    default:
      return false;
  }
}

std::string_view ChangeText(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kUnspecified:
      return "";
    case ChangeKind::kSkipGrade:
      return "跳级";
    case ChangeKind::kSuspend:
      return "休学";
    case ChangeKind::kResume:
      return "复学";
    case ChangeKind::kRestore:
      return "恢复学籍";
    case ChangeKind::kKeep:
      return "保留学籍";
    case ChangeKind::kTransferOut:
      return "转学(转出)";
    case ChangeKind::kTransferIn:
      return "转学(转入)";
    case ChangeKind::kChangeClass:
      return "转班级";
    case ChangeKind::kDeath:
      return "死亡";
    case ChangeKind::kDataChange:
      return "信息变更";
    case ChangeKind::kRegister:
      return "新建学籍";
    case ChangeKind::kDefer:
      return "延缓入学";
    case ChangeKind::kGraduate:
      return "毕业";
    case ChangeKind::kLeaveOverAge:
      return "超龄离校";
    case ChangeKind::kHomeTeaching:
      return "送教上门";
    case ChangeKind::kEndHomeTeaching:
      return "结束送教上门";
  }
  return "";
}

bool ExpectedInClass(const Student& student) {
  const bool listed = InSchool(student.status) || student.status == StudentStatus::kLost ||
                      student.status == StudentStatus::kWhereaboutsUnknown;
  return listed && student.class_id && !student.home_teaching;
}

std::string StudentNoOf(const Student& student) {
  if (!student.student_no.empty()) return student.student_no;
  if (DocumentOf(student.details) != IdDocument::kResident) return {};
  const std::string_view id = student.details.Get(Field::kIdNumber);
  return id.size() == 18 ? FormalStudentNo(id) : std::string{};
}

void RefreshFromDetails(Student& student, std::string_view county_division) {
  const Record& details = student.details;
  student.name = details.Get(Field::kName);
  student.sex = details.Get(Field::kSex) == "男"   ? Sex::kMale
                : details.Get(Field::kSex) == "女" ? Sex::kFemale
                                                   : Sex::kUnknown;
  student.birth = DateOf(details, Field::kBirth).value_or(base::Date{});
  student.seat_no = details.Get(Field::kSeatNo);
  student.boarding = details.Get(Field::kBoarding) == "住校";
  student.hukou_division = details.Get(Field::kHukouDivision).substr(0, 6);
  student.non_local = !student.hukou_division.empty() && student.hukou_division != county_division;
}

}  // namespace registry
