#include "attendance/domain/packed_marks.h"

#include <gtest/gtest.h>

namespace attendance {
namespace {

std::string Pack(const std::vector<Exception>& exceptions) {
  std::string bytes;
  PackMarks(exceptions, bytes);
  return bytes;
}

TEST(PackedMarksTest, TheStoredBytesNeverChange) {
  EXPECT_EQ(Pack({}), "");
  // 0x01, then (5 << 3 | 6) = 0x2e, then (130 - 5) << 3 | 4 = 1004 = 0xec 0x07.
  const std::vector<Exception> two = {{StudentId{5}, Mark::kAbsent},
                                      {StudentId{130}, Mark::kSickLeave}};
  EXPECT_EQ(Pack(two), std::string("\x01\x2e\xec\x07", 4));
  EXPECT_EQ(UnpackMarks(std::string_view("\x01\x2e\xec\x07", 4)).value(), two);
}

TEST(PackedMarksTest, LargeIdsComeBack) {
  const std::vector<Exception> large = {{StudentId{1}, Mark::kLate},
                                        {StudentId{(std::int64_t{1} << 58)}, Mark::kUnknown}};
  EXPECT_EQ(UnpackMarks(Pack(large)).value(), large);
}

TEST(PackedMarksTest, OneAbsenteeOfATypicalCountyTakesFourBytes) {
  EXPECT_EQ(Pack({{StudentId{119003}, Mark::kAbsent}}).size(), 4u);
}

TEST(PackedMarksTest, OtherBytesAreRefused) {
  for (const std::string_view bad :
       {std::string_view("\x02\x2e", 2),  // another version
        std::string_view("\x01", 1),      // no student
        std::string_view("\x01\xac", 2),  // cut off
        std::string_view("\x01\x06", 2),  // id 0
        std::string_view("\x01\x28", 2),  // mark 0
        std::string_view("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11)}) {
    const auto marks = UnpackMarks(bad);
    ASSERT_FALSE(marks.ok());
    EXPECT_EQ(marks.error().reason, "BAD_PACKED_MARKS");
  }
}

}  // namespace
}  // namespace attendance
