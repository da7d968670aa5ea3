// What comes out is what went in, whatever it is; and a session says what it cannot do.
#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "base/random.h"
#include "fixture.h"
#include "store/literal.h"

namespace {

using base::Code;
using store::Rows;
using store::Session;
using store_test::Do;
using store_test::Said;

class SessionTest : public store_test::StoreTest {};

constexpr const char* kKinds =
    "CREATE TABLE k (id INT PRIMARY KEY, name VARCHAR(100), bin BINARY(16), data MEDIUMBLOB,"
    " day DATE, at DATETIME(3), big BIGINT, huge BIGINT UNSIGNED, flag TINYINT)"
    " ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

TEST_F(SessionTest, EveryKindOfValueComesBackAsItWas) {
  Must(kKinds);
  const std::string bytes{"\x00\x27\x5C\xFF\x80\x00'\\?\xE4\x5C\x27\x00\x01\x02\x03", 16};
  const auto day = *base::Date::FromYmd(2024, 2, 29);
  const base::UtcTime at{std::chrono::milliseconds{1'772'323'200'007}};
  Must("INSERT INTO k VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
       {1, "𠮷野家's \\ \"?\" 😀", bytes, bytes + bytes, day, at,
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::uint64_t>::max(), true});
  const auto status = pool_.WithSession([&](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(Rows rows, session.Query("SELECT k.* FROM k WHERE bin = ? AND name LIKE ?",
                                              {bytes, "𠮷野家's%"}));
    EXPECT_EQ(rows.size(), 1u);
    EXPECT_TRUE(rows.Next());
    EXPECT_EQ(rows.Text("name"), "𠮷野家's \\ \"?\" 😀");
    EXPECT_EQ(rows.Text("bin"), bytes);
    EXPECT_EQ(rows.Text("data"), bytes + bytes);
    EXPECT_EQ(rows.Day("day"), day);
    EXPECT_EQ(rows.Time("at"), at);
    EXPECT_EQ(rows.Int("big"), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(rows.Uint("huge"), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(rows.Int("flag"), 1);
    EXPECT_FALSE(rows.Next());
    EXPECT_FALSE(rows.Next());
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
  EXPECT_EQ(Seen("SELECT HEX(bin) FROM k"), "00275CFF8000275C3FE45C2700010203");
  EXPECT_EQ(Seen("SELECT HEX(LEFT(name, 1)) FROM k"), "F0A0AEB7");
}

TEST_F(SessionTest, RandomBytesAndTextComeBack) {
  Must("CREATE TABLE b (id INT PRIMARY KEY, v VARBINARY(200) NOT NULL) ENGINE=InnoDB");
  base::Rng rng{20261121};
  std::vector<std::string> written;
  const auto status = pool_.WithSession([&](Session& session) -> base::Status {
    store::BulkInsert insert{session, "INSERT INTO b (id, v)"};
    for (int i = 0; i < 2000; ++i) {
      std::string bytes(rng.Below(60), '\0');
      // Many quotes, backslashes and first bytes of multi-byte characters.
      constexpr std::string_view kEvil{"'\\\0\"?\xE4\xF0\xA0\x5C\x27;-/*", 15};
      for (char& c : bytes) {
        c = rng.Chance(5000) ? kEvil[rng.Below(kEvil.size())] : static_cast<char>(rng.Below(256));
      }
      RETURN_IF_ERROR(insert.Add({i, bytes}));
      written.push_back(bytes);
    }
    RETURN_IF_ERROR(insert.Flush());
    ASSIGN_OR_RETURN(Rows rows, session.Query("SELECT id, v FROM b ORDER BY id"));
    while (rows.Next()) {
      EXPECT_EQ(rows.Text("v"), written[static_cast<std::size_t>(rows.Int("id"))]);
    }
    EXPECT_EQ(rows.size(), written.size());
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

TEST_F(SessionTest, NullIsNotAnEmptyText) {
  Must(kKinds);
  Must("INSERT INTO k (id, name) VALUES (1, NULL), (2, '')");
  const auto status = pool_.WithSession([&](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(Rows rows, session.Query("SELECT id, name, day, at, big FROM k ORDER BY id"));
    EXPECT_TRUE(rows.Next());
    EXPECT_TRUE(rows.IsNull("name"));
    EXPECT_EQ(rows.MaybeText("name"), std::nullopt);
    EXPECT_EQ(rows.MaybeDay("day"), std::nullopt);
    EXPECT_EQ(rows.MaybeTime("at"), std::nullopt);
    EXPECT_EQ(rows.MaybeInt("big"), std::nullopt);
    EXPECT_TRUE(rows.Next());
    EXPECT_FALSE(rows.IsNull("name"));
    EXPECT_EQ(rows.MaybeText("name"), "");
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

TEST_F(SessionTest, DateTimesOfAnyPrecisionAreRead) {
  const auto status = pool_.WithSession([&](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(Rows rows,
                     session.Query("SELECT CAST('2026-09-01 07:55:01' AS DATETIME) AS s0,"
                                   " CAST('2026-09-01 07:55:01.5' AS DATETIME(1)) AS s1,"
                                   " CAST('2026-09-01 07:55:01.123456' AS DATETIME(6)) AS s6"));
    EXPECT_TRUE(rows.Next());
    EXPECT_EQ(base::ToIso(rows.Time("s0")), "2026-09-01T07:55:01.000Z");
    EXPECT_EQ(base::ToIso(rows.Time("s1")), "2026-09-01T07:55:01.500Z");
    EXPECT_EQ(base::ToIso(rows.Time("s6")), "2026-09-01T07:55:01.123Z");
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

TEST_F(SessionTest, TheSessionsSettingsAreOurs) {
  const auto status = pool_.WithSession([&](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(
        Rows rows,
        session.Query("SELECT @@character_set_client cs, @@character_set_results cr,"
                      " @@collation_connection cc, @@time_zone tz, @@sql_mode sm,"
                      " @@tx_isolation ti, @@autocommit ac, @@innodb_lock_wait_timeout lw"));
    EXPECT_TRUE(rows.Next());
    EXPECT_EQ(rows.Text("cs"), "utf8mb4");
    EXPECT_EQ(rows.Text("cr"), "utf8mb4");
    EXPECT_EQ(rows.Text("cc"), "utf8mb4_bin");
    EXPECT_EQ(rows.Text("tz"), "+00:00");
    EXPECT_EQ(rows.Text("ti"), "READ-COMMITTED");
    EXPECT_EQ(rows.Int("ac"), 1);
    EXPECT_EQ(rows.Int("lw"), options_.lock_wait_s);
    using testing::HasSubstr;
    EXPECT_THAT(rows.Text("sm"), HasSubstr("STRICT_ALL_TABLES"));
    EXPECT_THAT(rows.Text("sm"), HasSubstr("ONLY_FULL_GROUP_BY"));
    // Literals hang on these two being off.
    EXPECT_THAT(rows.Text("sm"), testing::Not(HasSubstr("NO_BACKSLASH_ESCAPES")));
    EXPECT_THAT(rows.Text("sm"), testing::Not(HasSubstr("ANSI_QUOTES")));
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

// A server whose own defaults would break every literal and every commit.
TEST(HostileServerTest, ItsDefaultsDoNotMatter) {
  harness::PrivateMariaDb server{
      {.extra_args = {"--sql-mode=NO_BACKSLASH_ESCAPES,ANSI_QUOTES", "--autocommit=0",
                      "--default-time-zone=+08:00", "--character-set-server=latin1"}}};
  const auto options = server.FreshDatabase();
  const base::SystemClock clock;
  store::Pool pool{options, clock};
  const auto status = pool.WithSession([](Session& session) -> base::Status {
    RETURN_IF_ERROR(Do(session,
                       "CREATE TABLE t (a VARCHAR(20)) ENGINE=InnoDB"
                       " CHARACTER SET utf8mb4"));
    RETURN_IF_ERROR(Do(session, "INSERT INTO t VALUES (?)", {"\\'保\\"}));
    ASSIGN_OR_RETURN(Rows rows, session.Query("SELECT a FROM t WHERE a = ?", {"\\'保\\"}));
    EXPECT_TRUE(rows.Next());
    EXPECT_EQ(rows.Text("a"), "\\'保\\");
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
  EXPECT_EQ(server.RunSql("SELECT COUNT(*) FROM t", options.database), "1\n");  // committed
}

TEST_F(SessionTest, ExecuteCountsChangedRows) {
  Must("CREATE TABLE t (id INT PRIMARY KEY, a INT) ENGINE=InnoDB");
  const auto status = pool_.WithSession([&](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(auto inserted, session.Execute("INSERT INTO t VALUES (1, 1), (2, 1)"));
    EXPECT_EQ(inserted, 2u);
    ASSIGN_OR_RETURN(auto changed, session.Execute("UPDATE t SET a = 2 WHERE id = 1"));
    EXPECT_EQ(changed, 1u);
    ASSIGN_OR_RETURN(auto same, session.Execute("UPDATE t SET a = 2 WHERE id = 1"));
    EXPECT_EQ(same, 0u);
    // A statement with rows is read to its end: the next one is not out of sync.
    ASSIGN_OR_RETURN(auto none, session.Execute("SELECT t.* FROM t"));
    EXPECT_EQ(none, 0u);
    ASSIGN_OR_RETURN(auto deleted, session.Execute("DELETE FROM t"));
    EXPECT_EQ(deleted, 2u);
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

TEST_F(SessionTest, ErrorsOfTheServerAreMapped) {
  Must(
      "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(3), d DATE) ENGINE=InnoDB"
      " CHARACTER SET utf8mb4");
  Must("INSERT INTO t (id) VALUES (1)");
  const auto error_of = [&](std::string_view sql, std::initializer_list<store::Value> values) {
    const auto status =
        pool_.WithSession([&](Session& session) { return Do(session, sql, values); });
    return status.ok() ? base::Error{Code::kInternal, "NO_ERROR", ""} : status.error();
  };
  EXPECT_EQ(error_of("INSERT INTO t (id) VALUES (?)", {1}).code, Code::kAlreadyExists);
  EXPECT_EQ(error_of("INSERT INTO t (id, a) VALUES (2, ?)", {"abcd"}).reason, "BAD_DATA");
  EXPECT_EQ(error_of("INSERT INTO t (id, d) VALUES (2, ?)", {"2025-02-29"}).reason, "BAD_DATA");
  EXPECT_EQ(error_of("INSERT INTO t (id, a) VALUES (2, ?)", {std::string{"\xFF\xFE"}}).reason,
            "BAD_DATA");
  const auto syntax = error_of("SELEC ?", {"secret"});
  EXPECT_EQ(syntax.reason, "SQL_ERROR");
  EXPECT_EQ(syntax.detail, "SQL error 1064 (42000) in: SELEC ?");
  // Two statements in one text are refused by the server: CLIENT_MULTI_STATEMENTS is off.
  EXPECT_EQ(error_of("DELETE FROM t; DELETE FROM t", {}).reason, "SQL_ERROR");
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM t"), "1");
}

TEST_F(SessionTest, TheServerCannotAskForOurFiles) {
  Must("CREATE TABLE t (a VARCHAR(100)) ENGINE=InnoDB");
  const harness::TempDir dir;
  harness::WriteFile(dir.File("f"), "row\n");
  const auto status = pool_.WithSession([&](Session& session) {
    return Do(session, "LOAD DATA LOCAL INFILE ? INTO TABLE t", {dir.File("f")});
  });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM t"), "0");
}

std::int64_t ResidentKb() {
  std::ifstream in{"/proc/self/statm"};
  std::int64_t total = 0;
  std::int64_t resident = 0;
  in >> total >> resident;
  return resident * 4;
}

TEST_F(SessionTest, AStreamHoldsOneRow) {
  const auto before = ResidentKb();
  std::int64_t most = 0;
  std::int64_t sum = 0;
  const auto status = pool_.WithSession([&](Session& session) {
    return session.Stream("SELECT seq, REPEAT('x', 200) AS filler FROM seq_1_to_300000", {},
                          [&](const Rows& row) {
                            sum += row.Int("seq");
                            if (row.Int("seq") % 1000 == 0) most = std::max(most, ResidentKb());
                            return true;
                          });
  });
  EXPECT_TRUE(status.ok()) << Said(status);
  EXPECT_EQ(sum, 300'000LL * 300'001 / 2);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr std::int64_t kMostKb = 1'000'000;  // they keep freed memory
#else
  constexpr std::int64_t kMostKb = 20'000;  // the rows together have 60 MB
#endif
  EXPECT_LT(most - before, kMostKb);
}

TEST_F(SessionTest, AStreamCanBeStoppedAndTheSessionGoesOn) {
  const auto status = pool_.WithSession([&](Session& session) -> base::Status {
    int rows = 0;
    RETURN_IF_ERROR(session.Stream("SELECT seq FROM seq_1_to_5000 WHERE seq > ?",
                                   std::array<store::Value, 1>{store::Value{10}},
                                   [&](const Rows& row) {
                                     EXPECT_EQ(row.Int("seq"), 11 + rows);
                                     const auto busy = session.Query("SELECT 1");
                                     EXPECT_FALSE(busy.ok());
                                     EXPECT_EQ(busy.error().reason, "SESSION_BUSY");
                                     return ++rows < 3;
                                   }));
    EXPECT_EQ(rows, 3);
    ASSIGN_OR_RETURN(Rows one, session.Query("SELECT 1 AS one"));
    EXPECT_TRUE(one.Next());
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

// The connector reports a stream cut short by KILL QUERY or a time limit as a stream that ended.
TEST_F(SessionTest, AStreamCutShortIsAnError) {
  int rows = 0;
  const auto status = pool_.WithSession([&](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(Rows me, session.Query("SELECT CONNECTION_ID() AS id"));
    me.Next();
    const std::string id = std::to_string(me.Int("id"));
    return session.Stream("SELECT seq, REPEAT('x', 2000) AS filler FROM seq_1_to_1000000", {},
                          [&](const Rows&) {
                            if (++rows == 10) server_.RunSql("KILL QUERY " + id);
                            return true;
                          });
  });
  EXPECT_LT(rows, 1'000'000);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "QUERY_INTERRUPTED") << Said(status);
}

TEST_F(SessionTest, AHundredThousandRowsInBulk) {
  Must(
      "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), day DATE, n INT) ENGINE=InnoDB"
      " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  constexpr int kRows = 100'000;
  const auto fill = [](Session& session, int add) -> base::Result<std::uint64_t> {
    store::BulkInsert insert{session, "INSERT INTO t (id, name, day, n)",
                             " ON DUPLICATE KEY UPDATE n = VALUES(n)"};
    const auto day = *base::Date::FromYmd(2026, 9, 1);
    std::string row;
    for (int i = 0; i < kRows; ++i) {
      if (i % 2 == 0) {
        RETURN_IF_ERROR(insert.Add({i, "学生", day, i + add}));
        continue;
      }
      row = "(";
      store::AppendInt(row, i);
      row += ",";
      store::AppendText(row, "学生");
      row += ",";
      store::AppendDay(row, day);
      row += ",";
      store::AppendInt(row, i + add);
      row += ")";
      RETURN_IF_ERROR(insert.AddRaw(row));
    }
    RETURN_IF_ERROR(insert.Flush());
    RETURN_IF_ERROR(insert.Flush());  // nothing left: nothing happens
    return insert.rows();
  };
  for (const int add : {0, 1}) {
    const auto rows = pool_.Transact(
        [&](store::Transaction& tx) -> base::Result<std::uint64_t> { return fill(tx, add); });
    ASSERT_TRUE(rows.ok()) << Said(rows);
    EXPECT_EQ(*rows, std::uint64_t{kRows});
  }
  EXPECT_EQ(Seen("SELECT COUNT(*), COUNT(DISTINCT name), SUM(n - id) FROM t"), "100000\t1\t100000");
}

}  // namespace
