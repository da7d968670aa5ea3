// The trace of a decision in plain Chinese.
#include <fmt/format.h>

#include "base/money.h"
#include "subsidy/domain/evaluate.h"

namespace subsidy {
namespace {

std::string Yuan(std::int64_t fen) { return base::Money::Fen(fen).ToString() + "元"; }
std::string Cited(const std::string& article) {
  return article.empty() ? "" : fmt::format("〔{}〕", article);
}

class Writer {
 public:
  Writer(const Facts& facts, const Groups& groups, base::Date day)
      : facts_(facts), groups_(groups), day_(day), bits_(Encode(facts, groups, day)) {}

  // Like Book::Test: stops where the outcome is decided.
  bool Condition(const subsidy::Condition& condition, int depth) {
    if (condition.kind == Condition::Kind::kIs) return Is(condition, depth);
    const bool all = condition.kind == Condition::Kind::kAll;
    if (!all) Line(depth, fmt::format("以下任一项{}:", Cited(condition.article)));
    const int inner = all ? depth : depth + 1;
    for (const subsidy::Condition& part : condition.parts) {
      if (Condition(part, inner) != all) return !all;
    }
    return all;
  }
  void Line(int depth, const std::string& text) {
    out_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n";
  }
  std::string Take() { return std::move(out_); }

 private:
  using ConditionType = subsidy::Condition;
  bool Is(const ConditionType& condition, int depth) {
    const bool met = bits_.Meets(condition.mask);
    const std::string name = FactName(condition.fact, groups_);
    std::string text = met ? "√ " : "× ";
    if (IsGroup(condition.fact)) {
      text += GroupText(condition, name);
    } else {
      text += fmt::format("{}:{}(要求:{})", name, ValueName(condition.fact, bits_),
                          ValueNames(condition.fact, condition.mask));
    }
    Line(depth, text + Cited(condition.article));
    return met;
  }
  std::string GroupText(const ConditionType& condition, const std::string& name) const {
    const bool wants = ValueNames(condition.fact, condition.mask) != "否";
    for (const Tag& tag : facts_.tags) {
      const auto group = groups_.Find(tag.group);
      if (!group || GroupFact(*group) != condition.fact || !tag.On(day_)) continue;
      return fmt::format("{}:在名单上({},批次{},{}起{}){}", name, tag.source, tag.batch,
                         tag.from.ToString(),
                         tag.to ? "至" + (*tag.to - std::chrono::days{1}).ToString() : "",
                         wants ? "" : ",要求不在");
    }
    for (const Tag& tag : facts_.tags) {
      const auto group = groups_.Find(tag.group);
      if (!group || GroupFact(*group) != condition.fact) continue;
      return tag.from > day_
                 ? fmt::format("{}:{}起才在名单上({},批次{})", name, tag.from.ToString(),
                               tag.source, tag.batch)
                 : fmt::format("{}:{}起不在名单上({},批次{})", name, tag.to->ToString(),
                               tag.source, tag.batch);
    }
    return fmt::format("{}:不在名单上", name);
  }

  const Facts& facts_;
  const Groups& groups_;
  const base::Date day_;
  const Bits bits_;
  std::string out_;
};

std::string Headline(const RuleSet& rules, const Outcome& outcome, std::size_t at) {
  const Benefit& benefit = rules.benefits[at];
  const Item& item = outcome.items[at];
  switch (item.why) {
    case Why::kEntitled: {
      const Rate& rate = benefit.versions[item.version].rates[item.rate];
      if (benefit.pay == Pay::kInKind) return fmt::format("{}:享受({})", benefit.name, rate.text);
      std::string how;
      if (benefit.per == Per::kYear) how = fmt::format(" × {}%", benefit.term_share_bp / 100);
      if (benefit.per == Per::kDay) how = fmt::format(" × {}天", benefit.term_days);
      return fmt::format("{}:享受,本学期{}({}{}){}{}", benefit.name, Yuan(item.term_fen),
                         rate.text, how, Cited(rate.legal),
                         rate.unverified.empty() ? "" : "【待核:" + rate.unverified + "】");
    }
    case Why::kNotMet:
      return fmt::format("{}:不享受,条件不符", benefit.name);
    case Why::kExcluded:
      return fmt::format("{}:符合条件,但与“{}”择一,后者不低于它,不重复享受", benefit.name,
                         rules.benefits[item.excluded_by].name);
    case Why::kNotInForce:
      return fmt::format("{}:不享受,当日没有生效的规定", benefit.name);
    case Why::kNoRate:
      return fmt::format("{}:不享受,规定中没有适用的标准", benefit.name);
  }
  return {};
}

}  // namespace

std::string Book::Explain(const Facts& facts, base::Date day) const {
  const Outcome outcome = Evaluate(facts, day);
  Writer writer(facts, rules_.groups, day);
  writer.Line(0, fmt::format("按{}({})对{}的事实作出", rules_.name, rules_.version.substr(0, 12),
                             day.ToString()));
  for (std::size_t i = 0; i < outcome.count; ++i) {
    writer.Line(0, Headline(rules_, outcome, i));
    if (outcome.items[i].why == Why::kNotInForce) continue;
    const BenefitVersion& version = rules_.benefits[i].versions[outcome.items[i].version];
    writer.Line(1, fmt::format("依据:{}", version.legal));
    const bool met = writer.Condition(version.when, 1);
    if (!met) continue;
    for (std::size_t r = 0; r < version.rates.size(); ++r) {
      if (version.rates[r].when.parts.empty()) break;
      writer.Line(1, fmt::format("标准“{}”适用于:", version.rates[r].text));
      if (writer.Condition(version.rates[r].when, 2)) break;
    }
  }
  return writer.Take();
}

}  // namespace subsidy
