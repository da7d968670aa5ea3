// What officers do with a row of the list of children who live elsewhere.
#include <fmt/format.h>

#include "tracing/app/away_desk.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

Error Invalid(std::string_view reason, std::string_view detail) {
  return {Code::kInvalidArgument, std::string{reason}, std::string{detail}};
}

Error WrongState(const AwayRow& row) {
  return {Code::kFailedPrecondition, "WRONG_STATE",
          fmt::format("该儿童{}，不能进行这一操作", AwayStateChinese(row.child.state))};
}

// Which acts need a child who is tracked; the others say for themselves.
bool NeedsTracked(std::string_view kind) {
  return kind == "proof" || kind == "visit" || kind == "ask";
}

}  // namespace

base::Result<std::string> AwayDesk::Act(const v1::DoAwayAct& request,
                                        const baoxue::bus::v1::Actor& actor, const Once& once) {
  return OnceOnly(once, [&](store::Transaction& tx, Events& events) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(AwayRow row, MustLock(tx, request.away_id()));
    if (request.expected_version() > 0 && request.expected_version() != row.version) {
      return Error{Code::kConflict, "VERSION_MISMATCH", "该条已被更新，请刷新后再试"};
    }
    if (NeedsTracked(request.kind()) && !IsTracked(row.child.state)) return WrongState(row);
    ASSIGN_OR_RETURN(AwayDetails details, OpenDetails(row, *letters_.office().keyring));
    const bool was_missing = MissingTold(row.child);
    ASSIGN_OR_RETURN(Step step, Apply(request, row, details, events));
    step.was_missing = was_missing;
    step.actor = actor;
    row.sealed = SealDetails(details, *letters_.office().keyring);
    RETURN_IF_ERROR(Save(tx, row, step, events));
    return Sheet(row).SerializeAsString();
  });
}

base::Result<AwayDesk::Step> AwayDesk::Apply(const v1::DoAwayAct& request, AwayRow& row,
                                             AwayDetails& details, Events& events) {
  const std::string& kind = request.kind();
  const AwayContext context = ContextNow();
  const bool wants_text = kind == "end" || kind == "back" || kind == "note" || kind == "resume";
  if (wants_text && request.text().empty()) return Invalid("TEXT_MISSING", "请写明理由");
  if (kind == "proof") {
    const base::Date since = DateOr(request.since(), base::Date{});
    if (request.school().empty()) return Invalid("SCHOOL_MISSING", "请填写就读学校");
    if (since == base::Date{}) return Invalid("BAD_DATE", "请填写就读起始日期");
    const AwayFinding finding{.code = 1, .has_school = true, .since = since};
    row.child = Found(row.child, finding, letters_.office().self, context).child;
    row.school = request.school();
    row.school_since = since;
    return Step{.kind = "proven",
                .text = fmt::format("{}，自{}起；{} {}", request.school(), since.ToString(),
                                    request.reference(), request.text()),
                .event = "proven"};
  }
  if (kind == "move") {
    const Division place =
        PlaceIn(*letters_.office().book(), request.division(), context.today);
    if (!place) {
      return Invalid("BAD_DIVISION", "没有这个区划代码，请填现居住地的六位县级代码，如350212");
    }
    if (place == letters_.office().self) return Invalid("LIVES_HERE", "是本县，不必列入");
    if (!IsTracked(row.child.state) && row.child.state != AwayState::kReview) {
      return WrongState(row);
    }
    row.child.division = place;
    row.child.state = AwayState::kElsewhere;
    row.child.proof_until.reset();
    row.child.ask_again = true;
    row.child.asks = 0;
    if (!request.address().empty()) details.set_address(request.address());
    if (!request.phone().empty()) details.set_phone(request.phone());
    row.school = request.school();
    row.school_since.reset();
    return Step{.kind = "moved", .text = request.text(), .event = "moved"};
  }
  if (kind == "visit") {
    row.child = Visited(row.child, context.today);
    events.push_back(WantVisit(row, "请回访监护人，了解就读情况，取得异地入学手续或有效证明"));
    return Step{.kind = "visit", .text = request.text(), .event = "visit"};
  }
  if (kind == "ask") {
    if (!row.child.division) {
      return Error{Code::kFailedPrecondition, "PLACE_UNKNOWN", "尚不知居住地区划，请先登记（move）"};
    }
    row.child.ask_again = true;
    row.child.asks = 0;
    return Step{.kind = "note", .text = "请再次发函。" + request.text()};
  }
  if (kind == "back" || kind == "end") {
    const bool listed = IsTracked(row.child.state) || row.child.state == AwayState::kReview;
    if (!listed) return WrongState(row);
    row.child.state = kind == "back" ? AwayState::kBack : AwayState::kEnded;
    row.child.ask_again = false;
    const std::string_view name = kind == "back" ? "back" : "ended";
    return Step{.kind = name, .text = request.text(), .event = name};
  }
  if (kind == "resume") {
    if (IsTracked(row.child.state)) return WrongState(row);
    row.child = AwayChild{.birth = row.child.birth, .division = row.child.division,
                          .listed_on = context.today};
    return Step{.kind = "resumed", .text = request.text(), .event = "listed"};
  }
  if (kind == "note") return Step{.kind = "note", .text = request.text()};
  return Invalid("BAD_ACT", fmt::format("没有“{}”这种操作", kind));
}

}  // namespace tracing
