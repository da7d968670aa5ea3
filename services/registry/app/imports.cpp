#include "registry/app/imports.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/app/dry_run.h"
#include "registry/app/replies.h"
#include "registry/app/staging.h"
#include "registry/domain/text.h"
#include "registry/store/list_repository.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kChunkRowsMax = 5000;
constexpr std::size_t kStagedBytesMax = 12u << 20;  // under max_allowed_packet
constexpr std::uint32_t kPageMax = 5000;
constexpr std::size_t kPlacesCachedMax = 8;
constexpr std::chrono::hours kUploadKept{7 * 24};
constexpr std::size_t kNameCharactersMax = 100;

Error Unknown(ImportId id) {
  return Error{Code::kNotFound, "IMPORT_UNKNOWN", fmt::format("没有编号为 {} 的导入", id.raw())};
}

Error WrongState(const ImportHead& head, std::string_view wanted) {
  return Error{Code::kFailedPrecondition, "IMPORT_STATE",
               fmt::format("导入 {} 的状态是 {},须为 {}", head.id.raw(),
                           ImportStateText(head.state), wanted)};
}

bool IsDepartmentList(ImportKind kind) {
  return kind == ImportKind::kSchoolAge || kind == ImportKind::kGroup;
}

base::Status CheckBegin(const BeginCommand& command, base::Date today) {
  if (command.kind < 1 || command.kind > 5) {
    return Error{Code::kInvalidArgument, "IMPORT_KIND", "没有写明导入的是哪一种名单"};
  }
  const auto kind = static_cast<ImportKind>(command.kind);
  if (IsDepartmentList(kind) && command.source.empty()) {
    return Error{Code::kInvalidArgument, "SOURCE_MISSING", "须写明名单由哪个部门提供"};
  }
  for (const std::string* text : {&command.source, &command.batch, &command.group}) {
    if (Characters(*text) > kNameCharactersMax) {
      return Error{Code::kInvalidArgument, "TEXT_TOO_LONG",
                   "部门、批次和群体的名称不超过 100 个字"};
    }
  }
  const base::Date from = command.valid_from.value_or(today);
  if (!IsDepartmentList(kind) && from > today) {
    return Error{Code::kInvalidArgument, "VALIDITY_BAD",
                 fmt::format("名册日期 {} 在今天之后", from.ToString())};
  }
  if (command.valid_to && *command.valid_to < from) {
    return Error{Code::kInvalidArgument, "VALIDITY_BAD", "有效期的末日早于生效日期"};
  }
  return {};
}

// The batch of a department's list: the same source, batch and group are the same list.
base::Result<BatchId> BatchOf(store::Transaction& tx, const ImportHead& head) {
  ListBatch batch{.kind = head.kind,
                  .source = head.source,
                  .batch = head.batch,
                  .group = head.group,
                  .valid_from = head.valid_from,
                  .valid_to = head.valid_to,
                  .imported_at = head.created_at};
  ASSIGN_OR_RETURN(const auto known, FindBatch(tx, batch));
  if (known) return known->id;
  ASSIGN_OR_RETURN(const std::int64_t id, TakeIds(tx, "batch", 1));
  batch.id = BatchId{id};
  RETURN_IF_ERROR(InsertBatch(tx, batch));
  return batch.id;
}

base::Result<ImportReport> ReportOf(store::Session& session, ImportHead head) {
  ImportReport report;
  ASSIGN_OR_RETURN(const std::vector<ChunkSummary> chunks, ListChunks(session, head.id));
  for (const ChunkSummary& chunk : chunks) {
    report.rows += chunk.rows;
    AddCounts(report.counts, chunk.counts);
  }
  report.head = std::move(head);
  return report;
}

// Changes the state of an import under its lock.
base::Result<ImportReport> Change(
    store::Pool& pool, ImportId id,
    const std::function<base::Status(store::Transaction&, ImportHead&)>& change) {
  return pool.Transact([&](store::Transaction& tx) -> base::Result<ImportReport> {
    ASSIGN_OR_RETURN(auto head, FindImport(tx, id, Lock::kForUpdate));
    if (!head) return Unknown(id);
    RETURN_IF_ERROR(change(tx, *head));
    RETURN_IF_ERROR(SaveImport(tx, *head));
    return ReportOf(tx, std::move(*head));
  });
}

}  // namespace

base::Result<std::string> Imports::Begin(const BeginCommand& command, const WriteContext& write,
                                         const std::function<std::string(const Begun&)>& encode) {
  RETURN_IF_ERROR(CheckBegin(command, deps_.clock.Today()));
  const auto kind = static_cast<ImportKind>(command.kind);
  ASSIGN_OR_RETURN(HeaderMap header, MapHeader(kind, command.header));
  const base::UtcTime now = deps_.clock.Now();
  return deps_.pool.Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(auto known, FirstReply(tx, write));
    if (known) return std::move(*known);
    RETURN_IF_ERROR(CancelStaleImports(tx, now - kUploadKept));
    ASSIGN_OR_RETURN(const std::int64_t id, TakeIds(tx, "import", 1));
    ImportHead head{.id = ImportId{id},
                    .kind = kind,
                    .file_name = Shortened(command.file_name, kNameCharactersMax),
                    .header = command.header,
                    .full = command.full,
                    .source = command.source,
                    .batch = command.batch,
                    .group = command.group,
                    .valid_from = command.valid_from.value_or(base::DateAt(now)),
                    .valid_to = command.valid_to,
                    .actor = write.actor,
                    .created_at = now};
    if (IsDepartmentList(kind)) {
      if (head.batch.empty()) head.batch = base::DateAt(now).ToString();
      ASSIGN_OR_RETURN(head.batch_id, BatchOf(tx, head));
    }
    RETURN_IF_ERROR(InsertImport(tx, head));
    std::string reply = encode(Begun{head.id, header.unknown});
    RETURN_IF_ERROR(RememberReply(tx, write, reply, now));
    return reply;
  });
}

base::Result<ImportHead> Imports::Head(ImportId id) const {
  std::optional<ImportHead> head;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(head, FindImport(session, id, Lock::kNone));
    return {};
  }));
  if (!head) return Unknown(id);
  return std::move(*head);
}

std::shared_ptr<Places> Imports::CachedPlaces(ImportId id) const {
  const std::lock_guard lock{mutex_};
  const auto found = places_.find(id);
  return found == places_.end() ? nullptr : found->second;
}

void Imports::Forget(ImportId id) {
  const std::lock_guard lock{mutex_};
  places_.erase(id);
}

base::Result<ChunkReport> Imports::Add(ImportId id, int chunk_no,
                                       const std::vector<InputRow>& rows) {
  ASSIGN_OR_RETURN(const ImportHead head, Head(id));
  if (head.state != ImportState::kUploading) return WrongState(head, "uploading");
  if (rows.empty()) return Error{Code::kInvalidArgument, "CHUNK_EMPTY", "这一块没有行"};
  if (rows.size() > kChunkRowsMax) {
    return Error{Code::kInvalidArgument, "CHUNK_TOO_LARGE",
                 fmt::format("一块最多 {} 行", kChunkRowsMax)};
  }
  std::shared_ptr<Places> places = CachedPlaces(id);
  if (!places) {
    places = std::make_shared<Places>();
    RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
      ASSIGN_OR_RETURN(*places, LoadPlaces(session));
      return {};
    }));
    const std::lock_guard lock{mutex_};
    if (places_.size() >= kPlacesCachedMax) places_.erase(places_.begin());
    places_.insert_or_assign(id, places);
  }
  ASSIGN_OR_RETURN(const StagedChunk staged, StageChunk(deps_, head, *places, chunk_no, rows));
  if (staged.chunk.staged.size() > kStagedBytesMax) {
    return Error{Code::kInvalidArgument, "CHUNK_TOO_LARGE", "这一块的文字太多:请分成更小的块"};
  }
  return deps_.pool.Transact([&](store::Transaction& tx) -> base::Result<ChunkReport> {
    ASSIGN_OR_RETURN(const auto now, FindImport(tx, id, Lock::kForUpdate));
    if (!now || now->state != ImportState::kUploading) return WrongState(head, "uploading");
    ASSIGN_OR_RETURN(const auto known, FindChunkSummary(tx, id, chunk_no));
    const ChunkSummary& summary = known ? *known : staged.chunk.summary;
    const auto refused = summary.counts.find("refused");
    const ChunkReport report{summary.rows, refused == summary.counts.end() ? 0 : refused->second};
    if (known) return report;
    RETURN_IF_ERROR(InsertChunk(tx, id, staged.chunk));
    RETURN_IF_ERROR(InsertOutcomes(tx, id, staged.outcomes));
    return report;
  });
}

base::Result<ImportReport> Imports::Finish(ImportId id, int chunks) {
  Forget(id);
  return Change(deps_.pool, id, [&](store::Transaction& tx, ImportHead& head) -> base::Status {
    // Finished before: the same answer.
    if (head.state == ImportState::kChecked && head.chunks == chunks) return {};
    if (head.state != ImportState::kUploading) return WrongState(head, "uploading");
    ASSIGN_OR_RETURN(const std::vector<ChunkSummary> arrived, ListChunks(tx, id));
    if (static_cast<int>(arrived.size()) != chunks) {
      return Error{Code::kFailedPrecondition, "CHUNKS_MISSING",
                   fmt::format("应有 {} 块,只收到 {} 块:请补传后再结束", chunks, arrived.size())};
    }
    head.chunks = chunks;
    RETURN_IF_ERROR(RunDryRun(deps_, tx, head, arrived));
    head.state = ImportState::kChecked;
    return {};
  });
}

base::Result<ImportReport> Imports::Apply(ImportId id, const Actor& actor) {
  return Change(deps_.pool, id, [&](store::Transaction&, ImportHead& head) -> base::Status {
    if (head.state == ImportState::kApplying || head.state == ImportState::kApplied) return {};
    if (head.state != ImportState::kChecked) return WrongState(head, "checked");
    head.state = ImportState::kApplying;
    head.actor = actor;
    return {};
  });
}

base::Result<ImportReport> Imports::Cancel(ImportId id) {
  Forget(id);
  return Change(deps_.pool, id, [&](store::Transaction& tx, ImportHead& head) -> base::Status {
    if (head.state == ImportState::kCancelled) return {};
    if (head.state != ImportState::kUploading && head.state != ImportState::kChecked) {
      return WrongState(head, "uploading 或 checked");
    }
    head.state = ImportState::kCancelled;
    return DropStaged(tx, id);
  });
}

base::Result<ImportReport> Imports::Get(ImportId id) const {
  ImportReport report;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(auto head, FindImport(session, id, Lock::kNone));
    if (!head) return Unknown(id);
    ASSIGN_OR_RETURN(report, ReportOf(session, std::move(*head)));
    return {};
  }));
  return report;
}

base::Result<OutcomePage> Imports::ListRows(ImportId id, Outcome outcome, std::uint64_t after,
                                            std::uint32_t limit) const {
  ASSIGN_OR_RETURN(const ImportHead head, Head(id));
  OutcomePage page{head.header, {}};
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(std::vector<OutcomeRow> rows,
                     ListOutcomes(session, id, outcome, after, std::clamp(limit, 1u, kPageMax)));
    for (OutcomeRow& row : rows) {
      OutcomeView view{std::move(row), {}};
      if (!view.row.sealed_cells.empty()) {
        ASSIGN_OR_RETURN(const std::string cells,
                         deps_.vault.OpenBytes(Sealed::kCells, view.row.sealed_cells));
        view.cells = SplitTabs(cells);
      } else if (view.row.student_id && head.kind == ImportKind::kRoster) {
        ASSIGN_OR_RETURN(view.cells, StoredCells(deps_, session, head, view.row.student_id));
      }
      page.rows.push_back(std::move(view));
    }
    return {};
  }));
  return page;
}

}  // namespace registry
