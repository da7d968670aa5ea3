#include "integration/subsidy/county.h"

#include <algorithm>

namespace subsidy::testing {
namespace {

using std::chrono::days;

base::Date Somewhen(base::Rng& rng) { return Day("2026-09-02") + days{rng.Below(290)}; }

}  // namespace

County::County(std::uint64_t seed, int students) {
  base::Rng rng{seed};
  for (int id = 1; id <= students; ++id) Live(id, rng);
  std::stable_sort(script_.begin(), script_.end(),
                   [](const Happening& a, const Happening& b) { return a.told < b.told; });
}

void County::Tell(std::int64_t id, base::Date told, StateRow state) {
  state.version = static_cast<int>(children_[id].states.size()) + 1;
  children_[id].states.push_back({told, state});
  Happening happening{.told = told};
  happening.news.states = {state};
  happening.news.cause = "registry.student.changed";
  script_.push_back(std::move(happening));
}

void County::List(std::int64_t id, base::Date told, std::vector<Tag> tags) {
  children_[id].lists.push_back({told, tags});
  Happening happening{.told = told};
  happening.news.tags[StudentId{id}] = std::move(tags);
  happening.news.cause = "registry.groups.changed";
  script_.push_back(std::move(happening));
}

// What a child goes through in a year.
void County::Live(std::int64_t id, base::Rng& rng) {
  const base::Date start = rng.Chance(8000) ? Day("2026-08-31") : Somewhen(rng);
  StateRow state = State(id, 1, "2026-09-01", 1, rng.Chance(3000),
                         1 + static_cast<std::int64_t>(rng.Below(9)),
                         rng.Chance(5000) ? "S1" : "S2");
  state.effective = std::max(start, Day("2026-08-31"));
  Tell(id, start, state);
  if (rng.Chance(6000)) {
    Tag tag{rng.Chance(5000) ? "农村低保" : "脱贫户", "部门", "一批", Day("2026-01-01"), {}};
    if (rng.Chance(5000)) tag.to = Somewhen(rng);
    const base::Date told = rng.Chance(5000) ? start : std::max(start, Somewhen(rng));
    List(id, told, {tag});
    if (rng.Chance(3000)) {  // a later batch that says something else, from a day in the past
      tag.to = Day("2026-10-01") + days{rng.Below(200)};
      Tag next{"脱贫户", "部门", "二批", *tag.to + days{rng.Below(60)}, {}};
      List(id, told + days{1 + rng.Below(60)}, {tag, next});
    }
  }
  base::Date told = start;
  for (std::uint64_t i = rng.Below(4); i > 0; --i) {
    told = std::min(told + days{1 + rng.Below(90)}, Day("2027-06-30"));
    switch (rng.Below(5)) {
      case 0: state.school_code = state.school_code == "S1" ? "S2" : "S1"; break;
      case 1: state.status = state.status == 2 ? 5 : 2; break;
      case 2: state.status = rng.Chance(3000) ? 10 : state.status; break;
      default: state.boarding = !state.boarding; break;
    }
    // A third of what is told had been so for a while already.
    state.effective = rng.Chance(3333) ? told - days{rng.Below(60)} : told;
    Tell(id, told, state);
  }
}

// By hand: no bits, no conditions, no book.
std::int64_t County::Entitled(std::int64_t student, const std::string& term,
                              base::Date known) const {
  const bool autumn = term == "2026秋";
  const base::Date first = autumn ? Day("2026-09-01") : Day("2027-02-22");
  const base::Date snapshot = autumn ? Day("2026-10-15") : Day("2027-04-15");
  if (known < first) return 0;
  const base::Date day = std::min(known, snapshot);
  const Child& child = children_.at(student);
  const StateRow* state = nullptr;
  for (const Told& one : child.states) {
    if (one.told <= known && one.state.effective <= day) state = &one.state;
  }
  if (state == nullptr || (state->status != 1 && state->status != 5)) return 0;
  const std::vector<Tag>* tags = nullptr;
  for (const Line& line : child.lists) {
    if (line.told <= known) tags = &line.tags;
  }
  if (tags == nullptr) return 0;
  bool poor = false;
  for (const Tag& tag : *tags) poor = poor || (tag.from <= day && (!tag.to || day < *tag.to));
  if (!poor) return 0;
  const bool primary = state->class_id <= 6;
  const bool raised = day >= Day("2027-03-01");
  const std::int64_t yuan_a_year = raised ? (primary ? (state->boarding ? 1301 : 651)
                                                     : (state->boarding ? 1601 : 801))
                                          : (primary ? (state->boarding ? 1250 : 625)
                                                     : (state->boarding ? 1500 : 750));
  return yuan_a_year * 100 / 2;
}

}  // namespace subsidy::testing
