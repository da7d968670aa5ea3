// A registry for tests of letters: it answers what the test has written into its book. Children are
// made up.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "host/runtime.h"
#include "integration/tracing/marks.h"
#include "registry/contract/likely.pb.h"
#include "registry/contract/registry.pb.h"
#include "settings/county.h"

namespace tracing::testing {

namespace registry = baoxue::registry::v1;

// What the fake knows; shared with its handlers.
struct RegistryBook {
  std::mutex mutex;
  std::map<std::string, registry::Student> students;  // by identity number
  std::string proves_as = {};  // the division that stands in its proofs; empty: its own
  std::map<std::string, std::string> listed;          // of the school-age list: their towns
  std::vector<registry::Student> namesakes;
  registry::Likeness likeness;                        // of each of them
  registry::FindLikely asked_likely;                  // last
  int disclosed = 0;                                  // numbers that were given to letters
};

// By name and by the school-age list.
inline void AnswerSearches(host::Host& host, const std::shared_ptr<RegistryBook>& book) {
  host.server().On<registry::ListStudents, registry::ListStudentsReply>(
      [book](const bus::Request&,
             const registry::ListStudents&) -> base::Result<registry::ListStudentsReply> {
        const std::lock_guard lock{book->mutex};
        registry::ListStudentsReply reply;
        for (const registry::Student& one : book->namesakes) *reply.add_students() = one;
        return reply;
      });
  host.server().On<registry::FindLikely, registry::FindLikelyReply>(
      [book](const bus::Request&,
             const registry::FindLikely& ask) -> base::Result<registry::FindLikelyReply> {
        const std::lock_guard lock{book->mutex};
        book->asked_likely = ask;
        registry::FindLikelyReply reply;
        for (const registry::Student& one : book->namesakes) {
          registry::LikelyStudent& likely = *reply.add_students();
          *likely.mutable_student() = one;
          *likely.mutable_likeness() = book->likeness;
        }
        return reply;
      });
  host.server().On<registry::FindPerson, registry::FindPersonReply>(
      [book](const bus::Request&,
             const registry::FindPerson& ask) -> base::Result<registry::FindPersonReply> {
        const std::lock_guard lock{book->mutex};
        registry::FindPersonReply reply;
        const auto found = book->listed.find(ask.id_number());
        if (found == book->listed.end()) return reply;
        reply.set_person_id(4711);
        reply.set_town(found->second);
        return reply;
      });
}

inline host::Definition FakeRegistry(std::shared_ptr<RegistryBook> book) {
  host::Definition definition;
  definition.name = "registry";
  definition.build = [book](host::Host& host) -> base::Result<std::shared_ptr<void>> {
    host.server().On<registry::GetStudent, registry::GetStudentReply>(
        [book](const bus::Request&,
               const registry::GetStudent& ask) -> base::Result<registry::GetStudentReply> {
          const std::lock_guard lock{book->mutex};
          for (const registry::Student& one : book->namesakes) {
            if (ask.student_id() == 0 || one.student_id() != ask.student_id()) continue;
            registry::GetStudentReply reply;
            *reply.mutable_student() = one;
            return reply;
          }
          for (const auto& [number, student] : book->students) {
            const bool meant =
                number == ask.id_number() ||
                (ask.student_id() != 0 && ask.student_id() == student.student_id()) ||
                (!ask.student_no().empty() && ask.student_no() == student.student_no());
            if (!meant) continue;
            registry::GetStudentReply reply;
            *reply.mutable_student() = student;
            return reply;
          }
          return base::Error{base::Code::kNotFound, "STUDENT_UNKNOWN", ""};
        });
    host.server().On<registry::GetStudentHistory, registry::GetStudentHistoryReply>(
        [](const bus::Request&, const registry::GetStudentHistory&)
            -> base::Result<registry::GetStudentHistoryReply> {
          registry::GetStudentHistoryReply reply;
          registry::EnrolmentChange& change = *reply.add_changes();
          change.set_kind("22");
          change.mutable_effective()->set_year(2026);
          change.mutable_effective()->set_month(9);
          change.mutable_effective()->set_day(1);
          return reply;
        });
    AnswerSearches(host, book);
    const auto county = settings::LoadCounty(host.suite().ProfilePath());
    const auto roster = [book] {
      const std::lock_guard lock{book->mutex};
      return book->students;
    };
    const auto proves_as = [book, own = county.ok() ? county->division : ""] {
      const std::lock_guard lock{book->mutex};
      return book->proves_as.empty() ? own : book->proves_as;
    };
    AnswerMarks(host, roster, proves_as, [book] {
      const std::lock_guard lock{book->mutex};
      ++book->disclosed;
    });
    return std::shared_ptr<void>{};
  };
  return definition;
}

}  // namespace tracing::testing
