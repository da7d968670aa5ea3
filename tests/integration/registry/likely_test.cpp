// Whom a letter may mean although no identity number is equal: found by indexes, told what agrees.
#include "registry/app/likely.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "desk.h"
#include "registry/store/likely_repository.h"

namespace registry {
namespace {

using testing::CellsFor;
using testing::Child;
using testing::Day;
using testing::Desk;
using testing::IdOfChild;
using testing::MakeId;
using testing::Said;
using ::testing::HasSubstr;
using ::testing::Not;

class LikelyTest : public ::testing::Test {
 protected:
  LikelyTest() {
    desk_.MakeSchools();
    desk_.Apply({}, desk_.Children(12));
  }
  LikelyFound Find(const WhichLikely& which) {
    auto found = likely_.Find(which);
    EXPECT_TRUE(found.ok()) << Said(found);
    return found.ok() ? *std::move(found) : LikelyFound{};
  }
  // The only student who is told; a failure if there is none or another.
  ChildLikeness Only(const WhichLikely& which, int child) {
    const LikelyFound found = Find(which);
    EXPECT_EQ(found.students.size(), 1u);
    if (found.students.size() != 1) return {};
    EXPECT_EQ(found.students[0].student.birth, BirthOf(child));
    EXPECT_EQ(found.students[0].school_name, "第一小学");
    EXPECT_NE(found.students[0].class_name, "");
    return found.students[0].likeness;
  }
  // The child among those who are told: namesakes of a birthday nearby are, too.
  ChildLikeness Told(const WhichLikely& which, int child) {
    const LikelyFound found = Find(which);
    for (const LikelyStudent& one : found.students) {
      if (one.student.birth == BirthOf(child)) return one.likeness;
    }
    ADD_FAILURE() << "nobody of " << found.students.size();
    return {};
  }
  static base::Date BirthOf(int n) { return Day(2015, 3, 1) + std::chrono::days{n}; }
  // Child n's, with another digit at the place.
  static std::string Mistyped(int n, std::size_t at) {
    std::string number = IdOfChild(n);
    number[at] = number[at] == '5' ? '6' : '5';
    return number;
  }

  Desk desk_;
  Likely likely_{desk_.deps()};
};

TEST_F(LikelyTest, AMistypedNumberFindsTheChildWhateverTheNameSays) {
  for (const std::size_t at : {0u, 3u, 9u, 13u, 15u, 17u}) {
    const ChildLikeness one = Only({.id_number = Mistyped(3, at), .name = "王晓丽"}, 3);
    EXPECT_EQ(one.number, at == 17 ? NumberLikeness::kLastDigit : NumberLikeness::kOneDigit) << at;
    EXPECT_EQ(one.name, NameLikeness::kOneCharacter);
    EXPECT_EQ(one.birth, at == 9 || at == 13 ? BirthLikeness::kOneDigit : BirthLikeness::kSame);
    EXPECT_EQ(one.sex, Agreement::kYes) << "as the number says";
  }
  std::string swapped = IdOfChild(3);
  std::swap(swapped[2], swapped[3]);
  EXPECT_EQ(Only({.id_number = swapped, .name = "赵五六"}, 3).number, NumberLikeness::kSwapped);
  EXPECT_EQ(Told({.id_number = IdOfChild(3).substr(0, 17), .name = "王小丽"}, 3).number,
            NumberLikeness::kOneMore);
  // Typed in full width, with spaces.
  const ChildLikeness wide = Told({.id_number = " " + Mistyped(3, 15) + " ", .name = "王小丽"}, 3);
  EXPECT_EQ(wide.number, NumberLikeness::kOneDigit);
}

TEST_F(LikelyTest, AGoodNumberIsNoSlipOfAnother) {
  const std::string twin = MakeId("350212", BirthOf(3), 111);
  EXPECT_EQ(Told({.id_number = twin, .name = "王小丽"}, 3).number, NumberLikeness::kDifferent);
  EXPECT_TRUE(Find({.id_number = twin, .name = "赵五六"}).students.empty());
}

TEST_F(LikelyTest, AWrongCharacterIsFoundByTheBirthday) {
  for (const char* name : {"王晓丽", "汪小丽", "王小莉", "王丽", "王小美丽"}) {
    const ChildLikeness one = Only({.name = name, .birth = BirthOf(3)}, 3);
    EXPECT_EQ(one.birth, BirthLikeness::kSame);
    EXPECT_TRUE(IsNear(one.name)) << name;
    EXPECT_EQ(one.number, NumberLikeness::kUnknown);
    EXPECT_EQ(one.sex, Agreement::kUnknown);
  }
  EXPECT_TRUE(Find({.name = "李晓丽", .birth = BirthOf(3)}).students.empty()) << "two characters";
  EXPECT_TRUE(Find({.name = "王晓丽", .birth = BirthOf(200)}).students.empty());
  EXPECT_TRUE(Find({.birth = BirthOf(3)}).students.empty()) << "a birthday alone names nobody";
  EXPECT_TRUE(Find({}).students.empty());
}

TEST_F(LikelyTest, MonthAndDayTheOtherWayRound) {
  // 2015-03-08 is child 7's, 王小丽.
  const ChildLikeness same = Only({.name = "王小丽", .birth = Day(2015, 8, 3)}, 7);
  EXPECT_EQ(same.birth, BirthLikeness::kSwapped);
  EXPECT_EQ(same.name, NameLikeness::kSame);
  EXPECT_EQ(Only({.name = "王小俪", .birth = Day(2015, 8, 3)}, 7).birth, BirthLikeness::kSwapped);
}

TEST_F(LikelyTest, ANamesakeOfAnotherBirthdayIsNobody) {
  EXPECT_TRUE(Find({.name = "王芳", .birth = Day(2013, 11, 20)}).students.empty());
  EXPECT_EQ(Find({.name = "王芳"}).students.size(), 6u) << "a name is all that the letter says";
  const LikelyFound digit = Find({.name = "王芳", .birth = Day(2016, 3, 1)});
  ASSERT_EQ(digit.students.size(), 1u);
  EXPECT_EQ(digit.students[0].likeness.birth, BirthLikeness::kOneDigit);
}

TEST_F(LikelyTest, AGuardiansTelephoneOrName) {
  const ChildLikeness phone =
      Only({.name = "王芳", .birth = Day(2013, 11, 20), .phones = {"+86 138 0000 0004"}}, 4);
  EXPECT_EQ(phone.phone, Agreement::kYes);
  EXPECT_EQ(phone.guardian, Agreement::kUnknown);
  EXPECT_EQ(phone.birth, BirthLikeness::kDifferent);
  const ChildLikeness name =
      Only({.name = "王方", .guardians = {"张三", " 李家长4 "}, .phones = {"13999999999"}}, 4);
  EXPECT_EQ(name.guardian, Agreement::kYes);
  EXPECT_EQ(name.phone, Agreement::kNo);
  EXPECT_EQ(name.name, NameLikeness::kOneCharacter) << "without a birthday";
  EXPECT_TRUE(Find({.name = "赵五六", .birth = Day(2013, 11, 20), .phones = {"13800000004"}})
                  .students.empty()) << "a brother or sister";
  EXPECT_EQ(Find({.name = "赵五六", .birth = Day(2013, 11, 20), .guardians = {"李家长4"},
                  .phones = {"13800000004"}}).students.size(), 1u);
  EXPECT_TRUE(Find({.phones = {"4", ""}}).students.empty()) << "no telephone";
}

TEST_F(LikelyTest, WhatIsWrittenLaterIsFoundAndWhatIsNoMoreSaidIsNot) {
  const WhichLikely which{.name = "王芳", .birth = Day(2013, 11, 20), .phones = {"13912345678"}};
  EXPECT_TRUE(Find(which).students.empty());
  auto cells = Child(4);
  cells[Field::kMember1Phone] = "13912345678";
  cells[Field::kFormerName] = "王招娣";
  desk_.Apply({}, {CellsFor(ImportKind::kRoster, cells)});
  EXPECT_EQ(Only(which, 4).phone, Agreement::kYes);
  EXPECT_TRUE(Find({.name = "王芳", .birth = Day(2013, 11, 20), .phones = {"13800000004"}})
                  .students.empty()) << "the telephone that was";
  const ChildLikeness former = Only({.name = "王招娣", .birth = BirthOf(4)}, 4);
  EXPECT_EQ(former.name, NameLikeness::kFormer);
  // Another copy of the service, which has only now begun.
  Likely other{desk_.deps()};
  EXPECT_EQ(other.Find(which)->students.size(), 1u);
}

TEST_F(LikelyTest, PeopleOfTheListWhoAreInNoSchool) {
  const auto listed = [](int n, const std::string& name) {
    return CellsFor(ImportKind::kSchoolAge,
                    {{Field::kName, name}, {Field::kSex, "女"},
                     {Field::kBirth, BirthOf(n).ToString()}, {Field::kIdNumber, IdOfChild(n)},
                     {Field::kGuardianName, "李家长"}, {Field::kGuardianPhone, "13911112222"}});
  };
  desk_.Apply({.kind = ImportKind::kSchoolAge, .source = "公安局", .batch = "2026"},
              {listed(3, "王小丽"), listed(40, "周小舟")});
  const LikelyFound found = Find({.id_number = Mistyped(40, 15), .name = "周晓舟",
                                  .phones = {"13911112222"}});
  EXPECT_TRUE(found.students.empty());
  ASSERT_EQ(found.people.size(), 1u);
  EXPECT_EQ(found.people[0].person.name, "周小舟");
  EXPECT_THAT(found.people[0].person.id_masked, HasSubstr("****"));
  EXPECT_EQ(found.people[0].likeness.number, NumberLikeness::kOneDigit);
  EXPECT_EQ(found.people[0].likeness.phone, Agreement::kYes);
  const auto near = Find({.name = "周晓舟", .birth = BirthOf(40)}).people;
  ASSERT_EQ(near.size(), 1u) << "by the birthday";
  EXPECT_EQ(near[0].likeness.name, NameLikeness::kOneCharacter);
  const LikelyFound both = Find({.name = "王小丽", .birth = BirthOf(3)});
  EXPECT_FALSE(both.students.empty());
  EXPECT_TRUE(both.people.empty()) << "the same child once";
}

TEST_F(LikelyTest, AtMostFiftyThoseWhoAgreeInMostFirst) {
  desk_.Apply({.chunk_rows = 200}, desk_.Children(200));
  const LikelyFound found = Find({.name = "王芳", .guardians = {"李家长150"}});
  ASSERT_EQ(found.students.size(), 1u) << "two things were said";
  EXPECT_EQ(found.students[0].likeness.guardian, Agreement::kYes);
  EXPECT_EQ(Find({.name = "王芳"}).students.size(), 50u);
}

// Nothing is read from the table but what the indexes lead to.
TEST_F(LikelyTest, EveryWayHasAnIndex) {
  desk_.Apply({.chunk_rows = 300}, desk_.Children(300));
  desk_.Sql("ANALYZE TABLE student, list_person");
  const std::string student = "EXPLAIN SELECT student_id AS id, name, sex, birth FROM student ";
  const std::pair<std::string, const char*> ways[] = {
      {"WHERE name = '王无人'", "name_of_student"},
      {"WHERE birth IN ('2015-03-04','2015-04-03')", "birth_of_student"},
      {"WHERE person_key IN (x'00112233445566778899aabbccddeeff', "
       "x'01112233445566778899aabbccddeeff')", "person"}};
  for (const auto& [where, key] : ways) {
    const std::string plan = desk_.Sql(student + where);
    EXPECT_THAT(plan, HasSubstr(key)) << plan;
    EXPECT_THAT(plan, Not(HasSubstr("ALL"))) << plan;
  }
  EXPECT_THAT(desk_.Sql("EXPLAIN SELECT person_id AS id, name, sex, birth FROM list_person WHERE "
                        "batch_id = 1 AND birth IN ('2015-03-04')"),
              HasSubstr("birth_of_person"));
}

TEST(Contacts, TelephonesAreTheirDigits) {
  EXPECT_EQ(PhoneDigits("138 0000 0004"), "13800000004");
  EXPECT_EQ(PhoneDigits("+86-13800000004"), "13800000004");
  EXPECT_EQ(PhoneDigits("０５９２-5551234"), "05925551234");
  EXPECT_EQ(PhoneDigits("无"), "");
  EXPECT_EQ(PhoneDigits("12345"), "");
}

}  // namespace
}  // namespace registry
