#include "registry/endpoints/likely_handlers.h"

#include "registry/contract/likely.pb.h"
#include "registry/endpoints/mapping.h"

namespace registry {
namespace {

// The contract's numbers are those of domain/slips.h.
static_assert(static_cast<int>(NameLikeness::kDifferent) == pb::NAME_LIKENESS_DIFFERENT);
static_assert(static_cast<int>(NameLikeness::kFormer) == pb::NAME_LIKENESS_FORMER);
static_assert(static_cast<int>(BirthLikeness::kDifferent) == pb::BIRTH_LIKENESS_DIFFERENT);
static_assert(static_cast<int>(BirthLikeness::kSwapped) == pb::BIRTH_LIKENESS_SWAPPED);
static_assert(static_cast<int>(NumberLikeness::kDifferent) == pb::NUMBER_LIKENESS_DIFFERENT);
static_assert(static_cast<int>(NumberLikeness::kBad) == pb::NUMBER_LIKENESS_BAD);
static_assert(static_cast<int>(NumberLikeness::kLastDigit) == pb::NUMBER_LIKENESS_LAST_DIGIT);
static_assert(static_cast<int>(Agreement::kNo) == pb::AGREEMENT_NO);

void Fill(pb::Likeness& to, const ChildLikeness& likeness) {
  to.set_name(static_cast<pb::NameLikeness>(likeness.name));
  to.set_birth(static_cast<pb::BirthLikeness>(likeness.birth));
  to.set_number(static_cast<pb::NumberLikeness>(likeness.number));
  to.set_sex(static_cast<pb::Agreement>(likeness.sex));
  to.set_guardian(static_cast<pb::Agreement>(likeness.guardian));
  to.set_phone(static_cast<pb::Agreement>(likeness.phone));
}

// No more of a child than an officer needs to know him again.
void Fill(pb::Student& to, LikelyStudent&& one) {
  registry::Fill(to, StudentView{.student = std::move(one.student),
                                 .school_name = std::move(one.school_name),
                                 .class_name = std::move(one.class_name)});
  to.clear_details();
  to.clear_guardians();
}

base::Result<WhichLikely> From(const pb::FindLikely& message) {
  WhichLikely which{.id_number = message.id_number(), .name = message.name()};
  ASSIGN_OR_RETURN(which.birth, DateFrom(message.has_birth(), message.birth(), "出生日期"));
  if (message.sex() == pb::SEX_MALE) which.sex = Sex::kMale;
  if (message.sex() == pb::SEX_FEMALE) which.sex = Sex::kFemale;
  for (const pb::LikelyGuardian& guardian : message.guardians()) {
    which.guardians.push_back(guardian.name());
    which.phones.push_back(guardian.phone());
  }
  return which;
}

}  // namespace

void RegisterLikelyHandlers(bus::Server& server, Likely& likely) {
  server.On<pb::FindLikely, pb::FindLikelyReply>(
      [&likely](const bus::Request& request,
                const pb::FindLikely& message) -> base::Result<pb::FindLikelyReply> {
        if (request.peer != "tracing") {
          return base::Error{base::Code::kPermissionDenied, "ONLY_TRACING",
                             "只有协查服务可以这样查询"};
        }
        ASSIGN_OR_RETURN(const WhichLikely which, From(message));
        ASSIGN_OR_RETURN(LikelyFound found, likely.Find(which));
        pb::FindLikelyReply reply;
        for (LikelyStudent& one : found.students) {
          pb::LikelyStudent& to = *reply.add_students();
          Fill(*to.mutable_likeness(), one.likeness);
          Fill(*to.mutable_student(), std::move(one));
        }
        for (const LikelyPerson& one : found.people) {
          pb::LikelyPerson& to = *reply.add_people();
          Fill(*to.mutable_likeness(), one.likeness);
          registry::Fill(*to.mutable_person(), one.person);
        }
        return reply;
      });
}

}  // namespace registry
