// What officers do to a watch, the letter's fate, and reading.
#include <fmt/format.h>

#include "tracing/app/transfer_desk.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kTextBytesMax = 600;  // 200 characters

Error NoTransfer() { return {Code::kNotFound, "NO_TRANSFER", "没有这条转学跟踪记录"}; }

std::string Who(const baoxue::bus::v1::Actor& actor) {
  return actor.name().empty() ? actor.person_id() : actor.name();
}

}  // namespace

base::Result<TransferDesk::Change> TransferDesk::Step(TransferRow& row,
                                                      const v1::RecordTransferStep& step,
                                                      const baoxue::bus::v1::Actor& actor) const {
  const base::Date today = base::DateAt(Now());
  const base::Date on = step.has_on() ? DateOr(step.on(), base::Date{}) : today;
  if (on == base::Date{} || on > today || on < row.watch.began) {
    return Error{Code::kInvalidArgument, "BAD_DATE", "日期须在转学登记日与今天之间"};
  }
  if (step.text().size() > kTextBytesMax || step.school().size() > kTextBytesMax) {
    return Error{Code::kInvalidArgument, "TEXT_TOO_LONG", "文字不得超过 200 字"};
  }
  Change change{.news = {}, .text = step.text(), .kind = step.kind(), .document_no = {},
                .school = step.school(), .actor = actor};
  const Statement told{on, Who(actor), Source::kOfficer};
  if (step.kind() == "party") {
    const auto party = PartyFromName(step.party());
    if (!party) {
      return Error{Code::kInvalidArgument, "BAD_PARTY",
                   "只能是 into_school、into_bureau、out_school、out_bureau"};
    }
    ASSIGN_OR_RETURN(change.news, Book().PartyDone(row.watch, *party, told));
  } else if (step.kind() == "arrived") {
    ASSIGN_OR_RETURN(change.news, Book().Arrive(row.watch, told, std::nullopt));
  } else if (step.kind() == "call_off") {
    if (step.text().empty()) {
      return Error{Code::kInvalidArgument, "TEXT_MISSING", "请填写取消理由"};
    }
    ASSIGN_OR_RETURN(change.news, Book().CallOff(row.watch));
    row.letter_at.reset();
    row.letter_problem.clear();
  } else {
    return Error{Code::kInvalidArgument, "BAD_STEP", "只能是 party、arrived、call_off"};
  }
  return change;
}

base::Result<std::string> TransferDesk::Record(const v1::RecordTransferStep& step,
                                               const baoxue::bus::v1::Actor& actor,
                                               const Once& once, const Encode& encode) {
  if (once.key.size() != kKeyBytes) {
    return Error{Code::kInvalidArgument, "KEY_MISSING", "a write needs a 16-byte idempotency key"};
  }
  return pool_.Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(const std::optional<store::Remembered> known, store::FindReply(tx, once.key));
    if (known && known->request_type != once.request_type) {
      return Error{Code::kInvalidArgument, "KEY_REUSED", "the key belongs to another request"};
    }
    if (known) return known->reply;
    ASSIGN_OR_RETURN(std::optional<TransferRow> row, LockTransfer(tx, step.watch_id()));
    if (!row) return NoTransfer();
    if (step.expected_version() > 0 && step.expected_version() != row->version) {
      return Error{Code::kConflict, "VERSION_MISMATCH", "记录已被更新，请刷新后再试"};
    }
    ASSIGN_OR_RETURN(const Change change, Step(*row, step, actor));
    std::vector<store::NewEvent> events;
    RETURN_IF_ERROR(Save(tx, *row, change, events));
    ASSIGN_OR_RETURN(const auto entries, TransferEntries(tx, row->watch_id));
    std::string reply = encode(*row, entries);
    RETURN_IF_ERROR(store::RememberReply(tx, once.key, once.request_type, reply, Now()));
    if (!events.empty()) {
      const auto appended = store::AppendEvents(tx, "tracing", events);
      if (!appended.ok()) return appended.error();
    }
    return reply;
  });
}

base::Status TransferDesk::LetterWritten(std::int64_t watch_id, const ConversationId& id) {
  return pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(std::optional<TransferRow> row, LockTransfer(tx, watch_id));
    if (!row || row->conversation == id) return {};
    row->conversation = id;
    row->letter_at.reset();
    row->letter_problem.clear();
    std::vector<store::NewEvent> events;
    return Save(tx, *row,
                {.news = {}, .text = fmt::format("已向{}拟发转学联系函", NameOf(row->other)),
                 .kind = "letter", .document_no = {}, .school = {}, .actor = {}},
                events);
  });
}

base::Status TransferDesk::LetterFailed(std::int64_t watch_id, const std::string& why,
                                        base::UtcTime again) {
  return pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(std::optional<TransferRow> row, LockTransfer(tx, watch_id));
    if (!row || !row->letter_at) return {};
    row->letter_at = again;
    const bool told = row->letter_problem == why;
    row->letter_problem = why;
    if (told) return SaveTransfer(tx, *row, Book().NextDue(row->watch));
    std::vector<store::NewEvent> events;
    return Save(tx, *row,
                {.news = {}, .text = "未能发函：" + why, .kind = "letter", .document_no = {},
                 .school = {}, .actor = {}},
                events);
  });
}

base::Status TransferDesk::DirectoryChanged() {
  const auto book = office_.book();
  return pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto others, TransfersWithoutLetter(session, Now()));
    for (const Division other : others) {
      if (!book->divisions.Resolve(other, base::DateAt(Now())).ok()) continue;
      RETURN_IF_ERROR(WriteToNow(session, other, Now()));
    }
    return {};
  });
}

base::Result<std::pair<TransferRow, std::vector<TransferEntry>>> TransferDesk::Get(
    std::int64_t watch_id) {
  std::optional<TransferRow> row;
  std::vector<TransferEntry> entries;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindTransfer(session, watch_id));
    ASSIGN_OR_RETURN(entries, TransferEntries(session, watch_id));
    return {};
  }));
  if (!row) return NoTransfer();
  return std::pair{*std::move(row), std::move(entries)};
}

base::Result<std::vector<TransferRow>> TransferDesk::List(const TransferFilter& filter,
                                                          std::uint64_t& total) {
  std::vector<TransferRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, ListTransfers(session, filter));
    ASSIGN_OR_RETURN(total, CountTransfers(session, filter));
    return {};
  }));
  return rows;
}

}  // namespace tracing
