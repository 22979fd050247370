#include "sigma/mark_memo.h"

#include <gtest/gtest.h>

namespace vedette::sigma {
namespace {

TEST(MarkMemo, FindsOutOnceAndRemembers) {
  MarkMemo memo;
  int found_out = 0;
  const auto ask = [&](std::string_view text) {
    return memo
        .Get(text,
             [&](MarkMemo::Marks& fresh) {
               ++found_out;
               fresh.rules.push_back(static_cast<uint32_t>(text.size()));
             })
        .rules;
  };
  EXPECT_EQ(ask("certutil.exe"), std::vector<uint32_t>{12});
  EXPECT_EQ(ask("certutil.exe"), std::vector<uint32_t>{12});
  EXPECT_EQ(found_out, 1);
}

TEST(MarkMemo, KeepsNoLongTexts) {
  MarkMemo memo;
  int found_out = 0;
  const std::string longest(MarkMemo::kLongest, 'a');
  const std::string longer(MarkMemo::kLongest + 1, 'a');
  for (int i = 0; i < 3; ++i) {
    memo.Get(longest, [&](MarkMemo::Marks&) { ++found_out; });
    const MarkMemo::Marks& marks = memo.Get(longer, [&](MarkMemo::Marks& fresh) {
      ++found_out;
      fresh.hits.push_back(7);
    });
    EXPECT_EQ(marks.hits, std::vector<uint32_t>{7}) << "nothing of the time before is left";
  }
  EXPECT_EQ(found_out, 1 + 3);
}

TEST(MarkMemo, KeepsWhatIsAddedUntilTheTextIsPushedOut) {
  MarkMemo memo;
  const auto nothing = [](MarkMemo::Marks&) {};
  memo.Get("cmd.exe", nothing).excluded = {5};
  EXPECT_EQ(memo.Get("cmd.exe", nothing).excluded, std::vector<uint64_t>{5});
  for (int i = 0; i < 100'000; ++i)
    ASSERT_TRUE(memo.Get("host-" + std::to_string(i), nothing).excluded.empty());
  EXPECT_TRUE(memo.Get("cmd.exe", nothing).excluded.empty());
}

TEST(MarkMemo, AnswersTheSameWhileItGrows) {
  MarkMemo memo;
  for (uint32_t round = 0; round < 3; ++round) {
    for (uint32_t i = 0; i < 1000; ++i) {
      const std::string text = "host-" + std::to_string(i);
      const MarkMemo::Marks& marks =
          memo.Get(text, [&](MarkMemo::Marks& fresh) { fresh.rules.push_back(i); });
      ASSERT_EQ(marks.rules, std::vector<uint32_t>{i});
    }
  }
}

}  // namespace
}  // namespace vedette::sigma
