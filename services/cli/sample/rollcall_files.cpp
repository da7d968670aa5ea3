#include "cli/sample/rollcall_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/sample/csv_file.h"

namespace sample {
namespace {

void AppendException(std::string& text, std::uint16_t seat, Mark mark) {
  if (!text.empty()) text.push_back(';');
  fmt::format_to(std::back_inserter(text), "{}:{}", seat, MarkChinese(mark));
}

// The exceptions of one class on one half-day as they stand after the corrections so far.
using Sheet = std::map<std::uint16_t, Mark>;

std::string SheetText(const Sheet& sheet) {
  std::string text;
  for (const auto& [seat, mark] : sheet) {
    if (mark != Mark::kPresent) AppendException(text, seat, mark);
  }
  return text;
}

Sheet FirstSheet(const County& county, const Behaviour& behaviour, std::uint32_t in_class,
                 std::uint16_t slot) {
  const SchoolClass& where = county.classes[in_class];
  const auto& all = behaviour.absences;
  auto at =
      std::lower_bound(all.begin(), all.end(), std::pair{slot, where.first_student},
                       [](const Absence& a, const std::pair<std::uint16_t, std::uint32_t>& key) {
                         return std::pair{a.slot, a.student} < key;
                       });
  Sheet sheet;
  const std::uint32_t end = where.first_student + where.students;
  for (; at != all.end() && at->slot == slot && at->student < end; ++at) {
    sheet[county.students[at->student].seat] = at->mark;
  }
  return sheet;
}

bool TeachesOn(const TermDays& term, std::uint32_t school, std::uint16_t day) {
  const auto& days = term.by_school[school];
  return std::binary_search(days.begin(), days.end(), day);
}

}  // namespace

std::string_view HalfChinese(int half) { return half == 0 ? "上午" : "下午"; }

SeatRef RefOf(const County& county, std::uint32_t student) {
  const Student& who = county.students[student];
  const SchoolClass& in = county.classes[who.in_class];
  return {.school = county.schools[in.school].code,
          .class_no = in.number,
          .seat = fmt::format("{}", who.seat)};
}

base::Status WriteRollCalls(const County& county, const TermDays& term, const Behaviour& behaviour,
                            const std::string& path, const Progress& progress) {
  std::set<std::pair<std::uint32_t, std::uint16_t>> late;
  for (const LateRollCall& one : behaviour.late) late.insert({one.in_class, one.slot});
  CsvFile file(path);
  file.Row({"日期", "半天", "学校标识码", "班号", "例外"});
  std::size_t next = 0;
  std::string exceptions;
  for (std::uint16_t slot = 0; slot < term.slots(); ++slot) {
    const auto day = static_cast<std::uint16_t>(slot / 2);
    const std::string date = term.days[day].ToString();
    for (std::uint32_t i = 0; i < county.classes.size(); ++i) {
      const SchoolClass& in = county.classes[i];
      exceptions.clear();
      for (; next < behaviour.absences.size(); ++next) {
        const Absence& absence = behaviour.absences[next];
        if (absence.slot != slot || absence.student >= in.first_student + in.students) break;
        AppendException(exceptions, county.students[absence.student].seat, absence.mark);
      }
      const std::pair key{i, slot};
      if (!TeachesOn(term, in.school, day) || late.contains(key) ||
          std::binary_search(behaviour.missing.begin(), behaviour.missing.end(), key)) {
        continue;
      }
      file.Row(
          {date, HalfChinese(slot % 2), county.schools[in.school].code, in.number, exceptions});
    }
    if (progress) progress(static_cast<int>(slot * 1000u / term.slots()));
  }
  return file.Close();
}

base::Status WriteLater(const County& county, const TermDays& term, const Behaviour& behaviour,
                        const std::string& path) {
  CsvFile file(path);
  file.Row({"提交日期", "日期", "半天", "学校标识码", "班号", "例外", "说明"});
  std::map<std::pair<std::uint32_t, std::uint16_t>, Sheet> sheets;
  const auto write = [&](std::uint32_t in_class, std::uint16_t slot, std::uint16_t on_day,
                         const Sheet& sheet, std::string_view why) {
    const SchoolClass& in = county.classes[in_class];
    file.Row({term.days[on_day].ToString(), term.days[slot / 2u].ToString(), HalfChinese(slot % 2),
              county.schools[in.school].code, in.number, SheetText(sheet), why});
  };
  std::size_t late = 0;
  std::size_t change = 0;
  for (std::uint16_t day = 0; day < term.days.size(); ++day) {
    for (; late < behaviour.late.size() && behaviour.late[late].on_day == day; ++late) {
      const LateRollCall& one = behaviour.late[late];
      write(one.in_class, one.slot, day, FirstSheet(county, behaviour, one.in_class, one.slot),
            "补点名");
    }
    for (; change < behaviour.corrections.size() && behaviour.corrections[change].on_day == day;
         ++change) {
      const Correction& one = behaviour.corrections[change];
      const std::uint32_t in_class = county.students[one.student].in_class;
      auto [at, fresh] = sheets.try_emplace({in_class, one.slot});
      if (fresh) at->second = FirstSheet(county, behaviour, in_class, one.slot);
      at->second[county.students[one.student].seat] = one.mark;
      write(in_class, one.slot, day, at->second, "更正");
    }
  }
  return file.Close();
}

base::Status WriteLeaves(const County& county, const TermDays& term, const Behaviour& behaviour,
                         const std::string& path) {
  CsvFile file(path);
  file.Row({"提交日期", "时段", "学校标识码", "班号", "班内学号", "类别", "开始日期", "开始半天",
            "结束日期", "结束半天", "事由", "处理"});
  for (const LeaveSlip& slip : behaviour.leaves) {
    const SeatRef who = RefOf(county, slip.student);
    file.Row({term.days[slip.on_day].ToString(), slip.moment == Moment::kEarly ? "早" : "晚",
              who.school, who.class_no, who.seat, slip.sick ? "病假" : "事假",
              term.days[slip.from_slot / 2u].ToString(), HalfChinese(slip.from_slot % 2),
              term.days[slip.to_slot / 2u].ToString(), HalfChinese(slip.to_slot % 2),
              slip.sick ? "感冒发热" : "家中有事", slip.approved ? "批准" : "不批准"});
  }
  return file.Close();
}

}  // namespace sample
