#include "registry/app/import_runner.h"

#include <algorithm>

#include "registry/app/imports.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

constexpr int kAttemptsAtAChunk = 5;

// The rows of a chunk that the dry run let through.
base::Result<std::vector<StagedRow>> RowsToApply(const Deps& deps, store::Transaction& tx,
                                                 ImportId id, int chunk_no) {
  ASSIGN_OR_RETURN(const auto sealed, LoadStaged(tx, id, chunk_no));
  if (!sealed) {
    return base::Error{base::Code::kDataCorruption, "STAGED_MISSING", "a staged chunk is gone"};
  }
  ASSIGN_OR_RETURN(const std::string bytes, deps.vault.OpenBytes(Sealed::kStaged, *sealed));
  ASSIGN_OR_RETURN(std::vector<StagedRow> rows, DecodeStaged(bytes));
  ASSIGN_OR_RETURN(const std::vector<std::uint64_t> refused, RefusedRows(tx, id, chunk_no));
  std::erase_if(rows, [&refused](const StagedRow& row) {
    return std::binary_search(refused.begin(), refused.end(), row.number);
  });
  return rows;
}

// Rows that the dry run took and that may not be taken any more.
std::vector<OutcomeRow> LateRefusals(const std::vector<StagedRow>& rows,
                                     const std::vector<RowVerdict>& verdicts, int chunk_no) {
  std::vector<OutcomeRow> refused;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (verdicts[i].outcome != RowOutcome::kRefused) continue;
    refused.push_back(OutcomeRow{.outcome = Outcome::kRefused,
                                 .row_no = rows[i].number,
                                 .chunk_no = chunk_no,
                                 .reason_code = verdicts[i].problem.reason,
                                 .reason = verdicts[i].problem.text,
                                 .fields = {verdicts[i].problem.field},
                                 .student_id = StudentId{verdicts[i].stored_id}});
  }
  return refused;
}

}  // namespace

bool WorthRetrying(const base::Error& error) {
  using base::Code;
  return error.code == Code::kUnavailable || error.code == Code::kConflict ||
         error.code == Code::kUnknownOutcome || error.code == Code::kResourceExhausted ||
         error.code == Code::kDeadlineExceeded;
}

base::Result<std::vector<ImportId>> ImportRunner::Waiting() const {
  std::vector<ImportId> ids;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(ids, ImportsApplying(session));
    return {};
  }));
  return ids;
}

base::Result<ImportRunner::Step> ImportRunner::ApplyNext(ImportId id,
                                                         const std::vector<ChunkSummary>& chunks,
                                                         Places& places) const {
  Places grown;
  auto step = deps_.pool.Transact([&](store::Transaction& tx) -> base::Result<Step> {
    ASSIGN_OR_RETURN(auto head, FindImport(tx, id, Lock::kForUpdate));
    if (!head || head->state != ImportState::kApplying) return Step{true};
    grown = places;
    const base::UtcTime now = deps_.clock.Now();
    WriteContext write;
    Facts facts(now, write);
    const ApplyContext context{tx, facts, now};
    const auto list = MakeImportList(deps_, *head, FieldsOf(*head), grown);
    const auto next = static_cast<std::size_t>(head->chunks_applied);
    if (next >= chunks.size()) {
      RETURN_IF_ERROR(list->Finish(context));
      RETURN_IF_ERROR(DropStaged(tx, id));
      head->state = ImportState::kApplied;
    } else {
      const int chunk_no = chunks[next].chunk_no;
      ASSIGN_OR_RETURN(const auto rows, RowsToApply(deps_, tx, id, chunk_no));
      ASSIGN_OR_RETURN(const auto verdicts, list->Compare(tx, rows, Lock::kForUpdate));
      RETURN_IF_ERROR(list->Save(context, rows, verdicts));
      RETURN_IF_ERROR(InsertOutcomes(tx, id, LateRefusals(rows, verdicts, chunk_no)));
      ++head->chunks_applied;
      head->rows_applied += rows.size();
    }
    RETURN_IF_ERROR(SaveImport(tx, *head));
    RETURN_IF_ERROR(facts.Append(tx));
    return Step{head->state == ImportState::kApplied, facts.size()};
  });
  if (step.ok()) places = std::move(grown);
  return step;
}

base::Status ImportRunner::Fail(ImportId id, const base::Error& error) const {
  return deps_.pool.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(auto head, FindImport(tx, id, Lock::kForUpdate));
    if (!head || head->state != ImportState::kApplying) return {};
    head->state = ImportState::kFailed;
    head->error = error.ToString();
    return SaveImport(tx, *head);
  });
}

base::Status ImportRunner::Run(ImportId id, const std::atomic<bool>& stop) const {
  std::vector<ChunkSummary> chunks;
  Places places;
  const auto load = [&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(chunks, ListChunks(session, id));
    ASSIGN_OR_RETURN(places, LoadPlaces(session));
    return {};
  };
  RETURN_IF_ERROR(deps_.pool.WithSession(load));
  int attempts = 0;
  while (!stop) {
    const auto step = ApplyNext(id, chunks, places);
    if (step.ok()) {
      attempts = 0;
      if (step->events > 0 && deps_.notify_feed) deps_.notify_feed();
      if (step->done) return {};
      continue;
    }
    // Somebody registered the same student, or made the same class, in between: look again.
    const bool collided = step.error().code == base::Code::kAlreadyExists;
    if (collided && ++attempts < kAttemptsAtAChunk) {
      RETURN_IF_ERROR(deps_.pool.WithSession(load));
      continue;
    }
    if (!collided && WorthRetrying(step.error())) return step.error();
    return Fail(id, step.error());
  }
  return {};
}

}  // namespace registry
