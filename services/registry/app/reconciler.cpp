#include "registry/app/reconciler.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <unordered_map>

#include "registry/app/facts.h"
#include "registry/app/import_runner.h"
#include "registry/app/reconciliations.h"
#include "registry/app/staging.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

constexpr std::size_t kOpenedAtOnce = 900;

// One child on either side, in as few bytes as it takes.
struct Lite {
  KeyBytes key = {};
  std::int64_t id = 0;
  std::uint64_t name_hash = 0;
  std::int32_t birth = 0;
  Sex sex = Sex::kUnknown;
  StudentStatus status = StudentStatus::kNone;
  bool has_number = false;
  bool home_teaching = false;
  bool non_local = false;
  bool matched = false;
};

std::uint64_t HashOf(std::string_view text) { return std::hash<std::string_view>{}(text); }

bool ByKey(const Lite& a, const Lite& b) { return a.key < b.key; }

// The guardians of a student: up to two names and telephones.
bool NamesGuardian(const Record& student, std::string_view guardian) {
  return student.Get(Field::kMember1Name) == guardian ||
         student.Get(Field::kMember2Name) == guardian;
}
bool HasPhone(const Record& student, std::string_view phone) {
  return student.Get(Field::kMember1Phone) == phone || student.Get(Field::kMember2Phone) == phone ||
         student.Get(Field::kPhone) == phone;
}

class Comparison {
 public:
  Comparison(const Deps& deps, store::Session& session, const RunRow& run)
      : deps_(deps), session_(session), run_(run), policy_(deps.policies.At(run.on)) {}

  base::Status Run() {
    RETURN_IF_ERROR(Load());
    MergeExact();
    RETURN_IF_ERROR(JudgeRestOfList());
    JudgeRestOfRegistry();
    return {};
  }
  std::vector<MatchRow>& rows() { return rows_; }
  std::size_t people() const { return people_.size(); }
  std::size_t students() const { return students_.size(); }

 private:
  struct OpenedPerson {
    PersonRow row = {};
    Record record = {};
  };

  base::Status Load();
  void MergeExact();
  base::Status JudgeRestOfList();
  base::Status JudgeSome(const std::vector<Lite*>& people);
  base::Result<std::unordered_map<std::int64_t, Record>> OpenCandidates(
      const std::vector<Lite*>& people);
  std::vector<Lite*> CandidatesOf(const Lite& person) const;
  Likeness LikenessOf(const Lite& person, const Record& listed, const Lite& student,
                      const Record& details) const;
  void JudgeRestOfRegistry();
  void Add(const Lite* person, const Lite* student, Verdict verdict);
  bool Absent(std::int64_t student) const {
    return std::binary_search(absent_.begin(), absent_.end(), StudentId{student});
  }

  const Deps& deps_;
  store::Session& session_;
  const RunRow& run_;
  const Policy policy_;
  std::vector<Lite> people_ = {};
  std::vector<Lite> students_ = {};
  std::vector<StudentId> absent_ = {};                          // sorted
  std::vector<std::string> disabled_ = {};                      // sorted keys
  std::unordered_multimap<std::int64_t, Lite*> by_birth_ = {};  // students not matched by number
  std::vector<MatchRow> rows_ = {};
};

base::Status Comparison::Load() {
  ASSIGN_OR_RETURN(absent_, StudentsWithOpenCase(session_));
  ASSIGN_OR_RETURN(disabled_, PeopleWithTag(session_, "残疾", run_.on));
  std::sort(disabled_.begin(), disabled_.end());
  RETURN_IF_ERROR(StreamPeople(session_, run_.batch_id, [this](const PersonSide& side) {
    people_.push_back(Lite{.key = ToKey(side.person_key),
                           .id = side.id.raw(),
                           .name_hash = HashOf(side.name),
                           .birth = side.birth.serial(),
                           .sex = side.sex,
                           .has_number = side.has_number});
  }));
  RETURN_IF_ERROR(StreamStudents(session_, [this](const StudentSide& side) {
    students_.push_back(Lite{.key = ToKey(side.person_key),
                             .id = side.id.raw(),
                             .name_hash = HashOf(side.name),
                             .birth = side.birth.serial(),
                             .sex = side.sex,
                             .status = side.status,
                             .home_teaching = side.home_teaching,
                             .non_local = side.non_local});
  }));
  std::sort(people_.begin(), people_.end(), ByKey);
  std::sort(students_.begin(), students_.end(), ByKey);
  rows_.reserve(people_.size() + people_.size() / 8);
  return {};
}

void Comparison::Add(const Lite* person, const Lite* student, Verdict verdict) {
  rows_.push_back(MatchRow{.run_id = run_.id,
                           .person_id = PersonId{person == nullptr ? 0 : person->id},
                           .student_id = StudentId{student == nullptr ? 0 : student->id},
                           .verdict = std::move(verdict)});
}

void Comparison::MergeExact() {
  auto student = students_.begin();
  for (Lite& person : people_) {
    while (student != students_.end() && student->key < person.key) ++student;
    if (student == students_.end()) break;
    if (student->key != person.key) continue;
    person.matched = true;
    student->matched = true;
    Add(&person, &*student,
        JudgeExact({.status = student->status,
                    .home_teaching = student->home_teaching,
                    .same_name = student->name_hash == person.name_hash,
                    .absent = Absent(student->id)}));
  }
  for (Lite& rest : students_) {
    if (!rest.matched && OnTheRoll(rest.status)) by_birth_.emplace(rest.birth, &rest);
  }
}

base::Status Comparison::JudgeRestOfList() {
  std::vector<Lite*> rest;
  for (Lite& person : people_) {
    if (!person.matched) rest.push_back(&person);
    if (rest.size() < kOpenedAtOnce) continue;
    RETURN_IF_ERROR(JudgeSome(rest));
    rest.clear();
  }
  return JudgeSome(rest);
}

// Students of the same birthday who are still free.
std::vector<Lite*> Comparison::CandidatesOf(const Lite& person) const {
  std::vector<Lite*> candidates;
  const auto [begin, end] = by_birth_.equal_range(person.birth);
  for (auto it = begin; it != end; ++it) {
    Lite* student = it->second;
    const bool alike = student->name_hash == person.name_hash || student->sex == person.sex;
    if (!student->matched && alike) candidates.push_back(student);
  }
  return candidates;
}

base::Result<std::unordered_map<std::int64_t, Record>> Comparison::OpenCandidates(
    const std::vector<Lite*>& people) {
  std::vector<StudentId> ids;
  for (const Lite* person : people) {
    for (const Lite* student : CandidatesOf(*person)) ids.emplace_back(student->id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  ASSIGN_OR_RETURN(const auto rows, FindStudentsById(session_, ids, Lock::kNone));
  std::unordered_map<std::int64_t, Record> opened;
  for (const StudentRow& row : rows) {
    ASSIGN_OR_RETURN(Record details, deps_.vault.OpenRecord(Sealed::kStudent, row.sealed));
    opened.emplace(row.student.id.raw(), std::move(details));
  }
  return opened;
}

Likeness Comparison::LikenessOf(const Lite& person, const Record& listed, const Lite& student,
                                const Record& details) const {
  const std::string_view guardian = listed.Get(Field::kGuardianName);
  const std::string_view phone = listed.Get(Field::kGuardianPhone);
  const bool student_names_one =
      details.Has(Field::kMember1Name) || details.Has(Field::kMember2Name);
  return Likeness{.name = person.name_hash == student.name_hash,
                  .birth = person.birth == student.birth,
                  .sex = person.sex == student.sex,
                  .guardian = !guardian.empty() && NamesGuardian(details, guardian),
                  .guardian_known = !guardian.empty() && student_names_one,
                  .phone = !phone.empty() && HasPhone(details, phone),
                  .list_has_number = person.has_number,
                  .student_has_number = details.Has(Field::kIdNumber)};
}

base::Status Comparison::JudgeSome(const std::vector<Lite*>& people) {
  std::vector<PersonId> ids;
  for (const Lite* person : people) ids.emplace_back(person->id);
  ASSIGN_OR_RETURN(const auto rows, FindPersonsById(session_, ids));
  std::unordered_map<std::int64_t, Record> listed;
  for (const PersonRow& row : rows) {
    ASSIGN_OR_RETURN(Record record, deps_.vault.OpenRecord(Sealed::kPerson, row.sealed));
    listed.emplace(row.id.raw(), std::move(record));
  }
  ASSIGN_OR_RETURN(const auto candidates, OpenCandidates(people));
  for (Lite* person : people) {
    const Record& record = listed[person->id];
    Verdict best;
    Lite* same = nullptr;
    for (Lite* student : CandidatesOf(*person)) {
      const auto details = candidates.find(student->id);
      if (details == candidates.end()) continue;
      Verdict verdict =
          JudgeLikeness(LikenessOf(*person, record, *student, details->second), policy_);
      if (verdict.score <= best.score) continue;
      best = std::move(verdict);
      same = student;
    }
    Verdict told = JudgeUnmatched(
        ListedPerson{record, base::Date::FromSerial(person->birth),
                     std::binary_search(disabled_.begin(), disabled_.end(), View(person->key)),
                     deps_.county_division},
        policy_, deps_.reference.divisions, run_.on);
    // What the list explains stands, unless it is almost certainly a student of ours.
    const bool proposed =
        same != nullptr && (best.score >= policy_.match_same_score || told.needs_decision);
    if (proposed) same->matched = true;
    Add(person, proposed ? same : nullptr, proposed ? std::move(best) : std::move(told));
  }
  return {};
}

void Comparison::JudgeRestOfRegistry() {
  for (const Lite& student : students_) {
    if (student.matched || !InSchool(student.status)) continue;
    const bool absent = Absent(student.id);
    const MatchAge age = MatchAgeOn(policy_, base::Date::FromSerial(student.birth), run_.on);
    const bool listed_age = age.coming >= policy_.age_min && age.present <= policy_.age_max;
    if (!absent && (student.non_local || !listed_age)) continue;
    Add(nullptr, &student, JudgeUnlisted(absent));
  }
}

// Ids, counts and events of what was found, committed as one.
base::Status SaveRunResults(const Deps& deps, store::Transaction& tx, RunRow run,
                            std::vector<MatchRow>& rows) {
  ASSIGN_OR_RETURN(std::int64_t id, TakeIds(tx, "match", static_cast<std::int64_t>(rows.size())));
  std::vector<MatchRow> told;
  run.counts.clear();
  run.needs_decision = 0;
  for (MatchRow& row : rows) {
    row.id = MatchId{id++};
    ++run.counts[std::string{MatchCode(row.verdict.match_class)}];
    run.needs_decision += row.verdict.needs_decision ? 1 : 0;
    if (MattersToOthers(row.verdict.match_class)) told.push_back(row);
  }
  RETURN_IF_ERROR(InsertMatches(tx, rows));
  run.state = "done";
  RETURN_IF_ERROR(SaveRun(tx, run));
  Facts facts(deps.clock.Now(), WriteContext{});
  ASSIGN_OR_RETURN(const std::vector<MatchView> views, ViewMatches(deps, tx, std::move(told)));
  for (const MatchView& view : views) facts.AddMatch("registry.match.found", view);
  return facts.Append(tx);
}

}  // namespace

base::Result<std::vector<RunId>> Reconciler::Waiting() const {
  std::vector<RunId> ids;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(ids, RunsUnderWay(session));
    return {};
  }));
  return ids;
}

base::Status Reconciler::Fail(RunId id, const base::Error& error) const {
  return deps_.pool.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(auto run, FindRun(tx, id, Lock::kForUpdate));
    if (!run || run->state != "running") return {};
    run->state = "failed";
    run->error = error.ToString();
    return SaveRun(tx, *run);
  });
}

base::Status Reconciler::Run(RunId id) const {
  const base::SteadyTime begun = deps_.clock.Steady();
  base::Status status = deps_.pool.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(auto run, FindRun(tx, id, Lock::kForUpdate));
    if (!run || run->state != "running") return {};
    Comparison comparison(deps_, tx, *run);
    RETURN_IF_ERROR(comparison.Run());
    run->people = comparison.people();
    run->students = comparison.students();
    run->millis = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(deps_.clock.Steady() - begun)
            .count());
    return SaveRunResults(deps_, tx, std::move(*run), comparison.rows());
  });
  if (status.ok()) {
    if (deps_.notify_feed) deps_.notify_feed();
    return {};
  }
  if (WorthRetrying(status.error())) return status;
  return Fail(id, status.error());
}

}  // namespace registry
