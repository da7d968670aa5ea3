#include "cases/app/case_writer.h"

#include "cases/app/projection.h"

namespace cases {
namespace {

base::Error NoCase() { return {base::Code::kNotFound, "NO_CASE", "没有这个个案"}; }

}  // namespace

base::Result<Written> CaseWriter::Give(CaseId id, const Command& command,
                                       std::optional<Presence> presence) {
  ASSIGN_OR_RETURN(const std::optional<LockedCase> found, LockCase(tx_, id));
  if (!found) return NoCase();
  return DecideOver(*found, command, presence);
}

base::Result<std::optional<Written>> CaseWriter::GiveOpen(Subject subject,
                                                          const Command& command) {
  ASSIGN_OR_RETURN(const std::optional<LockedCase> found, LockOpenCase(tx_, subject));
  if (!found) return std::optional<Written>{};
  ASSIGN_OR_RETURN(Written written, DecideOver(*found, command, {}));
  return std::optional<Written>{std::move(written)};
}

base::Result<std::optional<Written>> CaseWriter::Take(Subject subject, const Signal& signal) {
  ASSIGN_OR_RETURN(std::optional<LockedCase> found, LockOpenCase(tx_, subject));
  if (!found && signal.remark_only) return std::optional<Written>{};
  if (!found) {
    ASSIGN_OR_RETURN(found, LockLatestCase(tx_, subject));
    if (found) {
      ASSIGN_OR_RETURN(const History history, LoadHistory(tx_, found->id));
      const base::Date day = base::DateAt(signal.at == base::UtcTime{} ? now_ : signal.at);
      if (!Reopens(Fold(history), rules_.profiles.At(day), day)) found.reset();
    }
  }
  if (!found) return Open(subject, signal);
  ASSIGN_OR_RETURN(Written written, DecideOver(*found, signal, {}));
  return std::optional<Written>{std::move(written)};
}

base::Result<Written> CaseWriter::DecideOver(const LockedCase& found, const Command& command,
                                             std::optional<Presence> presence) {
  Written written{.id = found.id, .subject = found.subject};
  ASSIGN_OR_RETURN(written.history, LoadHistory(tx_, found.id));
  const Facts before = Fold(written.history);
  const Context context{.profiles = rules_.profiles,
                        .calendar = rules_.CalendarOf(before.contacts.school_code),
                        .now = now_,
                        .presence = presence};
  ASSIGN_OR_RETURN(written.added, Decide(written.history, command, context));
  if (!written.added.empty()) RETURN_IF_ERROR(Save(written, before, found.version));
  return written;
}

base::Result<std::optional<Written>> CaseWriter::Open(Subject subject, const Signal& signal) {
  Written written{.id = {}, .subject = subject, .history = {}, .added = {}, .opened = true};
  const Context context{.profiles = rules_.profiles,
                        .calendar = rules_.CalendarOf(signal.contacts.school_code),
                        .now = now_,
                        .presence = {}};
  ASSIGN_OR_RETURN(written.added, Decide({}, signal, context));
  if (written.added.empty()) return std::optional<Written>{};
  RETURN_IF_ERROR(Save(written, Facts{}, 0));
  return std::optional<Written>{std::move(written)};
}

base::Status CaseWriter::Save(Written& written, const Facts& before, int from_version) {
  Facts after = before;
  for (const Entry& entry : written.added) Apply(after, entry);
  CaseRow row = RowOf(written.id, written.subject, after, now_);
  if (written.opened) {
    ASSIGN_OR_RETURN(written.id, InsertCase(tx_, row));
    row.id = written.id;
  } else {
    RETURN_IF_ERROR(UpdateCase(tx_, row, from_version));
  }
  RETURN_IF_ERROR(AppendHistory(tx_, written.id, written.added));
  const Profile& profile = rules_.profiles.At(base::DateAt(now_));
  RETURN_IF_ERROR(SaveClocks(tx_, ClockRowsOf(written.id, before, written.added, profile)));
  written.history.insert(written.history.end(), written.added.begin(), written.added.end());
  for (store::NewEvent& event : describe_({.row = row, .entries = written.added})) {
    events_.push_back(std::move(event));
  }
  return {};
}

base::Status CaseWriter::Finish() {
  if (events_.empty()) return {};
  const auto first = store::AppendEvents(tx_, kFeed, events_);
  if (!first.ok()) return first.error();
  events_.clear();
  return {};
}

}  // namespace cases
