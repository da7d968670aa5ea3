#include "cli/sample/acts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "cli/sample/csv_file.h"
#include "cli/sample/rollcall_files.h"

namespace sample {
namespace {

constexpr int kReviewAfterDays = 31;  // the watch of a returned child: 30 days

enum class Who { kTeacher, kPrincipal, kBureau };

struct Act {
  base::Date day = {};
  bool early = false;
  std::uint32_t student = 0;
  Who who = Who::kTeacher;
  int level = 0;  // 0: any
  std::string_view kind = {};
  std::string_view method = {};
  std::string_view counterpart = {};
  std::string_view outcome = {};
  std::string_view text = {};
  std::string_view target = {};
  std::string evidence = {};
  std::string promised_on = {};
};

class Playwright {
 public:
  Playwright(const County& county, const TermDays& term, const Behaviour& behaviour)
      : county_(county), term_(term) {
    for (const Planted& one : behaviour.planted) kinds_[one.student] = one.kind;
    for (const Absence& one : behaviour.absences) {
      if (kinds_.contains(one.student)) {
        last_absent_[one.student] = std::max<int>(last_absent_[one.student], one.slot / 2);
      }
    }
  }

  void Write(const std::vector<ExpectedCase>& cases) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const std::string_view kind = kinds_[cases[i].student];
      const bool neglected = i % 4 == 0 && kind != "persuaded" && kind != "vanished_unknown";
      if (!neglected) Handle(cases[i], kind, i);
    }
    std::stable_sort(acts_.begin(), acts_.end(), [](const Act& a, const Act& b) {
      return std::tuple{a.day, !a.early} < std::tuple{b.day, !b.early};
    });
  }

  base::Status Save(const std::string& path) const {
    CsvFile file(path);
    file.Row({"日期", "时段", "学校标识码", "班号", "班内学号", "级别", "动作", "方式", "参加人员",
              "对象", "结果", "承诺返校日期", "说明", "佐证材料", "去向", "经办人工号", "经办人",
              "职务", "单位"});
    for (const Act& act : acts_) {
      const Person person = PersonOf(act);
      const SeatRef ref = RefOf(county_, act.student);
      const bool needs_people = act.kind == "visit" || act.kind == "persuasion";
      file.Row({act.day.ToString(), act.early ? "早" : "晚", ref.school, ref.class_no, ref.seat,
                act.level == 0 ? std::string{} : fmt::format("{}", act.level), act.kind, act.method,
                needs_people ? std::string_view{person.name} : "", act.counterpart, act.outcome,
                act.promised_on, act.text, act.evidence, act.target, person.id, person.name,
                person.role, person.body});
    }
    return file.Close();
  }

 private:
  struct Person {
    std::string id = {};
    std::string name = {};
    std::string role = {};
    std::string body = {};
  };

  Person PersonOf(const Act& act) const {
    const SchoolClass& in = county_.classes[county_.students[act.student].in_class];
    const School& school = county_.schools[in.school];
    switch (act.who) {
      case Who::kTeacher:
        return {in.teacher_id, in.teacher, "homeroom_teacher", school.code};
      case Who::kPrincipal:
        return {"P" + school.code.substr(4), school.principal, "principal", school.code};
      case Who::kBureau:
        break;
    }
    // The reviewer is another person than the handler.
    const bool review = act.kind == "review";
    return {review ? "B0002" : "B0001", review ? "审核员乙" : "经办员甲", "bureau_officer",
            county_.plan.bureau};
  }

  // The n-th school day after the case opened; nothing behind the term.
  std::optional<base::Date> DayAfter(const ExpectedCase& one, std::size_t n) const {
    const auto& days =
        term_.by_school[county_.classes[county_.students[one.student].in_class].school];
    const auto at = std::lower_bound(days.begin(), days.end(), one.opens_day);
    const auto left = static_cast<std::size_t>(days.end() - at);
    if (n >= left) return std::nullopt;
    return term_.days[at[static_cast<std::ptrdiff_t>(n)]];
  }

  void Add(const ExpectedCase& one, std::size_t after, Act act) {
    const auto day = DayAfter(one, after);
    // Nobody persuades a child who is back.
    const auto last = last_absent_.find(one.student);
    if (!day ||
        (last != last_absent_.end() && *day > term_.days[static_cast<std::size_t>(last->second)]))
      return;
    act.day = *day;
    act.student = one.student;
    acts_.push_back(std::move(act));
  }

  void Handle(const ExpectedCase& one, std::string_view kind, std::size_t number) {
    const bool lost = kind == "vanished_unknown";
    Add(one, 0,
        {.who = Who::kTeacher,
         .kind = "contact",
         .method = "电话",
         .counterpart = "监护人",
         .outcome = lost ? "未接通" : "已说明",
         .text = lost ? "多次拨打无人接听" : "家长称孩子不愿上学"});
    if (one.withdrawn_day >= 0) return;
    if (lost) return Search(one);
    Persuade(one, kind == "persuaded", number);
    if (kind == "persuaded") Welcome(one);
  }

  void Search(const ExpectedCase& one) {
    Add(one, 1,
        {.who = Who::kTeacher,
         .kind = "visit",
         .method = "家访",
         .counterpart = "监护人",
         .outcome = "未见到人",
         .text = "家中无人,邻居不知去向"});
    Add(one, 1,
        {.who = Who::kTeacher,
         .kind = "inquire",
         .outcome = "下落不明",
         .text = "向村(居)委会查询",
         .target = "村(居)委会"});
    Add(one, 2,
        {.who = Who::kPrincipal,
         .kind = "inquire",
         .outcome = "下落不明",
         .text = "请派出所协助查找",
         .target = "公安"});
    Add(one, 2,
        {.who = Who::kPrincipal,
         .kind = "mark_missing",
         .text = "两种方式均未联系上,村(居)委会和公安机关均不知下落"});
  }

  void Persuade(const ExpectedCase& one, bool works, std::size_t number) {
    const auto promised = DayAfter(one, 3);
    const bool promise = number % 3 == 1 && promised.has_value();
    Add(one, 1,
        {.early = true,
         .who = Who::kTeacher,
         .kind = "visit",
         .method = "家访",
         .counterpart = "监护人",
         .outcome = "已说明",
         .text = "到家了解情况"});
    Add(one, 1,
        {.who = Who::kTeacher,
         .kind = "persuasion",
         .method = "家访",
         .counterpart = "监护人",
         .outcome = promise ? "承诺" : "拒绝",
         .text = "班主任劝返",
         .promised_on = promise ? promised->ToString() : ""});
    Add(one, 1,
        {.who = Who::kTeacher, .level = 1, .kind = "report", .text = "班主任劝返无效,报告学校"});
    Add(one, 2,
        {.early = true,
         .who = Who::kPrincipal,
         .kind = "persuasion",
         .method = "家访",
         .counterpart = "监护人",
         .outcome = "拒绝",
         .text = "学校劝返工作组上门"});
    Add(one, 3,
        {.early = true,
         .who = Who::kPrincipal,
         .kind = "persuasion",
         .method = "家访",
         .counterpart = "学生",
         .outcome = works ? "返校" : "拒绝",
         .text = "学校劝返工作组再次上门"});
    Add(one, 3,
        {.who = Who::kPrincipal,
         .level = 2,
         .kind = "report",
         .text = "学校劝返无效,书面报告",
         .evidence = fmt::format("书面报告:校字{}号", number + 1)});
    Add(one, 4, {.who = Who::kBureau, .level = 3, .kind = "acknowledge", .text = "已收到书面报告"});
    if (number % 2 == 0) {
      Add(one, 5,
          {.who = Who::kBureau,
           .level = 3,
           .kind = "persuasion",
           .method = "联合",
           .counterpart = "监护人",
           .outcome = works ? "返校" : "拒绝",
           .text = "联合劝返"});
    }
  }

  // The child is back: papers at once, the review when the watch is over.
  void Welcome(const ExpectedCase& one) {
    const auto back = static_cast<std::size_t>(last_absent_[one.student]) + 1;
    if (back >= term_.days.size()) return;
    const std::string number = RefOf(county_, one.student).seat;
    acts_.push_back({.day = term_.days[back],
                     .student = one.student,
                     .who = Who::kTeacher,
                     .kind = "attach",
                     .text = "返校材料",
                     .evidence = fmt::format("复学登记:{};监护人承诺书:{}", number, number)});
    const base::Date review = term_.days[back] + std::chrono::days{kReviewAfterDays};
    const auto on = std::lower_bound(term_.days.begin(), term_.days.end(), review);
    if (on == term_.days.end()) return;
    acts_.push_back({.day = *on,
                     .student = one.student,
                     .who = Who::kBureau,
                     .kind = "review",
                     .text = "人账相符,同意销号"});
  }

  const County& county_;
  const TermDays& term_;
  std::map<std::uint32_t, std::string_view> kinds_;
  std::map<std::uint32_t, int> last_absent_;
  std::vector<Act> acts_;
};

}  // namespace

base::Status WriteActs(const County& county, const TermDays& term, const Behaviour& behaviour,
                       const std::vector<ExpectedCase>& cases, const std::string& path) {
  Playwright playwright(county, term, behaviour);
  playwright.Write(cases);
  return playwright.Save(path);
}

}  // namespace sample
