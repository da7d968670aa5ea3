// FindPerson: whom of the school-age list a letter's child is, with a roster beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "desk.h"
#include "registry/app/people.h"

namespace registry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::CellsFor;
using testing::Day;
using testing::Desk;
using testing::IdOfChild;
using testing::MakeId;
using testing::RowCells;
using testing::Said;
using testing::Table;

const testing::ImportSetup kList{
    .kind = ImportKind::kSchoolAge, .source = "公安局", .batch = "2026-07"};
const base::Date kBirth = Day(2014, 7, 8);
const std::string kNumber = MakeId("350212", kBirth, 11);
const std::string kTwin = MakeId("350212", kBirth, 13);

std::vector<std::string> Listed(const std::string& name, const std::string& number,
                                const std::string& address, base::Date birth = kBirth) {
  return CellsFor(ImportKind::kSchoolAge, {{Field::kName, name},
                                           {Field::kSex, "男"},
                                           {Field::kBirth, birth.ToString()},
                                           {Field::kIdNumber, number},
                                           {Field::kHukouAddress, address}});
}

class PeopleTest : public ::testing::Test {
 protected:
  PeopleTest() {
    desk_.Apply({.kind = ImportKind::kSchools},
                {School("2135000001", "第一小学", "莲花镇"), School("2135000007", "第七小学", "莲花"),
                 School("2135000008", "第八小学", "")});
    desk_.Apply({}, desk_.Children(3));
  }
  static std::vector<std::string> School(const std::string& code, const std::string& name,
                                         const std::string& town) {
    return CellsFor(ImportKind::kSchools, {{Field::kSchoolCode, code}, {Field::kSchoolName, name},
                                           {Field::kStage, "小学"}, {Field::kTown, town}});
  }
  FoundPeople Find(const WhichPerson& which) {
    const auto found = People{desk_.deps()}.Find(which);
    EXPECT_TRUE(found.ok()) << Said(found);
    return found.ok() ? *found : FoundPeople{};
  }

  Desk desk_;
};

TEST_F(PeopleTest, TheNumberFindsOneAndNoNamesakes) {
  desk_.Apply(kList, {Listed("周小舟", kNumber, "同安区莲花镇莲花街1号"),
                      Listed("周小舟", kTwin, "同安区某街2号")});
  const std::string spaced = " " + kNumber.substr(0, 6) + " " + kNumber.substr(6);
  for (const std::string& number : {kNumber, spaced}) {
    const FoundPeople found = Find({.id_number = number, .name = "周小舟", .birth = kBirth});
    ASSERT_TRUE(found.exact) << number;
    EXPECT_EQ(found.exact->name, "周小舟");
    EXPECT_EQ(found.exact->town, "莲花镇") << "the longest town that stands in the address";
    EXPECT_EQ(found.exact->address, "同安区莲花镇莲花街1号");
    EXPECT_THAT(found.exact->id_masked, HasSubstr("**********"));
    EXPECT_THAT(found.exact->id_masked, Not(HasSubstr(kNumber.substr(6, 8))));
    EXPECT_TRUE(found.candidates.empty());
  }
  // The number alone is enough, whatever the name is.
  EXPECT_TRUE(Find({.id_number = kTwin}).exact);
}

TEST_F(PeopleTest, NameAndBirthdayGiveCandidatesAndNeverMoreThanThat) {
  const std::string other = MakeId("350212", Day(2014, 7, 9), 15);
  desk_.Apply(kList, {Listed("周小舟", kNumber, ""), Listed("周小舟", kTwin, "莲花村委会"),
                      Listed("周小舟", other, "", Day(2014, 7, 9)),
                      Listed("周大舟", MakeId("350212", kBirth, 17), "")});
  const std::string unknown = MakeId("430527", kBirth, 19);
  const FoundPeople found = Find({.id_number = unknown, .name = "周小舟", .birth = kBirth});
  EXPECT_FALSE(found.exact);
  ASSERT_EQ(found.candidates.size(), 2u) << "another birthday or name is another child";
  EXPECT_EQ(found.candidates[0].town, "");
  EXPECT_EQ(found.candidates[1].town, "莲花");
  for (const PersonView& one : found.candidates) {
    EXPECT_EQ(one.birth, kBirth);
    EXPECT_THAT(one.id_masked, Not(HasSubstr("20140708")));
  }
  EXPECT_TRUE(Find({.id_number = unknown, .name = "周小舟"}).candidates.empty())
      << "a name alone names nobody";
  EXPECT_TRUE(Find({.id_number = unknown, .birth = kBirth}).candidates.empty());
}

TEST_F(PeopleTest, TheTownThatTheListNamesOverrulesTheAddress) {
  std::vector<std::string> header = TemplateHeader(ImportKind::kSchoolAge);
  header.emplace_back("所属镇街");
  ImportId id;
  const auto begun = desk_.imports().Begin(
      BeginCommand{.kind = static_cast<int>(ImportKind::kSchoolAge), .file_name = "名单.csv",
                   .header = header, .source = "公安局", .batch = "2026-07"},
      desk_.Write("begin"), [&id](const Begun& one) {
        id = one.id;
        return std::string{"begun"};
      });
  ASSERT_TRUE(begun.ok()) << Said(begun);
  std::vector<std::string> row = Listed("周小舟", kNumber, "同安区莲花镇莲花街1号");
  row.emplace_back("洪塘镇");
  ASSERT_TRUE(desk_.Add(id, 0, {row}, 2).ok());
  ASSERT_TRUE(desk_.imports().Finish(id, 1).ok());
  desk_.ApplyOnly(id);
  EXPECT_EQ(Find({.id_number = kNumber}).exact->town, "洪塘镇");
}

TEST_F(PeopleTest, ANameIsFoundHoweverItsDotIsWritten) {
  desk_.Apply(kList, {Listed("阿依古丽·买买提", kNumber, "")});
  for (const char* name : {"阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽‧买买提", "阿依古丽 · 买买提"}) {
    EXPECT_EQ(Find({.name = name, .birth = kBirth}).candidates.size(), 1u) << name;
  }
}

TEST_F(PeopleTest, TheRosterIsNotTheListAndOnlyTheLatestListCounts) {
  EXPECT_FALSE(Find({.id_number = IdOfChild(0)}).exact) << "no list yet, though a roster";
  desk_.Apply(kList, {Listed("周小舟", kNumber, "")});
  EXPECT_FALSE(Find({.id_number = IdOfChild(0), .name = "王芳", .birth = Day(2015, 3, 1)}).exact);
  auto next = kList;
  next.batch = "2027-07";
  desk_.clock().Advance(std::chrono::hours{1});
  desk_.Apply(next, {Listed("周大舟", kTwin, "")});
  EXPECT_FALSE(Find({.id_number = kNumber}).exact) << "no longer on the list";
  EXPECT_TRUE(Find({.name = "周小舟", .birth = kBirth}).candidates.empty());
  EXPECT_TRUE(Find({.id_number = kTwin}).exact);
}

}  // namespace
}  // namespace registry
