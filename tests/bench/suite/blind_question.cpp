// blind_question: one question of another county (「这孩子在哪里」) against everybody in the registry of
// 同安, as its tracing asks it over the bus. Half of the questions mean a child of ours.
// Floor: the bare pass, HMAC-SM3 of as many 16-byte digests by two threads and nothing else.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "registry/contract/registry.pb.h"
#include "bench/suite/benches.h"
#include "security/keyed_pass.h"

namespace bench {
namespace {

namespace registry = baoxue::registry::v1;
using SteadyClock = std::chrono::steady_clock;

constexpr int kQuestions = 200;
constexpr std::uint32_t kSm = 1;

double MillisSince(SteadyClock::time_point begun) {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - begun).count();
}

void Pass(const std::string& nonce, std::size_t count) {
  security::KeyedPass pass{security::LetterSuite::kSm, nonce};
  security::Mark mark = {};
  std::string digest(16, '\0');
  for (std::size_t i = 0; i < count; ++i) {
    digest[0] = static_cast<char>(i);
    pass.Of(digest, mark);
    if (mark[0] == 1 && mark[1] == 2 && mark[2] == 3) digest[1] = 'x';  // not optimised away
  }
}

double Floor(std::size_t count) {
  const std::string nonce(32, 'f');
  const auto begun = SteadyClock::now();
  {
    const std::jthread other{[&] { Pass(nonce, count / 2); }};
    Pass(nonce, count - count / 2);
  }
  return MillisSince(begun);
}

}  // namespace

std::vector<Figure> BlindQuestion() {
  DropBigCounty();
  EnvironmentOptions options;
  options.tracing = true;
  Environment environment{options};
  environment.deployment().StartAll();
  environment.Sample();
  environment.Import("schools.csv", {"--kind", "schools", "--yes"});
  environment.Import("classes.csv", {"--kind", "classes", "--yes"});
  environment.Import("roster.csv", {"--kind", "roster", "--full", "--yes"});
  // As tracing: nobody else may ask.
  base::SystemClock clock;
  base::RandomIds ids;
  const auto dial = host::ClientFor(environment.suite(), "registry", "tracing");
  if (!dial.ok()) throw std::runtime_error(dial.error().ToString());
  bus::Client client{environment.context(), *dial, clock, ids};
  bus::CallOptions patient;
  patient.timeout = std::chrono::seconds{120};
  patient.attempt_timeout = patient.timeout;
  std::vector<std::int64_t> students;
  for (const ClassList& one : environment.Classes()) {
    students.insert(students.end(), one.students.begin(), one.students.end());
  }
  base::Rng random{7};
  std::vector<double> millis;
  std::vector<double> floor;
  double first = 0;
  std::uint32_t looked_at = 0;
  for (int i = 0; i <= kQuestions; ++i) {
    registry::MakeMark make;
    make.set_student_id(students[random.Below(students.size())]);
    make.set_nonce(std::string{base::Bytes(ids.NextId())} +
                   std::string{base::Bytes(ids.NextId())});
    make.set_suite(kSm);
    const auto made = Must(client.Ask<registry::MakeMarkReply>(make, patient));
    registry::MatchMark match;
    match.set_nonce(make.nonce());
    match.set_mark(i % 2 == 0 ? made.mark() : std::string(32, 'x'));
    match.set_suite(kSm);
    const auto begun = SteadyClock::now();
    const auto reply = Must(client.Ask<registry::MatchMarkReply>(match, patient));
    const double took = MillisSince(begun);
    const bool right = (reply.student_id() == make.student_id()) == (i % 2 == 0);
    if (!right) throw std::runtime_error("a question was answered wrongly");
    looked_at = reply.looked_at();
    if (i == 0) {
      first = took;
      continue;
    }
    millis.push_back(took);
    floor.push_back(Floor(looked_at));
  }
  std::sort(millis.begin(), millis.end());
  std::sort(floor.begin(), floor.end());
  fmt::print("{} children; the first question, which makes the table: {:.0f} ms\n", looked_at,
             first);
  Figure figure{"blind_question",      Quantile(millis, 0.99), "ms",
                Quantile(millis, 0.5), Quantile(millis, 0.99), Quantile(floor, 0.99)};
  figure.must = "< 150 ms";
  figure.reached = figure.p99_ms < 150;
  figure.floor_is = "p99 of the bare HMAC-SM3 pass over as many digests";
  return {figure};
}

}  // namespace bench
