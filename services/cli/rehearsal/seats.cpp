#include "cli/rehearsal/seats.h"

#include <mutex>

#include "cli/rehearsal/many_calls.h"
#include "cli/shell/progress.h"
#include "registry/contract/registry.pb.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;
constexpr std::uint32_t kClassMax = 500;
constexpr int kInFlight = 64;

std::string Key(std::string_view school, std::string_view class_no) {
  return std::string{school}.append("/").append(class_no);
}

}  // namespace

base::Result<Seats> Seats::Load(Shell& shell) {
  Seats seats;
  ASSIGN_OR_RETURN(const auto classes,
                   (shell.Ask<registry::ListClassesReply>("registry", registry::ListClasses{})));
  ASSIGN_OR_RETURN(bus::Client * client, shell.ClientOf("registry"));
  std::mutex mutex;
  ManyCalls calls(kInFlight);
  Progress progress("班级名册", static_cast<std::uint64_t>(classes.classes_size()), shell.quiet());
  for (const registry::SchoolClass& one : classes.classes()) {
    seats.classes_[Key(one.school_code(), one.class_no())] = one.class_id();
    registry::ListStudents request;
    request.set_class_id(one.class_id());
    request.set_limit(kClassMax);
    const bool going = calls.Start(*client, request, shell.Call(),
                                   [&, id = one.class_id()](const std::string& body) {
                                     registry::ListStudentsReply reply;
                                     if (!reply.ParseFromString(body)) return;
                                     const std::lock_guard lock(mutex);
                                     auto& in_class = seats.seats_[id];
                                     for (const registry::Student& student : reply.students()) {
                                       in_class[student.seat_no()] = student.student_id();
                                       ++seats.students_;
                                     }
                                     progress.Add(1);
                                   });
    if (!going) break;
  }
  RETURN_IF_ERROR(calls.Finish());
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
