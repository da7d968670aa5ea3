#include "tracing/app/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "settings/dated.h"
#include "settings/reader.h"
#include "tracing/domain/attachments.h"
#include "tracing/app/profile_away.h"

namespace tracing {
namespace {

using settings::Reader;

struct Bounds {
  int min = 0;
  int max = 0;
};

void ReadInt(Reader& reader, std::string_view key, int& value, Bounds bounds,
             std::string_view about) {
  value = static_cast<int>(reader.Int(
      key, {.min = bounds.min, .max = bounds.max, .fallback = value, .about = about}));
}
void ReadBool(Reader& reader, std::string_view key, bool& value, std::string_view about) {
  value = reader.Bool(key, {.fallback = value, .about = about});
}

void ReadUrgeDays(Reader& reader, std::vector<int>& days) {
  constexpr std::string_view kKey = "urge_days";
  constexpr std::string_view kAbout = "working days after which an answer is urged, rising";
  const bool given = reader.Has(kKey);
  const auto texts = reader.Strings(kKey, kAbout);
  if (!given) return;
  days.clear();
  for (const std::string& text : texts) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      reader.Problem(kKey, "'" + text + "' is not a whole number");
      continue;
    }
    days.push_back(value);
  }
}

void ReadDeadlines(Reader reader, Deadlines& d) {
  ReadInt(reader, "acknowledge_days", d.acknowledge_days, {1, 60}, "to acknowledge a letter");
  ReadInt(reader, "reply_days", d.reply_days, {1, 120}, "to answer a letter");
  ReadUrgeDays(reader, d.urge_days);
  ReadInt(reader, "copy_days", d.copy_days, {1, 240}, "then the common superior gets a copy");
  ReadInt(reader, "expire_days", d.expire_days, {1, 400}, "then the letter is given up");
  ReadInt(reader, "extension_days_max", d.extension_days_max, {0, 120},
          "by which an interim reply may move the date");
  ReadInt(reader, "extensions_max", d.extensions_max, {0, 5}, "interim replies that move the date");
  ReadInt(reader, "reopen_days_max", d.reopen_days_max, {0, 3660},
          "calendar days in which a letter may be reopened");
  ReadInt(reader, "close_days", d.close_days, {0, 120},
          "after which an answered letter closes by itself; 0: never");
  ReadInt(reader, "post_days", d.post_days, {1, 120},
          "calendar days from printing until the delivery is to be entered");
  d.day_end_minute = reader.TimeOfDay(
      "day_end", {.fallback = "17:30", .about = "time at which a day's deadline falls due"});
}

void ReadApproval(Reader reader, Approval& approval) {
  constexpr std::string_view kAbout = "kinds of letters that are issued without an officer";
  const bool given = reader.Has("automatic");
  const auto names = reader.Strings("automatic", kAbout);
  if (given) approval.automatic.clear();
  for (const std::string& name : names) {
    const auto kind = LetterKindFromShort(name);
    if (kind) {
      approval.automatic.insert(*kind);
    } else {
      reader.Problem("automatic", "'" + name + "' is not a kind of letter (HC, XC, QF, ...)");
    }
  }
  ReadBool(reader, "forward_automatically", approval.forward_automatically,
           "ask the county that the other one named, without an officer");
}

void ReadLikeness(Reader reader, LikenessWeights& w) {
  const Bounds weight{0, 1000};
  w.source = reader.String("source", {.bytes_max = 2000, .about = "where the weights come from"});
  ReadInt(reader, "name", w.name, weight, "the same name, or the former one");
  ReadInt(reader, "name_near", w.name_near, weight, "a name with one character different");
  ReadInt(reader, "birth", w.birth, weight, "the same birthday");
  ReadInt(reader, "birth_swapped", w.birth_swapped, weight, "month and day swapped");
  ReadInt(reader, "birth_digit", w.birth_digit, weight, "one digit of the birthday different");
  ReadInt(reader, "number_near", w.number_near, weight, "an identity number with one slip");
  ReadInt(reader, "number_different", w.number_different, weight,
          "taken off when two good identity numbers differ");
  ReadInt(reader, "sex", w.sex, weight, "the same sex");
  ReadInt(reader, "guardian", w.guardian, weight, "a guardian's name");
  ReadInt(reader, "guardian_phone", w.guardian_phone, weight, "a guardian's telephone");
  for (const WeightProblem& problem : ProblemsOf(w)) reader.Problem(problem.key, problem.text);
}

void ReadReply(Reader reader, AutoReply& r) {
  ReadBool(reader, "acknowledge", r.acknowledge, "the machine acknowledges what it hands on");
  ReadBool(reader, "enrolled", r.enrolled, "the machine answers R01: school, grade, since when");
  ReadBool(reader, "transferred_out", r.transferred_out, "the machine answers where he went on to");
  ReadBool(reader, "student_no", r.student_no, "the machine's answer names the 学籍号");
  ReadBool(reader, "enrolled_without_class", r.enrolled_without_class, "R01 names no class");
  ReadInt(reader, "candidate_score_min", r.candidate_score_min, {0, 1000},
          "from which a candidate is shown to the officer");
  ReadInt(reader, "candidates_max", r.candidates_max, {1, 50}, "candidates shown");
  if (auto map = reader.MaybeMap("likeness", "what makes a candidate, to be added up")) {
    ReadLikeness(*map, r.likeness);
  }
  // 1000 is said on purpose: no candidates.
  if (r.candidate_score_min <= kLikenessMax && r.candidate_score_min > MostOf(r.likeness)) {
    reader.Problem("candidate_score_min",
                   fmt::format("nobody could be shown: likeness adds up to {}, is {}",
                               MostOf(r.likeness), r.candidate_score_min));
  }
  ReadInt(reader, "household_days", r.household_days, {1, 60}, "of the township's task");
}

void ReadDelivery(Reader reader, Delivery& d) {
  ReadInt(reader, "retry_first_ms", d.retry_first_ms, {1, 600'000}, "first repeat");
  ReadInt(reader, "retry_max_ms", d.retry_max_ms, {1, 86'400'000}, "longest wait");
  ReadInt(reader, "jitter_percent", d.jitter_percent, {0, 90}, "of each wait");
  ReadInt(reader, "stuck_after_minutes", d.stuck_after_minutes, {1, 10'080},
          "then the letter is shown as stuck");
  ReadInt(reader, "park_after", d.park_after, {1, 100}, "refusals for good, then it is parked");
}

void ReadLimits(Reader reader, Limits& l) {
  ReadInt(reader, "letter_bytes_max", l.letter_bytes_max, {4096, 64 << 20}, "size of an item");
  ReadInt(reader, "per_minute", l.per_minute, {1, 1'000'000}, "items of one county");
  ReadInt(reader, "burst", l.burst, {10, 1'000'000}, "at once");
  ReadInt(reader, "open_letters_max", l.open_letters_max, {1, 1'000'000}, "of one county");
  ReadInt(reader, "strikes_slow", l.strikes_slow, {1, 100'000}, "bad items, then it is slowed");
  ReadInt(reader, "strikes_shut", l.strikes_shut, {1, 100'000}, "bad items, then it is shut out");
  ReadInt(reader, "strikes_minutes", l.strikes_minutes, {1, 1440}, "in which they are counted");
  ReadInt(reader, "shut_minutes", l.shut_minutes, {1, 1440}, "of a shut-out");
}

void ReadAttachments(Reader reader, AttachmentRules& a) {
  constexpr std::string_view kAbout = "kinds of files that go with letters";
  const bool given = reader.Has("types");
  const auto names = reader.Strings("types", kAbout);
  if (given) a.types.clear();
  for (const std::string& name : names) {
    const bool known = std::any_of(FileKinds().begin(), FileKinds().end(),
                                   [&](const FileKind& kind) { return kind.name == name; });
    if (known) {
      a.types.insert(name);
    } else {
      reader.Problem("types", "'" + name + "' is not one of pdf, jpg, png, ofd");
    }
  }
  ReadInt(reader, "bytes_max", a.bytes_max, {1024, 8 << 20}, "size of one file");
  ReadInt(reader, "total_bytes_max", a.total_bytes_max, {1024, 8 << 20}, "of one item's files");
  ReadInt(reader, "count_max", a.count_max, {0, 20}, "files of one item");
}

void ReadWhere(Reader reader, WherePolicy& w) {
  ReadBool(reader, "answer", w.answer, "this county answers 「这孩子在哪里」");
  ReadInt(reader, "per_day", w.per_day, {0, 10'000}, "questions of ours a day");
  ReadInt(reader, "per_child", w.per_child, {1, 100}, "of one child");
  ReadInt(reader, "per_child_days", w.per_child_days, {1, 3660}, "within these days");
  ReadInt(reader, "expire_days", w.expire_days, {1, 60}, "then silent members are not asked again");
  ReadInt(reader, "retry_first_minutes", w.retry_first_minutes, {1, 1440}, "first repeat");
  ReadInt(reader, "retry_max_minutes", w.retry_max_minutes, {1, 10'080}, "longest wait");
  ReadInt(reader, "answers_per_day", w.answers_per_day, {0, 100'000}, "to one county");
}

void ReadTransfers(Reader reader, Transfers& t) {
  ReadInt(reader, "party_days", t.party_days, {1, 60}, "of each of the four parties of a transfer");
  ReadInt(reader, "arrival_days", t.arrival_days, {1, 120},
          "then a child who left and is not known to have arrived is a suspected dropout");
  ReadBool(reader, "issue_automatically", t.issue_automatically,
           "letters of the watch are issued without an officer");
}

Policy ReadPolicy(Reader& reader) {
  Policy policy;
  policy.number_prefix = reader.String(
      "number_prefix", {.bytes_max = 60, .about = "发文机关代字 of document numbers: 同教函"});
  const std::string superior =
      reader.String("superior", {.fallback = "", .about = "division that gets copies about "
                                                          "counties of other provinces"});
  if (!superior.empty()) {
    const auto division = Division::Parse(superior);
    if (division.ok()) {
      policy.superior = *division;
    } else {
      reader.Problem("superior", "needs six digits of GB/T 2260");
    }
  }
  ReadInt(reader, "forward_hops_max", policy.forward_hops_max, {0, 8}, "times forwarded");
  if (auto map = reader.MaybeMap("deadlines", "working days")) {
    ReadDeadlines(*map, policy.deadlines);
  }
  if (auto map = reader.MaybeMap("approval", "who issues")) ReadApproval(*map, policy.approval);
  if (auto map = reader.MaybeMap("reply", "what the machine may say")) {
    ReadReply(*map, policy.reply);
  }
  if (auto map = reader.MaybeMap("delivery", "repeats")) ReadDelivery(*map, policy.delivery);
  if (auto map = reader.MaybeMap("limits", "against neighbours that misbehave")) {
    ReadLimits(*map, policy.limits);
  }
  if (auto map = reader.MaybeMap("attachments", "files that go with letters")) {
    ReadAttachments(*map, policy.attachments);
  }
  if (auto map = reader.MaybeMap("where", "asking where a child is")) {
    ReadWhere(*map, policy.where);
  }
  if (auto map = reader.MaybeMap("transfers", "the gap between out and in")) {
    ReadTransfers(*map, policy.transfers);
  }
  if (auto map = reader.MaybeMap("away", "children who live elsewhere")) {
    ReadAwayRules(*map, policy.away);
  }
  if (auto map = reader.MaybeMap("hand_over", "files that go to the household's county")) {
    ReadHandOverRules(*map, policy.hand_over);
  }
  for (const std::string& problem : ProblemsOf(policy)) reader.Problem("from", problem);
  return policy;
}

}  // namespace

base::Result<PolicyBook> LoadPolicies(const std::string& county_profile_path) {
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(county_profile_path));
  Reader root = document.Root();
  auto dated = settings::ReadDated<Policy>(root, "tracing", "rules for letters, dated", ReadPolicy);
  // The other sections are their services' business, those of a later release as well.
  for (const std::string& key : root.Keys()) root.Skip(key);
  RETURN_IF_ERROR(document.Finish());
  std::vector<PolicyEntry> entries;
  for (auto& entry : dated.entries) {
    entries.push_back({entry.from, std::move(entry.source), std::move(entry.value)});
  }
  return PolicyBook{std::move(entries)};
}

}  // namespace tracing
