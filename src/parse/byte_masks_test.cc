#include "parse/byte_masks.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace vedette {
namespace {

constexpr size_t kNone = std::string_view::npos;

TEST(ByteMasks, FindsWhatASearchByteForByteFinds) {
  std::mt19937 random(7);
  ByteMasks masks;
  // Of every length around the borders of words; the masks are used again.
  for (size_t size = 0; size <= 200; ++size) {
    std::string text(size, 'k');
    for (char& c : text) {
      constexpr std::string_view kBytes = "=|\\ kkkkkkkkkkkkkkkkk\xFF,";
      c = kBytes[random() % kBytes.size()];
    }
    const std::vector<char> exactly(text.begin(), text.end());
    masks.Scan({exactly.data(), exactly.size()});
    for (size_t at = 0; at < size; ++at) {
      EXPECT_EQ(masks.NextEquals(at), text.find('=', at)) << text << " from " << at;
      EXPECT_EQ(masks.NextBar(at), text.find('|', at)) << text << " from " << at;
      EXPECT_EQ(masks.NextBackslash(at), text.find('\\', at)) << text << " from " << at;
      size_t before = at;
      while (before > 0 && IsCefKeyByte(text[before - 1])) --before;
      EXPECT_EQ(masks.LastBreakBefore(at), before == 0 ? kNone : before - 1) << text << " " << at;
    }
    EXPECT_EQ(masks.NextEquals(size), kNone);
    EXPECT_EQ(masks.NextBar(size + 64), kNone);
  }
}

}  // namespace
}  // namespace vedette
