#include "subsidy/endpoints/reactions.h"

#include "host/log.h"
#include "registry/contract/registry.pb.h"

namespace subsidy {
namespace {

namespace registry = baoxue::registry::v1;

std::optional<base::Date> DateOf(const baoxue::bus::v1::Date& date) {
  return base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()));
}

base::Date DayOf(const google::protobuf::Timestamp& at) {
  return base::DateAt(base::UtcTime{std::chrono::seconds{at.seconds()}});
}

StateRow StateOf(const registry::StudentChanged& message, base::Date told_on) {
  return {.student = StudentId{message.student_id()},
          .version = message.version(),
          .effective = message.has_effective() ? DateOf(message.effective()).value_or(told_on)
                                               : told_on,
          .school_code = message.school_code(),
          .class_id = message.class_id(),
          .status = static_cast<int>(message.status()),
          .boarding = message.boarding(),
          .home_teaching = message.home_teaching(),
          .inclusive = message.inclusive(),
          .non_local = message.non_local(),
          .name = message.name()};
}

std::vector<Tag> TagsOf(const registry::GroupsChanged& message) {
  std::vector<Tag> tags;
  for (const registry::GroupTag& line : message.groups()) {
    const auto from = DateOf(line.valid_from());
    if (!from) continue;
    Tag tag{line.group(), line.source(), line.batch(), *from, {}};
    if (line.has_valid_to()) {
      const auto last = DateOf(line.valid_to());
      if (last) tag.to = *last + std::chrono::days{1};
    }
    tags.push_back(std::move(tag));
  }
  return tags;
}

}  // namespace

Reactions::Reactions(host::Host& host, const Office& office)
    : host_(host),
      office_(office),
      unreadable_(host.metrics().counter("baoxue_subsidy_events_unreadable_total",
                                         "Events of other services that made no sense")) {}

void Reactions::Follow() {
  host_.FollowBatches(
      "registry",
      [this](store::Transaction& tx, const std::vector<bus::Event>& events) {
        return OnRegistry(tx, events);
      },
      [this] { host_.NotifyFeed(); });
}

base::Status Reactions::OnRegistry(store::Transaction& tx, const std::vector<bus::Event>& events) {
  RegistryNews news;
  for (const bus::Event& event : events) Take(event, news);
  return TakeNews(tx, office_, news);
}

void Reactions::Take(const bus::Event& event, RegistryNews& news) {
  if (event.type() == "registry.school.changed") {
    registry::SchoolChanged message;
    if (!message.ParseFromString(event.payload())) return Unreadable(event);
    const registry::School& school = message.school();
    news.schools.push_back(
        {school.school_code(), school.name(), static_cast<SchoolKind>(school.stage())});
  } else if (event.type() == "registry.class.changed") {
    registry::ClassChanged message;
    if (!message.ParseFromString(event.payload())) return Unreadable(event);
    const registry::SchoolClass& one = message.school_class();
    news.classes.push_back({one.class_id(), DayOf(event.time()), one.grade(), one.name()});
  } else if (event.type() == "registry.groups.changed") {
    registry::GroupsChanged message;
    const bool parsed = message.ParseFromString(event.payload());
    if (!parsed || message.student_id() <= 0) return Unreadable(event);
    news.tags[StudentId{message.student_id()}] = TagsOf(message);
  } else if (event.type().starts_with("registry.student.")) {
    registry::StudentChanged message;
    const bool parsed = message.ParseFromString(event.payload());
    if (!parsed || message.student_id() <= 0) return Unreadable(event);
    news.states.push_back(StateOf(message, DayOf(event.time())));
  } else {
    return;
  }
  // Of a batch the decision names the last that was told.
  news.cause = event.type() + " #" + std::to_string(event.seq());
}

void Reactions::Unreadable(const bus::Event& event) {
  unreadable_.Add();
  host::LogWarnLimited("subsidy.event_unreadable", 60,
                       {{"feed", event.feed()}, {"type", event.type()}, {"seq", event.seq()}});
}

}  // namespace subsidy
