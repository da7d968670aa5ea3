#include "registry/domain/enrolment.h"

namespace registry {
namespace {

using S = StudentStatus;
using K = ChangeKind;
using Roles = std::vector<std::string>;

// 学校: the principal or the school's registrar; 学籍主管部门: the bureau. 休学 and 延缓入学 are
// approved by the township or the county bureau (Compulsory Education Law art. 11).
const Roles kSchool{"principal", "registrar", "bureau_officer"};
const Roles kBureau{"bureau_officer"};
const Roles kTownOrBureau{"town_officer", "bureau_officer"};
const Roles kNobody{};

// clang-format off
std::vector<EnrolmentRule> MakeRules() {
  return {
      {K::kRegister, {S::kNone}, S::kEnrolled, {{"户口簿", "身份证件", "出生证明", "居住证"}},
       kBureau, "新建学籍"},
      {K::kDefer, {S::kNone, S::kEnrolled, S::kPlaceKept}, S::kPlaceKept,
       {{"延缓入学申请"}, {"医院证明", "残疾人教育专家委员会意见"}}, kTownOrBureau, "延缓入学"},
      {K::kSuspend, {S::kEnrolled, S::kReturned, S::kSuspended}, S::kSuspended,
       {{"休学申请"}, {"医院证明"}}, kTownOrBureau, "因病休学"},
      {K::kSuspend, {S::kEnrolled, S::kReturned, S::kSuspended, S::kLost}, S::kSuspended,
       {{"劝返记录", "法院文书"}, {"乡村振兴领导小组意见"}}, kTownOrBureau, "多次劝返无效休学"},
      {K::kResume, {S::kSuspended}, S::kReturned, {{"复学申请"}, {"健康证明", "医院证明"}}, kSchool,
       "休学期满复学"},
      {K::kResume, {S::kPlaceKept}, S::kEnrolled, {{"复学申请", "入学申请"}}, kSchool, "延缓期满入学"},
      {K::kResume, {S::kLost, S::kWhereaboutsUnknown}, S::kReturned, {{"复学登记", "复学申请"}}, kSchool,
       "劝返复学"},
      {K::kRestore,
       {S::kTransferredOut, S::kDeceased, S::kLeftOverAge, S::kGraduated, S::kCompleted, S::kOther},
       S::kEnrolled, {{"恢复学籍申请"}, {"证明材料"}}, kBureau, "恢复学籍"},
      {K::kKeep, {S::kEnrolled, S::kReturned}, S::kLost, {{"辍学书面报告"}}, kBureau, "标注流失"},
      {K::kKeep, {S::kEnrolled, S::kReturned, S::kLost}, S::kWhereaboutsUnknown, {{"下落不明说明"}},
       kBureau, "标注下落不明"},
      {K::kKeep, {S::kEnrolled, S::kReturned, S::kLost, S::kWhereaboutsUnknown}, S::kPlaceKept,
       {{"专门学校通知", "公检法通知", "出国(境)证明"}}, kBureau, "保留学籍"},
      {K::kTransferOut,
       {S::kEnrolled, S::kReturned, S::kLost, S::kWhereaboutsUnknown, S::kPlaceKept},
       S::kTransferredOut, {{"转学申请", "转学联系表", "电子转学单"}}, kBureau, "转学(转出)"},
      {K::kTransferIn, {S::kNone, S::kTransferredOut, S::kGraduated, S::kEnrolled, S::kReturned},
       S::kEnrolled, {{"转学申请", "转学联系表", "电子转学单"}}, kBureau, "转学(转入)"},
      {K::kChangeClass, {S::kEnrolled, S::kReturned}, S::kNone, {}, kSchool, "转班级"},
      {K::kSkipGrade, {S::kEnrolled, S::kReturned}, S::kNone, {{"跳级申请"}}, kBureau, "跳级"},
      {K::kDeath,
       {S::kEnrolled, S::kSuspended, S::kReturned, S::kLost, S::kPlaceKept, S::kWhereaboutsUnknown,
        S::kTransferredOut, S::kGraduated, S::kCompleted, S::kLeftOverAge, S::kOther},
       S::kDeceased, {{"死亡证明", "户籍注销证明"}}, kBureau, "死亡"},
      {K::kGraduate, {S::kEnrolled, S::kReturned}, S::kGraduated, {{"毕业名册", "毕业证书"}}, kBureau,
       "毕业"},
      {K::kLeaveOverAge,
       {S::kEnrolled, S::kReturned, S::kLost, S::kWhereaboutsUnknown, S::kSuspended, S::kPlaceKept},
       S::kLeftOverAge, {{"劝返记录"}, {"超龄离校审批表"}, {"政府审批意见"}}, kBureau, "超龄离校"},
      {K::kHomeTeaching, {S::kEnrolled, S::kReturned}, S::kNone,
       {{"残疾人教育专家委员会意见", "残疾证"}, {"送教计划"}}, kBureau, "送教上门"},
      {K::kEndHomeTeaching, {S::kEnrolled, S::kReturned}, S::kNone, {}, kSchool, "结束送教上门"},
  };
}

// clang-format on

}  // namespace

std::span<const EnrolmentRule> EnrolmentRules() {
  static const std::vector<EnrolmentRule> kRules = MakeRules();
  return kRules;
}

std::string_view EventTypeOf(ChangeKind kind) {
  switch (kind) {
    case K::kRegister:
      return "registry.student.registered";
    case K::kTransferIn:
      return "registry.student.transferred_in";
    case K::kTransferOut:
      return "registry.student.transferred_out";
    case K::kSuspend:
      return "registry.student.suspended";
    case K::kResume:
    case K::kRestore:
      return "registry.student.resumed";
    case K::kKeep:
      return "registry.student.kept";
    case K::kChangeClass:
    case K::kSkipGrade:
      return "registry.student.class_changed";
    case K::kDeath:
      return "registry.student.deceased";
    case K::kDefer:
      return "registry.student.deferred";
    case K::kGraduate:
      return "registry.student.graduated";
    case K::kLeaveOverAge:
      return "registry.student.left_over_age";
    case K::kHomeTeaching:
      return "registry.student.home_teaching_started";
    case K::kEndHomeTeaching:
      return "registry.student.home_teaching_ended";
    case K::kDataChange:
    case K::kUnspecified:
      break;
  }
  return "registry.student.changed";
}

}  // namespace registry
