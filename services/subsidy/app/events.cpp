#include "subsidy/app/events.h"

#include <fmt/format.h>

namespace subsidy {
namespace {

std::string TypeOf(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kGranted:
      return "subsidy.eligibility.granted";
    case ChangeKind::kChanged:
      return "subsidy.eligibility.changed";
    case ChangeKind::kEnded:
      return "subsidy.eligibility.ended";
  }
  return {};
}

store::NewEvent Wrap(std::string type, std::string subject, base::UtcTime time,
                     const google::protobuf::Message& message) {
  return {.type = std::move(type),
          .subject = std::move(subject),
          .time = time,
          .payload = message.SerializeAsString(),
          .payload_type = message.GetDescriptor()->full_name()};
}

std::string StudentSubject(StudentId student) { return fmt::format("student/{}", student.raw()); }

}  // namespace

void PutDate(base::Date day, baoxue::bus::v1::Date* out) {
  out->set_year(day.year());
  out->set_month(static_cast<int>(day.month()));
  out->set_day(static_cast<int>(day.day()));
}

void PutTime(base::UtcTime at, google::protobuf::Timestamp* out) {
  const auto ms = at.time_since_epoch().count();
  out->set_seconds(ms / 1000);
  out->set_nanos(static_cast<std::int32_t>(ms % 1000) * 1'000'000);
}

store::NewEvent EligibilityEvent(const DecisionRow& decision, const Change& change,
                                 const Benefit& benefit) {
  v1::EligibilityChanged message;
  message.set_student_id(decision.student.raw());
  message.set_term(decision.term);
  message.set_benefit(change.benefit);
  message.set_benefit_name(benefit.name);
  message.set_school_code(decision.school_code);
  message.set_before_fen(change.before_fen);
  message.set_after_fen(change.after_fen);
  message.set_difference_fen(change.difference());
  if (benefit.pay == Pay::kFamily && change.difference() != 0) {
    message.set_action(change.difference() > 0 ? "补发" : "停发");
  }
  message.set_decision_no(decision.no);
  message.set_rule_version(decision.rule_version);
  PutDate(decision.day, message.mutable_day());
  message.set_cause(decision.cause);
  return Wrap(TypeOf(change.kind), StudentSubject(decision.student), decision.decided_at, message);
}

store::NewEvent PaymentEvent(const RollRow& roll, const LineRow& line, std::string_view what,
                             base::UtcTime now) {
  v1::PaymentChanged message;
  message.set_student_id(line.student.raw());
  message.set_term(roll.term);
  message.set_school_code(roll.school_code);
  message.set_roll_id(roll.id);
  message.set_line_no(line.no);
  message.set_fen(line.fen);
  message.set_state(line.state);
  message.set_note(line.note);
  return Wrap(fmt::format("subsidy.payment.{}", what), StudentSubject(line.student), now, message);
}

store::NewEvent RulesEvent(const RuleSet& rules, const std::vector<std::string>& approved_by,
                           base::UtcTime now) {
  v1::RulesChanged message;
  message.set_version(rules.version);
  message.set_name(rules.name);
  for (const std::string& one : approved_by) message.add_approved_by(one);
  return Wrap("subsidy.rules.changed", "rules/" + rules.version, now, message);
}

}  // namespace subsidy
