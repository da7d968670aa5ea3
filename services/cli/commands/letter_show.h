// letter show, list, approve, do: how letters between counties are shown and worked on.
// Texts for officers are Chinese. Errors: those of the service, kNotFound/NO_LETTER.
#pragma once

#include "cli/shell/args.h"
#include "cli/shell/shell.h"
#include "cli/shell/text_table.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {

void AddLetterShow(Shell& shell, Command& letter);
void AddLetterList(Shell& shell, Command& letter);
void AddLetterActs(Shell& shell, Command& letter);

// One line for each letter.
TextTable LetterTable();
void PutLetterRow(TextTable& table, const baoxue::tracing::v1::Letter& letter);
// A letter with everything that the reply holds; JSON where that is asked for.
void ShowLetter(Shell& shell, const baoxue::tracing::v1::LetterReply& reply);

}  // namespace cli
