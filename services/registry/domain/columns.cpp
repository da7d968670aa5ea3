#include "registry/domain/columns.h"

#include <fmt/format.h>

#include <array>
#include <unordered_map>

#include "registry/domain/text.h"

namespace registry {
namespace {

using F = Field;
using K = FieldKind;
using N = Need;

constexpr auto kRosterHead = std::to_array<Column>({
    {F::kSchoolCode, "学校标识码", K::kSchoolCode, N::kRequired, "", "学校代码|学校编码|校标识码"},
    {F::kName, "姓名", K::kName, N::kRequired, "", "学生姓名"},
    {F::kSex, "性别", K::kSex, N::kRequired, "", "学生性别|性别码"},
    {F::kBirth, "出生日期", K::kDate, N::kRequired, "", "出生年月日|生日"},
    {F::kBirthDivision, "出生地行政区划代码", K::kDivision, N::kOptional, "",
     "出生地行政区划|出生地|出生地代码"},
    {F::kNativePlace, "籍贯", K::kText},
    {F::kNation, "民族", K::kCode, N::kOptional, "民族", "民族码"},
    {F::kNationality, "国籍/地区", K::kText, N::kOptional, "", "国籍|国籍地区|国籍或地区"},
    {F::kIdType, "身份证件类型", K::kCode, N::kOptional, "身份证件类型",
     "证件类型|身份证类型|身份证件类别"},
    {F::kOverseas, "港澳台侨外", K::kCode, N::kOptional, "港澳台侨外", "港澳台侨外码|港澳台侨"},
    {F::kHealth, "健康状况", K::kCode, N::kOptional, "健康状况", "健康状况码"},
    {F::kPolitics, "政治面貌", K::kCode, N::kOptional, "政治面貌", "政治面貌码"},
    {F::kIdNumber, "身份证件号", K::kIdNumber, N::kRequired, "",
     "身份证号|身份证号码|证件号码|证件号|公民身份号码|身份证件号码"},
    {F::kHukouKind, "户口性质", K::kCode, N::kOptional, "户口性质", "户口类别|户口性质码"},
    {F::kHukouDivision, "户口所在地行政区划代码", K::kDivision, N::kOptional, "",
     "户口所在地行政区划|户口所在地|户籍所在地行政区划代码|户籍地行政区划代码|户籍所在地"},
    {F::kClassNo, "班号", K::kClassNo, N::kRequired, "", "班级号|班级编号|班级代码"},
    {F::kEntryMonth, "入学年月", K::kMonth, N::kOptional, "", "入学时间|入校年月"},
    {F::kEntryWay, "入学方式", K::kCode, N::kOptional, "入学方式", "入学方式码"},
    {F::kBoarding, "就读方式", K::kCode, N::kOptional, "就读方式", "就读方式码|是否住校"},
    {F::kAddress, "现住址", K::kText, N::kOptional, "", "现居住地址|现住地址"},
    {F::kMailAddress, "通信地址", K::kText, N::kOptional, "", "通讯地址"},
    {F::kHomeAddress, "家庭地址", K::kText, N::kOptional, "", "家庭住址"},
    {F::kPhone, "联系电话", K::kPhone, N::kOptional, "", "联系方式|电话"},
    {F::kPostcode, "邮政编码", K::kText, N::kOptional, "", "邮编"},
    {F::kOnlyChild, "是否独生子女", K::kYesNo},
    {F::kPreschool, "是否受过学前教育", K::kYesNo, N::kOptional, "", "是否接受过学前教育"},
    {F::kLeftBehind, "是否留守儿童", K::kCode, N::kOptional, "是否留守儿童", "留守儿童"},
    {F::kMigrantWorkerChild, "是否进城务工人员随迁子女", K::kYesNo, N::kOptional, "",
     "进城务工人员随迁子女"},
    {F::kNeedsAid, "是否需要申请资助", K::kYesNo, N::kOptional, "", "是否申请资助"},
    {F::kHasSubsidy, "是否享受一补", K::kYesNo},
    {F::kOrphan, "是否孤儿", K::kYesNo},
    {F::kMartyrChild, "是否烈士或优抚子女", K::kYesNo},
    {F::kDistance, "上下学距离", K::kNumber},
    {F::kTransport, "上下学交通方式", K::kCode, N::kOptional, "上下学交通方式", "上下学方式"},
    {F::kSchoolBus, "是否需要乘坐校车", K::kYesNo, N::kOptional, "", "是否乘坐校车"},
    {F::kFormerName, "曾用名", K::kName},
    {F::kIdValidTo, "身份证件有效期", K::kText, N::kOptional, "", "身份证有效期|证件有效期"},
    {F::kBloodType, "血型", K::kCode, N::kOptional, "血型", "血型码"},
    {F::kTalent, "特长", K::kText},
    {F::kLocalNo, "学籍辅号", K::kText},
    {F::kSeatNo, "班内学号", K::kText, N::kOptional, "", "班内序号|班学号"},
    {F::kStudentSource, "学生来源", K::kCode, N::kOptional, "学生来源", "学生来源码"},
    {F::kEmail, "电子信箱", K::kText, N::kOptional, "", "电子邮箱|邮箱"},
    {F::kHomepage, "主页地址", K::kText},
    {F::kDisability, "残疾类型", K::kCode, N::kOptional, "残疾类型", "残疾人类型|残疾类型码"},
    {F::kBoughtPlace, "是否由政府购买学位", K::kYesNo, N::kOptional, "", "是否政府购买学位"},
    {F::kInclusive, "随班就读", K::kCode, N::kOptional, "随班就读", "是否随班就读|随班就读码"},
});

constexpr auto kMember1 = std::to_array<Column>({
    {F::kMember1Name, "成员1姓名", K::kName},
    {F::kMember1Relation, "成员1关系", K::kCode, N::kOptional, "成员关系", "成员1与学生关系"},
    {F::kMember1RelationNote, "成员1关系说明", K::kText},
    {F::kMember1Address, "成员1现住址", K::kText},
    {F::kMember1HukouDivision, "成员1户口所在地行政区划代码", K::kDivision, N::kOptional, "",
     "成员1户口所在地行政区划|成员1户口所在地|成员1户籍所在地"},
    {F::kMember1Phone, "成员1联系电话", K::kPhone, N::kOptional, "", "成员1电话"},
    {F::kMember1Guardian, "成员1是否监护人", K::kYesNo, N::kOptional, "", "是否监护人1"},
    {F::kMember1IdType, "成员1身份证件类型", K::kCode, N::kOptional, "身份证件类型",
     "成员1证件类型"},
    {F::kMember1IdNumber, "成员1身份证件号", K::kIdNumber, N::kOptional, "",
     "成员1身份证号|成员1证件号码|成员1身份证号码|成员1身份证件号码"},
    {F::kMember1Nation, "成员1民族", K::kCode, N::kOptional, "民族"},
    {F::kMember1Workplace, "成员1工作单位", K::kText},
    {F::kMember1Duty, "成员1职务", K::kText},
});

constexpr auto kMember2 = std::to_array<Column>({
    {F::kMember2Name, "成员2姓名", K::kName},
    {F::kMember2Relation, "成员2关系", K::kCode, N::kOptional, "成员关系", "成员2与学生关系"},
    {F::kMember2RelationNote, "成员2关系说明", K::kText},
    {F::kMember2Address, "成员2现住址", K::kText},
    {F::kMember2HukouDivision, "成员2户口所在地行政区划代码", K::kDivision, N::kOptional, "",
     "成员2户口所在地行政区划|成员2户口所在地|成员2户籍所在地"},
    {F::kMember2Phone, "成员2联系电话", K::kPhone, N::kOptional, "", "成员2电话"},
    {F::kMember2Guardian, "成员2是否监护人", K::kYesNo, N::kOptional, "", "是否监护人2"},
    {F::kMember2IdType, "成员2身份证件类型", K::kCode, N::kOptional, "身份证件类型",
     "成员2证件类型"},
    {F::kMember2IdNumber, "成员2身份证件号", K::kIdNumber, N::kOptional, "",
     "成员2身份证号|成员2证件号码|成员2身份证号码|成员2身份证件号码"},
    {F::kMember2Nation, "成员2民族", K::kCode, N::kOptional, "民族"},
    {F::kMember2Workplace, "成员2工作单位", K::kText},
    {F::kMember2Duty, "成员2职务", K::kText},
});

// Columns that other vendors' forms add.
constexpr auto kRosterExtra = std::to_array<Column>({
    {F::kCampusNo, "校区号", K::kText, N::kExtra, "", "校区编号"},
    {F::kRuralLeftBehind, "是否农村留守儿童", K::kYesNo, N::kExtra},
    {F::kDisabled, "是否残疾人", K::kYesNo, N::kExtra, "", "是否残疾"},
    {F::kMigrant, "是否随迁子女", K::kYesNo, N::kExtra, "", "随迁子女"},
    {F::kStudentNo, "学籍号", K::kText, N::kExtra, "", "全国学籍号|学生学籍号"},
    {F::kSpecialPlacement, "特教就读类型", K::kText, N::kExtra},
    {F::kClassName, "班级", K::kText, N::kExtra, "", "班级名称"},
    {F::kGrade, "年级", K::kText, N::kExtra, "", "所在年级"},
    {F::kSchoolName, "学校名称", K::kText, N::kExtra, "", "学校|就读学校"},
});

constexpr auto kSchoolAge = std::to_array<Column>({
    {F::kName, "姓名", K::kName, N::kRequired, "", "儿童姓名"},
    {F::kSex, "性别", K::kSex, N::kRequired},
    {F::kBirth, "出生日期", K::kDate, N::kRequired, "", "出生年月日"},
    {F::kIdNumber, "身份证件号", K::kIdNumber, N::kRequired, "",
     "身份证号|身份证号码|公民身份号码|证件号码"},
    {F::kHukouAddress, "户籍地址", K::kText, N::kOptional, "",
     "户口地址|户籍地详址|户籍所在地地址"},
    {F::kHukouDivision, "户籍地行政区划代码", K::kDivision, N::kOptional, "",
     "户口所在地行政区划代码|户籍地区划|户籍行政区划"},
    {F::kGuardianName, "监护人姓名", K::kName, N::kOptional, "", "监护人|家长姓名"},
    {F::kGuardianPhone, "监护人电话", K::kPhone, N::kOptional, "",
     "监护人联系电话|家长电话|联系电话"},
    {F::kHukouStatus, "户籍状态", K::kText, N::kOptional, "", "户口状态|人员状态"},
    {F::kWhereabouts, "核查去向", K::kText, N::kOptional, "", "去向|核查结果|现状"},
    {F::kAttendingSchool, "就读学校", K::kText, N::kOptional, "", "现就读学校|学校"},
    {F::kStudentNo, "学籍号", K::kText, N::kOptional, "", "全国学籍号"},
    {F::kRemark, "备注", K::kText, N::kOptional, "", "说明"},
    {F::kNation, "民族", K::kCode, N::kExtra, "民族"},
    {F::kTown, "所属镇街", K::kText, N::kExtra, "", "镇街|乡镇|街道"},
    {F::kVillage, "村居", K::kText, N::kExtra, "", "村|社区"},
    {F::kGuardianIdNumber, "监护人身份证件号", K::kIdNumber, N::kExtra, "", "监护人身份证号"},
});

constexpr auto kGroup = std::to_array<Column>({
    {F::kName, "姓名", K::kName, N::kRequired, "", "儿童姓名|学生姓名"},
    {F::kIdNumber, "身份证件号", K::kIdNumber, N::kRequired, "",
     "身份证号|身份证号码|公民身份号码|证件号码"},
    {F::kSex, "性别", K::kSex},
    {F::kBirth, "出生日期", K::kDate, N::kOptional, "", "出生年月日"},
    {F::kGroup, "群体类别", K::kText, N::kOptional, "", "类别|人员类别|群体"},
    {F::kGroupLevel, "等级", K::kText, N::kOptional, "", "残疾等级|困难等级|级别"},
    {F::kCertificateNo, "证书编号", K::kText, N::kOptional, "", "证号|户编号|家庭编号"},
    {F::kHukouAddress, "户籍地址", K::kText, N::kOptional, "", "家庭住址|住址"},
    {F::kGuardianName, "监护人姓名", K::kName, N::kOptional, "", "监护人|户主姓名"},
    {F::kValidFrom, "认定日期", K::kDate, N::kOptional, "", "生效日期|识别日期"},
    {F::kValidTo, "有效期至", K::kDate, N::kOptional, "", "截止日期|失效日期"},
    {F::kRemark, "备注", K::kText},
    {F::kDisability, "残疾类型", K::kText, N::kExtra, "", "残疾类别"},
    {F::kGuardianPhone, "联系电话", K::kPhone, N::kExtra, "", "监护人电话"},
});

constexpr auto kSchools = std::to_array<Column>({
    {F::kSchoolCode, "学校标识码", K::kSchoolCode, N::kRequired, "", "学校代码"},
    {F::kSchoolName, "学校名称", K::kText, N::kRequired, "", "学校|校名"},
    {F::kStage, "学段", K::kCode, N::kRequired, "学段", "办学类型|学校类型"},
    {F::kTeachingPoint, "教学点", K::kYesNo, N::kOptional, "", "是否教学点"},
    {F::kParentCode, "主管学校标识码", K::kSchoolCode, N::kOptional, "",
     "中心校标识码|上级学校标识码"},
    {F::kTown, "所属镇街", K::kText, N::kOptional, "", "镇街|乡镇|街道"},
});

constexpr auto kClasses = std::to_array<Column>({
    {F::kSchoolCode, "学校标识码", K::kSchoolCode, N::kRequired, "", "学校代码"},
    {F::kClassNo, "班号", K::kClassNo, N::kRequired, "", "班级号|班级编号"},
    {F::kGrade, "年级", K::kGrade, N::kRequired},
    {F::kClassName, "班级名称", K::kText, N::kOptional, "", "班级"},
    {F::kTeacherId, "班主任工号", K::kText, N::kOptional, "", "班主任编号|工号"},
    {F::kTeacherName, "班主任姓名", K::kName, N::kOptional, "", "班主任"},
    {F::kEntryYear, "入学年份", K::kYear, N::kOptional, "", "入学年度|级"},
});

std::vector<Column> MakeRoster() {
  std::vector<Column> all;
  for (const auto& part :
       {std::span<const Column>{kRosterHead}, std::span<const Column>{kMember1},
        std::span<const Column>{kMember2}, std::span<const Column>{kRosterExtra}}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

// "成员一姓名", "家庭成员1姓名", "监护人1姓名", "姓名1" -> "成员1姓名"; other texts stay.
std::string MemberForm(std::string key) {
  for (const std::string_view prefix : {"家庭成员", "监护人", "家长", "成员"}) {
    if (!key.starts_with(prefix)) continue;
    const std::string_view rest = std::string_view{key}.substr(prefix.size());
    for (const auto& [from, to] : {std::pair{"1", "1"}, {"2", "2"}, {"一", "1"}, {"二", "2"}}) {
      const std::string_view digit{from};
      if (rest.starts_with(digit) && rest.size() > digit.size()) {
        return fmt::format("成员{}{}", to, rest.substr(digit.size()));
      }
    }
  }
  return key;
}

using Index = std::unordered_map<std::string, const Column*>;

Index MakeIndex(std::span<const Column> columns) {
  Index index;
  for (const Column& column : columns) {
    index.emplace(HeaderKey(column.name), &column);
    std::string_view rest = column.aliases;
    while (!rest.empty()) {
      const std::size_t bar = rest.find('|');
      index.emplace(HeaderKey(rest.substr(0, bar)), &column);
      rest = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
    }
  }
  return index;
}

const Index& IndexOf(ImportKind kind) {
  static const std::array<Index, 6> kAll{Index{},
                                         MakeIndex(ColumnsOf(ImportKind::kRoster)),
                                         MakeIndex(ColumnsOf(ImportKind::kSchoolAge)),
                                         MakeIndex(ColumnsOf(ImportKind::kGroup)),
                                         MakeIndex(ColumnsOf(ImportKind::kSchools)),
                                         MakeIndex(ColumnsOf(ImportKind::kClasses))};
  return kAll[static_cast<std::size_t>(kind)];
}

const Column* Lookup(ImportKind kind, std::string_view header_cell) {
  const Index& index = IndexOf(kind);
  const std::string key = HeaderKey(header_cell);
  if (const auto found = index.find(key); found != index.end()) return found->second;
  const auto member = index.find(MemberForm(key));
  return member == index.end() ? nullptr : member->second;
}

}  // namespace

std::span<const Column> ColumnsOf(ImportKind kind) {
  static const std::vector<Column> kRoster = MakeRoster();
  switch (kind) {
    case ImportKind::kRoster:
      return kRoster;
    case ImportKind::kSchoolAge:
      return kSchoolAge;
    case ImportKind::kGroup:
      return kGroup;
    case ImportKind::kSchools:
      return kSchools;
    case ImportKind::kClasses:
      return kClasses;
  }
  return {};
}

std::vector<std::string> TemplateHeader(ImportKind kind) {
  std::vector<std::string> header;
  for (const Column& column : ColumnsOf(kind)) {
    if (column.need != Need::kExtra) header.emplace_back(column.name);
  }
  return header;
}

std::string_view NameOf(Field field) {
  for (const ImportKind kind : {ImportKind::kRoster, ImportKind::kSchoolAge, ImportKind::kGroup,
                                ImportKind::kSchools, ImportKind::kClasses}) {
    if (const Column* column = FindColumn(kind, field)) return column->name;
  }
  return "?";
}

Field FieldOf(ImportKind kind, std::string_view header_cell) {
  const Column* column = Lookup(kind, header_cell);
  return column == nullptr ? Field::kNone : column->field;
}

const Column* FindColumn(ImportKind kind, Field field) {
  for (const Column& column : ColumnsOf(kind)) {
    if (column.field == field) return &column;
  }
  return nullptr;
}

base::Result<HeaderMap> MapHeader(ImportKind kind, const std::vector<std::string>& header) {
  using base::Code;
  HeaderMap map;
  for (const std::string& cell : header) {
    const Column* column = Lookup(kind, cell);
    map.columns.push_back(column);
    if (column == nullptr) {
      if (!HeaderKey(cell).empty()) map.unknown.push_back(cell);
      continue;
    }
    if (map.fields[registry::Index(column->field)]) {
      return base::Error{
          Code::kInvalidArgument, "HEADER_DUPLICATE_COLUMN",
          fmt::format("表头中「{}」出现了两次(本列写作「{}」):请只保留一列;家庭成员的"
                      "列请写作「成员1…」「成员2…」",
                      column->name, cell)};
    }
    map.fields.set(registry::Index(column->field));
  }
  if (map.fields.none()) {
    return base::Error{Code::kInvalidArgument, "HEADER_EMPTY",
                       "第一行没有一个认识的列名:请确认第一行是表头"};
  }
  std::string missing;
  for (const Column& column : ColumnsOf(kind)) {
    if (column.need != Need::kRequired || map.fields[registry::Index(column.field)]) continue;
    missing += fmt::format("{}「{}」", missing.empty() ? "" : "、", column.name);
  }
  if (!missing.empty()) {
    return base::Error{Code::kInvalidArgument, "HEADER_MISSING_COLUMNS",
                       fmt::format("缺少必需的列:{}。请按全国模板补上这些列", missing)};
  }
  return map;
}

}  // namespace registry
