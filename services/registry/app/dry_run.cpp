#include "registry/app/dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "registry/app/staging.h"
#include "registry/domain/student_number.h"
#include "security/security.h"

namespace registry {
namespace {

struct Where {
  KeyBytes duplicate_key = {};
  std::uint64_t number = 0;
  std::uint64_t name_hash = 0;
  int chunk_no = 0;
  RowOutcome outcome = RowOutcome::kAdded;
};

// Everybody in the file, by key and then by row.
struct Everybody {
  std::vector<Where> rows = {};
  std::vector<KeyBytes> person_keys = {};  // sorted
};

base::Result<Everybody> LoadEverybody(store::Transaction& tx, const ImportHead& head,
                                      const std::vector<ChunkSummary>& chunks) {
  Everybody all;
  for (const ChunkSummary& chunk : chunks) {
    ASSIGN_OR_RETURN(const std::string bytes, LoadWho(tx, head.id, chunk.chunk_no));
    for (const WhoRow& who : DecodeWho(bytes)) {
      if (head.full) all.person_keys.push_back(who.person_key);
      if (who.outcome == RowOutcome::kRefused) continue;
      all.rows.push_back(
          Where{who.duplicate_key, who.number, who.name_hash, chunk.chunk_no, who.outcome});
    }
  }
  std::sort(all.rows.begin(), all.rows.end(), [](const Where& a, const Where& b) {
    return std::tie(a.duplicate_key, a.number) < std::tie(b.duplicate_key, b.number);
  });
  std::sort(all.person_keys.begin(), all.person_keys.end());
  return all;
}

struct Doubled {
  Where where = {};
  std::uint64_t other = 0;  // the row with the same key
  bool other_name = false;
};

std::vector<Doubled> FindDoubled(const std::vector<Where>& rows) {
  std::vector<Doubled> doubled;
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin + 1;
    bool same_name = true;
    while (end < rows.size() && rows[end].duplicate_key == rows[begin].duplicate_key) {
      same_name = same_name && rows[end].name_hash == rows[begin].name_hash;
      ++end;
    }
    if (end - begin > 1) {
      if (!same_name) doubled.push_back(Doubled{rows[begin], rows[begin + 1].number, true});
      for (std::size_t i = begin + 1; i < end; ++i) {
        doubled.push_back(Doubled{rows[i], rows[begin].number, !same_name});
      }
    }
    begin = end;
  }
  return doubled;
}

// The cells of a staged row in the order of the file's header.
std::vector<std::string> CellsOf(const ImportHead& head, const Record& record) {
  std::vector<std::string> cells;
  const auto header = MapHeader(head.kind, head.header);
  if (!header.ok()) return cells;
  for (const Column* column : header->columns) {
    cells.emplace_back(column == nullptr ? std::string_view{} : record.Get(column->field));
  }
  return cells;
}

class Duplicates {
 public:
  Duplicates(const Deps& deps, store::Transaction& tx, const ImportHead& head)
      : deps_(deps), tx_(tx), head_(head) {}

  base::Status Refuse(const std::vector<Doubled>& doubled,
                      const std::vector<ChunkSummary>& chunks) {
    std::map<int, std::vector<const Doubled*>> by_chunk;
    for (const Doubled& one : doubled) by_chunk[one.where.chunk_no].push_back(&one);
    for (const auto& [chunk_no, some] : by_chunk) {
      const auto chunk = std::find_if(chunks.begin(), chunks.end(),
                                      [n = chunk_no](const auto& c) { return c.chunk_no == n; });
      RETURN_IF_ERROR(RefuseIn(*chunk, some));
    }
    return {};
  }

 private:
  base::Status RefuseIn(const ChunkSummary& chunk, const std::vector<const Doubled*>& doubled) {
    ASSIGN_OR_RETURN(const auto sealed, LoadStaged(tx_, head_.id, chunk.chunk_no));
    ASSIGN_OR_RETURN(const std::string bytes,
                     deps_.vault.OpenBytes(Sealed::kStaged, sealed.value_or("")));
    ASSIGN_OR_RETURN(const std::vector<StagedRow> rows, DecodeStaged(bytes));
    Counts counts = chunk.counts;
    std::vector<OutcomeRow> outcomes;
    for (const Doubled* one : doubled) {
      const auto row = std::find_if(rows.begin(), rows.end(), [&](const StagedRow& staged) {
        return staged.number == one->where.number;
      });
      if (row == rows.end()) continue;
      --counts[std::string{OutcomeName(one->where.outcome)}];
      ++counts["refused"];
      ++counts["reason:DUPLICATE_IN_FILE"];
      outcomes.push_back(OutcomeOf(*one, row->record));
    }
    RETURN_IF_ERROR(InsertOutcomes(tx_, head_.id, outcomes));
    return SaveChunkCounts(tx_, head_.id, chunk.chunk_no, counts);
  }

  OutcomeRow OutcomeOf(const Doubled& one, const Record& record) const {
    const bool person = record.Has(Field::kIdNumber);
    std::string reason =
        fmt::format("与第 {} 行{}相同", one.other, person ? "的「身份证件号」" : "所说的是同一个");
    reason += one.other_name ? "而姓名不同:无法判断哪一行正确,请核对后只保留一行"
                             : ":同一名单中只能有一行,请删去多余的一行";
    return OutcomeRow{
        .outcome = Outcome::kRefused,
        .row_no = one.where.number,
        .chunk_no = one.where.chunk_no,
        .reason_code = "DUPLICATE_IN_FILE",
        .reason = std::move(reason),
        .fields = {person ? Field::kIdNumber : Field::kName},
        .sealed_cells = deps_.vault.SealBytes(Sealed::kCells, JoinTabs(CellsOf(head_, record)))};
  }

  const Deps& deps_;
  store::Transaction& tx_;
  const ImportHead& head_;
};

// Students on the roll of the file's schools whom no row names.
base::Status ReportMissing(store::Transaction& tx, ImportHead& head,
                           const std::vector<KeyBytes>& person_keys,
                           const std::vector<ChunkSummary>& chunks) {
  std::set<std::string> schools;
  for (const ChunkSummary& chunk : chunks) {
    for (const auto& [name, count] : chunk.counts) {
      if (name.starts_with("school:")) schools.insert(name.substr(7));
    }
  }
  std::vector<OutcomeRow> missing;
  for (const std::string& school : schools) {
    RETURN_IF_ERROR(StreamStudentsOfSchool(tx, school, [&](StudentId id, std::string_view key) {
      if (std::binary_search(person_keys.begin(), person_keys.end(), ToKey(key))) return;
      missing.push_back(OutcomeRow{.outcome = Outcome::kMissing,
                                   .row_no = missing.size() + 1,
                                   .reason_code = "MISSING_FROM_ROSTER",
                                   .reason = "在籍,但本次整校名册中没有:请核实去向后办理学籍异动",
                                   .student_id = id});
    }));
  }
  head.missing = missing.size();
  return InsertOutcomes(tx, head.id, missing);
}

bool IsNumber(Field field) {
  return field == Field::kIdNumber || field == Field::kMember1IdNumber ||
         field == Field::kMember2IdNumber || field == Field::kGuardianIdNumber;
}

}  // namespace

base::Status RunDryRun(const Deps& deps, store::Transaction& tx, ImportHead& head,
                       const std::vector<ChunkSummary>& chunks) {
  ASSIGN_OR_RETURN(Everybody all, LoadEverybody(tx, head, chunks));
  RETURN_IF_ERROR(Duplicates(deps, tx, head).Refuse(FindDoubled(all.rows), chunks));
  if (!head.full || head.kind != ImportKind::kRoster) return {};
  return ReportMissing(tx, head, all.person_keys, chunks);
}

base::Result<std::vector<std::string>> StoredCells(const Deps& deps, store::Session& session,
                                                   const ImportHead& head, StudentId id) {
  ASSIGN_OR_RETURN(const auto row, FindStudent(session, id, Lock::kNone));
  if (!row) return std::vector<std::string>{};
  ASSIGN_OR_RETURN(Record details, deps.vault.OpenRecord(Sealed::kStudent, row->sealed));
  for (std::size_t i = 1; i < kFieldCount; ++i) {
    const auto field = static_cast<Field>(i);
    if (!details.Has(field)) continue;
    if (IsNumber(field)) details.Set(field, security::MaskIdNumber(details.Get(field)));
    if (field == Field::kStudentNo) details.Set(field, MaskStudentNo(details.Get(field)));
  }
  return CellsOf(head, details);
}

}  // namespace registry
