// Habits that a formatter cannot see: lengths, tests beside content, commands that the documents
// promise.
#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tree.h"

namespace vedette::tree {
namespace {

TEST(TreeTest, KeepsSourcesShort) {
  constexpr size_t kMostLines = 900;
  for (const std::string& file : Files({"src", "tests", "fuzz", "bench"})) {
    if (file.ends_with(".cc") || file.ends_with(".h")) {
      EXPECT_LE(ReadLines(file).size(), kMostLines) << file;
    }
  }
}

TEST(TreeTest, TestsEveryParserAndBehaviour) {
  for (const std::string& file : Files({"content/parsers", "content/rules"})) {
    if (!file.ends_with(".yaml")) continue;
    if (file.ends_with(".test.yaml")) {
      EXPECT_TRUE(Exists(file.substr(0, file.size() - 10) + ".yaml")) << file << " tests nothing";
    } else {
      EXPECT_TRUE(Exists(file.substr(0, file.size() - 5) + ".test.yaml"))
          << file << " has no test beside it";
    }
  }
}

std::set<std::string> MakeTargets() {
  std::set<std::string> targets;
  const std::regex target(R"(^([a-z-]+):(?!=))");
  for (const std::string& line : ReadLines("Makefile")) {
    std::smatch match;
    if (std::regex_search(line, match, target)) targets.insert(match[1]);
  }
  return targets;
}

TEST(TreeTest, PromisesOnlyCommandsThatExist) {
  const std::set<std::string> targets = MakeTargets();
  const std::regex make(R"((?:^|`|\$ |&& )make ([a-z-]+))");
  const std::regex vedette(R"((?:`|/|\$ )vedette ([a-z]+)\b)");
  for (const std::string page : {"README.md", "CONTRIBUTING.md", "docs/architecture.md"}) {
    for (const std::string& line : ReadLines(page)) {
      for (std::sregex_iterator it(line.begin(), line.end(), make), end; it != end; ++it) {
        EXPECT_TRUE(targets.contains((*it)[1])) << page << ": " << line;
      }
      for (std::sregex_iterator it(line.begin(), line.end(), vedette), end; it != end; ++it) {
        EXPECT_TRUE(Exists("src/cli/" + (*it)[1].str() + "_command.cc")) << page << ": " << line;
      }
    }
  }
}

TEST(TreeTest, EndsEveryTextFileWithALineBreak) {
  for (const std::string& file : Files({"src", "tests", "cmake", "docs", "content"})) {
    const std::string text = Read(file);
    EXPECT_TRUE(text.empty() || text.back() == '\n') << file;
  }
}

}  // namespace
}  // namespace vedette::tree
