// The lists of other departments: 公安适龄儿童名单 and the groups' lists. A batch is a snapshot of
// its own: importing it again under the same source and batch changes nothing.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "registry/app/import_list.h"
#include "registry/store/list_repository.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

std::vector<std::string> KeysOf(const std::vector<StagedRow>& rows) {
  std::vector<std::string> keys;
  keys.reserve(rows.size());
  for (const StagedRow& row : rows) keys.push_back(row.key);
  return keys;
}

std::int64_t CountOf(const std::vector<RowVerdict>& verdicts, RowOutcome outcome) {
  return std::count_if(verdicts.begin(), verdicts.end(),
                       [outcome](const RowVerdict& verdict) { return verdict.outcome == outcome; });
}

RowVerdict VerdictOf(const Record& stored, const StagedRow& row, const FieldSet& fields,
                     std::int64_t id) {
  RowVerdict verdict;
  verdict.stored_id = id;
  verdict.fields = Diff(stored, row.record, fields);
  verdict.outcome = verdict.fields.empty() ? RowOutcome::kUnchanged : RowOutcome::kChanged;
  return verdict;
}

Sex SexOf(const Record& record) {
  const std::string_view sex = record.Get(Field::kSex);
  return sex == "男" ? Sex::kMale : sex == "女" ? Sex::kFemale : Sex::kUnknown;
}

class SchoolAgeList final : public ImportList {
 public:
  SchoolAgeList(const Deps& deps, const ImportHead& head, const FieldSet& fields,
                const Places& places)
      : deps_(deps),
        head_(head),
        fields_(fields),
        places_(places),
        policy_(deps.PolicyToday()),
        today_(deps.clock.Today()) {}

  void Check(Record& record, RowNotes& notes) const override {
    CheckSchoolAgeRow(record, RowContext{policy_, places_, today_}, notes);
  }
  std::string KeyOf(const Record& record) const override { return deps_.vault.PersonKey(record); }

  base::Result<std::vector<RowVerdict>> Compare(store::Session& session,
                                                const std::vector<StagedRow>& rows, Lock) override {
    ASSIGN_OR_RETURN(std::vector<PersonRow> found,
                     FindPersonsByKey(session, head_.batch_id, KeysOf(rows)));
    stored_.clear();
    for (PersonRow& row : found) {
      ASSIGN_OR_RETURN(Record record, deps_.vault.OpenRecord(Sealed::kPerson, row.sealed));
      std::string key = row.person_key;
      stored_.emplace(std::move(key), std::pair{std::move(row), std::move(record)});
    }
    std::vector<RowVerdict> verdicts;
    for (const StagedRow& row : rows) {
      const auto known = stored_.find(row.key);
      verdicts.push_back(known == stored_.end() ? RowVerdict{}
                                                : VerdictOf(known->second.second, row, fields_,
                                                            known->second.first.id.raw()));
    }
    return verdicts;
  }

  base::Status Save(const ApplyContext& context, const std::vector<StagedRow>& rows,
                    const std::vector<RowVerdict>& verdicts) override {
    ASSIGN_OR_RETURN(std::int64_t id,
                     TakeIds(context.tx, "person", CountOf(verdicts, RowOutcome::kAdded)));
    std::vector<PersonRow> added;
    std::vector<PersonRow> changed;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (verdicts[i].outcome == RowOutcome::kAdded) {
        added.push_back(RowOf(PersonId{id++}, rows[i].key, rows[i].record));
      } else if (verdicts[i].outcome == RowOutcome::kChanged) {
        const auto& [row, record] = stored_.at(rows[i].key);
        changed.push_back(
            RowOf(row.id, row.person_key, Overlay(record, rows[i].record, verdicts[i].fields)));
      }
    }
    RETURN_IF_ERROR(InsertPersons(context.tx, added));
    return UpdatePersons(context.tx, changed);
  }

  base::Status Finish(const ApplyContext& context) override {
    return CompleteBatch(context.tx, head_.batch_id, context.now);
  }

 private:
  PersonRow RowOf(PersonId id, const std::string& key, const Record& record) const {
    return PersonRow{.id = id,
                     .batch_id = head_.batch_id,
                     .person_key = key,
                     .name = std::string{record.Get(Field::kName)},
                     .sex = SexOf(record),
                     .birth = DateOf(record, Field::kBirth).value_or(base::Date{}),
                     .has_number = record.Has(Field::kIdNumber),
                     .sealed = deps_.vault.SealRecord(Sealed::kPerson, record)};
  }

  const Deps& deps_;
  const ImportHead& head_;
  const FieldSet fields_;
  const Places& places_;
  const Policy policy_;
  const base::Date today_;
  std::unordered_map<std::string, std::pair<PersonRow, Record>> stored_ = {};
};

class GroupList final : public ImportList {
 public:
  GroupList(const Deps& deps, const ImportHead& head, const FieldSet& fields, const Places& places)
      : deps_(deps),
        head_(head),
        fields_(fields),
        places_(places),
        policy_(deps.PolicyToday()),
        today_(deps.clock.Today()) {}

  void Check(Record& record, RowNotes& notes) const override {
    CheckGroupRow(record, head_.group, RowContext{policy_, places_, today_}, notes);
    CompleteFromIdentity(record, today_);
  }
  std::string KeyOf(const Record& record) const override { return deps_.vault.PersonKey(record); }
  std::string DuplicateKeyOf(const Record& record) const override {
    return deps_.vault.Index("import.tag", fmt::format("{}|{}", GroupOf(record), KeyOf(record)));
  }

  base::Result<std::vector<RowVerdict>> Compare(store::Session& session,
                                                const std::vector<StagedRow>& rows, Lock) override {
    ASSIGN_OR_RETURN(std::vector<TagRow> found,
                     FindTagsOfBatch(session, head_.batch_id, KeysOf(rows)));
    stored_.clear();
    for (TagRow& row : found) {
      ASSIGN_OR_RETURN(Record record, deps_.vault.OpenRecord(Sealed::kTag, row.sealed));
      std::string key = row.group + "|" + row.person_key;
      stored_.emplace(std::move(key), std::pair{row.id, std::move(record)});
    }
    std::vector<RowVerdict> verdicts;
    for (const StagedRow& row : rows) {
      const auto known = stored_.find(GroupOf(row.record) + "|" + row.key);
      verdicts.push_back(known == stored_.end() ? RowVerdict{}
                                                : VerdictOf(known->second.second, row, fields_,
                                                            known->second.first.raw()));
    }
    return verdicts;
  }

  base::Status Save(const ApplyContext& context, const std::vector<StagedRow>& rows,
                    const std::vector<RowVerdict>& verdicts) override {
    ASSIGN_OR_RETURN(std::int64_t id,
                     TakeIds(context.tx, "tag", CountOf(verdicts, RowOutcome::kAdded)));
    std::vector<TagRow> added;
    std::vector<TagRow> changed;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (verdicts[i].outcome == RowOutcome::kAdded) {
        added.push_back(RowOf(TagId{id++}, rows[i].key, rows[i].record));
      } else if (verdicts[i].outcome == RowOutcome::kChanged) {
        const auto& [tag, record] = stored_.at(GroupOf(rows[i].record) + "|" + rows[i].key);
        changed.push_back(
            RowOf(tag, rows[i].key, Overlay(record, rows[i].record, verdicts[i].fields)));
      }
    }
    RETURN_IF_ERROR(InsertTags(context.tx, added));
    RETURN_IF_ERROR(UpdateTags(context.tx, changed));
    std::vector<std::string> keys;
    for (const auto* rows_of : {&added, &changed}) {
      for (const TagRow& tag : *rows_of) keys.push_back(tag.person_key);
    }
    return TellGroups(context.tx, context.facts, keys);
  }

  base::Status Finish(const ApplyContext& context) override {
    RETURN_IF_ERROR(CompleteBatch(context.tx, head_.batch_id, context.now));
    if (!head_.full) return {};
    const ListBatch newer{.id = head_.batch_id,
                          .kind = ImportKind::kGroup,
                          .source = head_.source,
                          .batch = head_.batch,
                          .group = head_.group,
                          .valid_from = head_.valid_from};
    ASSIGN_OR_RETURN(const auto ended, PeopleWithOlderTags(context.tx, newer));
    RETURN_IF_ERROR(EndOlderTags(context.tx, newer));
    return TellGroups(context.tx, context.facts, ended);
  }

 private:
  std::string GroupOf(const Record& record) const {
    const std::string_view own = record.Get(Field::kGroup);
    return own.empty() ? head_.group : std::string{own};
  }

  TagRow RowOf(TagId id, const std::string& key, const Record& record) const {
    TagRow row{.id = id,
               .batch_id = head_.batch_id,
               .group = GroupOf(record),
               .person_key = key,
               .name = std::string{record.Get(Field::kName)},
               .valid_from = DateOf(record, Field::kValidFrom).value_or(head_.valid_from),
               .sealed = deps_.vault.SealRecord(Sealed::kTag, record)};
    // People write the last day; the range ends with the day after it.
    const auto own = DateOf(record, Field::kValidTo);
    const auto last = own ? own : head_.valid_to;
    if (last) row.valid_to = *last + std::chrono::days{1};
    return row;
  }

  const Deps& deps_;
  const ImportHead& head_;
  const FieldSet fields_;
  const Places& places_;
  const Policy policy_;
  const base::Date today_;
  std::unordered_map<std::string, std::pair<TagId, Record>> stored_ = {};
};

}  // namespace

std::unique_ptr<ImportList> MakeSchoolAgeList(const Deps& deps, const ImportHead& head,
                                              const FieldSet& fields, const Places& places) {
  return std::make_unique<SchoolAgeList>(deps, head, fields, places);
}

std::unique_ptr<ImportList> MakeGroupList(const Deps& deps, const ImportHead& head,
                                          const FieldSet& fields, const Places& places) {
  return std::make_unique<GroupList>(deps, head, fields, places);
}

}  // namespace registry
