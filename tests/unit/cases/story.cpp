#include "unit/cases/story.h"

#include <fmt/format.h>

namespace cases::testing {
namespace {

Task MakeTask(std::string id, std::string name, int level, std::vector<std::string> start, Due due,
              std::vector<std::string> done_by) {
  Task task;
  task.id = std::move(id);
  task.name = std::move(name);
  task.level = level;
  task.start = std::move(start);
  task.due = due;
  task.done_by = std::move(done_by);
  return task;
}

std::vector<Body> SmallBodies() {
  return {
      {.id = "class_teacher", .name = "班主任", .kind = BodyKind::kClassTeacher,
       .role = "homeroom_teacher"},
      {.id = "school", .name = "学校", .kind = BodyKind::kSchool, .role = "principal"},
      {.id = "town", .name = "街道", .kind = BodyKind::kTown},
      {.id = "bureau", .name = "区教育局", .role = "bureau_officer"},
      {.id = "government", .name = "区政府"},
      {.id = "justice", .name = "司法局"},
      {.id = "rural_group", .name = "乡村振兴工作领导小组"},
  };
}

std::vector<Level> SmallLevels() {
  std::vector<Level> levels{
      {.number = 1, .name = "班主任", .body = "class_teacher"},
      {.number = 2, .name = "学校", .body = "school"},
      {.number = 3, .name = "区教育局", .body = "bureau"},
      {.number = 4, .name = "区政府", .body = "government"},
      {.number = 5, .name = "司法部门", .body = "justice"},
  };
  levels[1].gate.persuasions_min = 1;
  levels[2].gate.evidence = {"书面报告"};
  levels[3].gate.persuasions_min = 3;
  levels[3].gate.persuasion_days_min = 2;
  levels[3].gate.home_visits_min = 1;
  levels[4].gate.period_over = true;
  return levels;
}

std::vector<State> SmallStates() {
  std::vector<State> states{
      {.code = "10", .name = "疑似辍学"},
      {.code = "20", .name = "核查中"},
      {.code = "30", .name = "辍学", .confirmed = true},
      {.code = "31", .name = "失联"},
      {.code = "32", .name = "责令限期复学", .confirmed = true},
      {.code = "33", .name = "司法程序", .confirmed = true},
      {.code = "40", .name = "复学", .phase = Phase::kWatch, .body = "class_teacher"},
      {.code = "41", .name = "已转学", .phase = Phase::kSettled, .body = "bureau"},
      {.code = "42", .name = "延缓入学", .phase = Phase::kSettled, .body = "school"},
      {.code = "43", .name = "休学", .phase = Phase::kSettled, .body = "school"},
      {.code = "48", .name = "死亡", .phase = Phase::kSettled, .body = "bureau"},
      {.code = "80", .name = "销号", .phase = Phase::kClosed},
      {.code = "90", .name = "误报", .phase = Phase::kWithdrawn},
  };
  const std::vector<std::string> open{"10", "20", "30", "31", "32", "33"};
  states[0].ways = {{.from = {"41", "43", "80"}, .by = {"reopen"}}};
  states[1].ways = {{.from = {"10"}, .by = {"contact", "visit", "persuasion", "inquire"}}};
  states[2].ways = {
      {.from = {"20"}, .by = {"confirm_dropout"},
       .gate = {.persuasions_min = 1, .suspected_days_min = 28}},
      {.from = {"31"}, .by = {"confirm_dropout"}}};
  states[3].ways = {{.from = {"20"}, .by = {"mark_missing"},
                     .gate = {.failed_routes_min = 2, .inquiries = {"村(居)委会", "公安"}}}};
  states[4].ways = {{.from = {"30"}, .by = {"order"},
                     .gate = {.level_min = 3, .evidence = {"送达回证"}, .fields = {"until"},
                              .until_months_max = 2}}};
  states[5].ways = {{.from = {"32"}, .by = {"court"}, .gate = {.period_over = true}}};
  states[6].ways = {{.from = {"10", "20", "30", "31", "32", "33", "43"},
                     .by = {"returned", "resolve", "system"}}};
  states[6].checklist = {.presence = true, .evidence = {"复学登记"}};
  states[7].ways = {{.from = {"10", "20", "30", "31"}, .by = {"resolve"},
                     .gate = {.evidence = {"转学完成|就读证明+外校学籍号"}}},
                    {.from = open, .by = {"system"}}};
  const Gate refuser{.joint_persuasions_min = 3,
                     .waived_by = "判决书|裁定书",
                     .group_consent = GroupConsent{{"脱贫户", "监测户"}, "rural_group"},
                     .fields = {"until"},
                     .until_months_max = 12};
  states[8].ways = {{.from = {"10", "20"}, .by = {"resolve"},
                     .gate = {.approvals = {"bureau|town"}, .evidence = {"申请书"},
                              .fields = {"until"}, .until_months_max = 12}},
                    {.from = {"30"}, .by = {"resolve"}, .gate = refuser}};
  states[9].ways = {{.from = open, .by = {"system"}, .gate = {.until_months_max = 12}},
                    {.from = {"20"}, .by = {"resolve"},
                     .gate = {.tasks_done = {"mark"}, .fields = {"until"},
                              .until_months_max = 12}}};
  states[10].ways = {{.from = open, .by = {"system"}}};
  const Gate other_person{.other_person = true};
  states[11].ways = {{.from = {"40", "41", "48"}, .by = {"review"}, .gate = other_person}};
  states[12].ways = {{.from = {"10", "20"}, .by = {"withdraw"}, .gate = {.evidence = {"请假条"}}}};
  return states;
}

std::vector<Task> SmallTasks() {
  std::vector<Task> tasks{
      MakeTask("contact", "联系监护人", 1, {"opened", "reopened"},
               {.unit = Unit::kSameDay, .at_minute = 18 * 60}, {"contact", "visit", "persuasion"}),
      MakeTask("visit", "家访", 1, {"opened"}, {.unit = Unit::kSchoolDays, .count = 1},
               {"visit", "persuasion:家访"}),
      MakeTask("report_school", "班主任报告学校", 1, {"level:1"},
               {.unit = Unit::kSchoolDays, .count = 2}, {"report"}),
      MakeTask("mark", "学籍标注", 2, {"level:2"}, {.unit = Unit::kCalendarDays, .count = 7},
               {"mark_registry"}),
      MakeTask("report_bureau", "书面报告", 2, {"level:2"},
               {.unit = Unit::kWorkingDays, .count = 2}, {"report"}),
      MakeTask("ack", "签收", 3, {"level:3"}, {.unit = Unit::kWorkingDays, .count = 2},
               {"acknowledge", "return_with_reason"}),
      MakeTask("to_government", "提请区政府", 3, {"act:acknowledge@3", "expired:ack"},
               {.unit = Unit::kWorkingDays, .count = 3}, {"escalate", "report"}),
      MakeTask("order_period", "责令期限", 4, {"state:32"}, {.unit = Unit::kUntil}, {}),
      MakeTask("watch", "核对出勤", 1, {"state:40"}, {.unit = Unit::kSchoolDays, .count = 5}, {}),
      MakeTask("review", "销号审核", 3, {"watch_passed", "state:41", "state:48"},
               {.unit = Unit::kWorkingDays, .count = 5}, {"review"}),
      MakeTask("until_over", "期满复核", 2, {"state:42", "state:43"}, {.unit = Unit::kUntil}, {}),
      MakeTask("urgent", "一小时内报告", 2, {"act:mandatory_report"},
               {.unit = Unit::kMinutes, .count = 60}, {"acknowledge", "refer"}),
  };
  tasks[2].until_level = 2;
  tasks[2].expiry_level = 2;
  tasks[4].until_level = 3;
  tasks[4].expiry_level = 3;
  tasks[6].until_level = 4;
  tasks[6].repeat = true;
  tasks[6].expiry_level = 4;
  tasks[6].expiry_keeps_gate = true;
  tasks[7].states = {"32"};
  tasks[7].suspendable = false;
  tasks[7].expiry_level = 5;
  tasks[8].states = {"40"};
  tasks[8].body = "class_teacher";
  tasks[8].check_presence = true;
  tasks[8].suspendable = false;
  tasks[9].states = {"40", "41", "48"};
  tasks[9].body = "bureau";
  tasks[9].repeat = true;
  tasks[10].states = {"42", "43"};
  tasks[10].body = "school";
  tasks[10].expiry_state = "10";
  tasks[10].suspendable = false;
  return tasks;
}

}  // namespace

base::UtcTime At(std::string_view local) {
  const auto day = base::Date::Parse(local.substr(0, 10));
  const int hour = std::stoi(std::string{local.substr(11, 2)});
  const int minute = std::stoi(std::string{local.substr(14, 2)});
  return base::InstantAt(*day, hour * 60 + minute);
}

base::Date Day(std::string_view iso) { return *base::Date::Parse(iso); }

base::Calendar AutumnCalendar() {
  std::set<base::Date> holidays;
  for (const auto& [first, last] : {std::pair{"2026-09-25", "2026-09-27"},
                                    std::pair{"2026-10-01", "2026-10-07"}}) {
    for (base::Date day = Day(first); day <= Day(last); ++day) holidays.insert(day);
  }
  auto calendar = base::Calendar::Make(
      {{.name = "上学期", .first = Day("2026-09-01"), .last = Day("2027-01-22")},
       {.name = "下学期", .first = Day("2027-02-22"), .last = Day("2027-07-02")}},
      holidays, {{Day("2026-09-20"), std::nullopt}, {Day("2026-10-10"), std::nullopt}});
  return *calendar;
}

Profile SmallProfile() {
  Profile profile;
  profile.from = Day("2026-01-01");
  profile.source = "测试";
  profile.inbox = {.level = "区教育局", .body = "区教育局", .person_id = "inbox", .person = "值班"};
  profile.bodies = SmallBodies();
  profile.levels = SmallLevels();
  profile.states = SmallStates();
  profile.tasks = SmallTasks();
  profile.standing = MakeTask(std::string{kStandingTask}, "继续劝返", 0, {},
                              {.unit = Unit::kSchoolDays, .count = 5}, {"persuasion", "visit"});
  profile.standing.repeat = true;
  profile.watch = {.present_days = 5, .window_days = 14};
  profile.skip_reasons = {{.name = "失联"}, {.name = "强制报告", .waives_gate = false}};
  Triggers& triggers = profile.triggers;
  triggers.suspected = {{.days_min = 1, .level = 1, .state = "10"},
                        {.days_min = 10, .level = 2, .state = "10"}};
  triggers.found_state = "10";
  triggers.relapse_from = {"40", "41", "80"};
  triggers.relapse_state = "10";
  triggers.relapse_confirmed_state = "30";
  triggers.reopen_days_max = 100;
  triggers.returned_state = "40";
  triggers.returned_from = {"10", "20", "30", "31", "32", "33"};
  triggers.withdrawn_state = "90";
  triggers.withdrawn_from = {"10", "20", "40"};
  triggers.match_classes = {"B11"};
  triggers.registry = {{"transferred_out", RegistryAction::kPerform, "41"},
                       {"deceased", RegistryAction::kPerform, "48"},
                       {"suspended", RegistryAction::kPerform, "43"},
                       {"resumed", RegistryAction::kPerform, "40"},
                       {"left_over_age", RegistryAction::kPropose, "41"},
                       {"graduated", RegistryAction::kNote, ""}};
  return profile;
}

Actor Teacher() { return {"t1", "林老师", "homeroom_teacher", "3502"}; }
Actor Principal() { return {"p1", "陈校长", "principal", "3502"}; }
Actor Officer() { return {"o1", "王科长", "bureau_officer", "350212"}; }
Actor Reviewer() { return {"o2", "李科员", "bureau_officer", "350212"}; }

base::Status Story::Give(std::string_view local, const Command& command,
                         std::optional<Presence> presence) {
  const Context context{
      .profiles = profiles_, .calendar = calendar_, .now = At(local), .presence = presence};
  base::Result<std::vector<Entry>> entries = Decide(history_, command, context);
  if (!entries.ok()) return entries.error();
  for (Entry& entry : *entries) history_.push_back(std::move(entry));
  return {};
}

void Story::Suspect(std::string_view local, std::string_view first_absent, std::int64_t streak,
                    int days) {
  Signal signal;
  signal.at = At(local);
  signal.found_by = "考勤";
  signal.reference = fmt::format("streak/{}", streak);
  signal.reason = "无故缺勤";
  signal.first_absent = Day(first_absent);
  signal.streak = StreakId{streak};
  signal.days = days;
  signal.contacts = {.student_name = "张小明",
                     .school_code = "2135000001",
                     .school_name = "第一小学",
                     .town = "大同街道",
                     .class_id = ClassId{7},
                     .class_name = "三年级2班",
                     .teacher_id = "t1",
                     .teacher = "林老师"};
  EXPECT_DONE(Give(local, signal));
}

base::Status Story::Do(std::string_view local, const Act& act, const Actor& actor) {
  return Give(local, PersonActs{.act = act, .actor = actor});
}

void Story::Wait(std::string_view local, std::optional<Presence> presence) {
  EXPECT_DONE(Give(local, Tick{}, presence));
}

void Story::PersuadeThrice(std::string_view first_day, std::string_view second_day) {
  EXPECT_DONE(Do(fmt::format("{} 09:00", first_day), Persuasion()));
  EXPECT_DONE(Do(fmt::format("{} 10:00", first_day), Persuasion("家访")));
  EXPECT_DONE(Do(fmt::format("{} 09:00", second_day), Persuasion("联合")));
}

View Story::See(std::string_view local, const Actor* actor) const {
  return Evaluate(history_, profiles_, calendar_, At(local), actor);
}

int Story::Count(EntryKind kind) const {
  return static_cast<int>(std::count_if(history_.begin(), history_.end(),
                                        [&](const Entry& e) { return e.kind == kind; }));
}

std::string Story::ClockStory(std::string_view clock) const {
  std::string text;
  for (const Entry& entry : history_) {
    if (entry.clock != clock) continue;
    const std::string name{EntryKindName(entry.kind)};
    text += (text.empty() ? "" : " ") + name.substr(name.find('_') + 1);
  }
  return text;
}

Act Contact(std::string outcome) {
  Act act;
  act.kind = "contact";
  act.method = "电话";
  act.outcome = std::move(outcome);
  return act;
}
Act Visit(std::string outcome) {
  Act act;
  act.kind = "visit";
  act.participants = {"林老师"};
  act.outcome = std::move(outcome);
  return act;
}
Act Persuasion(std::string method, std::string outcome) {
  Act act;
  act.kind = "persuasion";
  act.method = std::move(method);
  act.participants = {"林老师"};
  act.counterpart = "监护人";
  act.outcome = std::move(outcome);
  return act;
}
Act Report() {
  Act act = Kind("report");
  act.evidence = {"书面报告:1"};
  return act;
}
Act Kind(std::string kind, std::string text) {
  Act act;
  act.kind = std::move(kind);
  act.text = std::move(text);
  return act;
}
Act Resolve(std::string target, std::vector<std::string> evidence,
            std::optional<base::Date> until) {
  Act act;
  act.kind = "resolve";
  act.target = std::move(target);
  act.evidence = std::move(evidence);
  act.until = until;
  return act;
}
Act Approve(std::string body, std::string_view yes) {
  Act act;
  act.kind = "approve";
  act.target = std::move(body);
  act.approve = yes == "yes";
  return act;
}

}  // namespace cases::testing
