#include "registry/app/staging.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "registry/domain/text.h"
#include "registry/store/row_text.h"

namespace registry {
namespace {

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kRecordBytesMax = 7000;  // sealed it fits the narrowest column
constexpr std::size_t kReasonCharactersMax = 600;
constexpr std::size_t kWhoBytes = 2 * kKeyBytes + 8 + 8 + 1;

void AppendU64(std::string& out, std::uint64_t value) {
  char bytes[8];
  std::memcpy(bytes, &value, sizeof bytes);
  out.append(bytes, sizeof bytes);
}

std::uint64_t ReadU64(std::string_view bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

class Stager {
 public:
  Stager(const Deps& deps, const ImportHead& head, Places& places, int chunk_no)
      : deps_(deps), head_(head), chunk_no_(chunk_no) {
    fields_ = FieldsOf(head);
    list_ = MakeImportList(deps, head, fields_, places);
  }

  base::Result<StagedChunk> Run(const std::vector<InputRow>& rows) {
    ASSIGN_OR_RETURN(const HeaderMap header, MapHeader(head_.kind, head_.header));
    ReadRows(header, rows);
    base::Status status = deps_.pool.WithSession([&](store::Session& session) -> base::Status {
      ASSIGN_OR_RETURN(verdicts_, list_->Compare(session, good_, Lock::kNone));
      return {};
    });
    if (!status.ok()) return status.error();
    ApplyVerdicts(rows);
    Chunk& chunk = result_.chunk;
    chunk.summary.chunk_no = chunk_no_;
    chunk.summary.rows = rows.size();
    chunk.summary.counts = std::move(counts_);
    chunk.staged = deps_.vault.SealBytes(Sealed::kStaged, EncodeStaged(good_));
    chunk.who = EncodeWho(who_);
    return std::move(result_);
  }

 private:
  void ReadRows(const HeaderMap& header, const std::vector<InputRow>& rows) {
    good_.reserve(rows.size());
    at_.reserve(rows.size());
    RowNotes notes;
    StagedRow staged;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      NormaliseRow(header, deps_.reference, rows[i].cells, staged.record, notes);
      list_->Check(staged.record, notes);
      for (const Problem& warning : notes.warnings) ++counts_["warning:" + warning.reason];
      if (staged.record.Has(Field::kSchoolCode)) {
        ++counts_[fmt::format("school:{}", staged.record.Get(Field::kSchoolCode))];
      }
      if (staged.record.Encode().size() > kRecordBytesMax) {
        notes.refusals.push_back(
            Problem{"ROW_TOO_LONG", Field::kNone, "这一行的文字太多:请缩短地址、备注等列"});
      }
      if (!notes.ok()) {
        Refuse(rows[i], notes);
        if (staged.record.Has(Field::kIdNumber)) {
          staged.number = rows[i].number;
          AddWho(staged, list_->KeyOf(staged.record), RowOutcome::kRefused);
        }
        continue;
      }
      staged.number = rows[i].number;
      staged.key = list_->KeyOf(staged.record);
      good_.push_back(staged);
      at_.push_back(i);
    }
  }

  void AddWho(const StagedRow& row, const std::string& key, RowOutcome outcome) {
    const Record& record = row.record;
    who_.push_back(WhoRow{.duplicate_key = ToKey(list_->DuplicateKeyOf(record)),
                          .person_key = ToKey(key),
                          .number = row.number,
                          .name_hash = std::hash<std::string_view>{}(record.Get(Field::kName)),
                          .outcome = outcome});
  }

  void Refuse(const InputRow& row, const RowNotes& notes) {
    OutcomeRow outcome{.outcome = Outcome::kRefused,
                       .row_no = row.number,
                       .chunk_no = chunk_no_,
                       .reason_code = notes.refusals.front().reason};
    for (const Problem& problem : notes.refusals) {
      if (!outcome.reason.empty()) outcome.reason += ";";
      outcome.reason += problem.text;
      if (problem.field != Field::kNone) outcome.fields.push_back(problem.field);
    }
    outcome.reason = Shortened(outcome.reason, kReasonCharactersMax);
    std::vector<std::string> cells;
    for (const std::string* cell : row.cells) cells.push_back(*cell);
    outcome.sealed_cells = deps_.vault.SealBytes(Sealed::kCells, JoinTabs(cells));
    ++counts_["refused"];
    ++counts_["reason:" + outcome.reason_code];
    result_.outcomes.push_back(std::move(outcome));
  }

  void ApplyVerdicts(const std::vector<InputRow>& rows) {
    who_.reserve(good_.size());
    for (std::size_t i = 0; i < good_.size(); ++i) {
      const RowVerdict& verdict = verdicts_[i];
      AddWho(good_[i], good_[i].key, verdict.outcome);
      if (verdict.outcome == RowOutcome::kRefused) {
        RowNotes notes;
        notes.refusals.push_back(verdict.problem);
        Refuse(rows[at_[i]], notes);
        continue;
      }
      ++counts_[std::string{OutcomeName(verdict.outcome)}];
      if (verdict.outcome != RowOutcome::kChanged) continue;
      for (const Field field : verdict.fields) {
        ++counts_[FieldCountName(field)];
        if (field == Field::kName) ++counts_["warning:NAME_CHANGED"];
      }
      result_.outcomes.push_back(OutcomeRow{.outcome = Outcome::kChanged,
                                            .row_no = good_[i].number,
                                            .chunk_no = chunk_no_,
                                            .fields = verdict.fields,
                                            .student_id = StudentId{verdict.stored_id}});
    }
  }

  const Deps& deps_;
  const ImportHead& head_;
  const int chunk_no_;
  FieldSet fields_ = {};
  std::unique_ptr<ImportList> list_;
  std::vector<StagedRow> good_ = {};
  std::vector<std::size_t> at_ = {};  // index of the input row
  std::vector<RowVerdict> verdicts_ = {};
  std::vector<WhoRow> who_ = {};
  Counts counts_ = {};
  StagedChunk result_ = {};
};

}  // namespace

KeyBytes ToKey(std::string_view sixteen_bytes) {
  KeyBytes key{};
  std::copy_n(sixteen_bytes.data(), std::min(key.size(), sixteen_bytes.size()), key.data());
  return key;
}

std::string EncodeWho(const std::vector<WhoRow>& rows) {
  std::string bytes;
  bytes.reserve(rows.size() * kWhoBytes);
  for (const WhoRow& row : rows) {
    bytes += View(row.duplicate_key);
    bytes += View(row.person_key);
    AppendU64(bytes, row.number);
    AppendU64(bytes, row.name_hash);
    bytes.push_back(static_cast<char>(row.outcome));
  }
  return bytes;
}

std::vector<WhoRow> DecodeWho(std::string_view bytes) {
  std::vector<WhoRow> rows;
  for (; bytes.size() >= kWhoBytes; bytes.remove_prefix(kWhoBytes)) {
    rows.push_back(
        WhoRow{ToKey(bytes.substr(0, kKeyBytes)), ToKey(bytes.substr(kKeyBytes, kKeyBytes)),
               ReadU64(bytes.substr(2 * kKeyBytes)), ReadU64(bytes.substr(2 * kKeyBytes + 8)),
               static_cast<RowOutcome>(bytes[kWhoBytes - 1])});
  }
  return rows;
}

std::string EncodeStaged(const std::vector<StagedRow>& rows) {
  std::string bytes;
  std::string record;
  for (const StagedRow& row : rows) {
    record.clear();
    row.record.EncodeTo(record);
    AppendU64(bytes, row.number);
    bytes += row.key;
    AppendU64(bytes, record.size());
    bytes += record;
  }
  return bytes;
}

base::Result<std::vector<StagedRow>> DecodeStaged(std::string_view bytes) {
  const base::Error broken{base::Code::kDataCorruption, "STAGED_BROKEN", "staged rows"};
  std::vector<StagedRow> rows;
  constexpr std::size_t kHead = 8 + kKeyBytes + 8;
  while (!bytes.empty()) {
    if (bytes.size() < kHead) return broken;
    StagedRow row;
    row.number = ReadU64(bytes);
    row.key = bytes.substr(8, kKeyBytes);
    const std::uint64_t size = ReadU64(bytes.substr(8 + kKeyBytes));
    bytes.remove_prefix(kHead);
    if (size > bytes.size() || !row.record.DecodeFrom(bytes.substr(0, size))) return broken;
    bytes.remove_prefix(size);
    rows.push_back(std::move(row));
  }
  return rows;
}

FieldSet FieldsOf(const ImportHead& head) {
  const auto header = MapHeader(head.kind, head.header);
  FieldSet fields = header.ok() ? header->fields : FieldSet{};
  // Filled in from the identity number when the file leaves them out.
  if (head.kind == ImportKind::kGroup) {
    fields.set(Index(Field::kSex));
    fields.set(Index(Field::kBirth));
  }
  return fields;
}

std::string FieldCountName(Field field) { return fmt::format("field:{}", Index(field)); }

std::string_view OutcomeName(RowOutcome outcome) {
  switch (outcome) {
    case RowOutcome::kRefused:
      return "refused";
    case RowOutcome::kAdded:
      return "added";
    case RowOutcome::kChanged:
      return "changed";
    case RowOutcome::kUnchanged:
      return "unchanged";
  }
  return "";
}

base::Result<StagedChunk> StageChunk(const Deps& deps, const ImportHead& head, Places& places,
                                     int chunk_no, const std::vector<InputRow>& rows) {
  return Stager(deps, head, places, chunk_no).Run(rows);
}

}  // namespace registry
