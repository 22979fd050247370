// The small parts: numbers, patterns, encodings, JSON.
#include <gtest/gtest.h>

#include "core/text.h"
#include "sigma/encodings.h"
#include "sigma/json_value.h"
#include "sigma/number.h"
#include "sigma/pattern.h"

namespace vedette::sigma {
namespace {

TEST(SigmaNumber, ReadsAndComparesExactly) {
  const auto number = [](const char* text) { return *Number::Parse(text); };
  EXPECT_EQ(number("5"), number("5.000"));
  EXPECT_EQ(number("007"), number("7"));
  EXPECT_EQ(number("1e3"), number("1000"));
  EXPECT_EQ(number("-0"), number("0"));
  EXPECT_NE(number("9007199254740993"), number("9007199254740992"));
  EXPECT_NE(number("170141183460469231731687303715884105"),
            number("170141183460469231731687303715884106"));
  EXPECT_LT(number("-1.5"), number("-1"));
  EXPECT_GT(number("1.5"), number("1"));
  EXPECT_LT(number("18446744073709551615"), number("1e30"));
  EXPECT_GT(number("18446744073709551615"), number("-1e30"));
  for (const char* wrong :
       {"", "+", "-", "1.", ".5", "1e", "0x1", "1 ", " 1", "1,5", "NaN", "1e999"})
    EXPECT_FALSE(Number::Parse(wrong)) << wrong;
  EXPECT_EQ(number("18446744073709551615").ToText(), "18446744073709551615");
  EXPECT_EQ(number("-12.50").ToText(), "-12.5");
  EXPECT_EQ(Number::Of(-2.25).ToNano(), -2'250'000'000);
  EXPECT_EQ(Number::Of(0.3).ToNano(), 300'000'000);
}

TEST(SigmaPattern, WritesWhatItRead) {
  for (const char* text : {"", "a", "*", "*a?", R"(\*)", R"(\\*)", R"(a\\b)", R"(\?x*)"}) {
    EXPECT_EQ(Pattern::Parse(text).ToText(), text);
    EXPECT_EQ(Pattern::Parse(Pattern::Parse(text).ToText()), Pattern::Parse(text));
  }
  EXPECT_EQ(Pattern::Parse("**").ToText(), "*");
}

TEST(SigmaPattern, StaysQuickOnTextsThatNearlyFit) {
  const Pattern pattern = Pattern::Parse("*a*a*a*a*a*a*a*a*a*b");
  EXPECT_FALSE(pattern.Matches(std::string(20'000, 'a')));
  EXPECT_TRUE(pattern.Matches(std::string(20'000, 'a') + "b"));
}

TEST(SigmaText, FoldsOneCharacterToOne) {
  EXPECT_EQ(FoldCase("ABC\xC3\x89"), "abc\xC3\xA9");
  EXPECT_EQ(FoldCase("\u1E9E"), "\u00DF");
  EXPECT_EQ(FoldCase("\u03C2\u03A3"), "\u03C3\u03C3");
  EXPECT_EQ(FoldCase("\u0130\u0131"), "\u0130\u0131");
  EXPECT_EQ(FoldCase("\xFFX"), "\xFFx");
}

TEST(SigmaEncodings, WorkedValues) {
  EXPECT_EQ(EncodeBase64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(EncodeBase64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(EncodeBase64("foob"), "Zm9vYg==");
  const auto forms = EncodeBase64Offsets("foobar");
  EXPECT_EQ(forms[0], "Zm9vYmFy");
  EXPECT_EQ(forms[1], "Zvb2Jhc");
  EXPECT_EQ(forms[2], "mb29iYX");
  // Whatever stands around it, one of the three shows.
  for (const std::string value : {"ab", "http://", "\xC3\xA9!", "IEX ("}) {
    const auto traces = EncodeBase64Offsets(value);
    for (int before = 0; before < 7; ++before) {
      for (int around = 0; around < 256; around += 17) {
        const std::string frame(static_cast<size_t>(before), static_cast<char>(around));
        const std::string encoded = EncodeBase64(frame + value + frame);
        EXPECT_NE(encoded.find(traces[static_cast<size_t>(before) % 3]), std::string::npos);
      }
    }
  }
  EXPECT_EQ(EncodeUtf16("a\xF0\x9F\x98\x80", Utf16::kBigEndian),
            std::string("\0a\xD8\x3D\xDE\x00", 6));
}

TEST(SigmaJson, IsStrict) {
  for (const char* good : {"{}", " [1, -2.5e3, \"\\u00e9\\ud83d\\ude00\\n\", true, null] ",
                           "{\"a\": {\"b\": []}}", "7"})
    EXPECT_TRUE(JsonValue::Read(good)) << good;
  for (const char* bad : {"", "{", "[1,]", "{\"a\"}", "{a: 1}", "01", "1.", "\"\\x\"",
                          "\"\\ud800\"", "\"\n\"", "nul", "1 2", "\"\xFF\"", "[1 2]"})
    EXPECT_FALSE(JsonValue::Read(bad)) << bad;
  EXPECT_FALSE(JsonValue::Read(std::string(100'000, '[')));
  EXPECT_EQ(JsonValue::Read("18446744073709551616")->text, "18446744073709551616");
  EXPECT_EQ(JsonValue::Read("\"\\ud83d\\ude00\"")->text, "\xF0\x9F\x98\x80");
}

}  // namespace
}  // namespace vedette::sigma
