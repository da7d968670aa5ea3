#include "tracing/endpoints/letter_subject.h"

#include <fmt/format.h>

#include "security/security.h"
#include "tracing/contract/parcel.h"
#include "tracing/domain/wire.h"
#include "tracing/endpoints/registry_asks.h"

namespace tracing {
namespace {

namespace cases = baoxue::cases::v1;
namespace registry = baoxue::registry::v1;
using base::Code;
using base::Error;

constexpr std::chrono::milliseconds kTimeout{3000};
constexpr int kMeasuresMax = 10;
constexpr std::uint32_t kNamesakesMax = 50;

bus::CallOptions Options() {
  bus::CallOptions options;
  options.timeout = kTimeout;
  return options;
}

Error Other(std::string_view detail) {
  return {Code::kFailedPrecondition, "CHILD_NOT_OF_CASE", std::string{detail}};
}

// The message within the draft's content; null: none.
google::protobuf::Message* LetterIn(v1::DraftLetter& draft) {
  switch (draft.content_case()) {
    case v1::DraftLetter::kInquiry: return draft.mutable_inquiry();
    case v1::DraftLetter::kSearch: return draft.mutable_search();
    case v1::DraftLetter::kPersuasion: return draft.mutable_persuasion();
    case v1::DraftLetter::kTransfer: return draft.mutable_transfer();
    case v1::DraftLetter::kProof: return draft.mutable_proof();
    case v1::DraftLetter::kNotice: return draft.mutable_notice();
    default: return nullptr;
  }
}

v1::Child* AddChild(v1::DraftLetter& draft) {
  google::protobuf::Message* const letter = LetterIn(draft);
  const auto* const field = letter->GetDescriptor()->FindFieldByName("child");
  return dynamic_cast<v1::Child*>(letter->GetReflection()->MutableMessage(letter, field));
}

// Null: the letter names no child.
v1::Child* ChildIn(v1::DraftLetter& draft) {
  google::protobuf::Message* const letter = LetterIn(draft);
  const auto* const field = letter->GetDescriptor()->FindFieldByName("child");
  if (!letter->GetReflection()->HasField(*letter, field)) return nullptr;
  return AddChild(draft);
}

bool SameDay(const baoxue::bus::v1::Date& a, const baoxue::bus::v1::Date& b) {
  return a.year() == b.year() && a.month() == b.month() && a.day() == b.day();
}

// `said` is an officer's; empty: he leaves it to the registry.
void Keep(std::string* said, const std::string& known) {
  if (said->empty()) *said = known;
}

bool MayNameGuardians(v1::LetterKind kind) {
  return kind == v1::LETTER_KIND_HC || kind == v1::LETTER_KIND_QF;
}

bool Contradicts(const v1::Child& said, const registry::GetChildForLetterReply& known) {
  const auto differs = [](const std::string& a, const std::string& b) {
    return !a.empty() && a != b;
  };
  return differs(said.name(), known.name()) || differs(said.id_number(), known.id_number()) ||
         differs(said.student_no(), known.student_no()) ||
         (said.has_birth() && known.has_birth() && !SameDay(said.birth(), known.birth()));
}

void PutChild(const registry::GetChildForLetterReply& known, v1::LetterKind kind, v1::Child* out) {
  out->set_name(known.name());
  if (known.sex() == registry::SEX_MALE) out->set_sex("男");
  if (known.sex() == registry::SEX_FEMALE) out->set_sex("女");
  if (known.has_birth()) *out->mutable_birth() = known.birth();
  out->set_id_number(known.id_number());
  if (kind != v1::LETTER_KIND_JD) out->set_student_no(known.student_no());
  Keep(out->mutable_household_division(), known.hukou_division());
  if (kind != v1::LETTER_KIND_XC && kind != v1::LETTER_KIND_JD) {
    Keep(out->mutable_school(), known.school_name());
    Keep(out->mutable_grade_class(), known.class_name());
  }
  if (MayNameGuardians(kind)) {
    Keep(out->mutable_household_address(), known.household_address());
  }
}

template <class Letter>
void PutGuardians(const registry::GetChildForLetterReply& known, Letter* letter) {
  if (letter->guardians_size() > 0) return;
  for (const registry::LetterGuardian& one : known.guardians()) {
    v1::GuardianContact& guardian = *letter->add_guardians();
    guardian.set_name(one.name());
    guardian.set_relation(one.relation());
    guardian.set_phone(one.phone());
  }
}

std::string MeasureKind(const cases::Act& act) {
  if (act.kind() == "visit" || act.method() == "家访") return "家访";
  if (!act.method().empty()) return act.method();
  return act.kind() == "persuasion" ? "劝返" : "联系监护人";
}

// What the case has done so far, the last ones if there are many.
template <class Letter>
void PutMeasures(const cases::Case& from, Letter* letter) {
  if (letter->measures_size() > 0) return;
  std::vector<v1::Measure> all;
  for (const cases::TimelineEntry& entry : from.timeline()) {
    const std::string& kind = entry.kind();
    if (kind != "visit" && kind != "contact" && kind != "persuasion") continue;
    v1::Measure& measure = all.emplace_back();
    PutDate(base::DateAt(FromProto(entry.at())), measure.mutable_day());
    measure.set_kind(MeasureKind(entry.act()));
    const cases::Act& act = entry.act();
    const bool both = !act.outcome().empty() && !act.text().empty();
    measure.set_text(security::MaskText(act.outcome() + (both ? "，" : "") + act.text()));
  }
  const std::size_t begin = all.size() > kMeasuresMax ? all.size() - kMeasuresMax : 0;
  for (std::size_t i = begin; i < all.size(); ++i) *letter->add_measures() = all[i];
}

void PutTransfer(const registry::GetChildForLetterReply& known, v1::TransferLetter* letter) {
  // Who asks whether a child has arrived let him go; who asks for his papers has taken him in.
  Keep(letter->confirm_arrival() ? letter->mutable_from_school() : letter->mutable_to_school(),
       known.school_name());
}

void PutContact(const Office& office, const baoxue::bus::v1::Actor& actor, v1::Office* contact) {
  Keep(contact->mutable_body(), office.bureau);
  Keep(contact->mutable_person(), actor.name().empty() ? actor.person_id() : actor.name());
}

void FillContact(const Office& office, const baoxue::bus::v1::Actor& actor,
                 v1::DraftLetter& draft) {
  google::protobuf::Message* const letter = LetterIn(draft);
  const auto* const field = letter->GetDescriptor()->FindFieldByName("contact");
  auto* const contact =
      dynamic_cast<v1::Office*>(letter->GetReflection()->MutableMessage(letter, field));
  if (contact != nullptr) PutContact(office, actor, contact);
}

// The last school day before the absence began.
template <class Letter>
void PutLastSeen(const cases::Case& from, const base::Calendar& calendar, Letter* letter) {
  if (letter->has_last_seen() || !from.has_first_absent()) return;
  const base::Date first = DateOr(from.first_absent(), base::Date{});
  const auto before = calendar.PreviousSchoolDay(first);
  PutDate(before.value_or(first), letter->mutable_last_seen());
}

void FillFromCase(const cases::Case& from, const base::Calendar& calendar,
                  v1::DraftLetter& draft) {
  if (draft.has_inquiry()) {
    PutLastSeen(from, calendar, draft.mutable_inquiry());
    PutMeasures(from, draft.mutable_inquiry());
  }
  if (draft.has_search()) PutLastSeen(from, calendar, draft.mutable_search());
  if (draft.has_persuasion()) PutMeasures(from, draft.mutable_persuasion());
}

std::string_view PurposeOf(v1::LetterKind kind) {
  return LetterKindName(LetterKindOf(kind));
}

}  // namespace

base::Result<std::optional<cases::Case>> LetterSubject::CaseOf(std::int64_t case_id) {
  if (case_id == 0) return std::optional<Case>{};
  cases::GetCase ask;
  ask.set_case_id(case_id);
  ASSIGN_OR_RETURN(const auto reply,
                   (host_.client("cases").Ask<cases::CaseReply>(ask, Options())));
  return std::optional<Case>{reply.case_()};
}

base::Status LetterSubject::CheckCase(std::int64_t case_id, std::int64_t student_id) {
  if (student_id == 0) return {};
  ASSIGN_OR_RETURN(const std::optional<Case> of, CaseOf(case_id));
  const bool same = !of || of->student_id() == student_id ||
                    (of->student_id() == 0 && of->person_id() == 0);
  return same ? base::Status{} : Other("所选学生不是该个案的学生");
}

base::Status LetterSubject::IsStudent(const v1::Child& child, std::int64_t student_id) {
  const Error other = Other("函中儿童与个案或所选学生不是同一人");
  const auto ask = [&](const registry::GetStudent& which) -> base::Result<registry::Student> {
    const auto reply =
        host_.client("registry").Ask<registry::GetStudentReply>(which, Options());
    if (reply.ok()) return reply->student();
    const bool nobody = reply.error().code == Code::kNotFound ||
                        reply.error().code == Code::kInvalidArgument;
    return nobody ? other : reply.error();
  };
  registry::GetStudent which;
  if (!child.id_number().empty()) {
    which.set_id_number(child.id_number());
  } else if (!child.student_no().empty()) {
    which.set_student_no(child.student_no());
  } else {
    which.set_student_id(student_id);
  }
  ASSIGN_OR_RETURN(const registry::Student student, ask(which));
  if (student.student_id() != student_id) return other;
  if (student.name() != child.name()) return other;
  const bool birth = child.has_birth() && student.has_birth();
  if (birth && !SameDay(child.birth(), student.birth())) return other;
  if (child.id_number().empty() || child.student_no().empty()) return {};
  which.Clear();
  which.set_student_no(child.student_no());
  ASSIGN_OR_RETURN(const registry::Student second, ask(which));
  return second.student_id() == student_id ? base::Status{} : other;
}

// A child of the school-age list, by the same look-up as for incoming letters.
base::Status LetterSubject::IsPerson(const v1::Child& child, std::int64_t person_id) {
  registry::FindPerson ask;
  ask.set_id_number(child.id_number());
  ask.set_name(child.name());
  if (child.has_birth()) *ask.mutable_birth() = child.birth();
  const auto reply = host_.client("registry").Ask<registry::FindPersonReply>(ask, Options());
  if (!reply.ok() && reply.error().code != Code::kInvalidArgument) return reply.error();
  if (reply.ok()) {
    if (reply->person_id() == person_id) return {};
    for (const registry::ListedPerson& one : reply->candidates()) {
      // The list may have another number, or none; the letter's own is then an officer's word.
      if (one.person_id() == person_id && (child.id_number().empty() || one.id_masked().empty())) {
        return {};
      }
    }
  }
  return Other("函中儿童与个案的儿童不是同一人");
}

// Of ours nobody leaves the county without a case or at least his name in the student register.
base::Status LetterSubject::IsNobodyOfOurs(const v1::Child& child) {
  const Error ours = Other("该儿童是本县学生，请写明个案或学生（--case 或 --student）");
  bus::Client& client = host_.client("registry");
  if (!child.id_number().empty() || !child.student_no().empty()) {
    registry::GetStudent ask;
    if (!child.id_number().empty()) {
      ask.set_id_number(child.id_number());
    } else {
      ask.set_student_no(child.student_no());
    }
    const auto reply = client.Ask<registry::GetStudentReply>(ask, Options());
    if (reply.ok()) return ours;
    const bool nobody = reply.error().code == Code::kNotFound ||
                        reply.error().code == Code::kInvalidArgument;
    return nobody ? base::Status{} : base::Status{reply.error()};
  }
  if (child.name().empty() || !child.has_birth()) return {};
  registry::ListStudents ask;
  ask.set_name(child.name());
  ask.set_limit(kNamesakesMax);
  ASSIGN_OR_RETURN(const auto list, (client.Ask<registry::ListStudentsReply>(ask, Options())));
  for (const registry::Student& one : list.students()) {
    if (one.name() == child.name() && SameDay(one.birth(), child.birth())) return ours;
  }
  return {};
}

base::Result<registry::GetChildForLetterReply> LetterSubject::AskChild(
    const v1::DraftLetter& draft, const baoxue::bus::v1::Actor& actor) {
  registry::GetChildForLetter ask;
  ask.set_student_id(draft.student_id());
  ask.set_purpose(std::string{PurposeOf(draft.kind())});
  ask.set_reference(draft.case_id() != 0
                        ? fmt::format("case/{}/{}", draft.case_id(), draft.to())
                        : fmt::format("student/{}/{}", draft.student_id(), draft.to()));
  ask.set_with_guardians(MayNameGuardians(draft.kind()));
  bus::CallOptions options = Options();
  options.actor = actor;
  return host_.client("registry").Ask<registry::GetChildForLetterReply>(ask, options);
}

// A proof says only what the register says today.
base::Status LetterSubject::FillProof(std::int64_t student_id, const Known& known,
                                      v1::ProofLetter* letter) {
  ASSIGN_OR_RETURN(const Match match, AskStudent(host_.client("registry"), student_id,
                                                 letter->child()));
  if (match.standing != Standing::kEnrolled) {
    return Error{Code::kFailedPrecondition, "NOT_ENROLLED",
                 "该生目前不在本县就读，不能出具就读证明函"};
  }
  Keep(letter->mutable_school(), known.school_name());
  Keep(letter->mutable_grade_class(), known.class_name());
  if (!letter->has_since() && match.since != base::Date{}) {
    PutDate(match.since, letter->mutable_since());
  }
  return {};
}

base::Result<v1::DraftLetter> LetterSubject::Prepare(const v1::DraftLetter& message,
                                                     const baoxue::bus::v1::Actor& actor) {
  v1::DraftLetter draft = message;
  if (LetterIn(draft) == nullptr) return draft;  // refused for that when it is written
  ASSIGN_OR_RETURN(const std::optional<Case> of, CaseOf(draft.case_id()));
  if (of && draft.student_id() == 0) draft.set_student_id(of->student_id());
  if (of && of->student_id() != draft.student_id() &&
      (of->student_id() != 0 || of->person_id() != 0)) {
    return Other("所选学生不是该个案的学生");
  }
  v1::Child* child = ChildIn(draft);
  if (draft.fill()) {
    if (child == nullptr && !draft.has_notice()) child = AddChild(draft);
    FillContact(office_, actor, draft);
    if (of) FillFromCase(*of, office_.calendar, draft);
  }
  if (draft.student_id() != 0 && draft.fill() && child != nullptr) {
    ASSIGN_OR_RETURN(const Known known, AskChild(draft, actor));
    if (Contradicts(*child, known)) return Other("函中儿童与个案或所选学生不是同一人");
    PutChild(known, draft.kind(), child);
    if (draft.has_inquiry()) PutGuardians(known, draft.mutable_inquiry());
    if (draft.has_persuasion()) PutGuardians(known, draft.mutable_persuasion());
    if (draft.has_transfer()) PutTransfer(known, draft.mutable_transfer());
    if (draft.has_proof()) {
      RETURN_IF_ERROR(FillProof(draft.student_id(), known, draft.mutable_proof()));
    }
    return draft;
  }
  if (child == nullptr) return draft;
  if (draft.student_id() != 0) {
    RETURN_IF_ERROR(IsStudent(*child, draft.student_id()));
  } else if (of && of->person_id() != 0) {
    RETURN_IF_ERROR(IsPerson(*child, of->person_id()));
  } else {
    RETURN_IF_ERROR(IsNobodyOfOurs(*child));
  }
  return draft;
}

}  // namespace tracing
