#include "tracing/app/transfer_events.h"

#include <fmt/format.h>

#include "tracing/app/letter_content.h"
#include "tracing/store/codec.h"

namespace tracing {

store::NewEvent TransferEvent(const TransferRow& row, const TransferNews& news,
                              const std::string& document_no, const std::string& school,
                              base::UtcTime now) {
  const TransferWatch& watch = row.watch;
  v1::TransferChanged out;
  out.set_watch_id(row.watch_id);
  out.set_direction(static_cast<v1::TransferDirection>(watch.direction));
  out.set_state(static_cast<v1::TransferState>(watch.state));
  out.set_student_id(row.student_id);
  out.set_other_division(row.other.ToString());
  if (news.kind == TransferNews::Kind::kOverdue) {
    out.set_party(std::string{PartyName(news.party)});
  }
  PutDate(watch.began, out.mutable_began());
  if (watch.direction == TransferDirection::kOut) {
    PutDate(watch.arrive_by, out.mutable_arrive_by());
  }
  if (watch.arrived_on) PutDate(*watch.arrived_on, out.mutable_arrived_on());
  out.set_was_missing(watch.was_missing);
  if (row.conversation != ConversationId{}) out.set_conversation_id(BytesOf(row.conversation));
  out.set_document_no(document_no);
  out.set_school(school);
  out.set_version(row.version);
  return {.type = fmt::format("tracing.transfer.{}", TransferNewsName(news.kind)),
          .subject = fmt::format("transfer/{}", row.watch_id),
          .time = now,
          .payload = out.SerializeAsString(),
          .payload_type = out.GetDescriptor()->full_name(),
          .correlation_id = {},
          .causation_id = {}};
}

std::string TextOf(const TransferNews& news, const TransferRow& row, const std::string& why) {
  using Kind = TransferNews::Kind;
  const bool out = row.watch.direction == TransferDirection::kOut;
  const auto because = [&why](std::string text) {
    return why.empty() ? text : text + "（" + why + "）";
  };
  switch (news.kind) {
    case Kind::kOpened:
      return fmt::format("{}{}{}", out ? "转出，转往" : "转入，转自", row.other.ToString(),
                         row.other_school);
    case Kind::kParty: return because(fmt::format("{}已办理", PartyChinese(news.party)));
    case Kind::kOverdue:
      return fmt::format("{}逾期未办理，期限{}", PartyChinese(news.party),
                         row.watch[news.party].due.ToString());
    case Kind::kMissing:
      return fmt::format("至{}未确认到校，按疑似辍学处理", row.watch.arrive_by.ToString());
    case Kind::kArrived:
      return because(row.watch.was_missing ? "逾期后确认到校" : "确认到校");
    case Kind::kCalledOff: break;
  }
  return because("取消");
}

}  // namespace tracing
