// What differs between the five kinds of lists that can be imported: who a row is about, whether it
// may be taken, how it compares with what is stored, and how it is saved.
//
// An object serves one chunk in one thread. Errors: those of store::Session and of Vault.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/app/facts.h"
#include "registry/domain/check_row.h"
#include "registry/store/import_repository.h"

namespace registry {

struct StagedRow {
  std::uint64_t number = 0;  // in the file
  std::string key = {};      // who or what the row is about, 16 bytes
  Record record = {};
};

enum class RowOutcome : std::uint8_t { kRefused = 0, kAdded = 1, kChanged = 2, kUnchanged = 3 };
struct RowVerdict {
  RowOutcome outcome = RowOutcome::kAdded;
  std::vector<Field> fields = {};  // kChanged
  Problem problem = {};            // kRefused
  std::int64_t stored_id = 0;      // of the student, where there is one
};

// What one transaction of applying is given.
struct ApplyContext {
  store::Transaction& tx;
  Facts& facts;
  base::UtcTime now = {};
};

class ImportList {
 public:
  virtual ~ImportList() = default;
  // Completes the record from itself, then says what is wrong with it.
  virtual void Check(Record& record, RowNotes& notes) const = 0;
  virtual std::string KeyOf(const Record& record) const = 0;
  // What two rows of one file must not share; KeyOf unless said otherwise.
  virtual std::string DuplicateKeyOf(const Record& record) const { return KeyOf(record); }
  // One verdict a row, against what is stored now. With Lock::kForUpdate the stored rows stay as
  // they are until the transaction ends.
  virtual base::Result<std::vector<RowVerdict>> Compare(store::Session& session,
                                                        const std::vector<StagedRow>& rows,
                                                        Lock lock) = 0;
  // Saves what the verdicts of the last Compare say.
  virtual base::Status Save(const ApplyContext& context, const std::vector<StagedRow>& rows,
                            const std::vector<RowVerdict>& verdicts) = 0;
  // After the last chunk.
  virtual base::Status Finish(const ApplyContext&) { return {}; }
};

// `fields`: the columns that the file has. `places` may grow while classes are created.
std::unique_ptr<ImportList> MakeImportList(const Deps& deps, const ImportHead& head,
                                           const FieldSet& fields, Places& places);

std::unique_ptr<ImportList> MakeRosterList(const Deps& deps, const ImportHead& head,
                                           const FieldSet& fields, Places& places);
std::unique_ptr<ImportList> MakeSchoolAgeList(const Deps& deps, const ImportHead& head,
                                              const FieldSet& fields, const Places& places);
std::unique_ptr<ImportList> MakeGroupList(const Deps& deps, const ImportHead& head,
                                          const FieldSet& fields, const Places& places);
std::unique_ptr<ImportList> MakeSchoolList(const Deps& deps, Places& places);
std::unique_ptr<ImportList> MakeClassList(const Deps& deps, Places& places);

}  // namespace registry
