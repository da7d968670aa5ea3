// Children of 绥宁 who live in 同安, for tests of the list that follows them: made-up numbers, the
// township's entry, and two counties whose clocks go on together.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "integration/tracing/county.h"
#include "tracing/contract/away.pb.h"

namespace tracing::testing {

// A made-up number of a child born in March 2015, with its check digit.
inline std::string Number(int n, int year = 2015) {
  const std::string body = fmt::format("430527{}0305{:03}", year, n);
  constexpr std::array<int, 17> kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += (body[i] - '0') * kWeights[i];
  return body + "10X98765432"[sum % 11];
}

inline void PutDay(const std::string& text, wire::Date* out) {
  const base::Date day = base::Date::Parse(text).value();
  out->set_year(day.year());
  out->set_month(static_cast<int>(day.month()));
  out->set_day(static_cast<int>(day.day()));
}
inline std::string Text(const wire::Date& day) {
  return fmt::format("{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
}

inline v1::AddAway Entry(const std::string& id_number) {
  v1::AddAway add;
  v1::AwayEntry& entry = *add.mutable_entry();
  entry.mutable_child()->set_name("周小舟");
  entry.mutable_child()->set_id_number(id_number);
  entry.mutable_guardian()->set_name("周大山");
  entry.mutable_guardian()->set_phone("13800001234");
  entry.set_town("长铺镇");
  entry.set_why("外出务工随迁");
  entry.set_division("350212");
  entry.set_address("同安区大同街道");
  PutDay("2025-08-20", entry.mutable_left_on());
  return add;
}

class TwoCounties : public ::testing::Test {
 protected:
  void SetUp() override { store::Pool::InitDriver(); }
  void Meet() {
    suining_.Join(tongan_);
    tongan_.Join(suining_);
  }
  v1::AwayRow Add(const v1::AddAway& entry) { return suining_.Must<v1::AwayReply>(entry).row(); }
  v1::AwayRow Add(const std::string& id_number) { return Add(Entry(id_number)); }
  v1::AwayRow Look(std::int64_t id) {
    v1::GetAway get;
    get.set_away_id(id);
    return suining_.Must<v1::AwayReply>(get).row();
  }
  void BothTo(const std::string& day, int minute) {
    const base::UtcTime at = base::InstantAt(base::Date::Parse(day).value(), minute);
    suining_.AdvanceTo(at);
    tongan_.AdvanceTo(at);
  }
  // Everything that is due by then is done before the clocks go on.
  void Until(const std::string& day, int minute) {
    const base::UtcTime target = base::InstantAt(base::Date::Parse(day).value(), minute);
    while (true) {
      base::UtcTime next = target;
      for (County* county : {&suining_, &tongan_}) {
        const auto progress = county->Progress();
        if (progress.has_next_due()) next = std::min(next, FromProto(progress.next_due()));
      }
      next = std::max(next, std::max(suining_.now(), tongan_.now()));
      suining_.AdvanceTo(next);
      tongan_.AdvanceTo(next);
      Settle();
      if (next >= target) return;
    }
  }
  void Settle() {
    int calm = 0;
    const bool settled = harness::WaitUntil(
        [&] {
          const bool idle = suining_.Progress().work_pending() == 0 &&
                            tongan_.Progress().work_pending() == 0;
          calm = idle ? calm + 1 : 0;
          return calm >= 3;
        },
        std::chrono::seconds{60});
    EXPECT_TRUE(settled);
  }
  // Letters of a kind that the county has, to or from `peer`; empty: anybody.
  static int LettersOf(County& county, v1::LetterKind kind, const std::string& peer = {}) {
    const auto all = county.List();
    return static_cast<int>(
        std::count_if(all.letters().begin(), all.letters().end(), [&](const v1::Letter& one) {
          return one.kind() == kind && (peer.empty() || one.peer() == peer);
        }));
  }
  static int Told(County& county, const std::string& type) {
    const auto feed = county.Feed();
    return static_cast<int>(std::count_if(feed.begin(), feed.end(), [&](const wire::Event& one) {
      return one.type() == type;
    }));
  }

  static constexpr const char* kConfig = BAOXUE_SOURCE_DIR "/config";
  County suining_{"suining", "sm", kConfig, "2026-08-31"};
  County tongan_{"tongan", "sm", kConfig, "2026-08-31"};
};

}  // namespace tracing::testing
