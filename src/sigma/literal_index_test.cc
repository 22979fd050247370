#include "sigma/literal_index.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace vedette::sigma {
namespace {

std::vector<uint32_t> Found(const LiteralIndex& index, std::string_view text) {
  std::vector<uint32_t> ids;
  index.Find(text, [&](uint32_t id) { ids.push_back(id); });
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

TEST(SigmaLiteralIndex, FindsWholeTextsEndsAndInsides) {
  using Kind = LiteralIndex::Kind;
  LiteralIndex index;
  index.Add(Kind::kWhole, "", 0);
  index.Add(Kind::kWhole, "power", 1);
  index.Add(Kind::kPrefix, "p", 2);
  index.Add(Kind::kPrefix, "powershell.exe -enc", 3);
  index.Add(Kind::kSuffix, "-enc", 4);
  index.Add(Kind::kSuffix, "powershell.exe -enc", 5);
  index.Add(Kind::kInside, "shell", 6);
  index.Add(Kind::kInside, "powe", 7);
  index.Add(Kind::kInside, ".exe -enc", 8);
  index.Build();
  using Ids = std::vector<uint32_t>;
  EXPECT_EQ(Found(index, ""), Ids{0});
  EXPECT_EQ(Found(index, "power"), (Ids{1, 2, 7}));
  EXPECT_EQ(Found(index, "powershell.exe -enc"), (Ids{2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(Found(index, "xpowershell.exe -enc"), (Ids{4, 5, 6, 7, 8}));
  EXPECT_EQ(Found(index, "she"), Ids{});
  EXPECT_EQ(Found(index, "hell"), Ids{});
}

// Against std::string_view::find, over all short literals of two letters.
TEST(SigmaLiteralIndex, AgreesWithPlainSearch) {
  std::vector<std::string> literals;
  for (size_t size = 1; size <= 6; ++size) {
    for (uint32_t bits = 0; bits < 1U << size; ++bits) {
      std::string literal;
      for (size_t i = 0; i < size; ++i) literal += bits >> i & 1 ? 'a' : 'b';
      literals.push_back(literal);
    }
  }
  LiteralIndex index;
  for (uint32_t i = 0; i < literals.size(); ++i)
    index.Add(LiteralIndex::Kind::kInside, literals[i], i);
  index.Build();
  for (uint32_t bits = 0; bits < 1U << 12; ++bits) {
    std::string text;
    for (size_t i = 0; i < 12; ++i) text += bits >> i & 1 ? 'a' : 'b';
    std::vector<uint32_t> expected;
    for (uint32_t i = 0; i < literals.size(); ++i) {
      if (text.find(literals[i]) != std::string::npos) expected.push_back(i);
    }
    ASSERT_EQ(Found(index, text), expected) << text;
  }
}

// At every place of texts of every length, next to the end of what may be read.
TEST(SigmaLiteralIndex, FindsAtEveryPlace) {
  const std::vector<std::string> literals = {"`", "$!", "%#!", "+:;=", "<longer than a word>"};
  LiteralIndex index;
  for (uint32_t i = 0; i < literals.size(); ++i)
    index.Add(LiteralIndex::Kind::kInside, literals[i], i);
  index.Build();
  EXPECT_EQ(index.least(), 1U);
  for (uint32_t i = 0; i < literals.size(); ++i) {
    for (size_t size = literals[i].size(); size <= 48; ++size) {
      EXPECT_EQ(Found(index, std::string(size, '?')), std::vector<uint32_t>{});
      for (size_t at = 0; at + literals[i].size() <= size; ++at) {
        std::vector<char> text(size, '?');  // with nothing behind it
        std::copy(literals[i].begin(), literals[i].end(),
                  text.begin() + static_cast<ptrdiff_t>(at));
        ASSERT_EQ(Found(index, {text.data(), size}), std::vector<uint32_t>{i}) << at << " " << size;
      }
    }
  }
}

}  // namespace
}  // namespace vedette::sigma
