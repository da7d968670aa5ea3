#include "cli/importing/upload.h"

#include <fmt/format.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

#include "cli/shell/progress.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;
using base::Code;
using base::Error;

constexpr int kChunkRows = 2000;
constexpr int kInFlightMax = 4;
constexpr std::chrono::minutes kChunkTimeout{2};

base::Result<registry::ImportKind> KindFrom(const std::string& kind) {
  static const std::map<std::string, registry::ImportKind> kKinds{
      {"roster", registry::IMPORT_KIND_ROSTER},
      {"school-age", registry::IMPORT_KIND_SCHOOL_AGE},
      {"group", registry::IMPORT_KIND_GROUP},
      {"schools", registry::IMPORT_KIND_SCHOOLS},
      {"classes", registry::IMPORT_KIND_CLASSES}};
  const auto found = kKinds.find(kind);
  if (found != kKinds.end()) return found->second;
  return Error{Code::kInvalidArgument, "KIND_UNKNOWN",
               "表的种类应为 roster、school-age、group、schools 或 classes"};
}

// Chunks under way; the first error stops the rest.
class InFlight {
 public:
  explicit InFlight(int most) : most_(most) {}

  // Waits for room. False once something failed.
  bool Enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ < most_ || error_; });
    if (error_) return false;
    ++count_;
    return true;
  }
  void Leave(const bus::Reply& reply) {
    const std::lock_guard lock(mutex_);
    --count_;
    if (!reply.ok() && !error_) error_ = reply.error();
    changed_.notify_all();
  }
  base::Status Drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ == 0; });
    if (error_) return *error_;
    return {};
  }

 private:
  const int most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  std::optional<Error> error_;
};

base::Result<registry::BeginImport> Describe(const ImportOptions& options,
                                             const std::vector<std::string>& header) {
  registry::BeginImport begin;
  ASSIGN_OR_RETURN(const registry::ImportKind kind, KindFrom(options.kind));
  begin.set_kind(kind);
  begin.set_file_name(std::filesystem::path{options.file}.filename().string());
  for (const std::string& cell : header) begin.add_header(cell);
  begin.set_full(options.full);
  begin.set_source(options.source);
  begin.set_batch(options.batch);
  begin.set_group(options.group);
  if (!options.valid_from.empty()) {
    RETURN_IF_ERROR(ReadDate(options.valid_from, begin.mutable_valid_from()));
  }
  if (!options.valid_to.empty()) {
    RETURN_IF_ERROR(ReadDate(options.valid_to, begin.mutable_valid_to()));
  }
  return begin;
}

base::Status SendRows(Shell& shell, bus::Client& client, tables::Reader& table, Upload& upload) {
  InFlight in_flight(kInFlightMax);
  Progress progress("上传", 1000, shell.quiet());
  registry::AddImportRows chunk;
  const auto send = [&] {
    chunk.set_import_id(upload.import_id);
    chunk.set_chunk(upload.chunks++);
    if (!in_flight.Enter()) return false;
    bus::CallOptions call = shell.Call(kChunkTimeout);
    call.attempt_timeout = kChunkTimeout;
    client.CallAsync(chunk.GetTypeName(), chunk.SerializeAsString(), std::move(call),
                     [&in_flight](const bus::Reply& reply) { in_flight.Leave(reply); });
    chunk.Clear();
    return true;
  };
  tables::Row row;
  for (;;) {
    auto more = table.Next(row);
    if (!more.ok()) {
      (void)in_flight.Drain();
      return more.error();
    }
    if (!*more) break;
    registry::ImportRow* sent = chunk.add_rows();
    sent->set_number(row.number);
    for (std::string& cell : row.cells) sent->add_cells(std::move(cell));
    ++upload.rows;
    if (chunk.rows_size() == kChunkRows) {
      progress.Set(static_cast<std::uint64_t>(table.PermilleRead()));
      if (!send()) break;
    }
  }
  if (chunk.rows_size() > 0) send();
  if (auto done = in_flight.Drain(); !done.ok()) return Shell::Explain("registry", done.error());
  progress.Finish();
  return {};
}

}  // namespace

base::Result<Upload> SendTable(Shell& shell, const ImportOptions& options, tables::Reader& table) {
  tables::Row header;
  ASSIGN_OR_RETURN(const bool any, table.Next(header));
  if (!any) return Error{Code::kInvalidArgument, "NOT_A_TABLE", options.file + ":文件是空的"};
  ASSIGN_OR_RETURN(const registry::BeginImport begin, Describe(options, header.cells));
  ASSIGN_OR_RETURN(const auto begun, (shell.Ask<registry::BeginImportReply>("registry", begin)));
  Upload upload;
  upload.import_id = begun.import_id();
  upload.header = header.cells;
  upload.unknown_columns.assign(begun.unknown_columns().begin(), begun.unknown_columns().end());
  ASSIGN_OR_RETURN(bus::Client * client, shell.ClientOf("registry"));
  if (auto sent = SendRows(shell, *client, table, upload); !sent.ok()) {
    registry::CancelImport cancel;
    cancel.set_import_id(upload.import_id);
    (void)shell.Ask<registry::ImportReply>("registry", cancel);
    return sent.error();
  }
  return upload;
}

}  // namespace cli
