// What the look-up found for a letter that a person answers, kept until he does.
#include "tracing/app/letter_desk.h"
#include "tracing/store/stored.pb.h"

namespace tracing {
namespace {

constexpr std::string_view kPurpose = "tracing.slip";

}  // namespace

base::Status LetterDesk::KeepSlip(store::Transaction& tx, const ConversationId& id,
                                  const ReplyDecision& decision) {
  baoxue::tracing::stored::v1::Candidates all;
  for (const Match& match : decision.candidates) {
    auto& one = *all.add_all();
    one.set_student_id(match.student_id);
    one.set_person_id(match.person_id);
    one.set_name(match.name);
    one.set_id_masked(match.id_masked);
    one.set_school(match.school);
    one.set_grade_class(match.grade_class);
    one.set_score(static_cast<std::uint32_t>(match.score));
    for (const std::string& reason : match.reasons) one.add_reasons(reason);
  }
  return SaveSlip(tx, id,
                  {.person_id = decision.person_id,
                   .town = decision.town,
                   .why = decision.why,
                   .suggested_forward = decision.suggested_forward,
                   .candidates = office_.keyring->Seal(kPurpose, all.SerializeAsString())},
                  Now());
}

base::Result<std::optional<DeskNote>> LetterDesk::SlipOf(const ConversationId& id) {
  std::optional<DeskSlip> row;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindSlip(session, id));
    return {};
  }));
  if (!row) return std::optional<DeskNote>{};
  DeskNote slip{.why = row->why, .suggested_forward = row->suggested_forward, .candidates = {}};
  if (row->candidates.empty()) return std::optional{std::move(slip)};
  ASSIGN_OR_RETURN(const std::string bytes, office_.keyring->Open(kPurpose, row->candidates));
  baoxue::tracing::stored::v1::Candidates all;
  if (!all.ParseFromString(bytes)) {
    return base::Error{base::Code::kDataCorruption, "ROW_BROKEN", "candidates"};
  }
  for (const auto& one : all.all()) {
    slip.candidates.push_back({.student_id = one.student_id(),
                               .person_id = one.person_id(),
                               .name = one.name(),
                               .id_masked = one.id_masked(),
                               .school = one.school(),
                               .grade_class = one.grade_class(),
                               .score = static_cast<int>(one.score()),
                               .reasons = {one.reasons().begin(), one.reasons().end()}});
  }
  return std::optional{std::move(slip)};
}

}  // namespace tracing
