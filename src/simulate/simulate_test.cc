#include "simulate/simulate.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/simulated_disk.h"
#include "simulate/json_check_test.h"
#include "simulate/story.h"

namespace vedette::simulate {
namespace {

namespace fs = std::filesystem;

// A folder that is gone after the test.
class SimulateTest : public ::testing::Test {
 protected:
  fs::path Folder(std::string_view name) {
    const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ =
        fs::temp_directory_path() / fmt::format("vedette-simulate-{}-{}", test->name(), ::getpid());
    return root_ / name;
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  static SimulationOptions Small(fs::path folder) {
    SimulationOptions options;
    options.users = 40;
    options.days = 28;
    options.seed = 11;
    options.events_per_day = 40;
    options.folder = std::move(folder);
    return options;
  }

  // All files under a folder, by their relative path.
  static std::map<std::string, std::string> Read(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      files[fs::relative(entry.path(), folder).string()] = text.str();
    }
    return files;
  }

  static std::vector<std::string> Lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  fs::path root_;
};

TEST_F(SimulateTest, WritesTheSameBytesForTheSameArguments) {
  ASSERT_TRUE(Simulate(Small(Folder("a"))));
  ASSERT_TRUE(Simulate(Small(Folder("b"))));
  EXPECT_EQ(Read(Folder("a")), Read(Folder("b")));
}

TEST_F(SimulateTest, WritesOtherBytesForAnotherSeed) {
  SimulationOptions other = Small(Folder("b"));
  other.seed = 12;
  ASSERT_TRUE(Simulate(Small(Folder("a"))));
  ASSERT_TRUE(Simulate(other));
  EXPECT_NE(Read(Folder("a")), Read(Folder("b")));
}

TEST_F(SimulateTest, AddsDaysWithoutChangingEarlierOnes) {
  SimulationOptions shorter = Small(Folder("a"));
  shorter.stories = false;
  shorter.days = 14;
  SimulationOptions longer = shorter;
  longer.folder = Folder("b");
  longer.days = 28;
  ASSERT_TRUE(Simulate(shorter));
  ASSERT_TRUE(Simulate(longer));
  const std::map<std::string, std::string> more = Read(Folder("b") / "logs");
  for (const auto& [name, text] : Read(Folder("a") / "logs")) {
    if (name.find("-W02") != std::string::npos) {
      EXPECT_EQ(text, more.at(name)) << name;
    }
  }
}

TEST_F(SimulateTest, CountsWhatItWrites) {
  const Result<Summary> summary = Simulate(Small(Folder("a")));
  ASSERT_TRUE(summary);
  int64_t lines = 0, bytes = 0;
  for (const auto& [name, text] : Read(Folder("a") / "logs")) {
    lines += std::count(text.begin(), text.end(), '\n');
    bytes += static_cast<int64_t>(text.size());
  }
  EXPECT_EQ(summary->lines, lines);
  EXPECT_EQ(summary->bytes, bytes);
  EXPECT_EQ(summary->people, 40);
  EXPECT_GT(summary->machines, 40);
}

TEST_F(SimulateTest, WritesAboutAsManyEventsAsAsked) {
  SimulationOptions options = Small(Folder("a"));
  options.stories = false;
  options.users = 100;
  options.days = 5;  // Monday to Friday
  options.events_per_day = 90;
  const Result<Summary> summary = Simulate(options);
  ASSERT_TRUE(summary);
  EXPECT_GT(summary->lines, 100 * 5 * 60);
  EXPECT_LT(summary->lines, 100 * 5 * 120);
}

TEST_F(SimulateTest, WritesFilesOfAllProductsByWeek) {
  ASSERT_TRUE(Simulate(Small(Folder("a"))));
  std::set<std::string> folders;
  for (const auto& [name, text] : Read(Folder("a") / "logs")) {
    folders.insert(name.substr(0, name.find('/')));
    EXPECT_THAT(name, ::testing::MatchesRegex(".*/20[0-9][0-9]-W[0-9][0-9][.](ndjson|log)"));
  }
  EXPECT_THAT(folders, ::testing::ElementsAre("dtex_intercept", "microsoft_365_defender",
                                              "microsoft_defender_atp", "symantec_edr",
                                              "trend_micro_officescan"));
}

TEST_F(SimulateTest, WritesWellFormedRecords) {
  ASSERT_TRUE(Simulate(Small(Folder("a"))));
  for (const auto& [name, text] : Read(Folder("a") / "logs")) {
    for (const std::string& line : Lines(text)) {
      if (name.ends_with(".ndjson")) {
        EXPECT_TRUE(JsonCheck::IsValue(line)) << line;
      } else if (name.starts_with("symantec")) {
        EXPECT_TRUE(JsonCheck::IsValue(line.substr(line.find('{')))) << line;
      } else {
        const size_t cef = line.find("CEF:0|");
        ASSERT_NE(cef, std::string::npos) << line;
        EXPECT_GE(std::count(line.begin() + static_cast<std::ptrdiff_t>(cef), line.end(), '|'), 7)
            << line;
      }
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST_F(SimulateTest, KeepsTheOrderOfEventsInAFile) {
  ASSERT_TRUE(Simulate(Small(Folder("a"))));
  for (const auto& [name, text] : Read(Folder("a") / "logs")) {
    if (!name.starts_with("dtex")) continue;
    std::string before;
    for (const std::string& line : Lines(text)) {
      const std::string start = line.substr(line.find("start=") + 6, 13);
      EXPECT_LE(before, start);
      before = start;
    }
  }
}

// The labels of a run: pairs of file and the texts that mark a line.
struct LabelText {
  std::string file;
  std::vector<std::string> contains;
};

std::string Unescaped(std::string_view json) {
  std::string text;
  for (size_t i = 0; i < json.size(); ++i) text += json[i] == '\\' ? json[++i] : json[i];
  return text;
}

// Reads what one line of labels.json says of one event.
LabelText ReadLabel(const std::string& line) {
  LabelText label;
  const auto after = [&](std::string_view mark, size_t from) {
    return line.find(mark, from) + mark.size();
  };
  const size_t file = after("\"file\":\"", 0);
  label.file = line.substr(file, line.find('"', file) - file);
  size_t at = after("\"contains\":[", 0);
  while (line[at] == '"' || line[at] == ',') {
    if (line[at] == ',') ++at;
    size_t end = at + 1;
    while (line[end] != '"') end += line[end] == '\\' ? 2 : 1;
    label.contains.push_back(Unescaped(line.substr(at + 1, end - at - 1)));
    at = end + 1;
  }
  return label;
}

TEST_F(SimulateTest, LabelsExactlyOneLineEach) {
  const Result<Summary> summary = Simulate(Small(Folder("a")));
  ASSERT_TRUE(summary);
  ASSERT_GT(summary->stories, 0);
  const std::map<std::string, std::string> files = Read(Folder("a"));
  EXPECT_TRUE(JsonCheck::IsValue(files.at("labels.json")));
  int labels = 0;
  for (const std::string& line : Lines(files.at("labels.json"))) {
    if (line.find("\"contains\":[") == std::string::npos) continue;
    ++labels;
    const LabelText label = ReadLabel(line);
    ASSERT_TRUE(files.contains(label.file)) << line;
    int found = 0;
    for (const std::string& raw : Lines(files.at(label.file))) {
      found +=
          std::all_of(label.contains.begin(), label.contains.end(),
                      [&](const std::string& text) { return raw.find(text) != std::string::npos; });
    }
    EXPECT_EQ(found, 1) << line;
  }
  EXPECT_EQ(labels, summary->labelled_lines);
}

TEST_F(SimulateTest, AddsStoriesWithoutTouchingTheBackground) {
  SimulationOptions quiet = Small(Folder("a"));
  quiet.stories = false;
  const Result<Summary> without = Simulate(quiet);
  const Result<Summary> with = Simulate(Small(Folder("b")));
  ASSERT_TRUE(without && with);
  EXPECT_EQ(without->lines + with->labelled_lines, with->lines);
  // DTEX numbers no records, so its lines stay the same to the byte.
  for (const auto& [name, text] : Read(Folder("a") / "logs" / "dtex_intercept")) {
    const std::vector<std::string> all =
        Lines(Read(Folder("b") / "logs" / "dtex_intercept").at(name));
    const std::set<std::string> among(all.begin(), all.end());
    for (const std::string& line : Lines(text)) ASSERT_TRUE(among.contains(line)) << line;
  }
}

TEST_F(SimulateTest, SoilsOnRequestOnly) {
  SimulationOptions dirty = Small(Folder("b"));
  dirty.dirty = true;
  const Result<Summary> clean_run = Simulate(Small(Folder("a")));
  const Result<Summary> dirty_run = Simulate(dirty);
  ASSERT_TRUE(clean_run && dirty_run);
  EXPECT_EQ(clean_run->dirt.duplicates, 0);
  EXPECT_GT(dirty_run->dirt.duplicates, 0);
  EXPECT_GT(dirty_run->dirt.out_of_order, 0);
  EXPECT_GT(dirty_run->dirt.late, 0);
  EXPECT_GT(dirty_run->dirt.broken, 0);
  EXPECT_EQ(dirty_run->lines, clean_run->lines + dirty_run->dirt.duplicates);
  int64_t lines = 0;
  for (const auto& [name, text] : Read(Folder("b") / "logs"))
    lines += std::count(text.begin(), text.end(), '\n');
  EXPECT_EQ(lines, dirty_run->lines);
}

TEST_F(SimulateTest, SoilsTheSameWayEachTime) {
  SimulationOptions options = Small(Folder("a"));
  options.dirty = true;
  ASSERT_TRUE(Simulate(options));
  options.folder = Folder("b");
  ASSERT_TRUE(Simulate(options));
  EXPECT_EQ(Read(Folder("a")), Read(Folder("b")));
}

TEST_F(SimulateTest, LeavesOutStoriesThatDoNotFit) {
  SimulationOptions options = Small(Folder("a"));
  options.days = 2;
  const Result<Summary> summary = Simulate(options);
  ASSERT_TRUE(summary);
  EXPECT_THAT(summary->skipped,
              ::testing::Contains(::testing::HasSubstr("slow-exfiltration: needs ")));
}

TEST_F(SimulateTest, SaysWhenItCannotWrite) {
  SimulationOptions options = Small("/dev/null/out");
  const Result<Summary> summary = Simulate(options);
  ASSERT_FALSE(summary);
  EXPECT_THAT(summary.error().message, ::testing::HasSubstr("/dev/null is a file, not a folder"));
}

TEST_F(SimulateTest, SaysWhenTheDiskIsFull) {
  SimulatedDisk disk(1);
  disk.SetCapacity(200'000);
  SimulationOptions options = Small("out");
  options.disk = &disk;
  const Result<Summary> summary = Simulate(options);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, "disk-full");
  EXPECT_THAT(summary.error().message, ::testing::StartsWith("cannot write out/logs/"));
}

TEST_F(SimulateTest, WritesTheDirectoryWithTheColumnsOfTheContext) {
  ASSERT_TRUE(Simulate(Small(Folder("a"))));
  const std::map<std::string, std::string> files = Read(Folder("a") / "context");
  EXPECT_THAT(
      files.at("users.csv"),
      ::testing::StartsWith(
          "user,email,department,title,manager,location,timezone,executive,personal_email,active"));
  EXPECT_THAT(files.at("assets.csv"), ::testing::StartsWith("host,ip,zone,owner,type\n"));
  EXPECT_THAT(files.at("zones.csv"), ::testing::StartsWith("zone,cidr\n"));
  EXPECT_EQ(files.at("company_domains.txt"), "halden.example\n");
  const std::vector<std::string> people = Lines(files.at("users.csv"));
  for (const std::string& line : people)
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 11) << line;
}

}  // namespace
}  // namespace vedette::simulate
