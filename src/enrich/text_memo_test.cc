#include "enrich/text_memo.h"

#include <string>

#include <gtest/gtest.h>

namespace vedette {
namespace {

TEST(TextMemoTest, AsksOnceForATextThatComesAgain) {
  TextMemo<size_t> memo;
  int asked = 0;
  const auto size_of = [&](std::string_view text) {
    return memo.Get(text, [&] {
      ++asked;
      return text.size();
    });
  };
  EXPECT_EQ(size_of("ada"), 3u);
  EXPECT_EQ(size_of("ada"), 3u);
  EXPECT_EQ(asked, 1);
  // Too long to be kept, and nothing at all: found out each time.
  const std::string longest(TextMemo<size_t>::kLongest, 'x');
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(size_of(longest), longest.size());
    EXPECT_EQ(size_of(longest + "y"), longest.size() + 1);
    EXPECT_EQ(size_of(""), 0u);
  }
  EXPECT_EQ(asked, 1 + 1 + 2 + 2);
}

TEST(TextMemoTest, NeverTakesOneTextForAnotherHoweverMany) {
  TextMemo<std::string> memo;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 50'000; ++i) {
      const std::string text = "host-" + std::to_string(i);
      ASSERT_EQ(memo.Get(text, [&] { return text; }), text);
    }
  }
}

}  // namespace
}  // namespace vedette
