#include "tracing/app/away_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tracing/app/letter_content.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kDetailsPurpose = "tracing.away";
constexpr std::size_t kTextBytesMax = 600;   // 200 characters
constexpr std::size_t kNumberLength = 18;
constexpr std::array<std::string_view, 3> kWhys{"举家搬迁", "外出务工随迁", "其他"};

Error Wrong(std::string_view reason, std::string detail) {
  return {Code::kInvalidArgument, std::string{reason}, std::move(detail)};
}

bool IsIdNumber(std::string_view text) {
  constexpr std::array<int, 17> kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view kChecks = "10X98765432";
  if (text.size() != kNumberLength) return false;
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    sum += (text[i] - '0') * kWeights[i];
  }
  return text[17] == kChecks[static_cast<std::size_t>(sum % 11)];
}

std::optional<base::Date> BirthIn(std::string_view id_number) {
  if (id_number.size() != kNumberLength) return std::nullopt;
  const std::string text = fmt::format("{}-{}-{}", id_number.substr(6, 4), id_number.substr(10, 2),
                                       id_number.substr(12, 2));
  const auto day = base::Date::Parse(text);
  return day.ok() ? std::optional{*day} : std::nullopt;
}

// By code, else by the name of a member that the address begins with.
Division PlaceOf(const v1::AwayEntry& entry, const Office& office, base::Date today) {
  const std::shared_ptr<const Book> book = office.book();
  if (!entry.division().empty()) return PlaceIn(*book, entry.division(), today);
  for (const auto& [code, member] : book->directory.members()) {
    if (member.name().empty() || entry.address().find(member.name()) == std::string::npos) continue;
    const auto division = Division::Parse(code);
    if (division.ok() && *division != office.self) return *division;
  }
  return {};
}

template <class Field>
bool Put(const std::string& text, Field set, const std::string& known) {
  if (text.empty() || text == known) return false;
  set(text);
  return true;
}

}  // namespace

Division PlaceIn(const Book& book, const std::string& code, base::Date today) {
  // The first two digits of GB/T 2260.
  constexpr std::array<std::string_view, 34> kProvinces{
      "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34",
      "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52",
      "53", "54", "61", "62", "63", "64", "65", "71", "81", "82"};
  const auto known = book.divisions.ResolveText(code, today);
  if (known.ok()) return *known;
  if (known.error().reason != "UNKNOWN_DIVISION") return {};
  const bool is_province = std::ranges::find(kProvinces, code.substr(0, 2)) != kProvinces.end();
  const auto division = Division::Parse(code.substr(0, 6));
  return is_province && division.ok() ? *division : Division{};
}

std::vector<Error> ProblemsOf(const v1::AwayEntry& entry, const Office& office, base::Date today) {
  std::vector<Error> out;
  const v1::Child& child = entry.child();
  const base::Date birth = DateOr(child.birth(), base::Date{});
  if (child.name().empty()) out.push_back(Wrong("CHILD_MISSING", "姓名：不能为空，请填写儿童姓名"));
  if (child.id_number().empty() && !child.has_birth()) {
    out.push_back(Wrong("CHILD_MISSING", "身份证件号：与出生日期至少填一项，没有证件的填出生日期"));
  }
  if (!child.id_number().empty() && !IsIdNumber(child.id_number())) {
    out.push_back(Wrong("BAD_ID_NUMBER", "身份证件号：不是18位或校验码不符，请对照户口簿核对（Excel里该列须设为文本）"));
  } else if (!child.id_number().empty() && !BirthIn(child.id_number())) {
    out.push_back(Wrong("BAD_ID_NUMBER", "身份证件号：其中的出生日期不存在，请对照户口簿核对"));
  } else if (child.has_birth() && !child.id_number().empty() &&
             BirthIn(child.id_number()) != birth) {
    out.push_back(Wrong("BAD_BIRTH", "出生日期：与身份证件号不一致，请核对后改正其中一项"));
  }
  if (child.has_birth() && (birth == base::Date{} || birth > today)) {
    out.push_back(Wrong("BAD_BIRTH", "出生日期：没有这一天或晚于今天，写成2016-03-05"));
  }
  if (entry.town().empty()) out.push_back(Wrong("TOWN_MISSING", "乡镇：不能为空，请填写户籍所在乡镇，如长铺镇"));
  if (!entry.has_left_on() || DateOr(entry.left_on(), base::Date{}) == base::Date{}) {
    out.push_back(Wrong("LEFT_ON_MISSING", "外出日期：不能为空，写成2026-09-01"));
  } else if (DateOr(entry.left_on(), base::Date{}) > today) {
    out.push_back(Wrong("LEFT_ON_FUTURE", "外出日期：晚于今天，请填写已经外出的日期"));
  }
  if (!entry.division().empty()) {
    const Division place = PlaceOf(entry, office, today);
    if (!place) out.push_back(Wrong("BAD_DIVISION", "现居住地区划：没有这个区划代码，请填六位县级代码，如350212；不知道的留空"));
    if (place == office.self) {
      out.push_back(Wrong("LIVES_HERE", "现居住地区划：是本县，不必列入，请删去这一行或改正区划"));
    }
  }
  if (!entry.why().empty() && std::find(kWhys.begin(), kWhys.end(), entry.why()) == kWhys.end()) {
    out.push_back(Wrong("BAD_WHY", "类型：须为举家搬迁、外出务工随迁或其他"));
  }
  for (const auto& [name, text] :
       {std::pair{"姓名", &child.name()}, {"乡镇", &entry.town()}, {"就读学校", &entry.school()},
        {"现居住地址", &entry.address()}, {"备注", &entry.note()}}) {
    if (text->size() > kTextBytesMax) {
      out.push_back(Wrong("TEXT_TOO_LONG", fmt::format("{}：不得超过200字", name)));
    }
  }
  return out;
}

base::Status Check(const v1::AwayEntry& entry, const Office& office, base::Date today) {
  const std::vector<Error> problems = ProblemsOf(entry, office, today);
  if (problems.empty()) return {};
  Error all = problems.front();
  for (std::size_t i = 1; i < problems.size(); ++i) all.detail += "；" + problems[i].detail;
  return all;
}

std::string AwayKeyOf(const v1::Child& child, const security::Keyring& keyring) {
  const std::string who = child.id_number().empty()
                              ? child.name() + '\0' +
                                    DateOr(child.birth(), base::Date{}).ToString()
                              : child.id_number();
  return keyring.BlindIndex("tracing.away", who);
}

bool PutEntry(const v1::AwayEntry& entry, const Office& office, AwayRow& row,
              AwayDetails& details) {
  const v1::Child& child = entry.child();
  bool changed = false;
  const auto text = [&](const std::string& given, std::string& known) {
    changed |= Put(given, [&](const std::string& value) { known = value; }, known);
  };
  text(child.name(), row.name);
  text(entry.town(), row.town);
  text(entry.why(), row.why);
  text(entry.school(), row.school);
  text(child.id_number(), *details.mutable_id_number());
  text(child.sex(), *details.mutable_sex());
  text(child.student_no(), *details.mutable_student_no());
  text(child.household_address(), *details.mutable_household_address());
  text(child.grade_class(), *details.mutable_grade_class());
  text(entry.guardian().name(), *details.mutable_guardian());
  text(entry.guardian().relation(), *details.mutable_relation());
  text(entry.guardian().phone(), *details.mutable_guardian_phone());
  text(entry.address(), *details.mutable_address());
  text(entry.phone(), *details.mutable_phone());
  text(entry.note(), *details.mutable_note());
  const auto day = [&](const baoxue::bus::v1::Date& given, auto& known) {
    const base::Date value = DateOr(given, base::Date{});
    if (value == base::Date{} || known == value) return;
    known = value;
    changed = true;
  };
  day(entry.left_on(), row.left_on);
  day(entry.since(), row.school_since);
  day(child.birth(), row.child.birth);
  if (const auto birth = BirthIn(details.id_number()); birth && !row.child.birth) {
    row.child.birth = birth;
    changed = true;
  }
  const Division place = PlaceOf(entry, office, base::Date{});
  if (place && place != row.child.division) {
    row.child.division = place;
    changed = true;
  }
  for (const auto& [given, known] : {std::pair{entry.person_id(), &row.person_id},
                                     {entry.student_id(), &row.student_id}}) {
    if (given == 0 || given == *known) continue;
    *known = given;
    changed = true;
  }
  if (!details.id_number().empty()) row.id_masked = security::MaskIdNumber(details.id_number());
  if (row.why.empty()) row.why = kWhys.back();
  return changed;
}

std::string SealDetails(const AwayDetails& details, const security::Keyring& keyring) {
  return keyring.Seal(kDetailsPurpose, details.SerializeAsString());
}

base::Result<AwayDetails> OpenDetails(const AwayRow& row, const security::Keyring& keyring) {
  AwayDetails details;
  if (row.sealed.empty()) return details;
  ASSIGN_OR_RETURN(const std::string bytes, keyring.Open(kDetailsPurpose, row.sealed));
  if (!details.ParseFromString(bytes)) {
    return Error{Code::kDataCorruption, "ROW_BROKEN", "away child"};
  }
  return details;
}

v1::Child ChildFrom(const AwayRow& row, const AwayDetails& details, const Office& office) {
  v1::Child child;
  child.set_name(row.name);
  child.set_sex(details.sex());
  if (row.child.birth) PutDate(*row.child.birth, child.mutable_birth());
  child.set_id_number(details.id_number());
  child.set_household_division(office.self.ToString());
  return child;
}

}  // namespace tracing
