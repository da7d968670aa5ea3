#include "cli/rehearsal/sample_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <unordered_map>

namespace cli {
namespace {

using base::Code;
using base::Error;

// Cells of a row by column name.
class Columns {
 public:
  Columns(std::string path, const std::vector<std::string>& header) : path_(std::move(path)) {
    for (std::size_t i = 0; i < header.size(); ++i) index_[header[i]] = i;
  }
  base::Status Need(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      if (!index_.contains(name)) return Bad(1, fmt::format("没有「{}」列", name));
    }
    return {};
  }
  const std::string& Cell(const tables::Row& row, const char* name) const {
    static const std::string kEmpty;
    const auto found = index_.find(name);
    return found == index_.end() || found->second >= row.cells.size() ? kEmpty
                                                                      : row.cells[found->second];
  }
  base::Result<base::Date> Day(const tables::Row& row, const char* name) const {
    auto day = base::Date::Parse(Cell(row, name));
    if (!day.ok()) return Bad(row.number, fmt::format("「{}」不是日期", name));
    return day;
  }
  Error Bad(std::uint64_t row, const std::string& text) const {
    return {Code::kInvalidArgument, "BAD_SAMPLE", fmt::format("{} 第 {} 行:{}", path_, row, text)};
  }

 private:
  std::string path_;
  std::unordered_map<std::string, std::size_t> index_;
};

// "a;b" -> a, b.
std::vector<std::string> Parts(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

base::Result<std::vector<SampleException>> ReadExceptions(const std::string& text) {
  std::vector<SampleException> list;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    const std::size_t colon = text.find(':', at);
    if (colon >= end) return Error{Code::kInvalidArgument, "BAD_SAMPLE", "例外写法不对:" + text};
    ASSIGN_OR_RETURN(const Mark mark,
                     ReadMark(std::string_view{text}.substr(colon + 1, end - colon - 1)));
    list.push_back({.seat = text.substr(at, colon - at), .mark = mark});
    at = end + 1;
  }
  return list;
}

base::Result<SampleRollCall> ReadRollCall(const Columns& columns, const tables::Row& row) {
  SampleRollCall call;
  ASSIGN_OR_RETURN(call.day, columns.Day(row, "日期"));
  ASSIGN_OR_RETURN(call.half, ReadHalf(columns.Cell(row, "半天")));
  call.school = columns.Cell(row, "学校标识码");
  call.class_no = columns.Cell(row, "班号");
  auto exceptions = ReadExceptions(columns.Cell(row, "例外"));
  if (!exceptions.ok()) return columns.Bad(row.number, exceptions.error().detail);
  call.exceptions = std::move(exceptions).value();
  return call;
}

// Calls `take` with each row behind the header, if the file is there.
template <class Take>
base::Status EachRow(const std::string& path, std::initializer_list<const char*> needed,
                     Take take) {
  if (!std::filesystem::exists(path)) return {};
  ASSIGN_OR_RETURN(const auto table, tables::Open(path));
  tables::Row row;
  ASSIGN_OR_RETURN(const bool any, table->Next(row));
  if (!any) return {};
  const Columns columns(path, row.cells);
  RETURN_IF_ERROR(columns.Need(needed));
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, table->Next(row));
    if (!more) return {};
    RETURN_IF_ERROR(take(columns, row));
  }
}

constexpr std::initializer_list<const char*> kRollCallColumns{"日期", "半天", "学校标识码", "班号",
                                                              "例外"};

// The stream's own header is row 1 of every sample; its columns stand in this order.
const Columns& RollCallColumns() {
  static const Columns kColumns("rollcalls.csv", {"日期", "半天", "学校标识码", "班号", "例外"});
  return kColumns;
}

}  // namespace

base::Result<SampleTerm> SampleTerm::Open(const std::string& folder) {
  SampleTerm term;
  ASSIGN_OR_RETURN(term.roll_calls_, tables::Open(folder + "/rollcalls.csv"));
  tables::Row header;
  ASSIGN_OR_RETURN(const bool any, term.roll_calls_->Next(header));
  if (!any ||
      header.cells != std::vector<std::string>(kRollCallColumns.begin(), kRollCallColumns.end())) {
    return RollCallColumns().Bad(1, "表头应为 日期,半天,学校标识码,班号,例外");
  }
  RETURN_IF_ERROR(term.ReadLater(folder + "/later.csv"));
  RETURN_IF_ERROR(term.ReadLeaves(folder + "/leaves.csv"));
  RETURN_IF_ERROR(term.ReadActs(folder + "/acts.csv"));
  return term;
}

base::Result<std::vector<SampleRollCall>> SampleTerm::NextDay() {
  std::vector<SampleRollCall> calls;
  if (has_ahead_) calls.push_back(std::move(ahead_));
  has_ahead_ = false;
  tables::Row row;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, roll_calls_->Next(row));
    if (!more) return calls;
    ASSIGN_OR_RETURN(SampleRollCall call, ReadRollCall(RollCallColumns(), row));
    if (!calls.empty() && call.day != calls.front().day) {
      if (call.day < calls.front().day) return RollCallColumns().Bad(row.number, "日期倒退");
      ahead_ = std::move(call);
      has_ahead_ = true;
      return calls;
    }
    calls.push_back(std::move(call));
  }
}

base::Status SampleTerm::ReadLater(const std::string& path) {
  return EachRow(path, {"提交日期", "日期", "半天", "学校标识码", "班号", "例外"},
                 [this](const Columns& columns, const tables::Row& row) -> base::Status {
                   ASSIGN_OR_RETURN(const base::Date day, columns.Day(row, "提交日期"));
                   ASSIGN_OR_RETURN(SampleRollCall call, ReadRollCall(columns, row));
                   later[day].push_back(std::move(call));
                   return {};
                 });
}

base::Status SampleTerm::ReadLeaves(const std::string& path) {
  return EachRow(path,
                 {"提交日期", "时段", "学校标识码", "班号", "班内学号", "类别", "开始日期",
                  "结束日期", "处理"},
                 [this](const Columns& columns, const tables::Row& row) -> base::Status {
                   ASSIGN_OR_RETURN(const base::Date day, columns.Day(row, "提交日期"));
                   SampleLeave leave{.early = columns.Cell(row, "时段") == "早",
                                     .school = columns.Cell(row, "学校标识码"),
                                     .class_no = columns.Cell(row, "班号"),
                                     .seat = columns.Cell(row, "班内学号"),
                                     .sick = columns.Cell(row, "类别") == "病假",
                                     .reason = columns.Cell(row, "事由"),
                                     .approved = columns.Cell(row, "处理") == "批准"};
                   ASSIGN_OR_RETURN(leave.from, columns.Day(row, "开始日期"));
                   ASSIGN_OR_RETURN(leave.to, columns.Day(row, "结束日期"));
                   ASSIGN_OR_RETURN(leave.from_half, ReadHalf(columns.Cell(row, "开始半天")));
                   ASSIGN_OR_RETURN(leave.to_half, ReadHalf(columns.Cell(row, "结束半天")));
                   leaves[day].push_back(std::move(leave));
                   return {};
                 });
}

base::Status SampleTerm::ReadActs(const std::string& path) {
  return EachRow(path, {"日期", "时段", "学校标识码", "班号", "班内学号", "动作"},
                 [this](const Columns& columns, const tables::Row& row) -> base::Status {
                   ASSIGN_OR_RETURN(const base::Date day, columns.Day(row, "日期"));
                   SampleAct made{.early = columns.Cell(row, "时段") == "早",
                                  .school = columns.Cell(row, "学校标识码"),
                                  .class_no = columns.Cell(row, "班号"),
                                  .seat = columns.Cell(row, "班内学号")};
                   baoxue::cases::v1::Act& act = made.act;
                   act.set_kind(columns.Cell(row, "动作"));
                   act.set_method(columns.Cell(row, "方式"));
                   for (std::string& who : Parts(columns.Cell(row, "参加人员"))) {
                     act.add_participants(std::move(who));
                   }
                   act.set_counterpart(columns.Cell(row, "对象"));
                   act.set_outcome(columns.Cell(row, "结果"));
                   act.set_text(columns.Cell(row, "说明"));
                   for (std::string& proof : Parts(columns.Cell(row, "佐证材料"))) {
                     act.add_evidence(std::move(proof));
                   }
                   act.set_target(columns.Cell(row, "去向"));
                   if (const auto& promised = columns.Cell(row, "承诺返校日期");
                       !promised.empty()) {
                     RETURN_IF_ERROR(ReadDate(promised, act.mutable_promised_on()));
                   }
                   // A review that the sample writes is one that agrees.
                   act.set_approve(act.kind() == "review");
                   const std::string& level = columns.Cell(row, "级别");
                   made.level = level.empty() ? 0 : level.front() - '0';
                   made.actor.set_person_id(columns.Cell(row, "经办人工号"));
                   made.actor.set_name(columns.Cell(row, "经办人"));
                   made.actor.set_role(columns.Cell(row, "职务"));
                   made.actor.set_body(columns.Cell(row, "单位"));
                   acts[day].push_back(std::move(made));
                   return {};
                 });
}

}  // namespace cli
