// A pool on a fresh database of the shared server.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/clock.h"
#include "harness/private_mariadb.h"
#include "harness/wait.h"
#include "store/event_log.h"
#include "store/migrations.h"
#include "store/store.h"

namespace store_test {

inline std::string Said(const base::Status& status) {
  return status.ok() ? "OK" : status.error().ToString();
}
template <class T>
std::string Said(const base::Result<T>& result) {
  return result.ok() ? "OK" : result.error().ToString();
}

inline base::Status Do(store::Session& session, std::string_view sql,
                       std::initializer_list<store::Value> values = {}) {
  const auto done = session.Execute(sql, values);
  return done.ok() ? base::Status{} : done.error();
}

class StoreTest : public testing::Test {
 protected:
  harness::PrivateMariaDb& server_ = harness::PrivateMariaDb::Shared();
  store::PoolOptions options_ = server_.FreshDatabase();
  base::SystemClock clock_;
  store::Pool pool_{options_, clock_};

  void Must(std::string_view sql, std::initializer_list<store::Value> values = {}) {
    const base::Status status =
        pool_.WithSession([&](store::Session& session) { return Do(session, sql, values); });
    ASSERT_TRUE(status.ok()) << Said(status);
  }
  // The first cell of the first row, as the server's own client sees it.
  std::string Seen(const std::string& sql) {
    std::string text = server_.RunSql(sql, options_.database);
    if (!text.empty()) text.pop_back();
    return text;
  }
  void MigrateLibrary() {
    const auto status = store::Migrate(options_, "library", store::LibraryMigrations(), clock_);
    ASSERT_TRUE(status.ok()) << Said(status);
  }
};

}  // namespace store_test
