#include "cases/endpoints/profile_parts.h"

#include <fmt/format.h>

namespace cases {
namespace {

using settings::Reader;

constexpr std::int64_t kDaysMax = 1000;

int Number(Reader& reader, std::string_view key, std::string_view about,
           std::int64_t max = kDaysMax) {
  return static_cast<int>(
      reader.Int(key, {.min = 0, .max = max, .fallback = 0, .about = about}));
}

std::string Text(Reader& reader, std::string_view key, std::string_view about) {
  return reader.String(key, {.fallback = "", .about = about});
}

std::string Source(Reader& reader) {
  return Text(reader, "source", "the sentence or rule that it follows");
}

// {school_days: 3, at: "17:30"}: exactly one unit.
Due ReadDue(Reader& reader) {
  Due due;
  int units = 0;
  for (Unit unit : {Unit::kMinutes, Unit::kSchoolDays, Unit::kWorkingDays, Unit::kCalendarDays}) {
    const std::string key{UnitName(unit)};
    if (!reader.Has(key)) {
      reader.Skip(key);
      continue;
    }
    const std::int64_t most = unit == Unit::kMinutes ? 60 * 24 * 30 : kDaysMax;
    due.unit = unit;
    due.count = static_cast<int>(
        reader.Int(key, {.min = 1, .max = most, .about = "length of the period"}));
    ++units;
  }
  for (Unit unit : {Unit::kSameDay, Unit::kUntil}) {
    const std::string key{UnitName(unit)};
    if (!reader.Bool(key, {.fallback = false, .about = "due on that day itself"})) continue;
    due.unit = unit;
    ++units;
  }
  if (reader.Has("at")) {
    due.at_minute = reader.TimeOfDay("at", {.about = "time of day; day_end if absent"});
  } else {
    reader.Skip("at");
  }
  if (units != 1) {
    reader.Problem("", "a due time has exactly one of minutes, same_day, school_days, "
                         "working_days, calendar_days, until");
  }
  return due;
}

Way ReadWay(Reader& reader) {
  Way way;
  way.from = reader.Strings("from", "states that it leaves");
  way.by = reader.Strings("by", "acts that do it, or system");
  if (auto gate = reader.MaybeMap("gate", "what must hold")) way.gate = ReadGate(*gate);
  return way;
}

}  // namespace

Gate ReadGate(Reader& reader) {
  Gate gate;
  gate.level_min = Number(reader, "level_min", "at this level or higher");
  gate.persuasions_min = Number(reader, "persuasions_min", "recorded persuasions");
  gate.persuasion_days_min = Number(reader, "persuasion_days_min", "on so many different days");
  gate.joint_persuasions_min = Number(reader, "joint_persuasions_min", "joint persuasions");
  gate.home_visits_min = Number(reader, "home_visits_min", "home visits");
  gate.failed_routes_min = Number(reader, "failed_routes_min", "ways of contact that failed");
  gate.suspected_days_min =
      Number(reader, "suspected_days_min", "calendar days since the first absent day, >=");
  gate.inquiries = reader.Strings("inquiries", "bodies asked for the child's whereabouts");
  gate.waived_by = Text(reader, "waived_by", "evidence that stands in for persuasions");
  gate.tasks_done = reader.Strings("tasks_done", "tasks that must be done");
  gate.approvals = reader.Strings("approvals", "bodies that must have approved: A|B");
  gate.period_over =
      reader.Bool("period_over", {.fallback = false, .about = "the period of the order is over"});
  if (auto consent = reader.MaybeMap("group_consent", "for children of these groups")) {
    gate.group_consent = GroupConsent{
        .groups = consent->Strings("groups", "names of groups, as registry's tags"),
        .body = consent->String("body", {.about = "body that must have consented"})};
  }
  gate.presence = reader.Bool("presence", {.fallback = false, .about = "the watch is passed"});
  gate.other_person =
      reader.Bool("other_person", {.fallback = false, .about = "not who handled the closing"});
  gate.evidence = reader.Strings("evidence", "on file or with the act: A|B+C");
  gate.fields = reader.Strings("fields", "fields that the act must have");
  gate.until_months_max = Number(reader, "until_months_max", "longest period in months");
  gate.source = Source(reader);
  return gate;
}

State ReadState(Reader& reader) {
  State state;
  state.code = reader.String("code", {.about = "two digits"});
  state.name = reader.String("name", {.about = "shown to officials"});
  const std::string phase = reader.String(
      "phase", {.one_of = {"open", "watch", "settled", "closed", "withdrawn"},
                .about = "what kind of state it is"});
  state.phase = PhaseFromName(phase).value_or(Phase::kOpen);
  state.confirmed =
      reader.Bool("confirmed", {.fallback = false, .about = "the dropout is a verified fact"});
  state.body = Text(reader, "body", "who answers here; the level's body if absent");
  for (Reader& way : reader.List("ways", "how it is entered")) state.ways.push_back(ReadWay(way));
  if (auto list = reader.MaybeMap("checklist", "before the case may be closed from here")) {
    state.checklist = ReadGate(*list);
  }
  state.source = Source(reader);
  return state;
}

Body ReadBody(Reader& reader) {
  Body body;
  body.id = reader.String("id", {.about = "short name that levels and tasks use"});
  body.name = reader.String("name", {.about = "shown to officials"});
  const std::string kind =
      reader.String("kind", {.fallback = "fixed",
                             .one_of = {"class_teacher", "school", "town", "fixed"},
                             .about = "from the child's class and school, or always the same"});
  body.kind = kind == "class_teacher" ? BodyKind::kClassTeacher
              : kind == "school"      ? BodyKind::kSchool
              : kind == "town"        ? BodyKind::kTown
                                      : BodyKind::kFixed;
  body.person_id = Text(reader, "person_id", "staff or account number");
  body.person = Text(reader, "person", "name of that person");
  body.role = Text(reader, "role", "role of who acts for it");
  return body;
}

Level ReadLevel(Reader& reader) {
  Level level;
  level.number = static_cast<int>(
      reader.Int("level", {.min = 1, .max = 20, .about = "1, 2, 3, ... upward"}));
  level.name = reader.String("name", {.about = "shown to officials"});
  level.body = reader.String("body", {.about = "who answers at this level"});
  level.also = reader.Strings("also", "bodies that work along");
  if (auto gate = reader.MaybeMap("gate", "what must hold to come up here")) {
    level.gate = ReadGate(*gate);
  }
  level.source = Source(reader);
  return level;
}

Task ReadTask(Reader& reader) {
  Task task;
  task.id = reader.String("id", {.about = "name of the clock"});
  task.name = reader.String("name", {.about = "shown to officials"});
  task.level = Number(reader, "level", "level it belongs to; the case's if absent", 20);
  task.body = Text(reader, "body", "who does it; the level's body if absent");
  task.start = reader.Strings("start", "what starts it");
  Reader due = reader.Map("due", "when it falls due");
  task.due = ReadDue(due);
  task.done_by = reader.Strings("done_by", "acts that do it");
  if (auto gate = reader.MaybeMap("done_when", "and only if this holds")) {
    task.done_when = ReadGate(*gate);
  }
  task.states = reader.Strings("states", "where it lives; all open states if absent");
  task.repeat = reader.Bool("repeat", {.fallback = false, .about = "starts again when it ends"});
  task.check_presence =
      reader.Bool("check_presence", {.fallback = false, .about = "attendance is asked"});
  task.suspendable = reader.Bool("suspendable", {.fallback = true, .about = "may stand still"});
  task.until_level = Number(reader, "until_level", "moot from this level on", 20);
  if (auto expiry = reader.MaybeMap("on_expiry", "what happens when it is overdue")) {
    task.expiry_level = Number(*expiry, "level", "the case moves up to it", 20);
    task.expiry_keeps_gate = expiry->Bool(
        "keeps_gate", {.fallback = false, .about = "only if that level's gate is met"});
    task.expiry_state = Text(*expiry, "state", "the case goes into it");
  }
  task.source = Source(reader);
  return task;
}

Task ReadStanding(Reader& reader) {
  Task task;
  task.id = kStandingTask;
  task.name = reader.String("name", {.about = "shown to officials"});
  task.body = Text(reader, "body", "who does it; the level's body if absent");
  Reader due = reader.Map("due", "at least this often");
  task.due = ReadDue(due);
  task.done_by = reader.Strings("done_by", "acts that do it");
  task.repeat = true;
  task.source = Source(reader);
  return task;
}

Watch ReadWatch(Reader& reader) {
  Watch watch;
  watch.present_days = static_cast<int>(reader.Int(
      "present_days", {.min = 1, .max = 200, .about = "school days present in a row"}));
  watch.window_days = static_cast<int>(
      reader.Int("window_days", {.min = 0, .max = 400, .about = "calendar days since the return"}));
  (void)Source(reader);
  return watch;
}

namespace {

void ReadSuspected(Reader& reader, Triggers& triggers) {
  triggers.suspected.clear();
  for (Reader& one : reader.List("suspected", "by days of absence, rising")) {
    triggers.suspected.push_back(
        {.days_min = Number(one, "days_min", "of absence"),
         .level = static_cast<int>(one.Int(
             "level", {.min = 1, .max = 20, .fallback = 1, .about = "level of the new case"})),
         .state = one.String("state", {.about = "state of the new case"})});
    (void)Source(one);
  }
}

void ReadRelapse(Reader& reader, Triggers& triggers) {
  Reader relapse = reader.Map("relapse", "a new absence of a returned student");
  triggers.relapse_from = relapse.Strings("from", "states that it leaves");
  triggers.relapse_state = relapse.String("state", {.about = "if never confirmed before"});
  triggers.relapse_confirmed_state =
      relapse.String("confirmed_state", {.about = "if confirmed before"});
  triggers.reopen_days_max =
      Number(relapse, "reopen_days_max", "a case closed so recently is reopened");
  (void)Source(relapse);
}

void ReadRegistryRules(Reader& reader, Triggers& triggers) {
  triggers.registry.clear();
  for (Reader& one : reader.List("registry", "changes of enrolment")) {
    const std::string action = one.String(
        "do", {.one_of = {"perform", "propose", "note"}, .about = "what the change does here"});
    triggers.registry.push_back({.event = one.String("event", {.about = "registry.student.*"}),
                                 .action = action == "perform"   ? RegistryAction::kPerform
                                           : action == "propose" ? RegistryAction::kPropose
                                                                 : RegistryAction::kNote,
                                 .state = Text(one, "state", "the closing")});
  }
}

void ReadLetterRules(Reader& reader, Triggers& triggers) {
  triggers.letters.clear();
  for (Reader& one : reader.List("letters", "answers of other counties, by code")) {
    LetterRule rule;
    rule.code = one.String("code", {.about = "R01, ..., or WHERE, REFUSED, EXPIRED, "
                                            "PARKED, STUCK; other: every code without a rule"});
    const std::string action = one.String(
        "do", {.one_of = {"perform", "propose", "suspend", "note", "ask", "extend", "read"},
               .about = "what the answer does to the case that asked"});
    rule.action = LetterActionFromName(action).value_or(LetterAction::kRead);
    rule.states = one.Strings("states", "the closings that it speaks for");
    rule.evidence = Text(one, "evidence", "what it puts on file");
    rule.attached = one.Bool("attached", {.fallback = false, .about = "only with proof attached"});
    rule.source = Source(one);
    triggers.letters.push_back(std::move(rule));
  }
}

}  // namespace

Triggers ReadTriggers(Reader& reader, const Triggers* inherited) {
  Triggers triggers = inherited == nullptr ? Triggers{} : *inherited;
  const auto own = [&](std::string_view key) { return inherited == nullptr || reader.Has(key); };
  if (own("suspected")) ReadSuspected(reader, triggers);
  if (own("relapse")) ReadRelapse(reader, triggers);
  if (own("registry")) ReadRegistryRules(reader, triggers);
  if (own("letters")) ReadLetterRules(reader, triggers);
  if (own("found")) {
    Reader found = reader.Map("found", "cases found otherwise");
    triggers.found_state = found.String("state", {.about = "state of the new case"});
    triggers.found_level = static_cast<int>(found.Int(
        "level", {.min = 1, .max = 20, .fallback = 1, .about = "level of the new case"}));
  }
  if (own("returned")) {
    Reader returned = reader.Map("returned", "attendance saw the student again");
    triggers.returned_state = returned.String("state", {.about = "the watch"});
    triggers.returned_from = returned.Strings("from", "states that it leaves");
  }
  if (own("withdrawn")) {
    Reader withdrawn = reader.Map("withdrawn", "attendance took the absence back");
    triggers.withdrawn_state = withdrawn.String("state", {.about = "the withdrawal"});
    triggers.withdrawn_from = withdrawn.Strings("from", "states that it leaves");
  }
  if (own("match_classes")) {
    triggers.match_classes = reader.Strings("match_classes", "matches that open a case");
  }
  if (own("note_chronic")) {
    triggers.note_chronic =
        reader.Bool("note_chronic", {.fallback = true, .about = "chronic absence is noted"});
  }
  return triggers;
}

SkipReason ReadSkipReason(Reader& reader) {
  SkipReason reason;
  reason.name = reader.String("name", {.about = "what the officer names"});
  reason.waives_gate =
      reader.Bool("waives_gate", {.fallback = true, .about = "the levels' gates are waived"});
  reason.source = Source(reader);
  return reason;
}

}  // namespace cases
