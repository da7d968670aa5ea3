#include "chaos/county.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace chaos {
namespace {

using nlohmann::json;

constexpr std::chrono::minutes kCommandTimeout{3};
constexpr std::size_t kShownMax = 10;

// Numbers that the server gives out (of cases, streaks and slips) may have holes after a kill and
// are left out; students and classes got theirs by the import, before anything was killed.
const std::map<std::string, std::string>& Queries() {
  static const std::map<std::string, std::string> kQueries{
      {"students",
       "SELECT student_id, school_code, class_id, seat_no FROM baoxue_registry.student"},
      {"roll calls",
       "SELECT day, half, class_id, revision, HEX(idem_key), expected, recorded_at, taken_at, "
       "HEX(exceptions) FROM baoxue_attendance.roll_call"},
      {"streaks",
       "SELECT student_id, class_id, first_day, last_day, reached_day, reached_half, days, state, "
       "returned_day, returned_half, why, changed_at FROM baoxue_attendance.absence_streak"},
      {"chronic absences",
       "SELECT student_id, term_first, on_day, away_half_days, counted_half_days, recorded_at "
       "FROM baoxue_attendance.chronic_absence"},
      {"leave slips",
       "SELECT s.student_id, s.kind, s.from_day, s.from_half, s.to_day, s.to_half, s.state, "
       "t.step, "
       "t.state, t.recorded_at FROM baoxue_attendance.leave_slip s "
       "JOIN baoxue_attendance.leave_step t USING (leave_id)"},
      {"closed half-days",
       "SELECT day, half, due_at, classes_missing FROM baoxue_attendance.closing"},
      {"cases",
       "SELECT student_id, person_id, opened_at, found_by, state, phase, level, version, "
       "owner_body, owner_person_id, closed_at, next_due_at, first_absent, persuasions, "
       "overdue_tasks, reason_code FROM baoxue_cases.case_file"},
      {"what happened in the cases",
       "SELECT f.student_id, f.person_id, f.opened_at, h.version, h.at, h.kind, h.act, "
       "h.actor_person_id, h.state, h.level FROM baoxue_cases.case_history h "
       "JOIN baoxue_cases.case_file f USING (case_id)"},
      {"clocks of the cases",
       "SELECT f.student_id, f.person_id, f.opened_at, c.clock, c.step, c.state, c.level, "
       "c.owner_body, c.started_at, c.due_at, c.ended_at FROM baoxue_cases.case_clock c "
       "JOIN baoxue_cases.case_file f USING (case_id)"},
      {"events",
       "SELECT feed, type, COUNT(*) FROM (SELECT feed, type FROM baoxue_registry.event_log "
       "UNION ALL SELECT feed, type FROM baoxue_attendance.event_log UNION ALL SELECT feed, type "
       "FROM baoxue_cases.event_log) e GROUP BY feed, type"}};
  return kQueries;
}

std::vector<std::string> OnlyIn(const std::vector<std::string>& some,
                                const std::vector<std::string>& others) {
  std::vector<std::string> only;
  std::set_difference(some.begin(), some.end(), others.begin(), others.end(),
                      std::back_inserter(only));
  if (only.size() > kShownMax) {
    const std::size_t all = only.size();
    only.resize(kShownMax);
    only.push_back("... " + std::to_string(all) + " in all");
  }
  return only;
}

}  // namespace

County::County(int students, int weeks) {
  harness::DeploymentOptions options;
  options.bin_dir = BAOXUE_BINARY_DIR "/bin";
  options.config_dir = BAOXUE_SOURCE_DIR "/config";
  deployment_ = std::make_unique<harness::Deployment>(options);
  Ask({"sample", "--county", options.county, "--students", std::to_string(students), "--weeks",
       std::to_string(weeks), "--seed", "1", "--config-dir", options.config_dir, "--out",
       folder()});
  deployment_->StartAll();
  Ask({"import", "--sample", folder()});
}

json County::Ask(std::vector<std::string> words) {
  std::string line = "baoxue";
  for (const std::string& word : words) line += " " + word;
  words.insert(words.begin(), {"--json", "--quiet", "--timeout", "60"});
  const auto result = deployment_->Cli(std::move(words), kCommandTimeout);
  json answer = json::parse(result.output, nullptr, false);
  if (result.exit_code != 0 || answer.is_discarded()) {
    throw std::runtime_error(line + " exited " + std::to_string(result.exit_code) + ":\n" +
                             result.output);
  }
  return answer;
}

std::unique_ptr<harness::ChildProcess> County::Beside(std::vector<std::string> words,
                                                      const std::string& output) const {
  words.insert(words.begin(), {BAOXUE_BINARY_DIR "/bin/baoxue", "--config",
                               deployment_->suite_path(), "--json", "--quiet", "--timeout", "60"});
  return std::make_unique<harness::ChildProcess>(
      harness::ChildOptions{.argv = std::move(words), .output_file = output});
}

std::vector<std::string> County::Rows(const std::string& sql) {
  std::vector<std::string> rows;
  std::istringstream text(deployment_->mariadb().RunSql(sql));
  for (std::string row; std::getline(text, row);) rows.push_back(row);
  return rows;
}

Picture County::Look() {
  Picture picture;
  for (const auto& [title, sql] : Queries()) {
    std::vector<std::string>& rows = picture[title] = Rows(sql);
    std::sort(rows.begin(), rows.end());
  }
  return picture;
}

std::vector<std::string> County::Log(const std::string& feed) {
  return Rows("SELECT CONCAT_WS(' ', seq, type, subject) FROM baoxue_" + feed +
              ".event_log WHERE feed = '" + feed + "' ORDER BY seq");
}

std::vector<std::string> Followed(const std::string& text) {
  std::vector<std::string> events;
  std::istringstream lines(text.substr(0, text.rfind('\n') + 1));
  for (std::string line; std::getline(lines, line);) {
    const json event = json::parse(line, nullptr, false);
    if (event.is_discarded()) {
      ADD_FAILURE() << "not an event: " << line;
      continue;
    }
    events.push_back(std::to_string(std::stoull(event["sequence"].get<std::string>())) + " " +
                     event["type"].get<std::string>() + " " + event.value("subject", ""));
  }
  return events;
}

void ExpectSound(County& county) {
  EXPECT_THAT(county.Rows("SELECT HEX(idem_key) FROM baoxue_attendance.roll_call GROUP BY idem_key "
                          "HAVING COUNT(*) > 1"),
              ::testing::IsEmpty())
      << "roll calls that stand twice";
  std::map<std::string, std::string> heads;
  for (const std::string& service : harness::Deployment::ServiceNames()) {
    const std::string database = "baoxue_" + service;
    const auto log = county.Rows("SELECT MIN(seq), COUNT(*), MAX(seq) FROM " + database +
                                 ".event_log WHERE feed = '" + service + "'");
    const auto head = county.Rows("SELECT last_seq FROM " + database +
                                  ".feed_counter WHERE feed = '" + service + "'");
    ASSERT_EQ(head.size(), 1u) << service;
    EXPECT_EQ(log, std::vector<std::string>{"1\t" + head[0] + "\t" + head[0]}) << service;
    heads[service] = head[0];
  }
  int followers = 0;
  for (const std::string& service : harness::Deployment::ServiceNames()) {
    for (const std::string& row :
         county.Rows("SELECT feed, seq FROM baoxue_" + service + ".feed_position")) {
      const std::string feed = row.substr(0, row.find('\t'));
      if (!heads.contains(feed)) continue;
      EXPECT_EQ(row, feed + "\t" + heads[feed]) << "how far " << service << " has followed";
      ++followers;
    }
  }
  EXPECT_GE(followers, 3);
  for (const json& service : county.Ask({"jobs", "dead"})) {
    EXPECT_TRUE(service["jobs"].empty()) << service;
  }
  EXPECT_TRUE(county.Ask({"doctor"})["well"]);
}

void ExpectSame(const Picture& calm, const Picture& disturbed) {
  for (const auto& [title, rows] : calm) {
    SCOPED_TRACE(title);
    const auto& others = disturbed.at(title);
    EXPECT_THAT(OnlyIn(rows, others), ::testing::IsEmpty()) << "only without faults";
    EXPECT_THAT(OnlyIn(others, rows), ::testing::IsEmpty()) << "only with faults";
  }
}

}  // namespace chaos
