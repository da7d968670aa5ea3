#include "cases/endpoints/household_handlers.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "base/random.h"
#include "cases/endpoints/household_mapping.h"
#include "tracing/contract/tracing.pb.h"

namespace cases {
namespace {

namespace tracing = baoxue::tracing::v1;

// Names are only shown; without an answer the task is shown without them.
constexpr std::chrono::milliseconds kTracingTimeout{1500};

template <class Message>
base::Result<Message> Parse(const bus::Request& request) {
  Message message;
  if (!message.ParseFromString(request.body)) {
    return base::Error{base::Code::kInvalidArgument, "BAD_BODY",
                       "the body is not a " + Message::descriptor()->full_name()};
  }
  return message;
}

// The 16 bytes of a conversation; empty: of none.
std::string Bytes(const std::string& hex) {
  base::Uuid id;
  if (!base::FromHex(hex, id)) return "";
  return {id.begin(), id.end()};
}

// "away/<id>/<step>": a child who lives elsewhere; 0: of a letter.
std::int64_t AwayOf(std::string_view reference) {
  constexpr std::string_view kPrefix = "away/";
  if (!reference.starts_with(kPrefix)) return 0;
  reference.remove_prefix(kPrefix.size());
  std::int64_t id = 0;
  const auto [end, failed] = std::from_chars(reference.begin(), reference.end(), id);
  return failed == std::errc{} && end != reference.end() && *end == '/' ? id : 0;
}

void AskFor(const std::string& reference, const std::string& conversation,
            tracing::NameChildren& ask) {
  if (const std::int64_t away = AwayOf(reference); away > 0) return ask.add_away_ids(away);
  if (!conversation.empty()) ask.add_conversation_ids(Bytes(conversation));
}

std::string KeyOf(const tracing::NamedChild& child) {
  return child.away_id() > 0 ? fmt::format("away/{}", child.away_id()) : child.conversation_id();
}
std::string KeyOf(const HouseholdTask& task) {
  const std::int64_t away = AwayOf(task.reference);
  return away > 0 ? fmt::format("away/{}", away) : Bytes(task.conversation);
}

bool HasTracing(const host::Host& host) { return host.suite().services.contains("tracing"); }

bool Earlier(const v1::Task& a, const v1::Task& b) {
  return std::pair{a.due().seconds(), a.due().nanos()} <
         std::pair{b.due().seconds(), b.due().nanos()};
}

}  // namespace

HouseholdHandlers::HouseholdHandlers(host::Host& host, HouseholdDesk& desk)
    : host_(host), desk_(desk) {
  host::Gauge open = host.metrics().gauge("baoxue_cases_households_open",
                                          "Townships' tasks for other counties' letters");
  host::Gauge late = host.metrics().gauge("baoxue_cases_households_overdue",
                                          "Those of them that are overdue");
  host.metrics().Collect([this, open, late]() mutable {
    const auto counts = Counts();
    if (!counts.ok()) return;
    open.Set(static_cast<double>(counts->open));
    late.Set(static_cast<double>(counts->overdue));
  });
}

void HouseholdHandlers::Register() {
  host_.server().Handle(v1::GetHouseholdTask::descriptor()->full_name(),
                        [this](const bus::Request& request) { return Get(request); });
  host_.server().Handle(v1::DoHouseholdAct::descriptor()->full_name(),
                        [this](const bus::Request& request) { return Do(request); });
}

bus::Reply HouseholdHandlers::Get(const bus::Request& request) {
  ASSIGN_OR_RETURN(const auto message, Parse<v1::GetHouseholdTask>(request));
  ASSIGN_OR_RETURN(const HouseholdSheet sheet, desk_.Get(HouseholdId{message.task_id()}));
  v1::HouseholdTaskReply reply;
  PutHousehold(sheet, reply.mutable_task());
  // tracing asks for what was found; it knows the child.
  if (MaybeActor(request.envelope)) AskChild(reply.mutable_task());
  return reply.SerializeAsString();
}

bus::Reply HouseholdHandlers::Do(const bus::Request& request) {
  ASSIGN_OR_RETURN(const auto message, Parse<v1::DoHouseholdAct>(request));
  ASSIGN_OR_RETURN(const Actor actor, ActorFrom(request.envelope));
  DoVisit command{.id = HouseholdId{message.task_id()},
                  .expected_version = message.expected_version(),
                  .visit = {}};
  ASSIGN_OR_RETURN(command.visit, VisitFrom(message.act()));
  command.visit.actor = actor;
  const Once once{.key = request.envelope.idempotency_key(),
                  .request_type = request.envelope.type()};
  const auto reply = desk_.Do(command, once, [](const HouseholdSheet& sheet) {
    v1::HouseholdTaskReply out;
    PutHousehold(sheet, out.mutable_task());
    return out.SerializeAsString();
  });
  if (reply.ok()) host_.NotifyFeed();
  return reply;
}

base::Status HouseholdHandlers::AddTasks(const TaskFilter& filter, v1::ListTasksReply& reply) {
  ASSIGN_OR_RETURN(const std::vector<HouseholdTask> tasks, desk_.List(filter));
  ASSIGN_OR_RETURN(const HouseholdCounts counts, desk_.Count(filter));
  reply.set_total(reply.total() + (filter.overdue_only ? counts.overdue : counts.open));
  if (tasks.empty()) return {};
  const int before = reply.tasks_size();
  for (const HouseholdTask& task : tasks) PutHouseholdRow(task, desk_.Now(), reply.add_tasks());
  AskNames(tasks, reply);
  auto& all = *reply.mutable_tasks();
  std::inplace_merge(all.begin(), all.begin() + before, all.end(), Earlier);
  const int most = static_cast<int>(filter.limit);
  if (all.size() > most) all.DeleteSubrange(most, all.size() - most);
  return {};
}

void HouseholdHandlers::AskNames(const std::vector<HouseholdTask>& tasks,
                                 v1::ListTasksReply& reply) {
  if (!HasTracing(host_)) return;
  tracing::NameChildren ask;
  for (const HouseholdTask& task : tasks) AskFor(task.reference, task.conversation, ask);
  bus::CallOptions options;
  options.timeout = kTracingTimeout;
  const auto named = host_.client("tracing").Ask<tracing::NameChildrenReply>(ask, options);
  if (!named.ok()) return;
  std::map<std::string, std::string> names;
  for (const tracing::NamedChild& child : named->children()) {
    names[KeyOf(child)] = child.name();
  }
  const int first = reply.tasks_size() - static_cast<int>(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    reply.mutable_tasks(first + static_cast<int>(i))
        ->set_student_name(names[KeyOf(tasks[i])]);
  }
}

void HouseholdHandlers::AskChild(v1::HouseholdTask* task) {
  if (!HasTracing(host_)) return;
  tracing::NameChildren ask;
  AskFor(task->reference(), task->conversation(), ask);
  if (ask.conversation_ids().empty() && ask.away_ids().empty()) return;
  ask.set_with_details(true);
  bus::CallOptions options;
  options.timeout = kTracingTimeout;
  const auto named = host_.client("tracing").Ask<tracing::NameChildrenReply>(ask, options);
  if (!named.ok() || named->children().empty()) return;
  const tracing::NamedChild& child = named->children(0);
  task->set_child_name(child.name());
  task->set_id_masked(child.id_masked());
  task->set_address(child.address());
  for (const std::string& one : child.guardians()) task->add_guardians(one);
}

}  // namespace cases
