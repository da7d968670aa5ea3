// The use cases of subsidy over a private database, with a clock that the test moves.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "harness/private_mariadb.h"
#include "subsidy/app/enquiries.h"
#include "subsidy/app/facts_desk.h"
#include "subsidy/app/payments.h"
#include "subsidy/app/trials.h"
#include "subsidy/endpoints/rule_reader.h"

namespace subsidy::testing {

inline base::Date Day(std::string_view iso) { return *base::Date::Parse(iso); }

// One living subsidy by stage and boarding, raised on 1 March 2027.
std::string TestRules();
base::Calendar TestCalendar();  // 2026秋 and 2027春

// One county's office with a database of its own.
class Desk {
 public:
  explicit Desk(std::string_view today, const std::string& rules = TestRules());
  void Move(base::Date day);  // and everything that falls due on the way, day by day
  base::Status Take(const RegistryNews& news);
  Office& office() { return *office_; }
  store::Pool& pool() { return *pool_; }
  base::ManualClock& clock() { return clock_; }
  Once NextKey(const std::string& type = "test");

  std::vector<StandingRow> Standings(const std::string& term);
  std::vector<store::StoredEvent> Events();
  template <class T>
  T One(const std::string& reply) {
    T message;
    EXPECT_TRUE(message.ParseFromString(reply));
    return message;
  }

 private:
  base::ManualClock clock_;
  base::RandomIds ids_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<Office> office_;
};

inline const Actor kOfficer{"zz001", "张三", "bureau_officer", "资助中心"};
inline const Actor kSecond{"zz002", "李四", "bureau_officer", "资助中心"};

StateRow State(std::int64_t id, int version, std::string_view effective, int status,
               bool boarding = false, std::int64_t class_id = 3, std::string school = "S1");
// Two schools, classes 1..9 of grades 1..9.
RegistryNews PlacesNews();

}  // namespace subsidy::testing
