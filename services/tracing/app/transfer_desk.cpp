#include "tracing/app/transfer_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "tracing/app/transfer_events.h"
#include "tracing/domain/wire.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;
using Kind = TransferNews::Kind;

constexpr std::uint32_t kRowsMax = 200;

// A transfer within the county has no other county to ask.
bool Opens(const RegistryNews& news, Division self) {
  if (news.kind == RegistryNews::Kind::kOut) return true;
  if (news.kind != RegistryNews::Kind::kIn) return false;
  const auto other = Division::Parse(news.other_division.substr(0, 6));
  return other.ok() && *other != self;
}

}  // namespace

TransferBook TransferDesk::Book() const {
  const Policy& policy = office_.PolicyAt(Now());
  return TransferBook{{.days = policy.transfers,
                       .calendar = office_.calendar,
                       .day_end_minute = policy.deadlines.day_end_minute}};
}

std::string TransferDesk::NameOf(Division division) const {
  return office_.book()->NameOf(division);
}

base::Status TransferDesk::Save(store::Transaction& tx, TransferRow& row, const Change& change,
                                std::vector<store::NewEvent>& events) const {
  row.version += 1;
  RETURN_IF_ERROR(SaveTransfer(tx, row, Book().NextDue(row.watch)));
  TransferEntry entry{.at = Now(),
                      .kind = change.kind,
                      .text = change.text,
                      .actor_person_id = change.actor.person_id(),
                      .actor_name = change.actor.name(),
                      .actor_role = change.actor.role(),
                      .actor_body = change.actor.body()};
  if (change.news.empty()) return AddTransferEntry(tx, row.watch_id, entry);
  for (const TransferNews& one : change.news) {
    entry.kind = TransferNewsName(one.kind);
    entry.text = TextOf(one, row, change.text);
    RETURN_IF_ERROR(AddTransferEntry(tx, row.watch_id, entry));
    if (one.kind == Kind::kParty) continue;  // seen in the watch, nobody acts on it
    events.push_back(TransferEvent(row, one, change.document_no, change.school, Now()));
  }
  return {};
}

base::Result<std::optional<TransferRow>> TransferDesk::Open(
    store::Transaction& tx, const RegistryNews& news, std::vector<store::NewEvent>& events) const {
  const bool out = news.kind == RegistryNews::Kind::kOut;
  const auto other = Division::Parse(news.other_division.substr(0, 6));
  TransferRow row;
  row.student_id = news.student_id;
  row.change_version = news.version;
  row.student_name = news.name;
  row.other = other.ok() ? *other : Division{};
  row.other_school = news.other_school;
  row.own_school = news.school_code;
  const base::Date began = std::max(news.effective, base::DateAt(news.at));
  row.watch = Book().Open(out ? TransferDirection::kOut : TransferDirection::kIn, began,
                          news.school_code, office_.bureau);
  if (!row.other) {
    row.letter_problem = "学籍异动未写明对方区划，无法发函，请人工核实";
  } else if (row.other != office_.self) {
    row.letter_at = Now();
  }
  ASSIGN_OR_RETURN(const bool is_new, InsertTransfer(tx, row, Book().NextDue(row.watch)));
  if (!is_new) return std::optional<TransferRow>{};
  const TransferNews opened{Kind::kOpened, {}};
  RETURN_IF_ERROR(AddTransferEntry(
      tx, row.watch_id, {.at = Now(), .kind = "opened", .text = TextOf(opened, row, "")}));
  events.push_back(TransferEvent(row, opened, "", "", Now()));
  return std::optional<TransferRow>{std::move(row)};
}

// A watch that is open when the registry tells something about its child.
base::Status TransferDesk::TellOpen(store::Transaction& tx, TransferRow& row,
                                    const RegistryNews& news,
                                    std::vector<store::NewEvent>& events) const {
  if (news.version <= row.change_version || row.watch.direction != TransferDirection::kOut) {
    return {};
  }
  Change change{.news = {}, .text = {}, .kind = {}, .document_no = {},
                .school = news.school_code, .actor = {}};
  base::Result<std::vector<TransferNews>> told = std::vector<TransferNews>{};
  if (row.other == office_.self && news.kind == RegistryNews::Kind::kIn) {
    const Statement by{base::DateAt(news.at), news.school_code, Source::kRegistry};
    told = Book().Arrive(row.watch, by, Statement{by.on, office_.bureau, Source::kRegistry});
    change.text = "本县学籍已办理转入";
  } else {
    if (row.watch.state == TransferState::kArrived) return {};
    told = Book().CallOff(row.watch);
    change.text = news.kind == RegistryNews::Kind::kGone ? "学籍登记死亡" : "已回本县就读";
  }
  if (!told.ok()) return {};  // it is known already
  change.news = *std::move(told);
  row.letter_at.reset();
  return Save(tx, row, change, events);
}

base::Status TransferDesk::Take(store::Transaction& tx, const std::vector<RegistryNews>& news,
                                std::vector<store::NewEvent>& events) {
  if (news.empty()) return {};
  std::vector<std::int64_t> students;
  for (const RegistryNews& one : news) {
    if (one.kind != RegistryNews::Kind::kOut) students.push_back(one.student_id);
  }
  ASSIGN_OR_RETURN(std::vector<TransferRow> open, LockTransfersOf(tx, students));
  std::set<std::string> awaited;
  if (!students.empty()) {
    ASSIGN_OR_RETURN(awaited, AwaitedNames(tx));
  }
  for (const RegistryNews& one : news) {
    for (TransferRow& row : open) {
      if (row.student_id == one.student_id && IsOpen(row.watch)) {
        RETURN_IF_ERROR(TellOpen(tx, row, one, events));
      }
    }
    if (Opens(one, office_.self)) {
      ASSIGN_OR_RETURN(std::optional<TransferRow> row, Open(tx, one, events));
      if (row) open.push_back(*std::move(row));
    }
    const bool comes = one.kind == RegistryNews::Kind::kIn ||
                       one.kind == RegistryNews::Kind::kBack ||
                       one.kind == RegistryNews::Kind::kRegistered;
    if (comes && awaited.contains(one.name)) RETURN_IF_ERROR(LookForNow(tx, one.name, Now()));
  }
  return {};
}

// The answer to the letter of the watch.
base::Status TransferDesk::Replied(store::Transaction& tx, const LetterRow& letter,
                                   const v1::ReplyLetter& reply, const std::string& number,
                                   std::vector<store::NewEvent>& events) {
  ASSIGN_OR_RETURN(std::optional<TransferRow> row, LockTransferOf(tx, letter.conversation.id));
  if (!row && letter.conversation.kind == LetterKind::kZx && letter.student_id > 0) {
    // Answered before the watch had noted its letter.
    ASSIGN_OR_RETURN(const auto open, LockTransfersOf(tx, std::span{&letter.student_id, 1}));
    for (const TransferRow& one : open) {
      const bool its = one.other == letter.conversation.peer && one.letter_at;
      if (its) row = one;
    }
  }
  if (!row) return {};
  const auto code = ReplyCodeOf(reply.code());
  row->reply_code = code;
  row->last_paid_term = reply.last_paid_term();
  row->last_paid_fen = reply.last_paid_fen();
  const base::Date today = base::DateAt(Now());
  const std::string peer = NameOf(letter.conversation.peer);
  Change change{.news = {},
                .text = fmt::format("{}回函{}：{}{}", peer, number, EffectOf(code).name,
                                    reply.school().empty() ? "" : "，" + reply.school()),
                .kind = "reply",
                .document_no = number,
                .school = reply.school(),
                .actor = {}};
  if (!reply.last_paid_term().empty()) {
    change.text += fmt::format("；资助已发至{}", reply.last_paid_term());
  }
  const Statement bureau{today, peer, Source::kLetter};
  const bool out = row->watch.direction == TransferDirection::kOut;
  if (out && (code == 1 || code == 2)) {
    const base::Date since = reply.has_since() ? DateOr(reply.since(), today) : today;
    const Statement school{std::min(since, today), reply.school(), Source::kLetter};
    const auto told = Book().Arrive(row->watch, school,
                                    code == 1 ? std::optional{bureau} : std::nullopt);
    if (told.ok()) change.news = *told;
  } else if (!out && reply.third_division() == office_.self.ToString()) {
    for (const Party party : {Party::kOutSchool, Party::kOutBureau}) {
      const auto told = Book().PartyDone(row->watch, party, bureau);
      if (told.ok()) change.news.insert(change.news.end(), told->begin(), told->end());
    }
  }
  return Save(tx, *row, change, events);
}

base::Status TransferDesk::Heard(const LetterNews& news) {
  return pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    std::vector<store::NewEvent> events;
    ASSIGN_OR_RETURN(std::vector<TransferRow> rows,
                     LockTransfersOf(tx, std::span{&news.student_id, 1}));
    const base::Date today = base::DateAt(Now());
    for (TransferRow& row : rows) {
      if (row.other != news.from) continue;
      const std::string peer = NameOf(news.from);
      Change change{.news = {},
                    .text = fmt::format("{}来函{}{}", peer, LetterKindName(news.kind),
                                        news.document_no),
                    .kind = "letter", .document_no = news.document_no, .school = news.school,
                    .actor = {}};
      const Statement bureau{today, peer, Source::kLetter};
      if (row.watch.direction == TransferDirection::kOut && !news.arrival) {
        const base::Date since = news.since == base::Date{} ? today : std::min(news.since, today);
        const auto told = Book().Arrive(row.watch, {since, news.school, Source::kLetter}, bureau);
        if (!told.ok()) continue;
        change.news = *told;
      } else if (row.watch.direction == TransferDirection::kIn && news.arrival) {
        // The origin asks whether the child has arrived: its two parties have let him go.
        for (const Party party : {Party::kOutSchool, Party::kOutBureau}) {
          const auto told = Book().PartyDone(row.watch, party, bureau);
          if (told.ok()) change.news.insert(change.news.end(), told->begin(), told->end());
        }
        if (change.news.empty()) continue;
      } else {
        continue;
      }
      RETURN_IF_ERROR(Save(tx, row, change, events));
    }
    if (events.empty()) return {};
    const auto appended = store::AppendEvents(tx, "tracing", events);
    return appended.ok() ? base::Status{} : base::Status{appended.error()};
  });
}

base::Result<std::uint64_t> TransferDesk::RunDue() {
  std::vector<std::int64_t> ids;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(ids, TransfersToWake(session, Now(), kRowsMax));
    return {};
  }));
  for (const std::int64_t id : ids) {
    const base::Status done = pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
      std::vector<store::NewEvent> events;
      ASSIGN_OR_RETURN(std::optional<TransferRow> row, LockTransfer(tx, id));
      if (!row) return {};
      Change change;
      change.news = Book().Tick(row->watch, Now());
      if (change.news.empty()) return SaveTransfer(tx, *row, Book().NextDue(row->watch));
      RETURN_IF_ERROR(Save(tx, *row, change, events));
      if (events.empty()) return {};
      const auto appended = store::AppendEvents(tx, "tracing", events);
      return appended.ok() ? base::Status{} : base::Status{appended.error()};
    });
    if (!done.ok()) return done.error();
  }
  return ids.size();
}

}  // namespace tracing
