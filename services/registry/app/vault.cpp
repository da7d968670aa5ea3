#include "registry/app/vault.h"

#include <fmt/format.h>

namespace registry {
namespace {

std::string_view PurposeOf(Sealed what) {
  switch (what) {
    case Sealed::kStudent:
      return "student.details";
    case Sealed::kBefore:
      return "student_change.before";
    case Sealed::kStaged:
      return "import_chunk.staged";
    case Sealed::kCells:
      return "import_row.cells";
    case Sealed::kPerson:
      return "list_person.details";
    case Sealed::kTag:
      return "group_tag.details";
  }
  return "";
}

std::string Natural(const Record& record) {
  return fmt::format("{}|{}|{}", record.Get(Field::kName), record.Get(Field::kBirth),
                     record.Get(Field::kSex));
}

}  // namespace

std::string Vault::SealBytes(Sealed what, std::string_view bytes) const {
  return keys_.Seal(PurposeOf(what), bytes);
}

base::Result<std::string> Vault::OpenBytes(Sealed what, std::string_view sealed) const {
  return keys_.Open(PurposeOf(what), sealed);
}

std::string Vault::SealRecord(Sealed what, const Record& record) const {
  return SealBytes(what, record.Encode());
}

base::Result<Record> Vault::OpenRecord(Sealed what, std::string_view sealed) const {
  ASSIGN_OR_RETURN(const std::string bytes, OpenBytes(what, sealed));
  Record record;
  if (!record.DecodeFrom(bytes)) {
    return base::Error{base::Code::kDataCorruption, "RECORD_BROKEN", std::string{PurposeOf(what)}};
  }
  return record;
}

std::string Vault::Index(std::string_view purpose, std::string_view text) const {
  return keys_.BlindIndex(purpose, text);
}

std::string Vault::NumberKey(std::string_view id_number) const {
  return Index("identity.number", id_number);
}

std::string Vault::StudentKey(const Record& record) const {
  if (record.Has(Field::kIdNumber)) return NumberKey(record.Get(Field::kIdNumber));
  return NumberlessKey(record);
}

std::string Vault::NumberlessKey(const Record& record) const {
  return Index("identity.student",
               fmt::format("{}|{}", Natural(record), record.Get(Field::kSchoolCode)));
}

std::string Vault::PersonKey(const Record& record) const {
  if (record.Has(Field::kIdNumber)) return NumberKey(record.Get(Field::kIdNumber));
  return Index("identity.person", Natural(record));
}

}  // namespace registry
