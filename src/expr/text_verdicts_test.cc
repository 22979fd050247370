#include "expr/text_verdicts.h"

#include <gtest/gtest.h>

namespace vedette {
namespace {

Hash128 OfText(std::string_view text) { return HashBytes(text, 0); }

TEST(TextVerdicts, RemembersEachTestOfATextByItself) {
  TextVerdicts verdicts(130);
  TextVerdicts::Row ada = verdicts.RowOf(OfText("ada"));
  for (size_t test : {0u, 63u, 64u, 129u}) {
    EXPECT_FALSE(ada.Knows(test)) << test;
    ada.Tell(test, test != 64);
  }
  verdicts.RowOf(OfText("bob")).Tell(0, false);
  ada = verdicts.RowOf(OfText("ada"));
  EXPECT_TRUE(ada.Holds(0));
  EXPECT_TRUE(ada.Holds(63));
  EXPECT_TRUE(ada.Knows(64));
  EXPECT_FALSE(ada.Holds(64));
  EXPECT_TRUE(ada.Holds(129));
  EXPECT_FALSE(ada.Knows(1));
  const TextVerdicts::Row bob = verdicts.RowOf(OfText("bob"));
  EXPECT_TRUE(bob.Knows(0));
  EXPECT_FALSE(bob.Holds(0));
}

TEST(TextVerdicts, ATextThatTakesTheSlotOfAnotherStartsAnew) {
  TextVerdicts verdicts(3);
  const Hash128 one{1, 7};
  const Hash128 other{2, 7 + TextVerdicts::kSlots};
  verdicts.RowOf(one).Tell(2, true);
  EXPECT_FALSE(verdicts.RowOf(other).Knows(2));
  EXPECT_FALSE(verdicts.RowOf(one).Knows(2)) << "pushed out";
}

}  // namespace
}  // namespace vedette
