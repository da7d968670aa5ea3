// Every column that any of the lists may hold, with a number that never changes: it is the field
// number under which the value is stored.
//
// 1..71 are the national roster template (全国中小学学籍管理系统学生基本信息表, Excel import
// form: 70 columns in its order, and item 38 of the printed form); 72.. are columns of other
// vendors' forms; 80.. those of the other lists. Source: design/domain.md 3.4.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace registry {

enum class Field : std::uint8_t {
  kNone = 0,
  kSchoolCode = 1,
  kName = 2,
  kSex = 3,
  kBirth = 4,
  kBirthDivision = 5,
  kNativePlace = 6,
  kNation = 7,
  kNationality = 8,
  kIdType = 9,
  kOverseas = 10,
  kHealth = 11,
  kPolitics = 12,
  kIdNumber = 13,
  kHukouKind = 14,
  kHukouDivision = 15,
  kClassNo = 16,
  kEntryMonth = 17,
  kEntryWay = 18,
  kBoarding = 19,
  kAddress = 20,
  kMailAddress = 21,
  kHomeAddress = 22,
  kPhone = 23,
  kPostcode = 24,
  kOnlyChild = 25,
  kPreschool = 26,
  kLeftBehind = 27,
  kNeedsAid = 28,
  kHasSubsidy = 29,
  kOrphan = 30,
  kMartyrChild = 31,
  kDistance = 32,
  kTransport = 33,
  kSchoolBus = 34,
  kFormerName = 35,
  kIdValidTo = 36,
  kBloodType = 37,
  kTalent = 38,
  kLocalNo = 39,
  kSeatNo = 40,
  kStudentSource = 41,
  kEmail = 42,
  kHomepage = 43,
  kDisability = 44,
  kBoughtPlace = 45,
  kInclusive = 46,
  kMember1Name = 47,
  kMember1Relation = 48,
  kMember1RelationNote = 49,
  kMember1Address = 50,
  kMember1HukouDivision = 51,
  kMember1Phone = 52,
  kMember1Guardian = 53,
  kMember1IdType = 54,
  kMember1IdNumber = 55,
  kMember1Nation = 56,
  kMember1Workplace = 57,
  kMember1Duty = 58,
  kMember2Name = 59,
  kMember2Relation = 60,
  kMember2RelationNote = 61,
  kMember2Address = 62,
  kMember2HukouDivision = 63,
  kMember2Phone = 64,
  kMember2Guardian = 65,
  kMember2IdType = 66,
  kMember2IdNumber = 67,
  kMember2Nation = 68,
  kMember2Workplace = 69,
  kMember2Duty = 70,
  kMigrantWorkerChild = 71,  // stands after 是否留守儿童 in the form
  kCampusNo = 72,
  kRuralLeftBehind = 73,
  kDisabled = 74,
  kMigrant = 75,
  kStudentNo = 77,
  kSpecialPlacement = 78,
  // 公安适龄儿童名单 and department lists
  kHukouAddress = 80,
  kHukouStatus = 81,
  kWhereabouts = 82,
  kAttendingSchool = 83,
  kRemark = 84,
  kGuardianName = 85,
  kGuardianPhone = 86,
  kGuardianIdNumber = 87,
  kTown = 88,
  kVillage = 89,
  kGroup = 90,
  kGroupLevel = 91,
  kCertificateNo = 92,
  kValidFrom = 93,
  kValidTo = 94,
  // schools and classes
  kSchoolName = 100,
  kStage = 101,
  kTeachingPoint = 102,
  kParentCode = 103,
  kGrade = 104,
  kClassName = 105,
  kTeacherId = 106,
  kTeacherName = 107,
  kEntryYear = 108,
};

inline constexpr std::size_t kFieldCount = 112;
constexpr std::size_t Index(Field field) { return static_cast<std::size_t>(field); }

enum class FieldKind : std::uint8_t {
  kText,
  kName,
  kSex,
  kDate,
  kMonth,  // YYYYMM
  kYear,
  kYesNo,
  kCode,      // a value of a code list, written as its code or its text
  kDivision,  // GB/T 2260, 6, 9 or 12 digits
  kIdNumber,  // checked later, with the type of the document
  kPhone,
  kSchoolCode,
  kClassNo,
  kNumber,  // a decimal number
  kGrade,
};

}  // namespace registry
