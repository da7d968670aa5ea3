#include "subsidy/app/facts_desk.h"

namespace subsidy {
namespace {

using base::Code;
using base::Error;

std::optional<base::Date> DateOf(const baoxue::bus::v1::Date& date) {
  return base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()));
}

base::Status MustBeKnown(store::Session& session, StudentId student) {
  ASSIGN_OR_RETURN(const auto dossiers, LoadDossiers(session, {student}));
  if (!dossiers.empty()) return {};
  return Error{Code::kNotFound, "STUDENT_UNKNOWN", "学籍没有这名学生"};
}

}  // namespace

base::Status TakeNews(store::Transaction& tx, const Office& office, const RegistryNews& news) {
  RETURN_IF_ERROR(SaveSchools(tx, news.schools));
  RETURN_IF_ERROR(SaveClasses(tx, news.classes));
  RETURN_IF_ERROR(SaveStates(tx, news.states));
  RETURN_IF_ERROR(SaveTags(tx, news.tags));
  std::vector<StudentId> touched;
  for (const StateRow& state : news.states) touched.push_back(state.student);
  for (const auto& [student, tags] : news.tags) touched.push_back(student);
  std::vector<std::int64_t> classes;
  for (const ClassRow& row : news.classes) classes.push_back(row.class_id);
  std::vector<std::string> schools;
  for (const SchoolRow& row : news.schools) schools.push_back(row.code);
  ASSIGN_OR_RETURN(const auto of_classes, StudentsOfClasses(tx, classes));
  ASSIGN_OR_RETURN(const auto of_schools, StudentsOfSchools(tx, schools));
  touched.insert(touched.end(), of_classes.begin(), of_classes.end());
  touched.insert(touched.end(), of_schools.begin(), of_schools.end());
  Assessor assessor{tx, office};
  RETURN_IF_ERROR(assessor.Assess(std::move(touched), news.cause));
  return assessor.Finish();
}

base::Status TakePaidElsewhere(store::Transaction& tx, const Office& office,
                               const std::vector<PaidElsewhere>& all) {
  if (all.empty()) return {};
  std::vector<StudentId> students;
  for (const PaidElsewhere& one : all) {
    RETURN_IF_ERROR(SavePaidElsewhere(tx, one.student, one.term, one.division, one.fen, one.letter,
                                      false));
    students.push_back(one.student);
  }
  Assessor assessor{tx, office};
  RETURN_IF_ERROR(assessor.Assess(std::move(students), "外县已发"));
  return assessor.Finish();
}

base::Result<std::string> RecordPaidElsewhere(const Office& office, const Once& once,
                                              const v1::RecordPaidElsewhere& message) {
  return DoOnce(office, once, [&](store::Transaction& tx, Assessor& assessor)
                                  -> base::Result<std::string> {
    const StudentId student{message.student_id()};
    RETURN_IF_ERROR(MustBeKnown(tx, student));
    ASSIGN_OR_RETURN(const auto live, office.InForce(tx));
    if (FindTerm(live->terms, message.term()) == nullptr) {
      return Error{Code::kInvalidArgument, "TERM_UNKNOWN", "校历中没有这个学期"};
    }
    if (message.fen() < 0) return Error{Code::kInvalidArgument, "FEN_BAD", "金额不能为负"};
    RETURN_IF_ERROR(SavePaidElsewhere(tx, student, message.term(), message.division(),
                                      message.fen(), message.letter(), message.withdrawn()));
    RETURN_IF_ERROR(assessor.Assess({student}, "外县已发"));
    return v1::RecordPaidElsewhereReply{}.SerializeAsString();
  });
}

base::Result<std::string> RecordStep(const Office& office, const Once& once,
                                     const v1::RecordStep& message, const Actor& actor) {
  return DoOnce(office, once, [&](store::Transaction& tx, Assessor& assessor)
                                  -> base::Result<std::string> {
    const StudentId student{message.student_id()};
    RETURN_IF_ERROR(MustBeKnown(tx, student));
    const auto on = DateOf(message.on());
    if (!on) return Error{Code::kInvalidArgument, "BAD_DATE", "日期不对"};
    if (*on > office.Today()) {
      return Error{Code::kFailedPrecondition, "DAY_IN_FUTURE", "不能登记将来的日期"};
    }
    RETURN_IF_ERROR(LockSubjects(tx, {student}));
    ASSIGN_OR_RETURN(const auto live, office.InForce(tx));
    ASSIGN_OR_RETURN(std::vector<StepRow> rows, LoadSteps(tx, student, message.school_year()));
    std::vector<RecognitionStep> before;
    for (const StepRow& row : rows) before.push_back(row.step);
    const StepRow next{{message.step(), *on, message.passed()}, actor, message.note()};
    const Recognition& profile = live->book.rules().recognition;
    RETURN_IF_ERROR(CheckStep(before, next.step, profile, office.calendar()));
    RETURN_IF_ERROR(AddStep(tx, student, message.school_year(),
                            static_cast<int>(rows.size()) + 1, next, office.Now()));
    rows.push_back(next);
    before.push_back(next.step);
    RETURN_IF_ERROR(assessor.Assess({student}, "认定"));
    v1::StepReply reply;
    for (const StepRow& row : rows) {
      v1::Step& step = *reply.add_steps();
      step.set_step(row.step.step);
      PutDate(row.step.on, step.mutable_on());
      step.set_passed(row.step.passed);
      step.mutable_actor()->set_person_id(row.actor.person_id);
      step.mutable_actor()->set_name(row.actor.name);
      step.mutable_actor()->set_role(row.actor.role);
      step.mutable_actor()->set_body(row.actor.body);
      step.set_note(row.note);
    }
    reply.set_recognised(Recognised(before, profile));
    return reply.SerializeAsString();
  });
}

base::Result<std::size_t> AssessDue(const Office& office, std::uint32_t limit, Share share) {
  auto done = office.pool().Transact([&](store::Transaction& tx) -> base::Result<std::size_t> {
    ASSIGN_OR_RETURN(const auto due, SubjectsDue(tx, office.Today(), limit, share));
    if (due.empty()) return std::size_t{0};
    Assessor assessor{tx, office};
    RETURN_IF_ERROR(assessor.Assess(due, "日期或规则"));
    RETURN_IF_ERROR(assessor.Finish());
    return due.size();
  });
  if (done.ok() && *done > 0) office.NotifyFeed();
  return done;
}

}  // namespace subsidy
