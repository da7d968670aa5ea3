#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cases/domain/acts.h"
#include "cases/domain/profile.h"

namespace cases {
namespace {

class Checker {
 public:
  explicit Checker(const Profile& profile) : profile_(profile) {}

  std::vector<std::string> Run() {
    Levels();
    States();
    Tasks();
    TriggersHold();
    if (profile_.inbox.body.empty()) Say("the county's inbox has no body");
    if (profile_.day_end_minute < 0 || profile_.day_end_minute >= 24 * 60) Say("bad day_end");
    return std::move(problems_);
  }

 private:
  void Say(std::string text) { problems_.push_back(std::move(text)); }

  void Body(std::string_view where, const std::string& id) {
    if (!id.empty() && profile_.FindBody(id) == nullptr) {
      Say(fmt::format("{}: no body '{}'", where, id));
    }
  }
  void State(std::string_view where, const std::string& code) {
    if (profile_.FindState(code) == nullptr) Say(fmt::format("{}: no state '{}'", where, code));
  }
  void OpenState(std::string_view where, const std::string& code) {
    State(where, code);
    if (profile_.PhaseOf(code) != Phase::kOpen) {
      Say(fmt::format("{}: state '{}' is not open", where, code));
    }
  }
  void Level(std::string_view where, int number) {
    if (profile_.FindLevel(number) == nullptr) Say(fmt::format("{}: no level {}", where, number));
  }
  void Act(std::string_view where, std::string_view pattern) {
    const std::string_view kind = pattern.substr(0, pattern.find(':'));
    const ActSpec* spec = FindAct(kind);
    if (spec == nullptr) {
      Say(fmt::format("{}: no act '{}'", where, kind));
    } else if (spec->act_class == ActClass::kEdit) {
      Say(fmt::format("{}: '{}' is an edit and touches no clock", where, kind));
    }
  }
  void GateHolds(std::string_view where, const Gate& gate) {
    if (gate.level_min > 0) Level(where, gate.level_min);
    for (const std::string& expression : gate.approvals) {
      for (std::size_t at = 0; at <= expression.size();) {
        const std::size_t bar = std::min(expression.find('|', at), expression.size());
        Body(where, expression.substr(at, bar - at));
        at = bar + 1;
      }
    }
    for (const std::string& task : gate.tasks_done) {
      if (profile_.FindTask(task) == nullptr) Say(fmt::format("{}: no task '{}'", where, task));
    }
    if (gate.group_consent) Body(where, gate.group_consent->body);
    for (const std::string& field : gate.fields) {
      if (FieldChinese(field) == field) Say(fmt::format("{}: no field '{}'", where, field));
    }
  }

  void Levels() {
    if (profile_.levels.empty()) Say("levels: at least one");
    for (std::size_t i = 0; i < profile_.levels.size(); ++i) {
      const auto& level = profile_.levels[i];
      const std::string where = fmt::format("level {}", level.number);
      if (level.number != static_cast<int>(i) + 1) Say(where + ": levels are 1, 2, 3, ...");
      if (level.body.empty()) Say(where + ": no body");
      Body(where, level.body);
      for (const std::string& body : level.also) Body(where, body);
      GateHolds(where, level.gate);
    }
  }

  void States() {
    std::set<std::string> codes;
    for (const auto& state : profile_.states) {
      const std::string where = fmt::format("state {}", state.code);
      if (!codes.insert(state.code).second) Say(where + ": twice");
      Body(where, state.body);
      GateHolds(where, state.checklist);
      for (const Way& way : state.ways) {
        for (const std::string& from : way.from) State(where, from);
        for (const std::string& by : way.by) {
          if (by != "system") Act(where, by);
        }
        GateHolds(where, way.gate);
      }
    }
  }

  void Condition(const std::string& where, const std::string& condition) {
    static const std::set<std::string> kPlain{"opened", "reopened", "watch_passed"};
    if (kPlain.contains(condition)) return;
    const std::size_t colon = condition.find(':');
    const std::string kind = condition.substr(0, colon);
    const std::string rest = colon == std::string::npos ? "" : condition.substr(colon + 1);
    const std::string value = rest.substr(0, rest.find('@'));
    int number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    if (kind == "level") {
      Level(where, number);
    } else if (kind == "state") {
      State(where, value);
    } else if (kind == "act") {
      Act(where, value);
    } else if (kind == "letter") {
      const bool code = value.size() == 3 && value.starts_with('R');
      if (!code && !LetterActionFromName(value)) {
        Say(fmt::format("{}: letter:'{}' is neither a code nor an action", where, value));
      }
    } else if (kind == "done" || kind == "expired") {
      if (profile_.FindTask(value) == nullptr) Say(fmt::format("{}: no task '{}'", where, value));
    } else {
      Say(fmt::format("{}: start '{}' is none of opened, reopened, watch_passed, level:, "
                      "state:, act:, done:, expired:, letter:", where, condition));
    }
  }

  void CheckTask(const Task& task) {
    const std::string where = fmt::format("task {}", task.id);
    if (task.level > 0) Level(where, task.level);
    Body(where, task.body);
    if (task.done_when) GateHolds(where, *task.done_when);
    for (const std::string& pattern : task.done_by) Act(where, pattern);
    for (const std::string& state : task.states) {
      State(where, state);
      if (IsOver(profile_.PhaseOf(state))) Say(where + ": lives in a state that is over");
    }
    if (task.expiry_level > 0) Level(where, task.expiry_level);
    if (!task.expiry_state.empty()) State(where, task.expiry_state);
    if (task.due.count < 0) Say(where + ": negative period");
    const bool counted = task.due.unit != Unit::kSameDay && task.due.unit != Unit::kUntil;
    if (counted && task.due.count == 0) Say(where + ": a period of nothing");
  }

  void Tasks() {
    std::set<std::string> ids;
    for (const Task& task : profile_.tasks) {
      CheckTask(task);
      if (task.id.empty() || !ids.insert(task.id).second || task.id == profile_.standing.id) {
        Say(fmt::format("task '{}': empty id or twice", task.id));
      }
      if (task.start.empty()) Say(fmt::format("task {}: nothing starts it", task.id));
      for (const std::string& condition : task.start) Condition("task " + task.id, condition);
    }
    CheckTask(profile_.standing);
    if (profile_.standing.id != kStandingTask) Say("standing: missing");
    const Unit unit = profile_.standing.due.unit;
    if (unit == Unit::kUntil || unit == Unit::kMinutes) Say("standing: due in days only");
  }

  void TriggersHold() {
    const Triggers& t = profile_.triggers;
    if (t.suspected.empty()) Say("triggers.suspected: at least one");
    for (const OpenRule& rule : t.suspected) {
      OpenState("triggers.suspected", rule.state);
      Level("triggers.suspected", rule.level);
    }
    OpenState("triggers.found", t.found_state);
    Level("triggers.found", t.found_level);
    OpenState("triggers.relapse", t.relapse_state);
    OpenState("triggers.relapse", t.relapse_confirmed_state);
    for (const std::string& state : t.relapse_from) State("triggers.relapse.from", state);
    for (const std::string& state : t.returned_from) State("triggers.returned.from", state);
    for (const std::string& state : t.withdrawn_from) State("triggers.withdrawn.from", state);
    if (profile_.PhaseOf(t.returned_state) != Phase::kWatch) {
      Say("triggers.returned: its state must be one of phase watch");
    }
    if (profile_.PhaseOf(t.withdrawn_state) != Phase::kWithdrawn) {
      Say("triggers.withdrawn: its state must be one of phase withdrawn");
    }
    for (const RegistryRule& rule : t.registry) {
      if (rule.action != RegistryAction::kNote) State("triggers.registry", rule.state);
    }
    LettersHold(t.letters);
  }

  void LettersHold(const std::vector<LetterRule>& rules) {
    std::set<std::string> codes;
    for (const LetterRule& rule : rules) {
      const std::string where = fmt::format("triggers.letters {}", rule.code);
      const bool fate = std::find(kLetterFates.begin(), kLetterFates.end(), rule.code) !=
                        kLetterFates.end();
      const bool known = rule.code == kOtherCode || fate ||
                         (rule.code.size() == 3 && rule.code.starts_with('R'));
      if (!known || !codes.insert(rule.code).second) Say(where + ": no code, or twice");
      for (const std::string& state : rule.states) {
        State(where, state);
        if (profile_.PhaseOf(state) != Phase::kSettled) Say(where + ": not a closing: " + state);
      }
      const bool closes =
          rule.action == LetterAction::kPerform || rule.action == LetterAction::kPropose;
      if (closes && rule.states.empty()) Say(where + ": which closing?");
      if (rule.action == LetterAction::kPerform && rule.states.size() > 1) {
        Say(where + ": only one closing can be performed");
      }
    }
  }

  const Profile& profile_;
  std::vector<std::string> problems_;
};

}  // namespace

base::Status Validate(const Profile& profile) {
  const std::vector<std::string> problems = Checker(profile).Run();
  if (problems.empty()) return {};
  return base::Error{base::Code::kInvalidArgument, "BAD_PROFILE",
                     fmt::format("{}", fmt::join(problems, "\n"))};
}

}  // namespace cases
