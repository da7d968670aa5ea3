// The registry's side of 「这孩子在哪里」, for tests: marks and proofs made as
// services/registry/contract/registry.proto says, written down here a second time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "host/host.h"
#include "registry/contract/registry.pb.h"
#include "security/keyed_pass.h"

namespace tracing::testing {

// identity number -> student; asked at each call.
using Roster = std::function<std::map<std::string, baoxue::registry::v1::Student>()>;

inline std::string ChildDigest(const std::string& id_number) {
  return security::LetterDigest(security::LetterSuite::kSm,
                                std::string{"baoxue-where/1\0", 15} + id_number)
      .substr(0, 16);
}
inline std::string MarkOf(std::uint32_t suite, const std::string& nonce,
                          const std::string& text) {
  return security::SuiteHmac(static_cast<security::LetterSuite>(suite), nonce, text);
}
inline std::string ProofText(const std::string& division, const std::string& id_number) {
  return std::string{"here\0", 5} + division + std::string(1, '\0') + ChildDigest(id_number);
}

// `division` says who proves: a county that says another's name proves nothing. `disclosed` is
// called for each number that is given to a letter.
inline void AnswerMarks(host::Host& host, Roster roster, std::function<std::string()> division,
                        std::function<void()> disclosed = {}) {
  namespace registry = baoxue::registry::v1;
  host.server().On<registry::MakeMark, registry::MakeMarkReply>(
      [roster](const bus::Request&,
               const registry::MakeMark& ask) -> base::Result<registry::MakeMarkReply> {
        for (const auto& [number, student] : roster()) {
          if (student.student_id() != ask.student_id()) continue;
          registry::MakeMarkReply reply;
          reply.set_mark(MarkOf(ask.suite(), ask.nonce(), ChildDigest(number)));
          for (const std::string& one : ask.proof_of()) {
            reply.add_proofs(MarkOf(ask.suite(), ask.nonce(), ProofText(one, number)));
          }
          reply.set_name(student.name());
          reply.set_id_masked("1101**********002X");
          return reply;
        }
        return base::Error{base::Code::kNotFound, "STUDENT_UNKNOWN", ""};
      });
  host.server().On<registry::MatchMark, registry::MatchMarkReply>(
      [roster, division](const bus::Request&, const registry::MatchMark& ask)
          -> base::Result<registry::MatchMarkReply> {
        registry::MatchMarkReply reply;
        for (const auto& [number, student] : roster()) {
          if (MarkOf(ask.suite(), ask.nonce(), ChildDigest(number)) != ask.mark()) continue;
          reply.set_student_id(student.student_id());
          reply.set_proof(MarkOf(ask.suite(), ask.nonce(), ProofText(division(), number)));
        }
        return reply;
      });
  host.server().On<registry::GetChildForLetter, registry::GetChildForLetterReply>(
      [roster, disclosed](const bus::Request&, const registry::GetChildForLetter& ask)
          -> base::Result<registry::GetChildForLetterReply> {
        for (const auto& [number, student] : roster()) {
          if (student.student_id() != ask.student_id()) continue;
          registry::GetChildForLetterReply reply;
          reply.set_name(student.name());
          reply.set_id_number(number);
          reply.set_sex(student.sex());
          if (student.has_birth()) *reply.mutable_birth() = student.birth();
          reply.set_student_no(student.student_no().empty() ? "G" + number
                                                            : student.student_no());
          reply.set_school_name(student.school_name());
          reply.set_class_name(student.class_name());
          reply.set_hukou_division(student.hukou_division());
          reply.set_household_address("瓦屋塘镇1组");
          if (disclosed) disclosed();
          if (!ask.with_guardians()) return reply;
          registry::LetterGuardian& guardian = *reply.add_guardians();
          guardian.set_relation("母亲");
          guardian.set_name("王某");
          guardian.set_phone("13800000000");
          return reply;
        }
        return base::Error{base::Code::kNotFound, "STUDENT_UNKNOWN", ""};
      });
}

}  // namespace tracing::testing
