#include "simulate/story.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "simulate/story_player.h"
#include "simulate/story_texts.h"

namespace vedette::simulate {
namespace {

// Ids of all rules in content/rules.
std::set<std::string> RuleIds() {
  std::set<std::string> ids;
  const std::regex id(R"(^  - id: (\S+))");
  const std::filesystem::path root = std::filesystem::path(VEDETTE_SOURCE_DIR) / "content/rules";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream in(entry.path());
    std::smatch match;
    for (std::string line; std::getline(in, line);) {
      if (std::regex_search(line, match, id)) ids.insert(match[1]);
    }
  }
  return ids;
}

TEST(StoryTest, ExpectsRulesThatExist) {
  const std::set<std::string> known = RuleIds();
  ASSERT_GT(known.size(), 100u);
  for (const Story& story : Stories()) {
    for (const Step& step : story.steps) {
      std::istringstream expected{std::string(step.expect)};
      for (std::string rule; expected >> rule;) {
        EXPECT_TRUE(known.contains(rule)) << story.id << ": " << rule;
      }
    }
  }
}

TEST(StoryTest, HaveDistinctIdsAndSay) {
  std::set<std::string_view> ids;
  for (const Story& story : Stories()) {
    EXPECT_TRUE(ids.insert(story.id).second) << story.id;
    EXPECT_FALSE(story.title.empty() || story.about.empty() || story.use_case.empty()) << story.id;
    EXPECT_FALSE(story.steps.empty()) << story.id;
  }
}

class PlayedTest : public ::testing::Test {
 protected:
  static constexpr int64_t kFirstDay = 20'458;  // 2026-01-05
  const Organisation organisation_ = Organisation::Make({.users = 200, .seed = 6});
  const World world_ = World::Make(organisation_);
  const std::vector<Habits> habits_ = MakeHabits(organisation_, world_);
};

TEST_F(PlayedTest, PlaysEachStoryWithPeopleOfItsOwn) {
  const Playing playing = PlayStories(organisation_, world_, habits_, kFirstDay, 45);
  std::set<uint32_t> people;
  for (const PlayedStory& played : playing.stories) {
    EXPECT_EQ(played.skipped, "") << played.story->id;
    EXPECT_TRUE(people.insert(played.person).second) << played.story->id;
  }
}

TEST_F(PlayedTest, StaysWithinWorkingDays) {
  const Playing playing = PlayStories(organisation_, world_, habits_, kFirstDay, 45);
  for (const PlayedStory& played : playing.stories) {
    for (int64_t day : played.days) {
      EXPECT_FALSE(IsWeekend(day)) << played.story->id;
      EXPECT_GE(day, kFirstDay);
      EXPECT_LT(day, kFirstDay + 45);
    }
  }
}

TEST_F(PlayedTest, FillsInEveryMark) {
  const Playing playing = PlayStories(organisation_, world_, habits_, kFirstDay, 45);
  for (const Record& record : playing.records) {
    for (std::string_view text :
         {record.command, record.name, record.folder, record.old_name, record.old_folder,
          record.target, record.peer, record.text, record.device}) {
      // "${jndi:" is what the attacker writes.
      const size_t open = text.find('{');
      EXPECT_TRUE(open == std::string_view::npos || text.substr(0, 2) == "${") << text;
    }
  }
}

TEST_F(PlayedTest, SortsByTime) {
  const Playing playing = PlayStories(organisation_, world_, habits_, kFirstDay, 45);
  for (size_t i = 1; i < playing.records.size(); ++i) {
    EXPECT_LE(playing.records[i - 1].time, playing.records[i].time);
  }
}

TEST_F(PlayedTest, ChoosesWhatIsNewToWhom) {
  const StoryTexts texts = MakeStoryTexts(organisation_, world_, habits_, 12, Random(1));
  const auto own = [&](std::string_view address) {
    const Habit<Correspondent>& correspondents = habits_[12].correspondents;
    for (size_t i = 0; i < correspondents.size(); ++i) {
      if (correspondents[i].address.substr(correspondents[i].address.find('@')) ==
          address.substr(address.find('@'))) {
        return true;
      }
    }
    return false;
  };
  EXPECT_TRUE(own(FillIn("{partner}", texts)));
  EXPECT_FALSE(own(FillIn("{same_group}", texts)));
  EXPECT_FALSE(own(FillIn("{other_group}", texts)));
  EXPECT_FALSE(own(FillIn("{new_domain}", texts)));
  EXPECT_EQ(FillIn("a {user} b {user}", texts),
            "a " + organisation_.people[12].user + " b " + organisation_.people[12].user);
}

}  // namespace
}  // namespace vedette::simulate
