#include "subsidy/endpoints/rule_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/money.h"
#include "settings/reader.h"
#include "subsidy/domain/evaluate.h"
#include "subsidy/endpoints/rule_reader.h"

namespace subsidy {
namespace {

using settings::Reader;

struct Expected {
  std::string benefit = {};
  std::int64_t term_fen = 0;
};
struct Case {
  std::string name = {};
  base::Date day = {};
  Facts facts = {};
  std::vector<Expected> expect = {};
  std::vector<std::string> because = {};
};

// The fact's value, put into the bits' source.
void Put(Facts& facts, Fact fact, int place) {
  const bool yes = place == 0;
  constexpr int kStatusCodes[] = {1, 2, 5, 6, 7, 8, 10, 11, 12, 15, 98, 0};
  switch (fact) {
    case Fact::kStatus: facts.status = kStatusCodes[place]; break;
    case Fact::kGrade: facts.grade = place + 1; break;
    case Fact::kStage: facts.grade = place == 0 ? 1 : 7; break;
    case Fact::kSchoolKind: facts.kind = static_cast<SchoolKind>(place + 1); break;
    case Fact::kBoarding: facts.boarding = yes; break;
    case Fact::kHomeTeaching: facts.home_teaching = yes; break;
    case Fact::kInclusive: facts.inclusive = yes; break;
    case Fact::kNonLocal: facts.non_local = yes; break;
    case Fact::kPaidElsewhere: facts.paid_elsewhere = yes; break;
    case Fact::kRecognised: facts.recognised = yes; break;
    default: break;
  }
}

int Trailing(std::uint64_t bits) {
  int at = 0;
  for (; (bits & 1) == 0; bits >>= 1) ++at;
  return at;
}

void ReadFacts(Reader reader, Facts& facts) {
  for (const std::string& name : reader.Keys()) {
    const auto fact = FactFromName(name, {});
    const std::string value = reader.String(name);
    const auto bits = fact ? ValueBits(*fact, value) : std::nullopt;
    if (!fact) {
      reader.Problem(name, "没有这项事实(群体写在 groups 里)");
    } else if (!bits) {
      reader.Problem(name, fmt::format("只能是:{}", ValueNames(*fact, AllOf(*fact))));
    } else {
      Put(facts, *fact, Trailing(bits->lo) - Trailing(AllOf(*fact).lo));
    }
  }
}

Tag ReadTag(Reader& reader) {
  Tag tag{.group = reader.String("name"),
          .source = reader.String("source", {.fallback = "名单"}),
          .batch = reader.String("batch", {.fallback = "1"}),
          .from = reader.Date("from")};
  if (reader.Has("to")) tag.to = reader.Date("to") + std::chrono::days{1};
  return tag;
}

Case ReadCase(Reader& reader, const RuleSet& rules) {
  Case one;
  one.name = reader.String("name");
  one.day = reader.Date("day");
  ReadFacts(reader.Map("facts"), one.facts);
  for (Reader& tag : reader.List("groups")) one.facts.tags.push_back(ReadTag(tag));
  for (Reader& line : reader.List("expect")) {
    Expected expected{line.String("benefit"),
                      line.Int("term_fen", {.min = 0, .fallback = 0, .about = "分"})};
    const std::string text = line.String("text", {.fallback = ""});
    const std::string yuan = base::Money::Fen(expected.term_fen).ToString();
    const std::string said = text.substr(0, text.find("元"));
    if (!text.empty() && !yuan.starts_with(said)) {
      line.Problem("text", fmt::format("{} 分是 {} 元", expected.term_fen, yuan));
    }
    const bool known =
        std::any_of(rules.benefits.begin(), rules.benefits.end(),
                    [&](const Benefit& benefit) { return benefit.name == expected.benefit; });
    if (!known) line.Problem("benefit", "规则中没有这项补助");
    one.expect.push_back(std::move(expected));
  }
  one.because = reader.Strings("because");
  return one;
}

std::string Show(std::string_view benefit, std::int64_t fen) {
  return fmt::format("{} {}元", benefit, base::Money::Fen(fen).ToString());
}

// Empty: as expected.
std::string Judge(const Book& book, const Case& one) {
  const Outcome outcome = book.Evaluate(one.facts, one.day);
  std::vector<std::string> got;
  for (std::size_t i = 0; i < outcome.count; ++i) {
    if (outcome.Entitled(i)) {
      got.push_back(Show(book.rules().benefits[i].name, outcome.items[i].term_fen));
    }
  }
  std::vector<std::string> wanted;
  for (const Expected& line : one.expect) wanted.push_back(Show(line.benefit, line.term_fen));
  std::sort(got.begin(), got.end());
  std::sort(wanted.begin(), wanted.end());
  const std::string trace = book.Explain(one.facts, one.day);
  if (got != wanted) {
    return fmt::format("应得 [{}],算出 [{}]\n{}", fmt::join(wanted, "; "), fmt::join(got, "; "),
                       trace);
  }
  for (const std::string& piece : one.because) {
    if (trace.find(piece) == std::string::npos) {
      return fmt::format("说明中没有“{}”:\n{}", piece, trace);
    }
  }
  return {};
}

}  // namespace

base::Result<RuleReport> RunRuleCases(const std::string& path) {
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(path));
  Reader root = document.Root();
  const std::string rules_path = root.Path("rules");
  auto rules = LoadRules(rules_path);
  if (!rules.ok()) return rules.error();
  const Book book{*std::move(rules)};
  std::vector<Case> cases;
  for (Reader& one : root.List("cases")) cases.push_back(ReadCase(one, book.rules()));
  RETURN_IF_ERROR(document.Finish());
  RuleReport report;
  const std::string file = std::filesystem::path{path}.filename().string();
  for (const Case& one : cases) {
    const std::string wrong = Judge(book, one);
    if (wrong.empty()) {
      ++report.passed;
    } else {
      report.failures.push_back(fmt::format("{}: 案例「{}」: {}", file, one.name, wrong));
    }
  }
  return report;
}

base::Result<RuleReport> RunRuleFolder(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  if (error || files.empty()) {
    return base::Error{base::Code::kNotFound, "NO_FILE", "no rule tests in " + folder};
  }
  std::sort(files.begin(), files.end());
  RuleReport all;
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(const RuleReport report, RunRuleCases(file));
    all.passed += report.passed;
    all.failures.insert(all.failures.end(), report.failures.begin(), report.failures.end());
  }
  return all;
}

}  // namespace subsidy
