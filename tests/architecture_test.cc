// Holds docs/architecture.md and src/CMakeLists.txt against the tree: folders, one-way includes,
// dependencies, names of types.
#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tree.h"

namespace vedette::tree {
namespace {

const std::string kPage = "docs/architecture.md";

bool IsSource(const std::string& file) { return file.ends_with(".cc") || file.ends_with(".h"); }

// Folders of src/ in the order in which src/CMakeLists.txt adds them, as far as they exist.
std::vector<std::string> BuiltFolders() {
  std::vector<std::string> folders;
  const std::string text = Read("src/CMakeLists.txt");
  const std::regex added(R"(add_subdirectory\((\w+)\)|foreach\(folder ([\w\s]+)\))");
  for (std::sregex_iterator it(text.begin(), text.end(), added), end; it != end; ++it) {
    std::istringstream names((*it)[1].matched ? (*it)[1].str() : (*it)[2].str());
    for (std::string name; names >> name;) {
      if (Exists("src/" + name)) folders.push_back(name);
    }
  }
  return folders;
}

// As the page lists them.
std::vector<std::string> DescribedFolders() {
  std::vector<std::string> folders;
  for (const std::vector<std::string>& row : Table(kPage, "Folders of src/")) {
    const std::string name = Quoted(row[0]).at(0);
    folders.push_back(name.substr(0, name.find('/')));
  }
  return folders;
}

TEST(ArchitectureTest, BuildsEveryFolder) {
  std::set<std::string> there;
  for (const auto& entry : std::filesystem::directory_iterator(Root() / "src")) {
    if (entry.is_directory()) there.insert(entry.path().filename().string());
  }
  const std::vector<std::string> built = BuiltFolders();
  EXPECT_EQ(std::set<std::string>(built.begin(), built.end()), there)
      << "src/CMakeLists.txt adds each folder, in the order of a log line's path";
}

TEST(ArchitectureTest, DescribesEveryFolderInTheOrderInWhichItIsBuilt) {
  EXPECT_EQ(DescribedFolders(), BuiltFolders())
      << "the table \"Folders of src/\" in " << kPage << " has a row for each, in this order";
}

TEST(ArchitectureTest, IncludesOnlyFoldersAbove) {
  const std::vector<std::string> order = BuiltFolders();
  std::map<std::string, size_t> rank;
  for (size_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  const std::regex include(R"re(^#include "([^/"]+)/[^"]+")re");
  for (const std::string& file : Files({"src"})) {
    if (!IsSource(file)) continue;
    const std::string inner = file.substr(4);
    if (inner.find('/') == std::string::npos) continue;  // main.cc
    const std::string own = inner.substr(0, inner.find('/'));
    for (const std::string& line : ReadLines(file)) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      ASSERT_TRUE(rank.contains(match[1])) << file << ": " << line;
      EXPECT_LE(rank[match[1]], rank[own]) << file << " includes a folder below its own: " << line;
    }
  }
}

// What each row of the dependency table says.
struct Dependency {
  std::string package;
  std::vector<std::string> headers;
  std::vector<std::string> touched_by;  // empty: everywhere
};

std::vector<Dependency> Dependencies() {
  std::vector<Dependency> dependencies;
  for (const std::vector<std::string>& row : Table(kPage, "Dependencies")) {
    dependencies.push_back({row[0], Quoted(row[1]),
                            row[2] == "everywhere" ? std::vector<std::string>() : Quoted(row[2])});
  }
  return dependencies;
}

// The libraries under [build] of the package list.
std::set<std::string> InstalledLibraries() {
  std::set<std::string> libraries;
  bool build = false;
  for (const std::string& line : ReadLines("cmake/debian-packages.txt")) {
    if (line.starts_with("[")) build = line == "[build]";
    if (build && line.starts_with("lib")) libraries.insert(line);
  }
  return libraries;
}

// Two types of one name in one namespace are undefined behaviour that no compiler tells: the linker
// takes functions of templates over either for those over both.
TEST(ArchitectureTest, GivesEachTypeANameOfItsOwn) {
  const std::regex opens(R"(^namespace ([\w:]+) \{$)");
  const std::regex defines(R"(^(?:struct|class|enum class) ([\w:]+\w)\b[^;]*\{.*$)");
  std::map<std::string, std::string> defined;  // by qualified name
  for (const std::string& file : Files({"src"})) {
    if (!file.ends_with(".h")) continue;
    std::string space;
    for (const std::string& line : ReadLines(file)) {
      std::smatch match;
      if (std::regex_match(line, match, opens)) space = match[1].str();
      if (!std::regex_match(line, match, defines)) continue;
      const auto [at, is_new] = defined.emplace(space + "::" + match[1].str(), file);
      EXPECT_TRUE(is_new) << at->first << " is defined in " << at->second << " and in " << file;
    }
  }
  EXPECT_GT(defined.size(), 200u);
}

TEST(ArchitectureTest, ListsTheLibrariesThatAreInstalled) {
  std::set<std::string> listed;
  for (const Dependency& dependency : Dependencies()) listed.insert(dependency.package);
  EXPECT_EQ(listed, InstalledLibraries());
}

// Angle-bracket includes that are no standard header of C++ and none of the system or the compiler.
bool IsForeign(const std::string& header) {
  static const std::set<std::string> kSystem = {
      "arpa/inet.h",  "dirent.h",    "errno.h",    "fcntl.h", "malloc.h", "netdb.h",
      "netinet/in.h", "poll.h",      "pthread.h",  "sched.h", "signal.h", "stdint.h",
      "stdlib.h",     "string.h",    "termios.h",  "time.h",  "unistd.h", "locale.h",
      "sysexits.h",   "immintrin.h", "emmintrin.h"};
  return header.find('.') != std::string::npos && !header.starts_with("sys/") &&
         !header.starts_with("linux/") && !kSystem.contains(header);
}

TEST(ArchitectureTest, TouchesLibrariesOnlyWhereThePageSays) {
  const std::vector<Dependency> dependencies = Dependencies();
  ASSERT_FALSE(dependencies.empty());
  const std::regex include(R"(^\s*#include <([^>]+)>)");
  for (const std::string& file : Files({"src", "tests", "fuzz", "bench"})) {
    if (!IsSource(file)) continue;
    for (const std::string& line : ReadLines(file)) {
      std::smatch match;
      if (!std::regex_search(line, match, include) || !IsForeign(match[1])) continue;
      const std::string header = match[1];
      const auto dependency =
          std::find_if(dependencies.begin(), dependencies.end(), [&](const Dependency& d) {
            return std::any_of(d.headers.begin(), d.headers.end(),
                               [&](const std::string& h) { return header.starts_with(h); });
          });
      ASSERT_NE(dependency, dependencies.end())
          << file << ": <" << header << "> is not in the table of dependencies";
      const std::vector<std::string>& allowed = dependency->touched_by;
      EXPECT_TRUE(allowed.empty() ||
                  std::any_of(allowed.begin(), allowed.end(),
                              [&](const std::string& a) { return file.starts_with(a); }))
          << file << " touches " << dependency->package << ", which only "
          << ::testing::PrintToString(allowed) << " may";
    }
  }
}

TEST(ArchitectureTest, NamesFilesThatExist) {
  const std::regex path(R"((src|tests|content|cmake|docs|fuzz|bench|web)/[\w./-]*)");
  for (const std::string page : {"docs/architecture.md", "README.md", "CONTRIBUTING.md"}) {
    for (const std::string& quoted : Quoted(Read(page))) {
      if (!std::regex_match(quoted, path)) continue;
      const std::string name = quoted.ends_with("/") ? quoted.substr(0, quoted.size() - 1) : quoted;
      EXPECT_TRUE(Exists(name)) << page << " names " << quoted;
    }
  }
}

}  // namespace
}  // namespace vedette::tree
