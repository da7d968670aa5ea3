// A case for people: its line in a list, its tasks, what may be done now, its timeline.
#pragma once

#include <string>

#include "cases/contract/cases.pb.h"
#include "cli/shell/shell.h"
#include "cli/shell/text_table.h"

namespace cli {

TextTable CaseTable();
void AddCaseRow(TextTable& table, const baoxue::cases::v1::Case& one);
// "open" -> "待办".
std::string TaskStateText(const std::string& state);
TextTable TaskTable();
void AddTaskRow(TextTable& table, const baoxue::cases::v1::Task& task);
// `case tasks` and `task list` are the same list. Errors: those of the request.
base::Status ShowTasks(Shell& shell, const baoxue::cases::v1::ListTasks& request);
// kMain leaves out tasks that begin and end and who answers: what a reader of many cases wants.
enum class Detail { kMain, kAll };
// Everything that is known of it.
std::string CaseText(const baoxue::cases::v1::Case& one, Detail detail = Detail::kAll);
std::string TimelineText(const baoxue::cases::v1::Case& one, Detail detail);

}  // namespace cli
