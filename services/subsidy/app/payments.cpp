#include "subsidy/app/payments.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/money.h"
#include "security/security.h"
#include "subsidy/store/payment_repository.h"

namespace subsidy {
namespace {

using base::Code;
using base::Error;

void PutRoll(const RollRow& row, v1::Roll* out) {
  out->set_roll_id(row.id);
  out->set_term(row.term);
  out->set_school_code(row.school_code);
  out->set_school(row.school);
  PutTime(row.made_at, out->mutable_made_at());
  out->mutable_made_by()->set_person_id(row.actor.person_id);
  out->mutable_made_by()->set_name(row.actor.name);
  out->set_lines(row.lines);
  out->set_total_fen(row.total_fen);
  out->set_control(row.control);
  out->set_paid_fen(row.paid_fen);
  out->set_failed_fen(row.failed_fen);
  out->set_returned_fen(row.returned_fen);
}

std::int64_t OpenOf(const StandingRow& row) {
  return Balance{.entitled_fen = row.payable_fen,
                 .paid_fen = row.paid_fen,
                 .returned_fen = row.returned_fen,
                 .pending_fen = row.pending_fen}
      .OpenFen();
}

base::Result<RollRow> LoadRoll(store::Session& session, std::int64_t id) {
  ASSIGN_OR_RETURN(const auto rolls, subsidy::ListRolls(session, id, "", ""));
  if (id == 0 || rolls.empty()) {
    return Error{Code::kNotFound, "ROLL_UNKNOWN", "没有这张发放表"};
  }
  return rolls.front();
}

// What may follow what, and how the money moves; nothing: not allowed.
std::optional<MoneyMove> MoveFor(const LineRow& line, const std::string& to) {
  if (line.state == "pending" && to == "paid") {
    return MoneyMove{.paid_fen = line.fen, .pending_fen = -line.fen};
  }
  if (line.state == "pending" && to == "failed") return MoneyMove{.pending_fen = -line.fen};
  if (line.state == "paid" && to == "returned") return MoneyMove{.returned_fen = line.fen};
  return std::nullopt;
}

base::Status MoveLine(store::Transaction& tx, Assessor& assessor, const RollRow& roll,
                      LineRow& line, const std::string& to, const std::string& note) {
  const auto move = MoveFor(line, to);
  if (!move) {
    return Error{Code::kFailedPrecondition, "LINE_STATE",
                 fmt::format("第{}行是{},不能改为{}", line.no, line.state, to)};
  }
  line.state = to;
  line.note = note;
  RETURN_IF_ERROR(SaveLine(tx, roll.id, line));
  RETURN_IF_ERROR(MoveMoney(tx, line.student, roll.term, *move));
  assessor.Add(PaymentEvent(roll, line, to, assessor.now()));
  return {};
}

}  // namespace

base::Result<std::string> MakeRoll(const Office& office, const Once& once,
                                   const v1::MakeRoll& message, const Actor& actor) {
  return DoOnce(office, once, [&](store::Transaction& tx, Assessor& assessor)
                                  -> base::Result<std::string> {
    ASSIGN_OR_RETURN(const auto live, office.InForce(tx));
    const SubsidyTerm* term = FindTerm(live->terms, message.term());
    if (term == nullptr) {
      return Error{Code::kInvalidArgument, "TERM_UNKNOWN", "校历中没有这个学期"};
    }
    if (office.Today() < term->snapshot) {
      return Error{Code::kFailedPrecondition, "SNAPSHOT_AHEAD",
                   fmt::format("统计日({})之后才能制发放表", term->snapshot.ToString())};
    }
    RollRow roll{.term = term->id, .school_code = message.school_code(), .made_at = office.Now(),
                 .actor = actor};
    ASSIGN_OR_RETURN(roll.id, TakeId(tx, "roll"));
    ASSIGN_OR_RETURN(const auto open, LockPayable(tx, term->id, message.school_code()));
    if (open.empty()) {
      return Error{Code::kFailedPrecondition, "NOTHING_OPEN", "没有待发的补助"};
    }
    std::vector<LineRow> lines;
    std::string sums;
    for (const StandingRow& row : open) {
      LineRow line{.no = static_cast<std::uint32_t>(lines.size()) + 1,
                   .student = row.student,
                   .fen = OpenOf(row),
                   .amounts = row.amounts};
      roll.total_fen += line.fen;
      sums += fmt::format("{}|{}|{}\n", line.no, line.student.raw(), line.fen);
      RETURN_IF_ERROR(MoveMoney(tx, row.student, term->id, {.pending_fen = line.fen}));
      assessor.Add(PaymentEvent(roll, line, "ordered", assessor.now()));
      lines.push_back(std::move(line));
    }
    roll.lines = static_cast<std::uint32_t>(lines.size());
    roll.control = security::Hex(security::Sha256(sums));
    RETURN_IF_ERROR(InsertRoll(tx, roll, lines));
    v1::RollReply reply;
    PutRoll(roll, reply.mutable_roll());
    return reply.SerializeAsString();
  });
}

base::Result<std::string> RecordPayments(const Office& office, const Once& once,
                                         const v1::RecordPayments& message) {
  return DoOnce(office, once, [&](store::Transaction& tx, Assessor& assessor)
                                  -> base::Result<std::string> {
    ASSIGN_OR_RETURN(const RollRow roll, LoadRoll(tx, message.roll_id()));
    ASSIGN_OR_RETURN(std::vector<LineRow> lines, LockLines(tx, roll.id));
    for (const v1::LineResult& result : message.results()) {
      const auto line = std::find_if(lines.begin(), lines.end(), [&](const LineRow& one) {
        return one.no == result.line_no();
      });
      if (line == lines.end()) {
        return Error{Code::kNotFound, "LINE_UNKNOWN",
                     fmt::format("发放表没有第{}行", result.line_no())};
      }
      RETURN_IF_ERROR(MoveLine(tx, assessor, roll, *line, result.state(), result.note()));
    }
    for (LineRow& line : lines) {
      if (!message.all_paid() || line.state != "pending") continue;
      RETURN_IF_ERROR(MoveLine(tx, assessor, roll, line, "paid", ""));
    }
    ASSIGN_OR_RETURN(const RollRow now, LoadRoll(tx, roll.id));
    v1::RollReply reply;
    PutRoll(now, reply.mutable_roll());
    return reply.SerializeAsString();
  });
}

base::Result<v1::ListRollsReply> ListRolls(const Office& office, const v1::ListRolls& message) {
  v1::ListRollsReply reply;
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto rolls,
                     subsidy::ListRolls(session, 0, message.term(), message.school_code()));
    for (const RollRow& row : rolls) PutRoll(row, reply.add_rolls());
    return {};
  }));
  return reply;
}

base::Result<v1::GetRollLinesReply> GetRollLines(const Office& office,
                                                 const v1::GetRollLines& message) {
  constexpr std::uint32_t kLimitMax = 5000;
  v1::GetRollLinesReply reply;
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const RollRow roll, LoadRoll(session, message.roll_id()));
    PutRoll(roll, reply.mutable_roll());
    const std::uint32_t limit =
        message.limit() == 0 ? kLimitMax : std::min(message.limit(), kLimitMax);
    ASSIGN_OR_RETURN(const auto lines, ListLines(session, roll.id, message.after(), limit));
    ASSIGN_OR_RETURN(const auto live, office.InForce(session));
    for (const LineRow& line : lines) {
      v1::RollLine& out = *reply.add_lines();
      out.set_line_no(line.no);
      out.set_student_id(line.student.raw());
      out.set_name(line.name);
      out.set_school_class(line.school_class);
      out.set_fen(line.fen);
      out.set_state(line.state);
      out.set_note(line.note);
      std::string what;
      for (const Amount& one : line.amounts) {
        const int at = live->book.rules().Find(one.benefit);
        if (one.fen == 0 || at < 0) continue;
        const Benefit& benefit = live->book.rules().benefits[static_cast<std::size_t>(at)];
        if (benefit.pay != Pay::kFamily) continue;
        what += fmt::format("{}{} {}", what.empty() ? "" : ";", benefit.name,
                            base::Money::Fen(one.fen).ToString());
      }
      out.set_what(what);
    }
    return {};
  }));
  return reply;
}

}  // namespace subsidy
