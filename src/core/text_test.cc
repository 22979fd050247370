#include "core/text.h"

#include <gtest/gtest.h>

#include "core/arena.h"
#include "core/diagnostics.h"
#include "core/hash.h"
#include "core/json_writer.h"

namespace vedette {
namespace {

TEST(NormalizeKey, MakesOneKeyOfSpellingsOfOneValue) {
  std::string scratch;
  EXPECT_EQ(NormalizeKey("  CMD.EXE ", false, scratch), "cmd.exe");
  EXPECT_EQ(NormalizeKey("CMD.EXE", true, scratch), "CMD.EXE");
  // É as one character, and as E with a combining accent.
  EXPECT_EQ(NormalizeKey("CAF\xC3\x89", false, scratch), "caf\xC3\xA9");
  EXPECT_EQ(NormalizeKey("CAFE\xCC\x81", false, scratch), "caf\xC3\xA9");
  EXPECT_EQ(NormalizeKey("\xFF\xFE", false, scratch),
            "\xFF\xFE");  // not UTF-8: its bytes are its identity
}

TEST(Text, ParsesWholeNumbersOnly) {
  EXPECT_EQ(ParseInt("9007199254740993"), 9007199254740993);
  EXPECT_EQ(ParseInt("+5"), 5);
  for (const char* text : {"", "5 ", "0x5", "5.0", "99999999999999999999"})
    EXPECT_FALSE(ParseInt(text)) << text;
  EXPECT_EQ(ParseDouble("2.5"), 2.5);
  EXPECT_FALSE(ParseDouble("2.5kg"));
}

TEST(Text, ComparesWithoutTheCaseOfAsciiLetters) {
  // Every byte against every byte, at every place of texts short and long.
  for (size_t size : {1u, 3u, 7u, 8u, 9u, 15u, 16u, 21u}) {
    for (size_t at = 0; at < size; ++at) {
      std::string a(size, 'q');
      std::string b(size, 'Q');
      ASSERT_TRUE(EqualsIgnoreCase(a, b));
      for (int x = 0; x < 256; ++x) {
        a[at] = static_cast<char>(x);
        for (int y : {x, x ^ 0x20, x ^ 0x80, (x + 1) & 0xFF}) {
          b[at] = static_cast<char>(y);
          ASSERT_EQ(EqualsIgnoreCase(a, b), ToLowerAscii(a[at]) == ToLowerAscii(b[at]))
              << size << ' ' << at << ' ' << x << ' ' << y;
        }
      }
    }
  }
  EXPECT_TRUE(EqualsIgnoreCase("", ""));
  EXPECT_FALSE(EqualsIgnoreCase("abc", "abcd"));
}

TEST(Text, FindsTheOneByteThatIsNotAscii) {
  for (size_t size = 0; size < 80; ++size) {
    std::string text(size, 'x');
    EXPECT_TRUE(IsAscii(text));
    for (size_t at = 0; at < size; ++at) {
      text[at] = '\x80';
      EXPECT_FALSE(IsAscii(text)) << size << ' ' << at;
      text[at] = 'x';
    }
  }
}

TEST(Text, KnowsValidUtf8) {
  EXPECT_TRUE(IsValidUtf8("plain"));
  EXPECT_TRUE(IsValidUtf8("\xE2\x9E\x94"));
  EXPECT_FALSE(IsValidUtf8("\xC3"));
  EXPECT_FALSE(IsValidUtf8("\xED\xA0\x80"));  // a surrogate
}

TEST(JsonWriter, EscapesControlsQuotesAndBrokenUtf8) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject()
      .Key("a\"b")
      .String("x\n\x01\\\xFF\xC3\xA4")
      .Key("n")
      .Int(-5)
      .Key("m")
      .Micro(9'523'810)
      .Key("l");
  json.BeginArray().Bool(true).Null().Double(0.5).EndArray().EndObject();
  EXPECT_EQ(out,
            "{\"a\\\"b\":\"x\\n\\u0001\\\\\xEF\xBF\xBD\xC3\xA4\",\"n\":-5,\"m\":9.52381,\"l\":["
            "true,null,0.5]}");
}

TEST(JsonWriter, WritesMicroUnitsWithoutFloatingPoint) {
  for (const auto& [micro, text] : {std::pair<int64_t, const char*>{0, "0"},
                                    {1, "0.000001"},
                                    {-1'500'000, "-1.5"},
                                    {90'000'000, "90"}}) {
    std::string out;
    JsonWriter(out).Micro(micro);
    EXPECT_EQ(out, text);
  }
}

TEST(Hash, KeepsPartsApartAndDependsOnTheSeed) {
  const auto hash = [](uint64_t seed, std::string_view a, std::string_view b) {
    return Hasher(seed).Add(a).Add(b).Finish();
  };
  EXPECT_NE(hash(1, "ab", "c"), hash(1, "a", "bc"));
  EXPECT_NE(hash(1, "a", "b"), hash(1, "b", "a"));
  EXPECT_NE(hash(1, "a", "b"), hash(2, "a", "b"));
  EXPECT_EQ(hash(1, "a", "b"), hash(1, "a", "b"));
  EXPECT_EQ((Hash128{0x0123456789abcdef, 0xf}).ToHex(), "0123456789abcdef000000000000000f");
}

TEST(Arena, ReusesItsBlocksAfterReset) {
  Arena arena(1024);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) EXPECT_EQ(arena.Copy("hello"), "hello");
    arena.Array<uint64_t>(500);
    arena.Reset();
  }
  const size_t reserved = arena.bytes_reserved();
  for (int i = 0; i < 100; ++i) arena.Copy("hello");
  arena.Array<uint64_t>(500);
  EXPECT_EQ(arena.bytes_reserved(), reserved);
}

TEST(Diagnostics, SortsByPlaceAndSuggestsTheNearestName) {
  Diagnostics faults;
  faults.Error({"b.yaml", 2, 1}, "x", "second");
  faults.Warning({"a.yaml", 9, 4}, "y", "first", DidYouMean("usr", {"user", "host"}));
  faults.Sort();
  EXPECT_EQ(
      faults.Render(),
      "a.yaml:9:4: warning: first [y]; did you mean 'user'?\nb.yaml:2:1: error: second [x]\n");
  EXPECT_EQ(faults.errors(), 1u);
  EXPECT_EQ(DidYouMean("something_else", {"user", "host"}), "");
}

}  // namespace
}  // namespace vedette
