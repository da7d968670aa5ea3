// What services keep in their tables in forms of their own: today's code reads what earlier
// releases stored. Messages that are stored (events, first answers) are with the other messages.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cases/store/entry_codec.h"
#include "golden.h"
#include "harness/temp_dir.h"
#include "registry/domain/columns.h"
#include "registry/domain/record.h"
#include "security/security.h"

namespace compat {
namespace {

const std::filesystem::path kStored = BAOXUE_SOURCE_DIR "/tests/compat/stored";

// A record of each list of the first release: every column holds its own name.
TEST(Stored, EveryColumnOfARecordIsWhereItWas) {
  using registry::ImportKind;
  for (const auto& [kind, name] : {std::pair{ImportKind::kRoster, "roster"},
                                   std::pair{ImportKind::kSchoolAge, "school_age"},
                                   std::pair{ImportKind::kGroup, "group"},
                                   std::pair{ImportKind::kSchools, "schools"},
                                   std::pair{ImportKind::kClasses, "classes"}}) {
    const std::string base = std::string{"registry_record."} + name;
    const auto record = registry::Record::Decode(ReadAll(kStored / (base + ".bin")));
    ASSERT_TRUE(record) << name;
    std::istringstream columns{ReadAll(kStored / (base + ".txt"))};
    int count = 0;
    for (std::string column; std::getline(columns, column); ++count) {
      EXPECT_EQ(record->Get(registry::FieldOf(kind, column)), column) << name;
    }
    EXPECT_GT(count, 3);
    EXPECT_EQ(static_cast<std::size_t>(count), record->Fields().count());
  }
}

// Every field of an entry is set: one that is renamed or retyped would be gone.
TEST(Stored, AnEntryOfACaseComesBackWhole) {
  std::string text = ReadAll(kStored / "cases_entry.json");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  cases::Entry entry;
  ASSERT_TRUE(cases::DecodeDetails(text, entry).ok());
  EXPECT_EQ(cases::EncodeDetails(entry), text);
  EXPECT_EQ(entry.act.promised_on->ToString(), "2026-09-12");
  EXPECT_EQ(entry.presence.present_days_in_row, 7);
  EXPECT_EQ(entry.unit, cases::Unit::kSchoolDays);
}

TEST(Stored, EveryKindOfEntryStillHasItsName) {
  std::istringstream names{ReadAll(kStored / "cases_entry_kinds.txt")};
  int count = 0;
  for (std::string name; std::getline(names, name); ++count) {
    const auto kind = cases::EntryKindFromName(name);
    ASSERT_TRUE(kind) << name;
    EXPECT_EQ(cases::EntryKindName(*kind), name);
  }
  EXPECT_GT(count, 10);
}

// A value that the first release sealed, and the index under which it was found. The keys are
// nobody's.
TEST(Stored, ASealOpensAndItsIndexIsTheSame) {
  const harness::TempDir dir{"seal"};
  const std::string file = dir.File("seal.keys");
  std::filesystem::copy_file(kStored / "seal.keys", file);
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  const auto keys = security::Keyring::Load(file);
  ASSERT_TRUE(keys.ok()) << keys.error().ToString();
  const auto opened = keys->Open("student.details", ReadAll(kStored / "sealed.bin"));
  ASSERT_TRUE(opened.ok()) << opened.error().ToString();
  EXPECT_EQ(*opened, "11010519491231002X");
  EXPECT_EQ(security::Hex(keys->BlindIndex("identity.number", *opened)) + "\n",
            ReadAll(kStored / "blind_index.txt"));
}

}  // namespace
}  // namespace compat
