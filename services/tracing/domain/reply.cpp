#include "tracing/domain/reply.h"

#include <fmt/format.h>

#include <algorithm>

namespace tracing {
namespace {

struct Row {
  ReplyCode code;
  std::string_view name;
  bool asks_third;
  bool is_final;
};

constexpr int kExact = 1000;  // an equal identity number

constexpr Row kRows[] = {
    {1, "在我地就读有学籍", false, true},
    {2, "在我地就读无学籍（限期建籍）", false, true},
    {3, "在户籍地未入学，已动员返校", false, true},
    {4, "拒绝返校，已劝返", false, true},
    {5, "随父母在第三地", true, true},
    {6, "查无此人、空挂户或户籍已迁出", false, true},
    {7, "死亡", false, true},
    {8, "出国（境）", false, true},
    {9, "因病因残（延缓、休学、送教）", false, true},
    {10, "超龄", false, true},
    {11, "不属我辖区（转办）", true, true},
    {12, "需延期", false, false},
    {99, "其他", false, false}};

base::Error Invalid(std::string_view reason, std::string_view detail) {
  return {base::Code::kInvalidArgument, std::string{reason}, std::string{detail}};
}

// The machine's answer about a student whose identity number is exactly that of the letter.
std::optional<Answer> Known(const LookedUp& facts, const Match& match, const AutoReply& policy) {
  Answer answer;
  if (facts.kind == LetterKind::kZx) {
    answer.last_paid_term = match.last_paid_term;
    answer.last_paid_fen = match.last_paid_fen;
  }
  if (policy.student_no) answer.student_no = match.student_no;
  if (match.standing == Standing::kEnrolled && policy.enrolled) {
    answer.code = 1;
    answer.school = match.school;
    if (!policy.enrolled_without_class) answer.grade_class = match.grade_class;
    answer.since = match.since;
    return answer;
  }
  if (match.standing == Standing::kTransferredOut && policy.transferred_out && match.moved_to) {
    answer.code = 5;
    answer.third = match.moved_to;
    return answer;
  }
  return std::nullopt;
}

// Who left us for the county that asks is not here; so is who left for nobody knows where.
bool IsAwaited(const LookedUp& facts) {
  if (!facts.arrival) return false;
  const auto here = std::find_if(facts.matches.begin(), facts.matches.end(),
                                 [](const Match& match) { return match.exact_identity; });
  if (here == facts.matches.end()) return true;
  return here->standing == Standing::kTransferredOut &&
         (!here->moved_to || here->moved_to == facts.asker);
}

std::vector<Match> Candidates(const LookedUp& facts, const AutoReply& policy) {
  std::vector<Match> out;
  for (Match match : facts.matches) {
    if (match.exact_identity) {
      match.likeness = {.name = match.same_name ? NameLikeness::kSame : NameLikeness::kDifferent,
                        .number = NumberLikeness::kSame};
      if (match.same_birth) match.likeness.birth = BirthLikeness::kSame;
    }
    match.score = match.exact_identity ? kExact : ScoreOf(match.likeness, policy.likeness);
    match.reasons = ReasonsOf(match.likeness);
    if (match.exact_identity || match.score >= policy.candidate_score_min) {
      out.push_back(std::move(match));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Match& a, const Match& b) {
    return std::pair{a.exact_identity, a.score} > std::pair{b.exact_identity, b.score};
  });
  const auto most = static_cast<std::size_t>(policy.candidates_max);
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace

ReplyDecision DecideReply(const LookedUp& facts, const AutoReply& policy) {
  using Way = ReplyDecision::Way;
  ReplyDecision decision;
  decision.person_id = facts.person_id;
  decision.town = facts.town;
  const auto exact = std::count_if(facts.matches.begin(), facts.matches.end(),
                                   [](const Match& match) { return match.exact_identity; });
  decision.candidates = Candidates(facts, policy);
  if (exact <= 1 && IsAwaited(facts)) {
    decision.way = Way::kWait;
    decision.why = "该生尚未在本县报到，到校后由系统自动答复";
    return decision;
  }
  if (exact > 1) {
    decision.why = "同一证件号在本县有多条学籍，请人工核对";
    return decision;
  }
  if (exact == 1) {
    const Match& match = decision.candidates.front();
    // One of the two counties has it wrong (B09). The birthday proves nothing: the number holds it,
    // so a number that was mistyped into another child's has that child's birthday as well.
    if (!match.same_name) {
      decision.why = "证件号一致但姓名不同，请人工核对";
      return decision;
    }
    // 劝返函 asks for what people do, not for what the registry knows.
    if (facts.kind != LetterKind::kQf || match.standing == Standing::kEnrolled) {
      decision.answer = Known(facts, match, policy);
    }
    decision.way = decision.answer ? Way::kMachine : Way::kOfficer;
    decision.why = decision.answer ? "证件号一致，按本县规定由系统答复"
                                   : "证件号一致，但学籍状态须人工答复";
    return decision;
  }
  if (!decision.candidates.empty()) {
    decision.why = "无证件号一致的学生，有疑似人员，请人工核对";
    return decision;
  }
  if (facts.person_id != 0 || facts.household == facts.self || !facts.household) {
    const bool ours = facts.person_id != 0 || facts.household == facts.self;
    decision.way = ours ? Way::kHousehold : Way::kOfficer;
    decision.why = ours ? "本县学籍中查无此人，转乡镇入户核查" : "查无此人，函中未写户籍地";
    return decision;
  }
  decision.suggested_forward = facts.household;
  decision.why = "查无此人，户籍地属其他区划，建议转办";
  return decision;
}

std::optional<HouseholdOutcome> HouseholdOutcomeFromName(std::string_view name) {
  constexpr std::pair<std::string_view, HouseholdOutcome> kNames[] = {
      {"在校就读", HouseholdOutcome::kAtSchool},
      {"就读未建籍", HouseholdOutcome::kUnregistered},
      {"返校", HouseholdOutcome::kBack},       {"拒绝", HouseholdOutcome::kRefuses},
      {"在第三地", HouseholdOutcome::kElsewhere}, {"查无此人", HouseholdOutcome::kNobody},
      {"死亡", HouseholdOutcome::kDied},       {"出国", HouseholdOutcome::kAbroad},
      {"因病因残", HouseholdOutcome::kIll},    {"超龄", HouseholdOutcome::kOverAge},
      {"需延期", HouseholdOutcome::kNeedsTime}, {"其他", HouseholdOutcome::kOther}};
  for (const auto& [text, outcome] : kNames) {
    if (text == name) return outcome;
  }
  return std::nullopt;
}

Answer AnswerOf(HouseholdOutcome outcome, Division third) {
  switch (outcome) {
    case HouseholdOutcome::kAtSchool: return {.code = 1};
    case HouseholdOutcome::kUnregistered: return {.code = 2};
    case HouseholdOutcome::kBack: return {.code = 3};
    case HouseholdOutcome::kRefuses: return {.code = 4};
    case HouseholdOutcome::kElsewhere: return {.code = 5, .third = third};
    case HouseholdOutcome::kNobody: return {.code = 6, .third = third};
    case HouseholdOutcome::kDied: return {.code = 7};
    case HouseholdOutcome::kAbroad: return {.code = 8};
    case HouseholdOutcome::kIll: return {.code = 9};
    case HouseholdOutcome::kOverAge: return {.code = 10};
    case HouseholdOutcome::kNeedsTime: return {.code = 12};
    case HouseholdOutcome::kOther: break;
  }
  return {.code = 99};
}

Meaning EffectOf(ReplyCode code) {
  for (const Row& row : kRows) {
    if (row.code != code) continue;
    return {.code = code,
            .name = fmt::format("R{:02} {}", code, row.name),
            .asks_third = row.asks_third,
            .is_final = row.is_final};
  }
  return {.code = code, .name = fmt::format("R{:02} 未知代码", code)};
}

base::Status CheckReply(const ReplyFields& f) {
  const bool known = std::any_of(std::begin(kRows), std::end(kRows),
                                 [&](const Row& row) { return row.code == f.code; });
  if (!known) return Invalid("BAD_CODE", "没有该结果代码");
  if ((f.code == 1 || f.code == 2) && !f.has_school) {
    return Invalid("REPLY_SCHOOL_MISSING", "请填写就读学校");
  }
  if (f.code == 1 && !f.has_since) return Invalid("REPLY_DATE_MISSING", "请填写就读起始日期");
  if ((f.code == 2 || f.code == 3 || f.code == 12) && !f.has_until) {
    return Invalid("REPLY_DATE_MISSING", "请填写期限或返校日期");
  }
  if ((f.code == 5 || f.code == 11) && !f.has_third) {
    return Invalid("REPLY_THIRD_MISSING", "请填写第三地");
  }
  if (f.code == 4 && f.persuasions < 1) {
    return Invalid("REPLY_TEXT_MISSING", "请填写已劝返次数");
  }
  if (f.code == 99 && !f.has_text) return Invalid("REPLY_TEXT_MISSING", "请填写说明");
  return {};
}

}  // namespace tracing
