#include "cases/domain/letters.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cases {
namespace {

using Entries = std::vector<Entry>;

// The clocks of the case stand still until the day that the answer names, at most as long as the
// profile lets any clock stand still.
void SuspendClocks(Run& run, base::Date until, const std::string& why) {
  const base::Date last = run.Today() + std::chrono::days{run.profile().suspend_days_max};
  const base::Date day = std::min(until, last);
  if (day <= run.Today()) return;
  std::vector<ClockFacts> running;
  for (const auto& [id, clock] : run.facts().clocks) {
    const Task* task = run.profile().FindTask(id);
    const bool may = task != nullptr && task->suspendable;
    if (may && clock.state == ClockState::kArmed) running.push_back(clock);
  }
  for (const ClockFacts& clock : running) run.Suspend(clock, day, why);
}

void Propose(Run& run, const LetterRule& rule, const std::string& text) {
  const bool there = std::find(rule.states.begin(), rule.states.end(), run.facts().state) !=
                     rule.states.end();
  if (there) return;
  Entry proposal = run.Make(EntryKind::kClosingProposed);
  proposal.cause = fmt::format("{}", fmt::join(rule.states, "|"));
  proposal.text = text;
  run.Append(std::move(proposal));
  run.Start("letter:propose");
}

// What the earlier answer of this conversation had closed is open again.
void TakeBack(Run& run, const LetterReply& command, const LetterRule& rule) {
  const auto& closed = run.facts().closed_by_letter;
  if (!closed || closed->conversation != command.letter.conversation) return;
  const bool same = rule.action == LetterAction::kPerform &&
                    std::find(rule.states.begin(), rule.states.end(), run.facts().state) !=
                        rule.states.end();
  if (same) return;
  const std::string back_to = closed->state_before;
  run.Enter(back_to, "letter_corrected", "对方更正回函");
  run.Start("reopened");
  run.Start(fmt::format("level:{}", run.facts().level));
}

void Perform(Run& run, const LetterReply& command, const LetterRule& rule, const Entry& said) {
  const std::string& state = rule.states.front();
  if (run.facts().state == state) return;
  const bool proven = !rule.attached || command.letter.proofs > 0;
  const bool way = run.profile().FindWay(run.facts().state, state, "system") != nullptr;
  if (!proven || !way || run.facts().phase != Phase::kOpen) {
    Propose(run, rule, DescribeLetter(said));
    return;
  }
  run.Enter(state, kByLetter, DescribeLetter(said), {}, command.letter.conversation);
}

void Follow(Run& run, const LetterReply& command, const LetterRule& rule, const Entry& said) {
  switch (rule.action) {
    case LetterAction::kPerform: Perform(run, command, rule, said); break;
    case LetterAction::kPropose: Propose(run, rule, DescribeLetter(said)); break;
    case LetterAction::kRead: run.Start("letter:read"); break;
    case LetterAction::kSuspend: run.Start("letter:suspend"); break;
    case LetterAction::kAsk: run.Start("letter:ask"); break;
    case LetterAction::kNote:
    case LetterAction::kExtend: break;
  }
  run.Start("letter:" + command.letter.code);
}

}  // namespace

base::Result<Entries> DecideLetter(Run& run, const LetterReply& command) {
  const Facts& facts = run.facts();
  if (!facts.exists() || facts.letters.contains(command.reference)) return Entries{};
  const LetterRule rule = run.profile().triggers.LetterRuleFor(command.letter.code);
  Entry entry = run.Make(EntryKind::kLetterReply);
  entry.reference = command.reference;
  entry.cause = LetterActionName(rule.action);
  entry.letter = command.letter;
  entry.day = command.since;
  entry.until = command.until;
  const bool proves = !rule.evidence.empty() && (!rule.attached || command.letter.proofs > 0);
  entry.letter.evidence =
      proves ? fmt::format("{}:{}", rule.evidence, command.letter.document_no) : "";
  const Entry said = entry;
  run.Append(std::move(entry));
  if (!facts.open()) return run.Take();
  TakeBack(run, command, rule);
  Follow(run, command, rule, said);
  run.Settle();
  if (rule.action == LetterAction::kSuspend && command.until) {
    SuspendClocks(run, *command.until, DescribeLetter(said));
    run.Settle();
  }
  return run.Take();
}

std::string DescribeLetter(const Entry& entry) {
  const LetterNews& letter = entry.letter;
  std::string text = fmt::format("{}{}：", letter.county, letter.document_no);
  const bool numbered = letter.code.size() > 1 && letter.code.front() == 'R' &&
                        std::isdigit(static_cast<unsigned char>(letter.code[1])) != 0;
  if (numbered) text += letter.code + " ";
  text += letter.code_name;
  if (!letter.school.empty()) text += "，" + letter.school;
  if (entry.day) text += fmt::format("，自{}起", entry.day->ToString());
  if (letter.persuasions > 0) text += fmt::format("，对方已劝返{}次", letter.persuasions);
  if (entry.until) {
    const bool extended = entry.cause == LetterActionName(LetterAction::kExtend);
    text += fmt::format("，{}{}", extended ? "新的回复期限：" : "期限：", entry.until->ToString());
  }
  if (!letter.third.empty()) {
    text += fmt::format("，去向：{}{}", letter.third, letter.forwarded ? "（已另行发函）" : "");
  }
  if (!letter.evidence.empty()) text += "，佐证：" + letter.evidence;
  if (letter.proofs > 0) text += fmt::format("，附证明{}件", letter.proofs);
  if (letter.by_machine) text += "（由对方学籍系统答复）";
  return text;
}

}  // namespace cases
