// A case for people: its line in a list, its tasks, what may be done now, its timeline.
#pragma once

#include <string>

#include "cases/contract/cases.pb.h"
#include "cli/shell/text_table.h"

namespace cli {

TextTable CaseTable();
void AddCaseRow(TextTable& table, const baoxue::cases::v1::Case& one);
TextTable TaskTable();
void AddTaskRow(TextTable& table, const baoxue::cases::v1::Task& task);
// Everything that is known of it.
std::string CaseText(const baoxue::cases::v1::Case& one);
// Only what happened, at most `most` lines (0: all).
std::string TimelineText(const baoxue::cases::v1::Case& one, int most = 0);

}  // namespace cli
