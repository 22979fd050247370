#include "expr/linear_regex.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/text.h"

namespace vedette {
namespace {

std::vector<std::string> Necessary(std::string_view pattern, size_t least = 2) {
  std::string error;
  const LinearRegex regex(pattern, &error);
  EXPECT_EQ(error, "") << pattern;
  return regex.NecessaryLiterals(least);
}

using Literals = std::vector<std::string>;

TEST(LinearRegex, NamesTheLongestLiteralsThatAMatchCannotDoWithout) {
  EXPECT_EQ(Necessary(R"(net\s+config)"), Literals{"config"});
  EXPECT_EQ(Necessary(R"(\$\{.{0,5}PATH)"), Literals{"path"});
  EXPECT_EQ(Necessary("a(whoami|ipconfig)"), (Literals{"awhoami", "aipconfig"}));
  EXPECT_EQ(Necessary(R"(\w`.`)", 1), Literals{"`"});
  EXPECT_EQ(Necessary(R"(\w`.`)", 2), Literals{});
  EXPECT_EQ(Necessary("(net|.*)"), Literals{});
}

// Two letters that are not ASCII fold to ones that are: the long s and the sign of the kelvin.
TEST(LinearRegex, NamesFoldedLiterals) {
  const std::string pattern = "(?i)task.*";
  ASSERT_EQ(Necessary(pattern), Literals{"task"});
  std::string error;
  const LinearRegex regex(pattern, &error);
  for (const std::string text : {"TASK", "ta\u017Fk", "tas\u212A"}) {
    EXPECT_TRUE(regex.FoundIn(text));
    EXPECT_NE(FoldCase(text).find("task"), std::string::npos);
  }
}

}  // namespace
}  // namespace vedette
