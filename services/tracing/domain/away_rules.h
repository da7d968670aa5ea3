// What a county's profile says about children of ours who live elsewhere (`tracing.away`) and about
// files that go to the household's county at term end (`tracing.hand_over`). Values only.
// Source: S4 二(三) (定期回访, 获取异地入学手续或有效证明; 开学首月为重点监测时段), domain.md 6.1, R-03, R-24,
// R-34 (湖南, 辽宁: each term end); numbers without one are the product's.
#pragma once

#include <set>
#include <string>

namespace tracing {

struct AwayRules {
  bool enabled = false;
  int visit_every_days = 0;    // calendar days between visits; 0: once a term, at its start
  int visit_days = 20;         // working days that the township has for one
  int ask_days = 1;            // working days after the term's start: proof is asked by letter
  int proof_days = 20;         // working days after the term's start: without proof it is missing
  int age_max = 15;            // completed years at the cut-off; older ones leave the list
  int cutoff_month = 8;
  int cutoff_day = 31;
  bool suspect = false;        // missing proof is told as a suspected dropout
  bool visit_missing = true;   // and the township gets a task
};

struct HandOverRules {
  bool at_term_end = false;
  int working_days_after = 5;  // the term's last day
  std::set<std::string> states = {"30", "32", "33"};  // of cases: dropout confirmed
};

}  // namespace tracing
