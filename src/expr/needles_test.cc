#include "expr/needles.h"

#include <random>

#include <gtest/gtest.h>

#include "expr/literals.h"
#include "expr/text_functions.h"

namespace vedette {
namespace {

std::string RandomText(std::mt19937& random, size_t most, std::string_view alphabet) {
  std::string text(random() % (most + 1), ' ');
  for (char& c : text) c = alphabet[random() % alphabet.size()];
  return text;
}

// Few letters, so that literals overlap, nest and share suffixes.
TEST(NeedleSet, AgreesWithSearchingEachLiteral) {
  std::mt19937 random(11);
  for (int round = 0; round < 2'000; ++round) {
    const std::string_view alphabet = round % 2 ? "ab" : "abcdefghijklmnopqrstuvwxyz-\x01\xFF\x80";
    std::vector<std::string> needles;
    for (size_t n = random() % 40; n > 0; --n) needles.push_back(RandomText(random, 6, alphabet));
    const NeedleSet set(needles);
    for (int i = 0; i < 20; ++i) {
      const std::string text = RandomText(random, 80, alphabet);
      const bool expected = std::any_of(needles.begin(), needles.end(), [&](const auto& n) {
        return text.find(n) != std::string::npos;
      });
      ASSERT_EQ(set.FoundIn(text), expected) << text;
    }
  }
}

TEST(NeedleSet, TakesEveryByte) {
  std::vector<std::string> needles;
  for (int c = 0; c < 256; ++c) needles.push_back(std::string(1, static_cast<char>(c)) + "x");
  const NeedleSet set(needles);
  for (int c = 0; c < 256; ++c) {
    const std::string byte(1, static_cast<char>(c));
    EXPECT_TRUE(set.FoundIn("y" + byte + "x"));
    EXPECT_FALSE(set.FoundIn(byte + "y"));
  }
}

TEST(AffixSet, AgreesWithComparingEachLiteral) {
  std::mt19937 random(12);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::string> literals;
    for (size_t n = random() % 12; n > 0; --n) literals.push_back(RandomText(random, 5, "ab."));
    const AffixSet starts(literals, AffixSet::kStart);
    const AffixSet ends(literals, AffixSet::kEnd);
    for (int i = 0; i < 20; ++i) {
      const std::string text = RandomText(random, 8, "ab.");
      EXPECT_EQ(starts.Fits(text), std::any_of(literals.begin(), literals.end(),
                                               [&](const auto& l) { return text.starts_with(l); }));
      EXPECT_EQ(ends.Fits(text), std::any_of(literals.begin(), literals.end(),
                                             [&](const auto& l) { return text.ends_with(l); }));
    }
  }
}

TEST(TextFunctions, ChangeCaseOfAsciiAgreesWithOneByteAtATime) {
  std::mt19937 random(13);
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  for (int round = 0; round < 2'000; ++round) {
    const std::string text =
        RandomText(random, 100, round % 3 == 0 ? std::string_view("abc -1") : all);
    for (bool lower : {true, false}) {
      std::string expected = text;
      for (char& c : expected)
        c = lower ? (c >= 'A' && c <= 'Z' ? c + 32 : c) : (c >= 'a' && c <= 'z' ? c - 32 : c);
      std::string changed(text.size(), '?');
      ChangeAsciiCase(text, lower, changed.data());
      ASSERT_EQ(changed, expected);
      ASSERT_EQ(CaseOf(text, lower), expected == text ? CaseChange::kNone : CaseChange::kAscii);
      ASSERT_EQ(CaseOf(text + "\xC3\xA9", lower), CaseChange::kUnicode);
      ASSERT_EQ(CaseOf("\xC3\xA9" + text, lower), CaseChange::kUnicode);
    }
  }
}

TEST(TextFunctions, ReplacesPartsWithoutOverlap) {
  struct Row {
    const char *text, *from, *to, *result;
  };
  for (const Row& row : {Row{"aaa", "aa", "b", "ba"},
                         {"a.b.c", ".", "", "abc"},
                         {"a.b.c", ".", "/", "a/b/c"},
                         {"abab", "ab", "", ""},
                         {"abab", "ba", "xyz", "axyzb"},
                         {"", "a", "b", ""},
                         {"a", "abc", "b", "a"},
                         {"xx", "x", "yy", "yyyy"}}) {
    const size_t count = CountParts(row.text, row.from);
    const std::string_view text = row.text;
    std::string out(text.size() - count * std::string_view(row.from).size() +
                        count * std::string_view(row.to).size(),
                    '?');
    ReplaceParts(text, row.from, row.to, out.data());
    EXPECT_EQ(out, row.result) << row.text;
  }
}

}  // namespace
}  // namespace vedette
