#include <fmt/format.h>

#include <charconv>

#include "registry/domain/student_number.h"
#include "registry/endpoints/mapping.h"
#include "security/security.h"

namespace registry {
namespace {

constexpr Field kNumberFields[] = {Field::kIdNumber, Field::kMember1IdNumber,
                                   Field::kMember2IdNumber, Field::kGuardianIdNumber};
constexpr Field kPhoneFields[] = {Field::kPhone, Field::kMember1Phone, Field::kMember2Phone};

std::uint64_t CountOf(const Counts& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

void AddCount(pb::FieldCount& to, std::string_view name, std::uint64_t count) {
  to.set_field(std::string{name});
  to.set_count(count);
}

std::string_view FieldNameOf(std::string_view number) {
  unsigned value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  return NameOf(static_cast<Field>(value));
}

void FillCounts(pb::ImportReply& reply, const Counts& counts) {
  for (const auto& [name, count] : counts) {
    const std::string_view text{name};
    if (text.starts_with("field:")) {
      AddCount(*reply.add_changed_fields(), FieldNameOf(text.substr(6)), count);
    } else if (text.starts_with("reason:")) {
      AddCount(*reply.add_refused_reasons(), text.substr(7), count);
    } else if (text.starts_with("warning:")) {
      AddCount(*reply.add_warnings(), text.substr(8), count);
    }
  }
}

// Telephones and identity numbers never leave in the clear.
std::string Shown(const Record& record, Field field) {
  for (const Field number : kNumberFields) {
    if (field == number) return security::MaskIdNumber(record.Get(field));
  }
  for (const Field phone : kPhoneFields) {
    if (field == phone) return security::MaskPhone(record.Get(field));
  }
  if (field == Field::kStudentNo) return MaskStudentNo(record.Get(field));
  return std::string{record.Get(field)};
}

void AddGuardian(pb::Student& to, const Record& details, Field name, Field relation, Field phone,
                 Field address, Field number) {
  if (!details.Has(name)) return;
  pb::Guardian& guardian = *to.add_guardians();
  guardian.set_name(std::string{details.Get(name)});
  guardian.set_relation(std::string{details.Get(relation)});
  guardian.set_phone_masked(security::MaskPhone(details.Get(phone)));
  guardian.set_address(std::string{details.Get(address)});
  if (details.Has(number)) guardian.set_id_masked(security::MaskIdNumber(details.Get(number)));
}

void Fill(pb::GroupTag& to, const TagRow& tag) {
  to.set_group(tag.group);
  to.set_source(tag.source);
  to.set_batch(tag.batch);
  SetDate(*to.mutable_valid_from(), tag.valid_from);
  // People read the last day.
  if (tag.valid_to) SetDate(*to.mutable_valid_to(), *tag.valid_to - std::chrono::days{1});
}

void Fill(baoxue::bus::v1::Actor& to, const Actor& actor) {
  to.set_person_id(actor.person_id);
  to.set_name(actor.name);
  to.set_role(actor.role);
  to.set_body(actor.body);
}

}  // namespace

pb::BeginImportReply ToReply(const Begun& begun) {
  pb::BeginImportReply reply;
  reply.set_import_id(fmt::format("{}", begun.id.raw()));
  for (const std::string& column : begun.unknown_columns) reply.add_unknown_columns(column);
  return reply;
}

pb::ImportReply ToReply(const ImportReport& report) {
  pb::ImportReply reply;
  reply.set_import_id(fmt::format("{}", report.head.id.raw()));
  reply.set_state(std::string{ImportStateText(report.head.state)});
  reply.set_rows(report.rows);
  reply.set_added(CountOf(report.counts, "added"));
  reply.set_changed(CountOf(report.counts, "changed"));
  reply.set_unchanged(CountOf(report.counts, "unchanged"));
  reply.set_refused(CountOf(report.counts, "refused"));
  reply.set_missing(report.head.missing);
  reply.set_rows_applied(report.head.rows_applied);
  reply.set_error(report.head.error);
  FillCounts(reply, report.counts);
  return reply;
}

pb::ListImportRowsReply ToReply(const OutcomePage& page) {
  pb::ListImportRowsReply reply;
  for (const std::string& column : page.header) reply.add_header(column);
  for (const OutcomeView& view : page.rows) {
    pb::ImportRowOutcome& row = *reply.add_rows();
    row.set_number(view.row.row_no);
    row.set_reason_code(view.row.reason_code);
    row.set_reason(view.row.reason);
    row.set_student_id(view.row.student_id.raw());
    for (const std::string& cell : view.cells) row.add_cells(cell);
    for (const Field field : view.row.fields) row.add_fields(std::string{NameOf(field)});
  }
  return reply;
}

pb::ReconciliationReply ToReply(const RunRow& run) {
  pb::ReconciliationReply reply;
  reply.set_run_id(run.id.raw());
  reply.set_state(run.state);
  reply.set_people(run.people);
  reply.set_students(run.students);
  reply.set_needs_decision(run.needs_decision);
  reply.set_millis(run.millis);
  for (const auto& [code, count] : run.counts) AddCount(*reply.add_classes(), code, count);
  return reply;
}

pb::ListLedgerReply ToReply(const LedgerPage& page) {
  pb::ListLedgerReply reply;
  for (const std::string& column : page.header) reply.add_header(column);
  for (const LedgerLine& line : page.lines) {
    pb::LedgerRow& row = *reply.add_rows();
    row.set_row_id(line.id);
    for (const std::string& cell : line.cells) row.add_cells(cell);
  }
  reply.set_total(page.total);
  return reply;
}

void Fill(pb::Student& to, const StudentView& view) {
  const Student& student = view.student;
  const Record& details = student.details;
  to.set_student_id(student.id.raw());
  to.set_student_no(MaskStudentNo(StudentNoOf(student)));
  to.set_name(student.name);
  to.set_sex(static_cast<pb::Sex>(student.sex));
  SetDate(*to.mutable_birth(), student.birth);
  if (details.Has(Field::kIdNumber)) {
    to.set_id_masked(security::MaskIdNumber(details.Get(Field::kIdNumber)));
  }
  to.set_school_code(student.school_code);
  to.set_class_id(student.class_id.raw());
  to.set_status(static_cast<pb::StudentStatus>(student.status));
  to.set_boarding(student.boarding);
  to.set_home_teaching(student.home_teaching);
  to.set_hukou_division(student.hukou_division);
  to.set_non_local(student.non_local);
  to.set_version(student.version);
  to.set_class_name(view.class_name);
  to.set_school_name(view.school_name);
  to.set_seat_no(student.seat_no);
  AddGuardian(to, details, Field::kMember1Name, Field::kMember1Relation, Field::kMember1Phone,
              Field::kMember1Address, Field::kMember1IdNumber);
  AddGuardian(to, details, Field::kMember2Name, Field::kMember2Relation, Field::kMember2Phone,
              Field::kMember2Address, Field::kMember2IdNumber);
  for (const TagRow& tag : view.tags) Fill(*to.add_groups(), tag);
  for (std::size_t i = 1; i < kFieldCount; ++i) {
    const auto field = static_cast<Field>(i);
    if (!details.Has(field)) continue;
    (*to.mutable_details())[std::string{NameOf(field)}] = Shown(details, field);
  }
}

void AddGuardian(pb::GetChildForLetterReply& to, const Record& details, Field name, Field relation,
                 Field phone) {
  if (!details.Has(name)) return;
  pb::LetterGuardian& guardian = *to.add_guardians();
  guardian.set_name(std::string{details.Get(name)});
  guardian.set_relation(std::string{details.Get(relation)});
  guardian.set_phone(std::string{details.Get(phone)});
}

pb::GetChildForLetterReply ToChild(const StudentView& view, bool with_guardians) {
  const Student& student = view.student;
  pb::GetChildForLetterReply reply;
  reply.set_name(student.name);
  reply.set_sex(static_cast<pb::Sex>(student.sex));
  SetDate(*reply.mutable_birth(), student.birth);
  reply.set_id_number(std::string{student.details.Get(Field::kIdNumber)});
  reply.set_student_no(StudentNoOf(student));
  reply.set_school_name(view.school_name);
  reply.set_class_name(view.class_name);
  reply.set_hukou_division(student.hukou_division);
  const bool home = student.details.Has(Field::kHomeAddress);
  reply.set_home_address(
      std::string{student.details.Get(home ? Field::kHomeAddress : Field::kAddress)});
  const bool household = student.details.Has(Field::kHukouAddress);
  reply.set_household_address(std::string{
      student.details.Get(household ? Field::kHukouAddress : Field::kHomeAddress)});
  if (!with_guardians) return reply;
  AddGuardian(reply, student.details, Field::kMember1Name, Field::kMember1Relation,
              Field::kMember1Phone);
  AddGuardian(reply, student.details, Field::kMember2Name, Field::kMember2Relation,
              Field::kMember2Phone);
  return reply;
}

void Fill(pb::ListedPerson& to, const PersonView& view) {
  to.set_person_id(view.id.raw());
  to.set_name(view.name);
  SetDate(*to.mutable_birth(), view.birth);
  to.set_id_masked(view.id_masked);
  to.set_town(view.town);
  to.set_address(view.address);
}

void Fill(pb::EnrolmentChange& to, const ChangeRow& row) {
  to.set_student_id(row.student_id.raw());
  to.set_version(row.version);
  to.set_kind(fmt::format("{}", static_cast<int>(row.kind)));
  to.set_kind_name(std::string{ChangeText(row.kind)});
  to.set_event(std::string{EventTypeOf(row.kind)});
  to.set_reason_code(row.reason_code);
  SetDate(*to.mutable_effective(), row.effective);
  SetTime(*to.mutable_recorded_at(), row.recorded_at);
  Fill(*to.mutable_actor(), row.actor);
  if (!row.approver.person_id.empty()) Fill(*to.mutable_approver(), row.approver);
  for (const std::string& evidence : row.evidence) to.add_evidence(evidence);
  to.set_from(static_cast<pb::StudentStatus>(row.from_status));
  to.set_to(static_cast<pb::StudentStatus>(row.to_status));
  to.set_from_school(row.from_school);
  to.set_to_school(row.to_school);
  to.set_from_class(row.from_class.raw());
  to.set_to_class(row.to_class.raw());
  if (row.until) SetDate(*to.mutable_until(), *row.until);
  to.set_note(row.note);
  for (const Field field : row.fields) to.add_changed_fields(std::string{NameOf(field)});
}

}  // namespace registry
