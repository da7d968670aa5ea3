#include "attendance/app/roster.h"

#include <algorithm>
#include <map>
#include <set>

#include "attendance/app/events.h"
#include "store/event_log.h"

namespace attendance {

using base::Status;

bool ApplyChange(const RosterChange& change, std::vector<Membership>& rows) {
  const ClassId now = change.expected ? change.class_id : ClassId{};
  const ClassId before = rows.empty() ? ClassId{} : rows.back().class_id;
  if (now == before) return false;
  const auto later = std::find_if(rows.begin(), rows.end(), [&](const Membership& row) {
    return row.from >= change.effective;
  });
  rows.erase(later, rows.end());
  if (now != (rows.empty() ? ClassId{} : rows.back().class_id)) {
    rows.push_back({change.effective, now});
  }
  return true;
}

Status Project(store::Transaction& tx, const RosterNews& news) {
  RETURN_IF_ERROR(SaveSchools(tx, news.schools));
  RETURN_IF_ERROR(SaveClasses(tx, news.classes));
  std::set<StudentId> ids;
  std::map<ClassId, ClassRow> named;
  for (const RosterChange& change : news.students) {
    ids.insert(change.student);
    if (change.class_id) {
      named.try_emplace(
          change.class_id,
          ClassRow{.id = change.class_id, .school_code = change.school_code, .seq = change.seq});
    }
  }
  std::vector<ClassRow> missing;
  for (auto& [id, row] : named) missing.push_back(std::move(row));
  RETURN_IF_ERROR(AddMissingClasses(tx, missing));
  ASSIGN_OR_RETURN(Memberships memberships, FindMemberships(tx, ids));
  std::map<StudentId, StudentRow> students;
  std::set<StudentId> moved;
  for (const RosterChange& change : news.students) {
    students[change.student] = {change.student, change.name, change.seq};
    if (ApplyChange(change, memberships[change.student])) moved.insert(change.student);
  }
  std::erase_if(memberships, [&](const auto& entry) { return !moved.contains(entry.first); });
  RETURN_IF_ERROR(ReplaceMemberships(tx, memberships));
  std::vector<StudentRow> rows;
  for (auto& [id, row] : students) rows.push_back(std::move(row));
  return SaveStudents(tx, rows);
}

Timeline TimelineFrom(const Ledger& ledger, std::span<const Membership> rows) {
  Timeline timeline;
  for (const Membership& row : rows) {
    ClassIndex c = kNoClass;
    if (row.class_id) {
      const std::optional<ClassIndex> found = ledger.FindClass(row.class_id);
      if (!found) continue;
      c = *found;
    }
    // Before the first class there is nothing to say.
    if (timeline.empty() && c == kNoClass) continue;
    timeline.push_back({row.from.serial(), c});
  }
  return timeline;
}

namespace {

struct Fresh {
  std::uint64_t upto = 0;
  std::vector<std::pair<ClassId, std::string>> classes = {};
  std::vector<std::pair<StudentId, std::vector<Membership>>> students = {};
};

base::Result<Fresh> LoadFresh(store::Pool& pool, std::uint64_t after) {
  Fresh fresh;
  const Status loaded = pool.WithSession([&](store::Session& session) -> Status {
    fresh = {};
    ASSIGN_OR_RETURN(fresh.upto, store::LoadPosition(session, "registry"));
    if (fresh.upto <= after) return {};
    RETURN_IF_ERROR(LoadClasses(
        session, after, fresh.upto,
        [&](ClassId id, const std::string& school) { fresh.classes.emplace_back(id, school); }));
    return LoadStudents(
        session, after, fresh.upto, [&](StudentId id, std::span<const Membership> rows) {
          fresh.students.emplace_back(id, std::vector<Membership>{rows.begin(), rows.end()});
        });
  });
  RETURN_IF_ERROR(loaded);
  return fresh;
}

// True if another timeline could change what has been found about the student.
bool HasHistory(const Ledger& ledger, StudentIndex student) {
  return !ledger.EntriesOf(student).empty() || !ledger.LeavesOf(student).empty() ||
         !ledger.StreaksOf(student).empty();
}

}  // namespace

Status SyncRoster(Office::Turn& turn) {
  if (turn.ledger() == nullptr) return Standby();
  ASSIGN_OR_RETURN(const Fresh fresh, LoadFresh(turn.office().pool(), turn.roster_seq()));
  if (fresh.upto <= turn.roster_seq()) return {};
  std::vector<std::pair<StudentIndex, Timeline>> with_history;
  turn.Change([&](Mandate& mandate) {
    Ledger& ledger = *mandate.ledger;
    // A whole roster at once; small additions grow by themselves.
    if (fresh.students.size() > ledger.student_count()) {
      ledger.Reserve(ledger.student_count() + fresh.students.size());
    }
    for (const auto& [id, school] : fresh.classes) ledger.SetClass(id, ledger.AddSchool(school));
    for (const auto& [id, rows] : fresh.students) {
      const StudentIndex student = ledger.AddStudent(id);
      Timeline timeline = TimelineFrom(ledger, rows);
      if (HasHistory(ledger, student)) {
        with_history.emplace_back(student, std::move(timeline));
      } else {
        ledger.SetTimeline(student, std::move(timeline));
      }
    }
  });
  const auto done = [&](Mandate& mandate) { mandate.roster_seq = fresh.upto; };
  Pending pending{*turn.ledger()};
  for (auto& [student, timeline] : with_history) {
    pending.SetTimeline(student, std::move(timeline));
  }
  const RuleBook& rules = turn.office().rules();
  const Effects effects = Judge(pending, rules);
  if (effects.empty()) {
    turn.Change([&](Mandate& mandate) {
      mandate.ledger->Apply(std::move(pending));
      done(mandate);
    });
    return {};
  }
  const Telling telling{.why = "学籍变动", .now = turn.office().clock().Now()};
  RETURN_IF_ERROR(turn.Commit(
      std::move(pending),
      [&](store::Transaction& tx) {
        return SaveEffects(tx, *turn.ledger(), rules, effects, telling);
      },
      done));
  turn.NotifyFeed();
  return {};
}

}  // namespace attendance
