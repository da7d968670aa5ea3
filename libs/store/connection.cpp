#include "store/connection.h"

#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>
#include <fmt/format.h>

#include <mutex>

#include "store/rows.h"

namespace store {
namespace {

constexpr std::string_view kSqlMode =
    "STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

sql::Driver* Driver() {
  static std::once_flag once;
  static sql::Driver* driver = nullptr;
  std::call_once(once, [] { driver = get_driver_instance(); });
  return driver;
}

// The client library wants to know each thread that uses it.
void EnterThread() {
  struct Guard {
    Guard() { Driver()->threadInit(); }
    ~Guard() { Driver()->threadEnd(); }
  };
  thread_local const Guard guard;
}

int Seconds(std::chrono::milliseconds time) {
  return std::max(1, static_cast<int>(std::chrono::ceil<std::chrono::seconds>(time).count()));
}

// The only place that names the connector's options: it accepts unknown names in silence.
sql::ConnectOptionsMap OptionMap(const PoolOptions& options) {
  sql::ConnectOptionsMap map;
  map["hostName"] =
      sql::SQLString(options.socket.empty() ? fmt::format("tcp://{}:{}", options.host, options.port)
                                            : "unix://" + options.socket);
  map["userName"] = sql::SQLString(options.user);
  map["password"] = sql::SQLString(options.password);
  if (!options.database.empty()) map["schema"] = sql::SQLString(options.database);
  map["OPT_CONNECT_TIMEOUT"] = Seconds(options.connect_timeout);
  map["OPT_READ_TIMEOUT"] = Seconds(options.read_timeout);
  map["OPT_WRITE_TIMEOUT"] = Seconds(options.read_timeout);
  map["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
  map["OPT_LOCAL_INFILE"] = 0;  // on by default: the server could ask for any file of ours
  if (!options.tls_ca_file.empty()) {
    // OPT_SSL_MODE is ignored by libmariadb; without sslVerify any host's certificate would do.
    map["sslEnforce"] = true;
    map["sslVerify"] = true;
    map["sslCA"] = sql::SQLString(options.tls_ca_file);
  }
  return map;
}

std::vector<std::string> ColumnNames(const sql::ResultSet& result) {
  sql::ResultSetMetaData* const meta = result.getMetaData();
  std::vector<std::string> names;
  for (unsigned i = 1; i <= meta->getColumnCount(); ++i) {
    names.push_back(meta->getColumnLabel(i).asStdString());
  }
  return names;
}

void AddRow(const sql::ResultSet& result, Rows::Data& data) {
  const auto columns = static_cast<std::uint32_t>(data.columns.size());
  for (std::uint32_t i = 1; i <= columns; ++i) {
    // getString gives "" for NULL.
    if (result.isNull(i)) {
      data.AddNull();
    } else {
      data.AddCell(result.getString(i).asStdString());
    }
  }
}

}  // namespace

void GetDriverOnce() { Driver(); }

Connection::Connection() = default;

Connection::~Connection() {
  EnterThread();
  statement_.reset();
  connection_.reset();
}

base::Error Connection::Failed(const sql::SQLException& error, InFlight in_flight,
                               std::string_view context) {
  if (ConnectionIsLost(error.getErrorCode())) lost_ = true;
  return MapSqlError(error.getErrorCode(), error.getSQLState(), error.what(), in_flight, context);
}

base::Result<std::unique_ptr<Connection>> Connection::Open(const PoolOptions& options) {
  EnterThread();
  std::unique_ptr<Connection> made{new Connection};
  try {
    sql::ConnectOptionsMap map = OptionMap(options);
    made->connection_.reset(Driver()->connect(map));
    made->statement_.reset(made->connection_->createStatement());
  } catch (const sql::SQLException& error) {
    return made->Failed(error, InFlight::kConnect, "connect");
  }
  RETURN_IF_ERROR(made->Prepare(options));
  return made;
}

base::Status Connection::Prepare(const PoolOptions& options) {
  const std::string settings = fmt::format(
      "SET SESSION autocommit = 1, sql_mode = '{}', time_zone = '+00:00',"
      " innodb_lock_wait_timeout = {}",
      kSqlMode, options.lock_wait_s);
  for (const std::string& sql :
       {std::string{"SET NAMES utf8mb4 COLLATE utf8mb4_bin"}, settings,
        std::string{"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"}}) {
    if (auto done = Execute(sql, InFlight::kConnect, sql); !done.ok()) return done.error();
  }
  if (options.tls_ca_file.empty()) return {};
  ASSIGN_OR_RETURN(Rows cipher, Query("SHOW SESSION STATUS LIKE 'Ssl_cipher'", InFlight::kConnect,
                                      "Ssl_cipher"));
  if (!cipher.Next() || cipher.Text("Value").empty()) {
    return base::Error{base::Code::kUnavailable, "DB_TLS", "the connection is not encrypted"};
  }
  return {};
}

base::Result<std::uint64_t> Connection::Execute(const std::string& sql, InFlight in_flight,
                                                std::string_view context) {
  EnterThread();
  try {
    const bool has_rows = statement_->execute(sql);
    if (!has_rows) return statement_->getUpdateCount();
    // Rows must be read, or the next statement fails with 2014.
    const std::unique_ptr<sql::ResultSet> unread{statement_->getResultSet()};
    return std::uint64_t{0};
  } catch (const sql::SQLException& error) {
    return Failed(error, in_flight, context);
  }
}

base::Result<Rows> Connection::Query(const std::string& sql, InFlight in_flight,
                                     std::string_view context) {
  EnterThread();
  try {
    const std::unique_ptr<sql::ResultSet> result{statement_->executeQuery(sql)};
    auto data = std::make_shared<Rows::Data>();
    data->SetColumns(ColumnNames(*result));
    data->cells.reserve(result->rowsCount() * data->columns.size());
    while (result->next()) AddRow(*result, *data);
    return Rows{std::move(data)};
  } catch (const sql::SQLException& error) {
    return Failed(error, in_flight, context);
  }
}

base::Status Connection::Stream(const std::string& sql, InFlight in_flight,
                                std::string_view context,
                                const std::function<bool(const Rows&)>& row) {
  EnterThread();
  try {
    const std::unique_ptr<sql::Statement> statement{connection_->createStatement()};
    statement->setResultSetType(sql::ResultSet::TYPE_FORWARD_ONLY);
    const std::unique_ptr<sql::ResultSet> result{statement->executeQuery(sql)};
    auto data = std::make_shared<Rows::Data>();
    data->SetColumns(ColumnNames(*result));
    while (result->next()) {
      data->Clear();
      AddRow(*result, *data);
      Rows one{data};
      one.Next();
      if (!row(one)) return {};  // the rest is read and thrown away with `result`
    }
    // next() takes every error but a lost connection for the end of the rows (KILL QUERY, a time
    // limit). The error is still pending in the client library: asking for a further result raises
    // it.
    const std::unique_ptr<sql::ResultSet> none{statement->getResultSet()};
    return {};
  } catch (const sql::SQLException& error) {
    return Failed(error, in_flight, context);
  }
}

bool Connection::Ping() { return Execute("DO 1", InFlight::kRead, "ping").ok(); }

}  // namespace store
