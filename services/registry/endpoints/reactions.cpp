#include "registry/endpoints/reactions.h"

#include "cases/contract/cases.pb.h"

namespace registry {
namespace {

using baoxue::cases::v1::CaseChanged;

std::optional<base::Date> DayOf(bool has, const baoxue::bus::v1::Date& date) {
  if (!has || date.month() < 1 || date.day() < 1) return std::nullopt;
  return base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()));
}

base::UtcTime TimeOf(const google::protobuf::Timestamp& time) {
  return base::UtcTime{std::chrono::milliseconds{time.seconds() * 1000 + time.nanos() / 1'000'000}};
}

}  // namespace

base::Status OnCaseEvent(const Ledgers& ledgers, store::Transaction& tx, const bus::Event& event) {
  if (event.payload_type() != CaseChanged::descriptor()->full_name()) return {};
  CaseChanged message;
  if (!message.ParseFromString(event.payload())) {
    return base::Error{base::Code::kDataCorruption, "BAD_EVENT", event.type()};
  }
  CaseNews news;
  news.day = base::DateAt(TimeOf(event.time()));
  LedgerCase& state = news.state;
  state.id = CaseId{message.case_id()};
  state.version = message.version();
  state.student_id = StudentId{message.student_id()};
  state.person_id = PersonId{message.person_id()};
  state.state = message.state();
  state.state_name = message.state_name();
  state.level = message.level();
  state.level_name = message.level_name();
  const auto& party = message.responsible();
  state.responsible = Actor{party.person_id(), party.person(), party.role(), party.body()};
  state.found_by = message.found_by();
  state.reason_code = message.reason_code();
  state.first_absent = DayOf(message.has_first_absent(), message.first_absent());
  state.opened_on = DayOf(message.has_opened_on(), message.opened_on());
  state.closed_on = DayOf(message.has_closed_on(), message.closed_on());
  state.persuasions = message.persuasions();
  state.last_persuasion = DayOf(message.has_last_persuasion(), message.last_persuasion());
  return ledgers.Take(tx, news);
}

}  // namespace registry
