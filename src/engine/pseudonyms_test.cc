// Pseudonyms in everything that a run writes.
#include <filesystem>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/redact.h"
#include "core/siphash.h"
#include "engine/restart_world.h"
#include "store/pseudonyms.h"

namespace vedette {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(SipHash, TestVectorOfThePaper) {
  std::string input;
  for (char c = 0; c < 15; ++c) input.push_back(c);
  EXPECT_EQ(SipHash({0x0706050403020100, 0x0f0e0d0c0b0a0908}, input), 0xa129ca6149be45e5u);
}

TEST(ReplaceWord, TakesWordsAndLeavesPartsOfWords) {
  std::string text =
      "Ada met ada@corp.example at C:\\Users\\ADA\\x; Adamant, ada_2 and \xc3\xa9"
      "ada stay";
  EXPECT_TRUE(ReplaceWord(text, "ada", "X"));
  EXPECT_EQ(text,
            "X met X@corp.example at C:\\Users\\X\\x; Adamant, ada_2 and \xc3\xa9"
            "ada stay");
  EXPECT_FALSE(ReplaceWord(text, "bob", "X"));
  EXPECT_FALSE(ReplaceWord(text, "", "X"));
}

class PseudonymsTest : public ::testing::Test {
 protected:
  std::string KeyFile(const std::string& name, const std::string& key) {
    const std::string path = world_.Write(name, key);
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    return path;
  }
  RestartWorld world_;
};

TEST_F(PseudonymsTest, NobodyIsNamedAndTheSamePersonIsTheSame) {
  const std::string log =
      world_.Write("a.log", world_.Lines() + "not a line that anybody knows, of p7\n");
  RunOptions options = world_.Options({log}, "plain");
  ASSERT_TRUE(world_.Run(options).has_value());
  options = world_.Options({log}, "hidden");
  options.pseudonym_key = KeyFile("people.key", "0123456789abcdef0123456789abcdef");
  const auto report = world_.Run(options);
  ASSERT_TRUE(report.has_value()) << report.error().message;

  const std::string plain = world_.Output("plain/detections.ndjson");
  const std::string hidden = world_.Output("hidden/detections.ndjson");
  EXPECT_EQ(std::count(plain.begin(), plain.end(), '\n'),
            std::count(hidden.begin(), hidden.end(), '\n'));
  const std::regex person("\\bp[0-9]{1,2}\\b");
  EXPECT_TRUE(std::regex_search(plain, person));
  for (const char* file : {"detections.ndjson", "sessions.ndjson", "summary.json"}) {
    std::smatch found;
    const std::string text = world_.Output(std::string("hidden/") + file);
    EXPECT_FALSE(std::regex_search(text, found, person)) << file << ": " << found.str();
  }
  for (const Session& session : report->sessions) {
    if (session.entity_kind == EntityKind::kUser) {
      EXPECT_THAT(session.entity, ::testing::StartsWith("person-"));
    }
  }
  // The table knows, and only its owner may read it.
  const std::string table = options.pseudonym_key + ".names.csv";
  EXPECT_EQ(fs::status(table).permissions() & fs::perms::all,
            fs::perms::owner_read | fs::perms::owner_write);
  const std::string rows = world_.Output("people.key.names.csv");
  EXPECT_THAT(rows, HasSubstr(",\"p7\""));
  const std::string p7 = rows.substr(rows.find(",\"p7\"") - 23, 23);
  EXPECT_THAT(hidden, HasSubstr(p7));

  // Another run, the same pseudonyms; another key, others.
  options.out_folder = world_.Path("again");
  ASSERT_TRUE(world_.Run(options).has_value());
  EXPECT_TRUE(world_.Output("again/detections.ndjson") == hidden);
  options.out_folder = world_.Path("other");
  options.pseudonym_key = KeyFile("other.key", "another key, long enough to be one");
  ASSERT_TRUE(world_.Run(options).has_value());
  EXPECT_EQ(world_.Output("other/detections.ndjson").find(p7), std::string::npos);
}

TEST_F(PseudonymsTest, AKeyThatOthersMayReadOrThatIsShortIsRefused) {
  RunOptions options = world_.Options({world_.Write("a.log", world_.Lines(0, 10))}, "out");
  options.pseudonym_key = KeyFile("short.key", "short");
  EXPECT_EQ(world_.Run(options).error().code, "key-too-short");
  options.pseudonym_key = KeyFile("open.key", "0123456789abcdef0123456789abcdef");
  fs::permissions(options.pseudonym_key, fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(world_.Run(options).error().code, "key-not-private");
  options.pseudonym_key = world_.Path("no-such.key");
  EXPECT_EQ(world_.Run(options).error().code, "not-found");
}

}  // namespace
}  // namespace vedette
