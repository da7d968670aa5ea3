#include "cli/rehearsal/seats.h"

#include <map>
#include <mutex>

#include "cli/rehearsal/many_calls.h"
#include "cli/shell/progress.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;
constexpr std::uint32_t kPage = 1000;
constexpr int kInFlight = 8;
constexpr std::chrono::seconds kCallTimeout{60};

std::string Key(std::string_view school, std::string_view class_no) {
  return std::string{school}.append("/").append(class_no);
}

}  // namespace

void Seats::Add(const registry::ListStudentsReply& page) {
  for (const registry::Student& student : page.students()) {
    seats_[student.class_id()][student.seat_no()] = student.student_id();
    ++students_;
  }
}

base::Result<Seats> Seats::Load(Shell& shell) {
  Seats seats;
  ASSIGN_OR_RETURN(const auto classes,
                   (shell.Ask<registry::ListClassesReply>("registry", registry::ListClasses{})));
  std::map<std::string, std::int64_t> schools;  // after which student the next page begins
  for (const registry::SchoolClass& one : classes.classes()) {
    seats.classes_[Key(one.school_code(), one.class_no())] = one.class_id();
    schools[one.school_code()] = 0;
  }
  ASSIGN_OR_RETURN(bus::Client * client, shell.ClientOf("registry"));
  Progress progress("班级名册", schools.size(), shell.quiet());
  std::mutex mutex;
  // Round after round, one page of each school that is not finished.
  while (!schools.empty()) {
    std::map<std::string, std::int64_t> unfinished;
    ManyCalls calls(kInFlight);
    for (const auto& [school, after] : schools) {
      registry::ListStudents request;
      request.set_school_code(school);
      request.set_after(after);
      request.set_limit(kPage);
      const bool going =
          calls.Start(*client, request, shell.Call(kCallTimeout), [&](const std::string& body) {
            registry::ListStudentsReply page;
            if (!page.ParseFromString(body)) return;
            const std::lock_guard lock(mutex);
            seats.Add(page);
            if (page.students_size() == static_cast<int>(kPage)) {
              const auto& last = page.students(page.students_size() - 1);
              unfinished[last.school_code()] = last.student_id();
            } else {
              progress.Add(1);
            }
          });
      if (!going) break;
    }
    if (auto done = calls.Finish(); !done.ok()) return Shell::Explain("registry", done.error());
    schools = std::move(unfinished);
  }
  return seats;
}

std::int64_t Seats::ClassId(std::string_view school, std::string_view class_no) const {
  const auto found = classes_.find(Key(school, class_no));
  return found == classes_.end() ? 0 : found->second;
}

std::int64_t Seats::StudentId(std::int64_t class_id, std::string_view seat) const {
  const auto in_class = seats_.find(class_id);
  if (in_class == seats_.end()) return 0;
  const auto found = in_class->second.find(std::string{seat});
  return found == in_class->second.end() ? 0 : found->second;
}

}  // namespace cli
