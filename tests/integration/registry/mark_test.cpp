// 「这孩子在哪里」: which of our children a question means, and that nobody else learns it.
#include <gtest/gtest.h>

#include "desk.h"
#include "registry/app/mark_table.h"

namespace registry {
namespace {

using testing::Child;
using testing::Day;
using testing::Desk;
using testing::IdOfChild;
using testing::Said;

class MarkTest : public ::testing::TestWithParam<security::LetterSuite> {
 protected:
  MarkTest() {
    desk_.MakeSchools();
    desk_.Apply({}, desk_.Children(9));
    desk_.clock().Set(base::InstantAt(Day(2026, 10, 15), 10 * 60));
  }
  StudentId IdOf(int child) { return desk_.Find(IdOfChild(child)).student.id; }
  MarkKey Key(char fill = 'n') const { return {GetParam(), std::string(32, fill)}; }
  MarkTable::Match Ask(MarkTable& table, const MarkKey& key, const std::string& mark) {
    const auto match = table.Find(key, mark);
    EXPECT_TRUE(match.ok()) << Said(match);
    return match.ok() ? *match : MarkTable::Match{};
  }

  Desk desk_;
};

TEST_P(MarkTest, EveryChildIsFoundByItsOwnMarkAndByNoOther) {
  MarkTable table(desk_.deps());
  for (int child = 0; child < 9; ++child) {
    const auto made = table.Make(IdOf(child), Key(), {"350212", "430527"});
    ASSERT_TRUE(made.ok()) << Said(made);
    const auto match = Ask(table, Key(), made->mark);
    EXPECT_EQ(match.id, IdOf(child));
    EXPECT_EQ(match.looked_at, 9u);
    // The proof is this county's: nobody else's fits, and without the child there is none.
    EXPECT_EQ(match.proof, made->proofs.at(0));
    EXPECT_NE(match.proof, made->proofs.at(1));
    const auto other = Ask(table, Key('m'), made->mark);
    EXPECT_FALSE(other.id);
    EXPECT_EQ(other.proof, "");
  }
}

TEST_P(MarkTest, TheSuitesHaveMarksOfTheirOwn) {
  MarkTable table(desk_.deps());
  const auto other = GetParam() == security::LetterSuite::kSm ? security::LetterSuite::kEd25519
                                                              : security::LetterSuite::kSm;
  const auto made = table.Make(IdOf(0), {other, std::string(32, 'n')}, {});
  ASSERT_TRUE(made.ok());
  EXPECT_FALSE(Ask(table, Key(), made->mark).id);
}

TEST_P(MarkTest, WhatIsWrittenAfterwardsIsSeen) {
  MarkTable table(desk_.deps());
  const auto before = table.Make(IdOf(0), Key(), {});
  ASSERT_TRUE(before.ok());
  EXPECT_TRUE(Ask(table, Key(), before->mark).id);
  // A child that comes after the table was made.
  desk_.Apply({}, {testing::CellsFor(ImportKind::kRoster, Child(20))});
  const auto late = table.Make(IdOf(20), Key(), {});
  ASSERT_TRUE(late.ok());
  const auto match = Ask(table, Key(), late->mark);
  EXPECT_EQ(match.id, IdOf(20));
  EXPECT_EQ(match.looked_at, 10u);
  // Who has left is no longer here.
  desk_.Sql("UPDATE student SET status = 10 WHERE student_id = " +
            std::to_string(IdOf(0).raw()));
  EXPECT_FALSE(Ask(table, Key(), before->mark).id);
}

TEST_P(MarkTest, WhatIsNoMarkIsRefused) {
  MarkTable table(desk_.deps());
  EXPECT_EQ(table.Find(Key(), "short").error().reason, "BAD_MARK");
  EXPECT_EQ(table.Find({GetParam(), "short"}, std::string(32, 'x')).error().reason, "BAD_MARK");
  EXPECT_EQ(table.Make(StudentId{999}, Key(), {}).error().reason, "STUDENT_UNKNOWN");
}

INSTANTIATE_TEST_SUITE_P(Suites, MarkTest,
                         ::testing::Values(security::LetterSuite::kSm,
                                           security::LetterSuite::kEd25519));

}  // namespace
}  // namespace registry
