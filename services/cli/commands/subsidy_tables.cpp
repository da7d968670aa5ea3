#include "cli/commands/subsidy_tables.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/money.h"
#include "cli/shell/json.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace v1 = baoxue::subsidy::v1;

template <class Amounts>
std::string TextOf(const Amounts& amounts) {
  std::string text;
  for (const v1::Amount& one : amounts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ";",
                        one.name().empty() ? one.benefit() : one.name(), Yuan(one.term_fen()));
  }
  return text;
}

std::string StateText(const std::string& state) {
  if (state == "pending") return "在途";
  if (state == "paid") return "已发";
  if (state == "failed") return "失败";
  return state == "returned" ? "退回" : state;
}

}  // namespace

std::string Yuan(std::int64_t fen) { return base::Money::Fen(fen).ToString(); }

TableOut::TableOut(Shell& shell, std::string path, std::string sheet,
                   std::vector<std::string> header, std::set<std::size_t> numbers)
    : shell_(shell),
      path_(std::move(path)),
      sheet_(std::move(sheet)),
      header_(std::move(header)),
      numbers_(std::move(numbers)),
      table_(header_) {
  for (const std::size_t column : numbers_) table_.RightAligned(column);
}

base::Status TableOut::Open() {
  if (path_.empty()) return {};
  ASSIGN_OR_RETURN(writer_, tables::Create(path_, tables::FormatFor(path_), sheet_, numbers_));
  return writer_->Write(header_);
}

base::Status TableOut::Row(std::vector<std::string> cells) {
  if (writer_ != nullptr) return writer_->Write(cells);
  table_.Row(std::move(cells));
  return {};
}

base::Status TableOut::Close() {
  if (writer_ != nullptr) return writer_->Close();
  shell_.Say(table_.ToString());
  return {};
}

std::vector<std::string> CellsOf(const v1::Entitlement& row) {
  const v1::Balance& money = row.balance();
  return {std::to_string(row.student_id()), row.school_code(),        TextOf(row.amounts()),
          Yuan(money.entitled_fen()),       Yuan(money.paid_fen()),   Yuan(money.returned_fen()),
          Yuan(money.pending_fen()),        Yuan(money.open_fen())};
}

std::vector<std::string> CellsOf(const v1::RollLine& line) {
  return {std::to_string(line.line_no()), std::to_string(line.student_id()),
          line.school_class(),            line.name(),
          Yuan(line.fen()),               line.what(),
          StateText(line.state()),        line.note()};
}

void ShowRolls(Shell& shell, const std::vector<v1::Roll>& rolls) {
  TextTable table({"发放表", "学期", "学校", "人数", "金额", "已发", "失败", "退回", "校验"});
  std::vector<std::string> json;
  for (const v1::Roll& roll : rolls) {
    json.push_back(ToJson(roll));
    table.Row({std::to_string(roll.roll_id()), roll.term(),
               roll.school().empty() ? roll.school_code() : roll.school(),
               WithCommas(roll.lines()), Yuan(roll.total_fen()), Yuan(roll.paid_fen()),
               Yuan(roll.failed_fen()), Yuan(roll.returned_fen()), roll.control().substr(0, 12)});
  }
  if (shell.json()) {
    shell.Json(JsonArray(json));
  } else {
    shell.Say(table.ToString());
  }
}

base::Status WriteTrial(Shell& shell, const v1::WhatIfReply& reply, const std::string& path) {
  TableOut people(shell, path, "增减", {"学生", "学校", "现在", "试算", "每学期差额"},
                  {4});
  RETURN_IF_ERROR(people.Open());
  v1::ListWhatIfRows ask;
  ask.set_run_id(reply.run_id());
  for (;;) {
    ASSIGN_OR_RETURN(const auto page, (shell.Ask<v1::ListWhatIfRowsReply>("subsidy", ask)));
    for (const v1::WhatIfRow& row : page.rows()) {
      RETURN_IF_ERROR(people.Row({std::to_string(row.student_id()), row.school_code(),
                                  TextOf(row.before()), TextOf(row.after()),
                                  Yuan(row.difference_fen())}));
      ask.set_after(row.student_id());
    }
    if (page.rows_size() == 0) break;
  }
  RETURN_IF_ERROR(people.Close());
  const std::filesystem::path file{path};
  const std::string beside =
      (file.parent_path() / (file.stem().string() + "-cost" + file.extension().string())).string();
  TableOut cost(shell, beside, "费用",
                {"学校标识码", "学校", "补助", "现人数", "试算人数", "现金额", "试算金额"},
                {3, 4, 5, 6});
  RETURN_IF_ERROR(cost.Open());
  for (const v1::WhatIfCost& one : reply.costs()) {
    RETURN_IF_ERROR(cost.Row({one.school_code(), one.school(), one.name(),
                              std::to_string(one.students_before()),
                              std::to_string(one.students_after()), Yuan(one.fen_before()),
                              Yuan(one.fen_after())}));
  }
  return cost.Close();
}

}  // namespace cli
