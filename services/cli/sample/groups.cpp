#include "cli/sample/groups.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "cli/sample/csv_file.h"

namespace sample {
namespace {

struct Group {
  std::string_view name;
  std::string_view source;
  Trait trait;
};

constexpr std::array kGroups{
    Group{"脱贫户", "乡村振兴局", kLiftedPoor},   Group{"监测户", "乡村振兴局", kMonitored},
    Group{"低保", "民政局", kLowIncome},          Group{"特困", "民政局", kHardship},
    Group{"残疾", "残疾人联合会", kDisabled},     Group{"孤儿", "民政局", kOrphan},
    Group{"事实无人抚养", "民政局", kUnsupported}};

std::string Level(Trait trait, std::uint64_t number) {
  static constexpr std::array<std::string_view, 4> kLevels{"一级", "二级", "三级", "四级"};
  return trait == kDisabled ? std::string{kLevels[number % kLevels.size()]} : std::string{};
}

// A child of the county who is in none of its schools.
std::vector<std::string> Outsider(County& county, const Group& group, base::Rng& rng) {
  const Sex sex = rng.Chance(5200) ? Sex::kMale : Sex::kFemale;
  const base::Date birth = BirthAtAge(rng, county.school_year, 6 + static_cast<int>(rng.Below(9)));
  const auto division = static_cast<std::uint32_t>(std::stoul(county.plan.division));
  const unsigned sequence = county.numbers.Next(division, birth, sex);
  const auto town = rng.Below(county.plan.towns.size());
  return {
      NameText(DrawName(rng, sex), sex),
      IdNumber(county.plan.division, birth, sequence),
      sex == Sex::kMale ? "男" : "女",
      birth.ToString(),
      std::string{group.name},
      Level(group.trait, rng.Below(4)),
      fmt::format("{}{:06}", county.plan.division, rng.Below(1'000'000)),
      fmt::format("{}{}{}", county.plan.name, county.plan.towns[town], VillageName(rng.Below(160))),
      NameText(DrawName(rng, Sex::kMale), Sex::kMale),
      fmt::format("{}-03-01", county.school_year - 2)};
}

std::vector<std::string> Insider(const County& county, const Group& group, std::uint32_t index,
                                 base::Rng& rng) {
  const Student& student = county.students[index];
  const Household home = HouseholdOf(county, index);
  return {county.NameOf(student),
          county.IdOf(student),
          student.sex == Sex::kMale ? "男" : "女",
          student.birth.ToString(),
          std::string{group.name},
          Level(group.trait, index),
          fmt::format("{}{:06}", county.plan.division, rng.Below(1'000'000)),
          home.hukou_address,
          home.first.name,
          fmt::format("{}-03-01", county.school_year - 1 - static_cast<int>(rng.Below(3)))};
}

}  // namespace

base::Result<std::vector<GroupFile>> WriteGroups(County& county, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder + "/groups", error);
  std::vector<GroupFile> files;
  base::Rng rng(county.seed ^ 0x6702b9d5ULL);
  for (const Group& group : kGroups) {
    GroupFile made{.group = std::string{group.name},
                   .source = std::string{group.source},
                   .path = fmt::format("groups/{}.csv", group.name)};
    CsvFile file(folder + "/" + made.path);
    file.Row({"姓名", "身份证件号", "性别", "出生日期", "群体类别", "等级", "证书编号", "户籍地址",
              "监护人姓名", "认定日期"});
    for (std::uint32_t i = 0; i < county.students.size(); ++i) {
      if (county.students[i].Is(group.trait)) file.Row(Insider(county, group, i, rng));
    }
    file.Row(Outsider(county, group, rng));
    made.rows = file.rows() - 1;
    RETURN_IF_ERROR(file.Close());
    files.push_back(std::move(made));
  }
  return files;
}

}  // namespace sample
