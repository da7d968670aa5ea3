// What a county's profile says about letters (section `tracing:`), for one day, and the book of
// all days. A decision is made by one Policy, that of the day on which it is made; what was counted
// from a day before (a round, an answer that closes) goes on by that day's.
//
// Periods are working days of the county's calendar unless the name says otherwise. Values only.
// Source: domain.md 6.1 (acknowledge 2, reply 10, urge 10 and 15, copy to the upper bureau 20: the
// product's defaults, no national deadline was found) and the profile's own `source` lines.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/date.h"
#include "tracing/domain/away_rules.h"
#include "tracing/domain/likeness.h"
#include "tracing/domain/types.h"
#include "tracing/domain/where.h"

namespace tracing {

struct Deadlines {
  int acknowledge_days = 2;
  int reply_days = 10;
  std::vector<int> urge_days = {10, 15};  // after the start of the round, rising
  int copy_days = 20;                     // to the common superior
  int expire_days = 40;
  int extension_days_max = 10;            // of one interim reply with a new date
  int extensions_max = 1;
  int reopen_days_max = 180;              // calendar days after closing
  int close_days = 5;                     // an answer that nobody closes; 0: never by itself
  int post_days = 10;                     // calendar days from printing to the delivery's entry
  int day_end_minute = 17 * 60 + 30;      // of the day
};

struct Approval {
  std::set<LetterKind> automatic = {LetterKind::kCb};  // issued without an officer
  bool forward_automatically = false;  // ask the county that the other one named
};

// What the machine may say by itself.
struct AutoReply {
  bool acknowledge = true;
  bool enrolled = true;          // R01 when the identity number is one of ours, exactly
  bool transferred_out = true;   // R05: we know where he went on to
  bool student_no = false;       // tell the 学籍号 as well
  bool enrolled_without_class = false;
  int candidate_score_min = 600; // below: not shown to the officer
  int candidates_max = 5;
  LikenessWeights likeness = {};
  int household_days = 7;        // the township's task
};

struct Delivery {
  int retry_first_ms = 2'000;
  int retry_max_ms = 3'600'000;
  int jitter_percent = 25;
  int stuck_after_minutes = 60;
  int park_after = 3;            // permanent declines of one item
};

// Files that officers put to letters, answers and supplements.
struct AttachmentRules {
  std::set<std::string> types = {"pdf", "jpg", "png", "ofd"};
  int bytes_max = 512 << 10;       // of one
  int total_bytes_max = 768 << 10; // of one item; a letter must pass the neighbour's size limit
  int count_max = 5;
};

// Against neighbours that misbehave.
struct Limits {
  int letter_bytes_max = 1 << 20;
  int per_minute = 600;
  int burst = 1200;
  int open_letters_max = 2000;
  int strikes_slow = 20;         // bad items within strikes_minutes
  int strikes_shut = 100;
  int strikes_minutes = 10;
  int shut_minutes = 60;
};

// The gap between a transfer out and the arrival.
struct Transfers {
  int party_days = 10;               // of each of the four parties: 教基〔2025〕1号 art. 15
  int arrival_days = 20;             // the two parties of the destination, one after the other
  bool issue_automatically = true;   // the machine's own letters need no officer
};

struct Policy {
  std::string number_prefix = {};  // 同教函
  Division superior = {};          // gets the copy where no division is above both
  Deadlines deadlines = {};
  Approval approval = {};
  AutoReply reply = {};
  Delivery delivery = {};
  AttachmentRules attachments = {};
  Limits limits = {};
  WherePolicy where = {};
  Transfers transfers = {};
  AwayRules away = {};
  HandOverRules hand_over = {};
  int forward_hops_max = 3;
};

// Every bound that the values must keep, as problems for people; empty: none.
std::vector<std::string> ProblemsOf(const Policy& policy);

struct PolicyEntry {
  base::Date from = {};
  std::string source = {};
  Policy policy = {};
};

// The dated entries. On a day the one with the latest `from` not after it applies; before the first
// one the first. Never changes, so a reference into it holds as long as the book. Thread-safe.
class PolicyBook {
 public:
  PolicyBook() : entries_(1) {}  // the product's defaults, on every day
  // Precondition: at least one entry, rising by day.
  explicit PolicyBook(std::vector<PolicyEntry> entries);
  const Policy& At(base::Date day) const { return EntryAt(day).policy; }
  const PolicyEntry& EntryAt(base::Date day) const;
  // The first day after `day` on which another entry begins.
  std::optional<base::Date> NextFrom(base::Date day) const;
  const std::vector<PolicyEntry>& entries() const { return entries_; }

 private:
  std::vector<PolicyEntry> entries_;
};

}  // namespace tracing
