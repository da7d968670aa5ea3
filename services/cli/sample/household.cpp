#include <fmt/format.h>

#include <array>

#include "cli/sample/county.h"

namespace sample {
namespace {

struct Division {
  std::uint32_t code;
  std::string_view name;
};

// Places that families move from (GB/T 2260).
constexpr std::array kDivisions{Division{350212, "福建省厦门市同安区"},
                                Division{350583, "福建省泉州市南安市"},
                                Division{350525, "福建省泉州市永春县"},
                                Division{411003, "河南省许昌市建安区"},
                                Division{411722, "河南省驻马店市上蔡县"},
                                Division{411621, "河南省周口市扶沟县"},
                                Division{341221, "安徽省阜阳市临泉县"},
                                Division{341621, "安徽省亳州市涡阳县"},
                                Division{421126, "湖北省黄冈市蕲春县"},
                                Division{421181, "湖北省黄冈市麻城市"},
                                Division{430525, "湖南省邵阳市洞口县"},
                                Division{430527, "湖南省邵阳市绥宁县"},
                                Division{431224, "湖南省怀化市溆浦县"},
                                Division{500229, "重庆市城口县"},
                                Division{500235, "重庆市云阳县"},
                                Division{500236, "重庆市奉节县"},
                                Division{511722, "四川省达州市宣汉县"},
                                Division{511321, "四川省南充市南部县"},
                                Division{520526, "贵州省毕节市威宁彝族回族苗族自治县"},
                                Division{530627, "云南省昭通市镇雄县"},
                                Division{360730, "江西省赣州市宁都县"},
                                Division{360731, "江西省赣州市于都县"},
                                Division{210302, "辽宁省鞍山市铁东区"},
                                Division{220322, "吉林省四平市梨树县"}};

constexpr std::array<std::string_view, 8> kWork{"务农",   "个体经营", "外出务工", "建筑工地",
                                                "服装厂", "物流公司", "餐饮",     "自由职业"};

std::string Phone(base::Rng& rng) { return fmt::format("1990{:07}", rng.Below(10'000'000)); }

Member MakeMember(base::Rng& rng, const Student& child, Sex sex, int older_years,
                  std::string relation, bool same_surname) {
  Member member;
  const NameParts name = same_surname ? DrawName(rng, sex, child.name.surname) : DrawName(rng, sex);
  member.name = NameText(name, sex);
  member.relation = std::move(relation);
  const int year = child.birth.year() - older_years;
  const auto birth = *base::Date::FromYmd(year, 1, 1) +
                     std::chrono::days{static_cast<std::int64_t>(rng.Below(365))};
  const unsigned sequence =
      900 + 2 * static_cast<unsigned>(rng.Below(50)) + (sex == Sex::kMale ? 1 : 0);
  member.id_number = IdNumber(fmt::format("{:06}", child.hukou_division), birth, sequence);
  member.phone = Phone(rng);
  member.work = kWork[rng.Below(kWork.size())];
  return member;
}

std::string OwnAddress(const County& county, std::uint32_t town, const std::string& village,
                       std::uint64_t number) {
  return fmt::format("{}{}{}{}号", county.plan.name, county.plan.towns[town], village, number);
}

}  // namespace

std::string DivisionName(std::uint32_t division) {
  for (const Division& known : kDivisions) {
    if (known.code == division) return std::string{known.name};
  }
  return fmt::format("{:06}", division);
}

std::vector<std::uint32_t> OtherDivisions() {
  std::vector<std::uint32_t> codes;
  for (const Division& known : kDivisions) codes.push_back(known.code);
  return codes;
}

Household HouseholdOf(const County& county, std::uint32_t student) {
  const Student& child = county.students[student];
  const School& school = county.school_of(child);
  base::Rng rng(county.seed * 0x9e3779b97f4a7c15ULL + student + 1);
  Household home;
  home.village = VillageName(rng.Below(160));
  home.address = OwnAddress(county, school.town, home.village, 1 + rng.Below(300));
  home.hukou_address = child.Is(kNonLocal)
                           ? fmt::format("{}{}{}号", DivisionName(child.hukou_division),
                                         VillageName(rng.Below(160)), 1 + rng.Below(300))
                           : home.address;
  const int young = 23 + static_cast<int>(rng.Below(14));
  if (child.Is(kOrphan)) {
    home.first = MakeMember(rng, child, Sex::kMale, young + 26, "祖父", true);
    home.second = MakeMember(rng, child, Sex::kFemale, young + 25, "祖母", false);
  } else if (child.Is(kLeftBehindBoth) || child.Is(kUnsupported)) {
    home.first = MakeMember(rng, child, Sex::kFemale, young + 25, "祖母", false);
    home.second = MakeMember(rng, child, Sex::kMale, young, "父亲", true);
  } else if (rng.Chance(5600)) {
    home.first = MakeMember(rng, child, Sex::kMale, young, "父亲", true);
    home.second = MakeMember(rng, child, Sex::kFemale, young - 2, "母亲", false);
  } else {
    home.first = MakeMember(rng, child, Sex::kFemale, young - 2, "母亲", false);
    home.second = MakeMember(rng, child, Sex::kMale, young, "父亲", true);
  }
  home.phone = home.first.phone;
  return home;
}

}  // namespace sample
