// Every subcommand of baoxue, one file each; all.cpp puts them together.
#pragma once

#include "cli/shell/args.h"
#include "cli/shell/shell.h"

namespace cli {

void AddSetup(Shell& shell, Command& root);
void AddSample(Shell& shell, Command& root);
void AddImport(Shell& shell, Command& root);
void AddReconcile(Shell& shell, Command& root);
void AddEnrol(Shell& shell, Command& root);
void AddStudent(Shell& shell, Command& root);
void AddPlaces(Shell& shell, Command& root);  // school, class
void AddLedger(Shell& shell, Command& root);
void AddRollCall(Shell& shell, Command& root);
void AddAbsence(Shell& shell, Command& root);  // absence: streaks, chronic, try
void AddLeave(Shell& shell, Command& root);
void AddCase(Shell& shell, Command& root);
void AddTask(Shell& shell, Command& root);  // task: list, show, answer
void AddSubsidy(Shell& shell, Command& root);
void AddLetter(Shell& shell, Command& root);
void AddTransfer(Shell& shell, Command& root);
void AddAway(Shell& shell, Command& root);
void AddDirectory(Shell& shell, Command& root);
void AddEvidence(Shell& shell, Command& root);
void AddWhere(Shell& shell, Command& root);
void AddFollow(Shell& shell, Command& root);
void AddAccess(Shell& shell, Command& root);  // access: list, revoke
void AddJobs(Shell& shell, Command& root);
void AddDoctor(Shell& shell, Command& root);
void AddClock(Shell& shell, Command& root);
void AddReport(Shell& shell, Command& root);
void AddRehearse(Shell& shell, Command& root);
void AddCompletion(Shell& shell, Command& root, const Arguments& arguments);

}  // namespace cli
