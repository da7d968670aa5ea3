#include "subsidy/endpoints/condition_reader.h"

#include <fmt/format.h>

namespace subsidy {
namespace {

using settings::Reader;

Condition Is(Fact fact, Bits mask) {
  Condition condition;
  condition.kind = Condition::Kind::kIs;
  condition.fact = fact;
  condition.mask = mask;
  return condition;
}

Condition ReadFact(Reader& reader, const Groups& groups) {
  const std::string name = reader.String("fact", {.about = "what is looked at"});
  const bool negated = reader.Has("not");
  const std::string key = negated ? "not" : "is";
  const std::vector<std::string> values = reader.Strings(key, "the values that fit, or do not");
  const auto fact = FactFromName(name, groups);
  if (!fact) {
    reader.Problem("fact", fmt::format("没有“{}”这项事实,也没有这个群体", name));
    return {};
  }
  if (negated && reader.Has("is")) reader.Problem("not", "give either 'is' or 'not'");
  if (values.empty()) reader.Problem(key, "needs at least one value");
  Bits mask;
  for (const std::string& value : values) {
    const auto bits = ValueBits(*fact, value);
    if (!bits) {
      reader.Problem(key, fmt::format("“{}”没有“{}”这个值,只有:{}", name, value,
                                      ValueNames(*fact, AllOf(*fact))));
    } else {
      mask = mask | *bits;
    }
  }
  Condition condition = Is(*fact, mask);
  return negated ? Negate(condition) : condition;
}

Condition ReadGroups(Reader& reader, const Groups& groups, bool in) {
  const std::string key = in ? "groups" : "not_groups";
  Condition condition;
  condition.kind = in ? Condition::Kind::kAny : Condition::Kind::kAll;
  for (const std::string& name : reader.Strings(key, "groups by name")) {
    const auto group = groups.Find(name);
    if (!group) {
      reader.Problem(key, fmt::format("groups 中没有“{}”这个群体", name));
      continue;
    }
    const Fact fact = GroupFact(*group);
    condition.parts.push_back(Is(fact, *ValueBits(fact, in ? "是" : "否")));
  }
  if (condition.parts.empty()) reader.Problem(key, "needs at least one group");
  return condition;
}

}  // namespace

Condition ReadCondition(Reader& reader, const Groups& groups) {
  Condition condition;
  int forms = 0;
  for (const char* form : {"fact", "groups", "not_groups", "all", "any"}) {
    forms += reader.Has(form) ? 1 : 0;
  }
  if (forms != 1) {
    reader.Problem("fact", "a condition has exactly one of fact, groups, not_groups, all, any");
  } else if (reader.Has("fact")) {
    condition = ReadFact(reader, groups);
  } else if (reader.Has("groups")) {
    condition = ReadGroups(reader, groups, true);
  } else if (reader.Has("not_groups")) {
    condition = ReadGroups(reader, groups, false);
  } else {
    const bool all = reader.Has("all");
    condition = ReadConditions(reader, all ? "all" : "any", "conditions", groups);
    condition.kind = all ? Condition::Kind::kAll : Condition::Kind::kAny;
  }
  condition.article =
      reader.String("article", {.fallback = "", .about = "the article that asks for it"});
  return condition;
}

Condition ReadConditions(Reader& parent, std::string_view key, std::string_view about,
                         const Groups& groups) {
  Condition all;
  for (Reader& one : parent.List(key, about)) all.parts.push_back(ReadCondition(one, groups));
  return all;
}

}  // namespace subsidy
