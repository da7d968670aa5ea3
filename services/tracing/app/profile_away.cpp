#include "tracing/app/profile_away.h"

#include "base/date.h"

namespace tracing {
namespace {

using settings::Reader;

int Number(Reader& reader, std::string_view key, int fallback, int min, int max,
           std::string_view about) {
  return static_cast<int>(
      reader.Int(key, {.min = min, .max = max, .fallback = fallback, .about = about}));
}

// "08-31" of any year.
void ReadCutoff(Reader& reader, AwayRules& rules) {
  const std::string text =
      reader.String("cutoff", {.fallback = "08-31", .about = "month-day at which ages are taken"});
  const auto day = base::Date::Parse("2025-" + text);  // 02-29 is no cut-off
  if (!day.ok()) return reader.Problem("cutoff", "needs month-day, as in 08-31");
  rules.cutoff_month = static_cast<int>(day->month());
  rules.cutoff_day = static_cast<int>(day->day());
}

}  // namespace

void ReadAwayRules(Reader& reader, AwayRules& r) {
  (void)reader.String("source", {.about = "the document that these values follow"});
  r.enabled = reader.Bool("enabled", {.fallback = true, .about = "the list is kept"});
  r.visit_every_days = Number(reader, "visit_every_days", r.visit_every_days, 0, 366,
                              "calendar days between visits; 0: once a term, at its start");
  r.visit_days = Number(reader, "visit_days", r.visit_days, 1, 120, "working days for a visit");
  r.ask_days = Number(reader, "ask_days", r.ask_days, 0, 60,
                      "working days after the term's start until proof is asked by letter");
  r.proof_days = Number(reader, "proof_days", r.proof_days, 1, 120,
                        "working days after the term's start until proof is missing");
  r.age_max = Number(reader, "age_max", r.age_max, 6, 20, "completed years; older ones leave");
  ReadCutoff(reader, r);
  r.suspect = reader.Bool("suspect", {.fallback = r.suspect,
                                      .about = "missing proof is told as a suspected dropout"});
  r.visit_missing = reader.Bool(
      "visit_missing",
      {.fallback = r.visit_missing, .about = "missing proof is a township's task"});
  if (r.proof_days <= r.ask_days) reader.Problem("proof_days", "must be after ask_days");
}

void ReadHandOverRules(Reader& reader, HandOverRules& r) {
  (void)reader.String("source", {.about = "the rule that these values follow"});
  r.at_term_end = reader.Bool(
      "at_term_end", {.fallback = false, .about = "files of dropped-out migrants go home"});
  r.working_days_after = Number(reader, "working_days_after", r.working_days_after, 0, 60,
                                "after the term's last day");
  const bool given = reader.Has("states");
  const auto states = reader.Strings("states", "states of cases that are a confirmed dropout");
  if (given) r.states = {states.begin(), states.end()};
  if (r.at_term_end && r.states.empty()) reader.Problem("states", "needs at least one state");
}

}  // namespace tracing
