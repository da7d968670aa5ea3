// find_likely: whom a letter may mean that has the child wrong, against everybody in the registry
// of 同安, as its tracing asks it over the bus. In turn a mistyped number with a wrong character, a
// wrong character with the birthday, month and day swapped, and a guardian's telephone.
// Floor: the exact look-up by identity number, over the same bus in the same run.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "bench/suite/benches.h"
#include "registry/contract/likely.pb.h"

namespace bench {
namespace {

namespace registry = baoxue::registry::v1;
using SteadyClock = std::chrono::steady_clock;

constexpr int kQuestions = 800;
constexpr std::size_t kBytesOfACharacter = 3;

using Row = std::map<std::string, std::string>;

std::vector<std::string> CellsOf(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream{line};
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

// Some of the roster's children, spread over all of it.
std::vector<Row> ChildrenOf(const std::string& path) {
  constexpr int kEach = 149;
  std::ifstream in{path};
  std::string line;
  std::getline(in, line);
  if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  const auto head = CellsOf(line);
  std::vector<Row> rows;
  for (int number = 0; std::getline(in, line); ++number) {
    if (number % kEach != 0) continue;
    const auto cells = CellsOf(line);
    Row row;
    for (std::size_t i = 0; i < cells.size() && i < head.size(); ++i) row[head[i]] = cells[i];
    if (row["身份证件号"].size() == 18) rows.push_back(std::move(row));
  }
  if (rows.empty()) throw std::runtime_error("the sample has no children");
  return rows;
}

std::string WithAnotherCharacter(const std::string& name) {
  return name.substr(0, kBytesOfACharacter) + "龘" +
         name.substr(std::min(2 * kBytesOfACharacter, name.size()));
}

base::Date BirthOf(const Row& child) {
  const std::string number = child.at("身份证件号");
  return base::Date::FromYmd(std::stoi(number.substr(6, 4)),
                             static_cast<unsigned>(std::stoi(number.substr(10, 2))),
                             static_cast<unsigned>(std::stoi(number.substr(12, 2))))
      .value();
}

registry::FindLikely Ask(const Row& child, int turn) {
  registry::FindLikely ask;
  const base::Date birth = BirthOf(child);
  const auto swapped = base::Date::FromYmd(birth.year(), birth.day(), birth.month());
  switch (turn % 4) {
    case 0: {
      std::string number = child.at("身份证件号");
      number[15] = number[15] == '7' ? '8' : '7';
      ask.set_id_number(number);
      ask.set_name(WithAnotherCharacter(child.at("姓名")));
      break;
    }
    case 1:
      ask.set_name(WithAnotherCharacter(child.at("姓名")));
      PutDate(birth, ask.mutable_birth());
      break;
    case 2:
      ask.set_name(child.at("姓名"));
      PutDate(swapped.value_or(birth), ask.mutable_birth());
      break;
    default: {
      ask.set_name(child.at("姓名"));
      PutDate(birth + std::chrono::days{400}, ask.mutable_birth());
      registry::LikelyGuardian& guardian = *ask.add_guardians();
      guardian.set_name(child.at("成员1姓名"));
      guardian.set_phone(child.at("成员1联系电话"));
    }
  }
  return ask;
}

}  // namespace

std::vector<Figure> FindLikely() {
  DropBigCounty();
  EnvironmentOptions options;
  options.tracing = true;
  Environment environment{options};
  environment.deployment().StartAll();
  const std::vector<Row> children = ChildrenOf(environment.Sample() + "/roster.csv");
  environment.Import("schools.csv", {"--kind", "schools", "--yes"});
  environment.Import("classes.csv", {"--kind", "classes", "--yes"});
  environment.Import("roster.csv", {"--kind", "roster", "--full", "--yes"});
  environment.Import("school_age.csv", {"--kind", "school-age", "--source", "公安", "--batch",
                                        "2026-07", "--yes"});
  base::SystemClock clock;
  base::RandomIds ids;
  const auto dial = host::ClientFor(environment.suite(), "registry", "tracing");
  if (!dial.ok()) throw std::runtime_error(dial.error().ToString());
  bus::Client client{environment.context(), *dial, clock, ids};
  bus::CallOptions patient;
  patient.timeout = std::chrono::seconds{120};
  patient.attempt_timeout = patient.timeout;
  const auto timed = [&](auto ask) {
    const auto begun = SteadyClock::now();
    ask();
    return std::chrono::duration<double, std::milli>(SteadyClock::now() - begun).count();
  };
  base::Rng random{7};
  std::vector<double> millis;
  std::vector<double> floor;
  double first = 0;
  std::size_t told = 0;
  for (int i = 0; i <= kQuestions; ++i) {
    const Row& child = children[random.Below(children.size())];
    registry::GetStudentReply exact;
    floor.push_back(timed([&] {
      registry::GetStudent ask;
      ask.set_id_number(child.at("身份证件号"));
      exact = Must(client.Ask<registry::GetStudentReply>(ask, patient));
    }));
    registry::FindLikelyReply reply;
    const double took = timed([&] {
      reply = Must(client.Ask<registry::FindLikelyReply>(Ask(child, i), patient));
    });
    const bool found = std::any_of(
        reply.students().begin(), reply.students().end(), [&](const auto& one) {
          return one.student().student_id() == exact.student().student_id();
        });
    if (!found) throw std::runtime_error(fmt::format("question {} found another", i));
    told += static_cast<std::size_t>(reply.students_size() + reply.people_size());
    if (i == 0) {
      first = took;
    } else {
      millis.push_back(took);
    }
  }
  std::sort(millis.begin(), millis.end());
  std::sort(floor.begin(), floor.end());
  fmt::print("{:.1f} candidates a question; the first question, which makes the book of guardians: "
             "{:.0f} ms; exact p50 {:.2f} ms\n",
             static_cast<double>(told) / (kQuestions + 1), first, Quantile(floor, 0.5));
  Figure figure{"find_likely",         Quantile(millis, 0.99), "ms",
                Quantile(millis, 0.5), Quantile(millis, 0.99), Quantile(floor, 0.99)};
  figure.must = "< 50 ms";
  figure.reached = figure.p99_ms < 50;
  figure.floor_is = "p99 of the exact look-up by identity number over the same bus";
  return {figure};
}

}  // namespace bench
