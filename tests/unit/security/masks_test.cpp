#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "security/security.h"

namespace security {
namespace {

TEST(MaskIdNumber, ShowsTheFirstFourAndTheLastFour) {
  EXPECT_EQ(MaskIdNumber("35021220120101123X"), "3502**********123X");
  EXPECT_EQ(MaskIdNumber("350212120101123"), "3502*******1123");
  EXPECT_EQ(MaskIdNumber("H12345678X"), "H123**678X");
}

TEST(MaskIdNumber, ShortOnesShowTheirLastTwoAtMost) {
  EXPECT_EQ(MaskIdNumber("H12345678"), "*******78");
  EXPECT_EQ(MaskIdNumber("123"), "*23");
  EXPECT_EQ(MaskIdNumber("12"), "**");
  EXPECT_EQ(MaskIdNumber(""), "");
}

TEST(MaskIdNumber, NeverCutsACharacter) {
  EXPECT_EQ(MaskIdNumber("无身份证"), "**份证");
  EXPECT_EQ(MaskIdNumber("港澳居民来往内地通行证"), "港澳居民***地通行证");
}

TEST(MaskPhone, ShowsTheFirstThreeAndTheLastFour) {
  EXPECT_EQ(MaskPhone("13812345678"), "138****5678");
  EXPECT_EQ(MaskPhone("0592-7022222"), "059*****2222");
  EXPECT_EQ(MaskPhone("7022222"), "*****22");
  EXPECT_EQ(MaskPhone("12"), "**");
}

TEST(MaskText, MasksEveryNumberAndNothingElse) {
  EXPECT_EQ(MaskText("张三 11010519491231002X,电话 13812345678"),
            "张三 1101**********002X,电话 13812345678");
  EXPECT_EQ(MaskText("11010519491231002x/110105194912310021"),
            "1101**********002x/1101**********0021");
  EXPECT_EQ(MaskText("G110105194912310021"), "G1101**********0021");
  EXPECT_EQ(MaskText("１１０１０５１９４９１２３１００２Ｘ"), "１１０１**********００２Ｘ");
  EXPECT_EQ(MaskText("1101051949123100211"), "1101***********0211");
  EXPECT_EQ(MaskText("2026-09-01 1234567890123456"), "2026-09-01 1234567890123456");
  EXPECT_EQ(MaskText("\xEF\xBC"), "\xEF\xBC");
}

TEST(MaskText, NoSeventeenDigitsInARowSurvive) {
  EXPECT_TRUE(rc::check("no identity number is left", [] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("1", "23", "４", "X", "ｘ", "号", " ", "110105194912310021",
                                      "\xE5", "００"));
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    const std::string masked = MaskText(text);
    std::size_t digits = 0;
    for (std::size_t i = 0; i < masked.size();) {
      const bool wide = masked.compare(i, 2, "\xEF\xBC") == 0 && i + 2 < masked.size() &&
                        static_cast<unsigned char>(masked[i + 2]) >= 0x90 &&
                        static_cast<unsigned char>(masked[i + 2]) <= 0x99;
      const bool digit = wide || (masked[i] >= '0' && masked[i] <= '9');
      digits = digit ? digits + 1 : 0;
      RC_ASSERT(digits < 17u);
      i += wide ? 3 : 1;
    }
    RC_ASSERT(MaskText(masked) == masked);
  }));
}

}  // namespace
}  // namespace security
