#include "cli/sample/roster.h"

#include <fmt/format.h>

#include <array>

#include "cli/sample/csv_file.h"

namespace sample {
namespace {

constexpr std::array<std::string_view, 12> kMemberColumns{
    "姓名",     "关系",       "关系说明",     "现住址",     "户口所在地行政区划代码",
    "联系电话", "是否监护人", "身份证件类型", "身份证件号", "民族",
    "工作单位", "职务"};

constexpr std::array<std::string_view, 47> kStudentColumns{"学校标识码",
                                                           "姓名",
                                                           "性别",
                                                           "出生日期",
                                                           "出生地行政区划代码",
                                                           "籍贯",
                                                           "民族",
                                                           "国籍/地区",
                                                           "身份证件类型",
                                                           "港澳台侨外",
                                                           "健康状况",
                                                           "政治面貌",
                                                           "身份证件号",
                                                           "户口性质",
                                                           "户口所在地行政区划代码",
                                                           "班号",
                                                           "入学年月",
                                                           "入学方式",
                                                           "就读方式",
                                                           "现住址",
                                                           "通信地址",
                                                           "家庭地址",
                                                           "联系电话",
                                                           "邮政编码",
                                                           "是否独生子女",
                                                           "是否受过学前教育",
                                                           "是否留守儿童",
                                                           "是否进城务工人员随迁子女",
                                                           "是否需要申请资助",
                                                           "是否享受一补",
                                                           "是否孤儿",
                                                           "是否烈士或优抚子女",
                                                           "上下学距离",
                                                           "上下学交通方式",
                                                           "是否需要乘坐校车",
                                                           "曾用名",
                                                           "身份证件有效期",
                                                           "血型",
                                                           "特长",
                                                           "学籍辅号",
                                                           "班内学号",
                                                           "学生来源",
                                                           "电子信箱",
                                                           "主页地址",
                                                           "残疾类型",
                                                           "是否由政府购买学位",
                                                           "随班就读"};

constexpr std::array<std::string_view, 8> kDisabilities{"视力", "听力", "智力", "言语",
                                                        "肢体", "精神", "多重", "智力"};
constexpr std::array<std::string_view, 5> kTransport{"步行", "自行车", "公共交通", "家长自行接送",
                                                     "校车"};
constexpr std::array<std::string_view, 4> kBlood{"A型", "B型", "O型", "AB型"};
constexpr std::array<std::string_view, 6> kTalents{"", "", "", "绘画", "篮球", "书法"};

std::string_view YesNo(bool yes) { return yes ? "是" : "否"; }

std::string Compact(base::Date day) {
  return fmt::format("{:04}{:02}{:02}", day.year(), day.month(), day.day());
}

std::string_view LeftBehind(const Student& student) {
  if (student.Is(kLeftBehindBoth)) return "双亲留守";
  return student.Is(kLeftBehindOne) ? "单亲留守" : "非留守儿童";
}

std::string EntryMonth(const County& county, int grade) {
  const int years = grade <= 6 ? grade - 1 : grade - 7;
  return fmt::format("{}09", county.school_year - years);
}

std::string InclusiveText(const std::string& disability) {
  for (const std::string_view kind : {"视力", "听力", "智力"}) {
    if (disability == kind) return disability + "残疾随班就读";
  }
  return "其他残疾随班就读";
}

// The columns from 学校标识码 to 现住址.
void AddIdentity(std::vector<std::string>& row, const County& county, const Student& student,
                 const Household& home, base::Rng& rng) {
  const SchoolClass& in = county.classes[student.in_class];
  const std::string division = fmt::format("{:06}", student.id_division);
  const std::string hukou = fmt::format("{:06}", student.hukou_division);
  const bool rural = !rng.Chance(student.Is(kNonLocal) ? 3000 : 4500);
  const bool disabled = student.Is(kDisabled);
  row.insert(row.end(),
             {county.schools[in.school].code,
              county.NameOf(student),
              student.sex == Sex::kMale ? "男" : "女",
              Compact(student.birth),
              division,
              student.Is(kNonLocal) ? DivisionName(student.hukou_division) : county.plan.name,
              "汉族",
              "中国",
              "居民身份证",
              "否",
              disabled ? "残疾" : "健康或良好",
              in.grade >= 8 && rng.Chance(2500) ? "共青团员"
              : in.grade <= 7                   ? "少先队员"
                                                : "群众",
              county.IdOf(student),
              rural ? "农业户口" : "非农业户口",
              hukou,
              in.number,
              EntryMonth(county, in.grade),
              "就近入学",
              student.Is(kBoarding) ? "住校" : "走读",
              home.address});
}

// The columns from 通信地址 to 随班就读.
void AddCircumstances(std::vector<std::string>& row, const County& county, std::uint32_t index,
                      const Household& home, base::Rng& rng) {
  const Student& student = county.students[index];
  const bool special = county.school_of(student).stage == Stage::kSpecial;
  const bool poor = (student.traits & (kLiftedPoor | kMonitored | kLowIncome | kHardship)) != 0;
  const std::uint64_t distance = rng.Below(student.Is(kBoarding) ? 240 : 60);
  const std::size_t transport = rng.Below(kTransport.size());
  const std::string disability{student.Is(kDisabled) ? kDisabilities[index % kDisabilities.size()]
                                                     : "无"};
  const int issued = county.school_year - 3 + static_cast<int>(rng.Below(3));
  row.insert(row.end(),
             {home.address,
              home.hukou_address,
              home.phone,
              county.plan.postcode,
              std::string{YesNo(rng.Chance(3800))},
              std::string{YesNo(!rng.Chance(150))},
              std::string{LeftBehind(student)},
              std::string{YesNo(student.Is(kMigrantWorkers))},
              std::string{YesNo(poor)},
              std::string{YesNo(poor && student.Is(kBoarding))},
              std::string{YesNo(student.Is(kOrphan))},
              std::string{YesNo(rng.Chance(8))},
              fmt::format("{}.{}", distance / 10, distance % 10),
              std::string{kTransport[transport]},
              std::string{YesNo(transport == 4)},
              "",
              fmt::format("{}0701-{}0701", issued, issued + 5),
              std::string{kBlood[rng.Below(4)]},
              std::string{kTalents[rng.Below(kTalents.size())]},
              fmt::format("{}{:07}", county.school_year, index + 1),
              fmt::format("{}", student.seat),
              rng.Chance(9700) ? "正常入学" : "借读",
              fmt::format("s{:07}@sample.invalid", index + 1),
              "",
              disability,
              std::string{YesNo(student.Is(kNonLocal) && rng.Chance(300))},
              student.Is(kDisabled) && !special && disability != "精神" ? InclusiveText(disability)
                                                                        : "非随班就读"});
}

void AddMember(std::vector<std::string>& row, const Member& member, const Student& student,
               const std::string& address, bool guardian) {
  row.insert(row.end(), {member.name, member.relation, "", address,
                         fmt::format("{:06}", student.hukou_division), member.phone,
                         std::string{YesNo(guardian)}, "居民身份证", member.id_number, "汉族",
                         member.work, ""});
}

}  // namespace

std::vector<std::string> RosterHeader() {
  std::vector<std::string> header(kStudentColumns.begin(), kStudentColumns.end());
  for (int member = 1; member <= 2; ++member) {
    for (const std::string_view column : kMemberColumns) {
      header.push_back(fmt::format("成员{}{}", member, column));
    }
  }
  return header;
}

std::vector<std::string> RosterRow(const County& county, std::uint32_t student) {
  base::Rng rng(county.seed * 0xd1342543de82ef95ULL + student);
  const Student& who = county.students[student];
  const Household home = HouseholdOf(county, student);
  std::vector<std::string> row;
  row.reserve(71);
  AddIdentity(row, county, who, home, rng);
  AddCircumstances(row, county, student, home, rng);
  AddMember(row, home.first, who, home.address, true);
  AddMember(row, home.second, who, home.address, !who.Is(kOrphan));
  return row;
}

base::Status WriteSchools(const County& county, const std::string& path) {
  CsvFile file(path);
  file.Row({"学校标识码", "学校名称", "学段", "教学点", "主管学校标识码", "所属镇街"});
  for (const School& school : county.schools) {
    file.Row({school.code, school.name, StageChinese(school.stage), YesNo(school.teaching_point),
              school.teaching_point ? std::string_view{county.schools[school.parent].code} : "",
              county.plan.towns[school.town]});
  }
  return file.Close();
}

base::Status WriteClasses(const County& county, const std::string& path) {
  CsvFile file(path);
  file.Row({"学校标识码", "班号", "年级", "班级名称", "班主任工号", "班主任姓名", "入学年份"});
  for (const SchoolClass& in : county.classes) {
    file.Row({county.schools[in.school].code, in.number, fmt::format("{}", in.grade), in.name,
              in.teacher_id, in.teacher, EntryMonth(county, in.grade).substr(0, 4)});
  }
  return file.Close();
}

base::Status WriteRoster(const County& county, const std::string& path, const Progress& progress) {
  CsvFile file(path);
  file.Row(RosterHeader());
  const auto total = static_cast<std::uint32_t>(county.students.size());
  for (std::uint32_t i = 0; i < total; ++i) {
    file.Row(RosterRow(county, i));
    if (progress && i % 4096 == 0) progress(static_cast<int>(std::uint64_t{i} * 1000 / total));
  }
  return file.Close();
}

}  // namespace sample
