#include "subsidy/endpoints/rule_reader.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "security/security.h"
#include "settings/reader.h"
#include "subsidy/domain/evaluate.h"
#include "subsidy/endpoints/condition_reader.h"

namespace subsidy {
namespace {

using settings::Document;
using settings::Reader;

constexpr std::int64_t kFenMax = 100'000'00;  // 100,000 yuan

// "1250元/生·年" -> 125000; at most two decimals.
std::optional<std::int64_t> FenOfText(std::string_view text) {
  const std::size_t unit = text.find("元");
  if (unit == std::string_view::npos || unit == 0) return std::nullopt;
  const std::string_view number = text.substr(0, unit);
  std::int64_t yuan = 0;
  const char* end = number.data() + number.size();
  const auto whole = std::from_chars(number.data(), end, yuan);
  if (whole.ec != std::errc{} || yuan < 0 || yuan > kFenMax) return std::nullopt;
  std::int64_t fen = yuan * 100;
  if (whole.ptr == end) return fen;
  const std::string_view decimals(whole.ptr, static_cast<std::size_t>(end - whole.ptr));
  if (decimals.size() < 2 || decimals.size() > 3 || decimals[0] != '.') return std::nullopt;
  std::int64_t part = 0;
  const auto read = std::from_chars(decimals.data() + 1, end, part);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return fen + (decimals.size() == 2 ? part * 10 : part);
}

std::string_view UnitText(Per per) {
  return per == Per::kYear ? "年" : per == Per::kTerm ? "学期" : "天";
}

Rate ReadRate(Reader& reader, const Benefit& benefit, const Groups& groups) {
  Rate rate;
  rate.when = ReadConditions(reader, "when", "whom this amount is for; absent: all", groups);
  rate.text = reader.String("text", {.about = "the amount as documents write it: 1250元/生·年"});
  rate.legal = reader.String("legal", {.fallback = "", .about = "the document of the amount"});
  rate.unverified =
      reader.String("unverified", {.fallback = "", .about = "待核: why the value is not certain"});
  rate.fen = reader.Int("fen", {.min = 0, .max = kFenMax, .about = "the amount in 分"});
  if (benefit.pay == Pay::kInKind) {
    if (rate.fen != 0) reader.Problem("fen", "实物或减免不发现金,fen 应为 0");
    return rate;
  }
  const auto stated = FenOfText(rate.text);
  if (!stated) {
    reader.Problem("text", "must begin with an amount in 元, like 1250元/生·年");
  } else if (*stated != rate.fen) {
    reader.Problem("fen", fmt::format("金额单位是分:“{}”应写 {},写成了 {}", rate.text, *stated,
                                      rate.fen));
  }
  if (rate.text.find(UnitText(benefit.per)) == std::string::npos) {
    reader.Problem("text", fmt::format("per 说按{}计,text 没有写“{}”", UnitText(benefit.per),
                                       UnitText(benefit.per)));
  }
  return rate;
}

// Every student whom the version is for must get an amount, and every amount must be somebody's.
void CheckRates(Reader& reader, const BenefitVersion& version) {
  Condition left = version.when;
  if (version.rates.empty()) return reader.Problem("rates", "needs at least one amount");
  for (const Rate& rate : version.rates) {
    if (!Possible(Both(left, rate.when))) {
      reader.Problem("rates", fmt::format("标准“{}”永远不会适用", rate.text));
    }
    left = Both(left, Negate(rate.when));
  }
  if (Possible(left)) {
    reader.Problem("rates", "有符合条件的学生没有对应的标准:请补一项不写 when 的标准,或写全各种情形");
  }
}

BenefitVersion ReadVersion(Reader& reader, const Benefit& benefit, const Groups& groups) {
  BenefitVersion version;
  version.from = reader.Date("effective_from", {.about = "first day"});
  if (reader.Has("effective_to")) {
    const base::Date last = reader.Date("effective_to", {.about = "last day"});
    if (last < version.from) reader.Problem("effective_to", "is before effective_from");
    version.to = last + std::chrono::days{1};
  }
  version.legal = reader.String("legal", {.about = "document and article"});
  version.when = ReadConditions(reader, "when", "who is entitled: all of these", groups);
  if (!Possible(version.when)) {
    reader.Problem("when", "没有任何学生能同时满足这些条件");
    (void)reader.List("rates");
    return version;
  }
  for (Reader& one : reader.List("rates", "amounts; the first that fits counts")) {
    version.rates.push_back(ReadRate(one, benefit, groups));
  }
  CheckRates(reader, version);
  return version;
}

void CheckDates(Reader& reader, const Benefit& benefit) {
  if (benefit.versions.empty()) return reader.Problem("versions", "needs at least one version");
  for (std::size_t i = 1; i < benefit.versions.size(); ++i) {
    const BenefitVersion& before = benefit.versions[i - 1];
    const BenefitVersion& after = benefit.versions[i];
    if (!before.to || *before.to > after.from) {
      reader.Problem("versions", fmt::format("{}起的版本与前一版本的日期重叠",
                                             after.from.ToString()));
    } else if (*before.to < after.from) {
      reader.Problem("versions",
                     fmt::format("{}至{}之间没有规定", before.to->ToString(),
                                 (after.from - std::chrono::days{1}).ToString()));
    }
  }
}

Benefit ReadBenefit(Reader& reader, const Groups& groups) {
  Benefit benefit;
  benefit.id = reader.String("id", {.bytes_max = 32, .about = "short name, for programs"});
  if (benefit.id.find_first_of(":; ") != std::string::npos) {
    reader.Problem("id", "letters, digits and _ only");
  }
  benefit.name = reader.String("name", {.about = "as families read it"});
  benefit.exclusive = reader.String(
      "exclusive", {.fallback = "", .about = "择一: of one group only the highest is given"});
  const std::string pay =
      reader.String("pay", {.fallback = "family",
                            .one_of = {"family", "school", "in_kind"},
                            .about = "to whom the money goes"});
  benefit.pay = pay == "family" ? Pay::kFamily : pay == "school" ? Pay::kSchool : Pay::kInKind;
  const std::string per = reader.String(
      "per", {.fallback = "year", .one_of = {"year", "term", "day"}, .about = "what fen is for"});
  benefit.per = per == "year" ? Per::kYear : per == "term" ? Per::kTerm : Per::kDay;
  benefit.term_share_bp = static_cast<int>(
      reader.Int("term_share_bp", {.min = 1,
                                   .max = 10000,
                                   .fallback = 5000,
                                   .about = "a term's share of a year, 5000 = half"}));
  benefit.term_days = static_cast<int>(reader.Int(
      "term_days", {.min = 1, .max = 200, .fallback = 100, .about = "days a term counts"}));
  (void)reader.String("rounding", {.fallback = "half_up",
                                   .one_of = {"half_up"},
                                   .about = "half a 分 is rounded away from zero"});
  benefit.items = reader.Strings("items", "what it consists of");
  for (Reader& one : reader.List("versions", "by the day from which each applies")) {
    benefit.versions.push_back(ReadVersion(one, benefit, groups));
  }
  CheckDates(reader, benefit);
  return benefit;
}

std::vector<Group> ReadGroups(Reader& root) {
  std::vector<Group> groups;
  for (Reader& one : root.List("groups", "partner departments' lists that rules may ask for")) {
    groups.push_back({.name = one.String("name", {.about = "as rules write it"}),
                      .owner = one.String("owner", {.about = "the department that keeps it"}),
                      .aliases = one.Strings("aliases", "what lists call it")});
  }
  if (groups.size() > static_cast<std::size_t>(kGroupsMax)) {
    root.Problem("groups", fmt::format("at most {} groups", kGroupsMax));
    groups.resize(static_cast<std::size_t>(kGroupsMax));
  }
  return groups;
}

void ReadMonthDay(Reader& reader, std::string_view key, std::string& value) {
  value = reader.String(key, {.fallback = value, .about = "month and day, MM-DD"});
  if (!base::Date::Parse("2027-" + value).ok()) reader.Problem(key, "must be MM-DD");
}

void ReadTop(Reader& root, RuleSet& rules) {
  rules.id = root.String("id", {.about = "name of the file"});
  rules.name = root.String("name", {.about = "as decisions cite it"});
  rules.source = root.String("source", {.about = "the documents behind it"});
  if (auto term = root.MaybeMap("term", "how a term counts")) {
    ReadMonthDay(*term, "snapshot_autumn", rules.snapshot_autumn);
    ReadMonthDay(*term, "snapshot_spring", rules.snapshot_spring);
    rules.correction_days = static_cast<int>(
        term->Int("correction_days", {.min = 0,
                                      .max = 3650,
                                      .fallback = rules.correction_days,
                                      .about = "days after the term's end"}));
  }
  if (auto recognition = root.MaybeMap("recognition", "认定程序; absent: 免申即享")) {
    rules.recognition.steps = recognition->Strings("steps", "in order");
    rules.recognition.public_days = static_cast<int>(
        recognition->Int("public_days", {.min = 5, .max = 30, .fallback = 5, .about = "公示"}));
  }
}

base::Status ReadText(const RuleText& text, RuleSet& rules, std::vector<Group>& groups) {
  ASSIGN_OR_RETURN(Document document, Document::Parse(text.yaml, text.name));
  Reader root = document.Root();
  ReadTop(root, rules);
  (void)root.String("extends", {.fallback = "", .about = "the file that this one builds on"});
  for (Group& group : ReadGroups(root)) groups.push_back(std::move(group));
  rules.groups = Groups{groups};
  for (Reader& one : root.List("benefits", "what students may be entitled to")) {
    const bool replaces = one.Bool("replaces", {.fallback = false, .about = "not the base's"});
    Benefit benefit = ReadBenefit(one, rules.groups);
    const int known = rules.Find(benefit.id);
    if (known < 0) {
      if (replaces) one.Problem("replaces", "the base has no benefit of this id");
      rules.benefits.push_back(std::move(benefit));
    } else if (!replaces) {
      one.Problem("id", fmt::format("“{}”已有;要替换,写 replaces: true", benefit.id));
    } else {
      rules.benefits[static_cast<std::size_t>(known)] = std::move(benefit);
    }
  }
  if (rules.benefits.size() > kBenefitsMax) {
    root.Problem("benefits", fmt::format("at most {} benefits", kBenefitsMax));
  }
  return document.Finish();
}

base::Result<std::string> ReadWhole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return base::Error{base::Code::kNotFound, "NO_FILE", "there is no file " + path};
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

base::Result<std::vector<RuleText>> LoadRuleTexts(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int kDepthMax = 4;
  std::vector<RuleText> texts;
  fs::path next{path};
  for (int depth = 0; depth < kDepthMax && !next.empty(); ++depth) {
    ASSIGN_OR_RETURN(std::string yaml, ReadWhole(next.string()));
    ASSIGN_OR_RETURN(const Document document, Document::Parse(yaml, next.filename().string()));
    const std::string base = document.Root().String("extends", {.fallback = ""});
    texts.insert(texts.begin(), RuleText{next.filename().string(), std::move(yaml)});
    next = base.empty() ? fs::path{} : next.parent_path() / base;
  }
  return texts;
}

base::Result<RuleSet> ParseRules(const std::vector<RuleText>& texts) {
  RuleSet rules;
  std::vector<Group> groups;
  for (const RuleText& text : texts) RETURN_IF_ERROR(ReadText(text, rules, groups));
  rules.version = VersionOf(texts);
  return rules;
}

base::Result<RuleSet> LoadRules(const std::string& path) {
  ASSIGN_OR_RETURN(const std::vector<RuleText> texts, LoadRuleTexts(path));
  return ParseRules(texts);
}

std::string JoinTexts(const std::vector<RuleText>& texts) {
  std::string joined;
  for (const RuleText& text : texts) {
    joined += fmt::format("{}\n{}\n{}", text.name, text.yaml.size(), text.yaml);
  }
  return joined;
}

std::vector<RuleText> SplitTexts(const std::string& joined) {
  std::vector<RuleText> texts;
  std::size_t at = 0;
  while (at < joined.size()) {
    const std::size_t name_end = joined.find('\n', at);
    const std::size_t size_end =
        name_end == std::string::npos ? name_end : joined.find('\n', name_end + 1);
    if (size_end == std::string::npos) break;
    std::size_t size = 0;
    (void)std::from_chars(joined.data() + name_end + 1, joined.data() + size_end, size);
    texts.push_back({joined.substr(at, name_end - at), joined.substr(size_end + 1, size)});
    at = size_end + 1 + size;
  }
  return texts;
}

std::string VersionOf(const std::vector<RuleText>& texts) {
  std::string all;
  for (const RuleText& text : texts) all += text.name + '\0' + text.yaml + '\0';
  return security::Hex(security::Sha256(all)).substr(0, 32);
}

}  // namespace subsidy
