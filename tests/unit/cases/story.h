// A case told step by step for the tests of the ladder: one history, moved on by commands, at times
// that the test names. Throws nothing; a refused command leaves the history as it was.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/calendar.h"
#include "cases/domain/engine.h"

namespace cases::testing {

// "2026-09-08 10:00", the county's time.
base::UtcTime At(std::string_view local);
base::Date Day(std::string_view iso);

// 2026-09-01 to 2027-01-22 with the autumn's holidays and make-up days, and a spring term.
base::Calendar AutumnCalendar();

// Five levels, the states of domain 2.2 in brief, short periods: see story.cpp.
Profile SmallProfile();

Actor Teacher();
Actor Principal();
Actor Officer();
Actor Reviewer();

class Story {
 public:
  Story() : Story(Profiles{.entries = {SmallProfile()}}, AutumnCalendar()) {}
  Story(Profiles profiles, base::Calendar calendar)
      : profiles_(std::move(profiles)), calendar_(std::move(calendar)) {}

  // Decides at `local` time and appends what was decided.
  base::Status Give(std::string_view local, const Command& command,
                    std::optional<Presence> presence = {});
  // A signal of attendance: three school days since `first_absent`.
  void Suspect(std::string_view local, std::string_view first_absent, std::int64_t streak = 1,
               int days = 3);
  base::Status Do(std::string_view local, const Act& act, const Actor& actor = Teacher());
  // Lets time pass; the presence answers every check that falls due.
  void Wait(std::string_view local, std::optional<Presence> presence = {});
  // Three persuasions on two days, one of them at home; a visit.
  void PersuadeThrice(std::string_view first_day, std::string_view second_day);

  View See(std::string_view local, const Actor* actor = nullptr) const;
  Facts Known() const { return Fold(history_); }
  const History& history() const { return history_; }
  const Profiles& profiles() const { return profiles_; }
  const base::Calendar& calendar() const { return calendar_; }
  int Count(EntryKind kind) const;
  // Entries of one clock, as "started expired ...".
  std::string ClockStory(std::string_view clock) const;
  Profile& profile(std::size_t index = 0) { return profiles_.entries.at(index); }

 private:
  Profiles profiles_;
  base::Calendar calendar_;
  History history_;
};

// Shorthands for acts with all their fields.
Act Contact(std::string outcome = "已说明");
Act Visit(std::string outcome = "拒绝");
Act Persuasion(std::string method = "电话", std::string outcome = "拒绝");
Act Report();
Act Kind(std::string kind, std::string text = "说明");
Act Resolve(std::string target, std::vector<std::string> evidence = {},
            std::optional<base::Date> until = {});
Act Approve(std::string body, std::string_view yes = "yes");

}  // namespace cases::testing

#define EXPECT_REFUSED(status, expected_reason, detail_part)                           \
  do {                                                                                 \
    const base::Status refused_ = (status);                                            \
    ASSERT_FALSE(refused_.ok()) << "expected " << (expected_reason);                   \
    EXPECT_EQ(refused_.error().reason, (expected_reason)) << refused_.error().detail;  \
    EXPECT_NE(refused_.error().detail.find(detail_part), std::string::npos)            \
        << refused_.error().detail;                                                    \
  } while (false)
#define EXPECT_DONE(status)                                          \
  do {                                                               \
    const base::Status done_ = (status);                             \
    EXPECT_TRUE(done_.ok()) << (done_.ok() ? "" : done_.error().ToString()); \
  } while (false)
