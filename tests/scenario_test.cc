// The whole way at once: a simulated organisation with all its stories goes through the binary, and
// what comes out is compared with what the stories say should come out.
#include <sys/wait.h>
#include <algorithm>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json.h"
#include "tree.h"

namespace vedette::tree {
namespace {

namespace fs = std::filesystem;

int Vedette(const std::string& arguments) {
  const std::string command = std::string(VEDETTE_BINARY) + " " + arguments + " >/dev/null 2>&1";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<Json> ReadJsonLines(const fs::path& file) {
  std::vector<Json> values;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) values.push_back(Json::Read(line));
  return values;
}

Json ReadJson(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return Json::Read(text.str());
}

// One organisation, simulated and judged.
struct Outcome {
  fs::path folder;
  Json labels, summary;
  std::vector<Json> detections, sessions;

  static Outcome Of(const std::string& name, const std::string& options,
                    const std::string& run_options = "") {
    Outcome outcome;
    outcome.folder = fs::path(VEDETTE_SCENARIOS) / name;
    fs::remove_all(outcome.folder);
    const std::string in = outcome.folder.string();
    EXPECT_EQ(Vedette("simulate " + options + " --out " + in), 0);
    EXPECT_EQ(Vedette("run --content " + (Root() / "content").string() + " --context " + in +
                      "/context --countries " + in + "/context/countries.mmdb --threads 2 " +
                      run_options + " --out " + in + "/results " + in + "/logs"),
              0);
    outcome.labels = ReadJson(outcome.folder / "labels.json");
    outcome.summary = ReadJson(outcome.folder / "results/summary.json");
    outcome.detections = ReadJsonLines(outcome.folder / "results/detections.ndjson");
    outcome.sessions = ReadJsonLines(outcome.folder / "results/sessions.ndjson");
    return outcome;
  }
};

// Rules that fired on each line that a label names, by label (story, event).
using Fired = std::map<std::pair<size_t, size_t>, std::set<std::string>>;

Fired FindFired(const Outcome& outcome) {
  // Labels by file, then detections by file and offset.
  std::map<std::string, std::vector<std::tuple<size_t, size_t, const Json*>>> by_file;
  for (size_t s = 0; s < outcome.labels["stories"].list.size(); ++s) {
    const std::vector<Json>& events = outcome.labels["stories"].list[s]["events"].list;
    for (size_t e = 0; e < events.size(); ++e)
      by_file[events[e]["file"].text].emplace_back(s, e, &events[e]);
  }
  std::map<std::pair<std::string, int64_t>, std::set<std::string>> rules;
  for (const Json& detection : outcome.detections) {
    const std::string file =
        fs::relative(detection["position"]["source"].text, outcome.folder).generic_string();
    rules[{file, detection["position"]["offset"].integer()}].insert(detection["rule"].text);
  }
  Fired fired;
  for (const auto& [file, labels] : by_file) {
    std::ifstream in(outcome.folder / file);
    int64_t offset = 0;
    for (std::string line; std::getline(in, line);
         offset += static_cast<int64_t>(line.size()) + 1) {
      const auto found = rules.find({file, offset});
      if (found == rules.end()) continue;
      for (const auto& [story, event, label] : labels) {
        bool all = true;
        for (const Json& text : (*label)["contains"].list)
          all = all && line.find(text.text) != std::string::npos;
        if (all) fired[{story, event}].insert(found->second.begin(), found->second.end());
      }
    }
  }
  return fired;
}

class ScenarioTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    outcome_ = new Outcome(Outcome::Of("wide", "--users 200 --days 45 --seed 7"));
    fired_ = new Fired(FindFired(*outcome_));
  }
  static void TearDownTestSuite() {
    fs::remove_all(outcome_->folder);
    delete fired_;
    delete outcome_;
  }

  static const std::vector<Json>& Stories() { return outcome_->labels["stories"].list; }
  static const Json& Story(std::string_view id) {
    for (const Json& story : Stories()) {
      if (story["id"].text == id) return story;
    }
    static const Json kNone;
    return kNone;
  }
  static std::string Lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    return text;
  }
  // People and machines that a story speaks of.
  static std::set<std::string> Involved(bool malicious) {
    std::set<std::string> involved;
    for (const Json& story : Stories()) {
      if (story["malicious"].truth != malicious) continue;
      involved.insert(story["user"].text);
      involved.insert(Lower(story["host"].text));
      for (const Json& event : story["events"].list) involved.insert(Lower(event["host"].text));
    }
    return involved;
  }

  static Outcome* outcome_;
  static Fired* fired_;
};

Outcome* ScenarioTest::outcome_ = nullptr;
Fired* ScenarioTest::fired_ = nullptr;

TEST_F(ScenarioTest, AccountsForEveryLine) {
  const Json& accounting = outcome_->summary["accounting"];
  EXPECT_TRUE(accounting["balanced"].truth);
  const Json& buckets = accounting["buckets"];
  EXPECT_EQ(buckets["unmatched"].integer(), 0);
  EXPECT_EQ(buckets["malformed"].integer(), 0);
  EXPECT_EQ(buckets["parsed"].integer() + buckets["dropped"].integer(),
            accounting["lines"].integer());
  EXPECT_GT(buckets["parsed"].integer(), 500'000);
}

TEST_F(ScenarioTest, FiresWhatEachStepShouldFire) {
  ASSERT_GE(Stories().size(), 20u);
  for (size_t s = 0; s < Stories().size(); ++s) {
    const std::vector<Json>& events = Stories()[s]["events"].list;
    std::map<int64_t, std::set<std::string>> expected, seen;
    for (size_t e = 0; e < events.size(); ++e) {
      const int64_t step = events[e]["step"].integer();
      for (const Json& rule : events[e]["expect"].list) expected[step].insert(rule.text);
      const auto found = fired_->find({s, e});
      if (found != fired_->end()) seen[step].insert(found->second.begin(), found->second.end());
    }
    for (const auto& [step, rules] : expected) {
      for (const std::string& rule : rules) {
        EXPECT_TRUE(seen[step].contains(rule))
            << Stories()[s]["id"].text << ", step " << step << ": " << rule << " did not fire; "
            << ::testing::PrintToString(seen[step]) << " did";
      }
    }
  }
}

// Ids of all rules of the content.
std::set<std::string> AllRules() {
  std::set<std::string> rules;
  const std::regex id(R"(^  - id: (\S+))");
  for (const std::string& file : Files({"content/rules"})) {
    if (!file.ends_with(".yaml") || file.ends_with(".test.yaml")) continue;
    bool in_rules = false;
    for (const std::string& line : ReadLines(file)) {
      if (!line.empty() && line[0] != ' ') in_rules = line.starts_with("rules:");
      std::smatch match;
      if (in_rules && std::regex_search(line, match, id)) rules.insert(match[1]);
    }
  }
  return rules;
}

TEST_F(ScenarioTest, FiresEveryRuleInAStory) {
  // Rules that no story can be made to fire for certain, and why.
  const std::map<std::string, std::string> kElsewhere = {
      {"EM-UFEXT-A",
       "rare for a person but usual for the department: happens by itself in the background"},
      {"EM-Ucountry-A",
       "rare for a person but usual for the department: happens by itself in the background"},
      {"A-NET-ZCountry-Inbound-A",
       "rare for a zone but usual for all: happens by itself in the background"},
      {"A-NET-ZCountry-Outbound-A",
       "rare for a zone but usual for all: happens by itself in the background"},
      {"A-NET-HCountry-Outbound-F",
       "new to a machine but known to its zone: happens by itself in the background"},
      {"A-NET-HCountry-Outbound-A",
       "rare for a machine but usual for all: happens by itself in the background"},
  };
  const std::map<std::string, std::string> kNowhere = {
      {"A-NET-ZdH-Inbound-A",
       "the machine would have to take a tenth of all inbound connections, in another zone"},
      {"A-NET-TI-H-Inbound", "no product names the host at the far end of an inbound connection"},
  };
  std::set<std::string> in_story, anywhere;
  for (const auto& [label, rules] : *fired_) in_story.insert(rules.begin(), rules.end());
  for (const Json& detection : outcome_->detections) anywhere.insert(detection["rule"].text);
  for (const std::string& rule : AllRules()) {
    if (kNowhere.contains(rule)) continue;
    if (kElsewhere.contains(rule)) {
      EXPECT_TRUE(anywhere.contains(rule)) << rule << " fired nowhere";
    } else {
      EXPECT_TRUE(in_story.contains(rule))
          << rule << " fired in no story" << (anywhere.contains(rule) ? ", but elsewhere" : "");
    }
  }
}

TEST_F(ScenarioTest, MakesTheTwoLeadingStoriesStandOut) {
  std::vector<std::pair<double, std::string>> best;
  std::map<std::string, double> best_of;
  for (const Json& session : outcome_->sessions) {
    if (session["entity"]["type"].text != "user") continue;
    double& score = best_of[session["entity"]["id"].text];
    score = std::max(score, session["score"].number);
  }
  for (const auto& [user, score] : best_of) best.emplace_back(score, user);
  std::sort(best.rbegin(), best.rend());
  best.resize(std::min<size_t>(best.size(), 5));
  for (std::string_view id : {"insider-at-night", "slow-exfiltration"}) {
    const std::string user = Story(id)["user"].text;
    EXPECT_GE(best_of[user], 90) << id << ": " << user;
    EXPECT_TRUE(std::any_of(best.begin(), best.end(),
                            [&](const auto& entry) { return entry.second == user; }))
        << id << ": " << user << " is not among the five";
  }
}

TEST_F(ScenarioTest, LeavesTheLookAlikesAlone) {
  for (std::string_view id : {"stick-of-the-fair", "administrator-at-work"}) {
    ASSERT_FALSE(Story(id)["user"].text.empty()) << id;
    for (const Json& session : outcome_->sessions) {
      if (session["entity"]["id"].text != Story(id)["user"].text) continue;
      EXPECT_LT(session["score"].number, 30) << id << " on " << session["day"].text;
    }
  }
}

TEST_F(ScenarioTest, CallsNobodyElseNotable) {
  const std::set<std::string> involved = Involved(true);
  int elsewhere = 0;
  for (const Json& session : outcome_->sessions) {
    if (!session["notable"].truth || involved.contains(session["entity"]["id"].text)) continue;
    ++elsewhere;
    ADD_FAILURE() << session["entity"]["id"].text << " on " << session["day"].text << " with "
                  << session["score"].number;
  }
  const double per_thousand = elsewhere * 1000.0 / (200 * 45);
  RecordProperty("false_notable_sessions_per_1000_users_and_day", std::to_string(per_thousand));
}

// What an ordinary day looks like to the rules: printed, so that whoever tunes content sees it, and
// bounded, so that whoever does not notices.
TEST_F(ScenarioTest, TellsWhatFiresInTheBackground) {
  constexpr double kUserDays = 200 * 45;
  std::set<std::string> involved = Involved(true);
  involved.merge(Involved(false));
  std::map<std::string, std::pair<int, std::string>> rules;  // firings, a reason
  int firings = 0;
  for (const Json& detection : outcome_->detections) {
    if (involved.contains(detection["entity"]["id"].text)) continue;
    auto& [count, reason] = rules[detection["rule"].text];
    ++count;
    ++firings;
    if (reason.empty()) reason = detection["reason"].text;
  }
  int notable = 0;
  for (const Json& session : outcome_->sessions)
    notable += session["notable"].truth && !involved.contains(session["entity"]["id"].text);
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [rule, seen] : rules) order.emplace_back(seen.first, rule);
  std::sort(order.rbegin(), order.rend());
  std::printf("background, per 1,000 users and day: %.2f notable sessions, %.0f detections\n",
              notable * 1000 / kUserDays, firings * 1000 / kUserDays);
  for (const auto& [count, rule] : order)
    std::printf("%8.1f  %-28s %s\n", count * 1000 / kUserDays, rule.c_str(),
                rules[rule].second.c_str());
  EXPECT_LE(notable * 1000 / kUserDays, 1.0);
  EXPECT_LE(firings / kUserDays, 1.0);
}

// A Sigma folder beside the behaviours: an intruder who asks who they are, opens the firewall and
// asks for tickets is found by both, in one session, and stands first.
class SigmaScenarioTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    outcome_ = new Outcome(Outcome::Of("sigma", "--users 60 --days 45 --seed 7 --events-per-day 40",
                                       "--sigma " + (Root() / "tests/sigma").string()));
  }
  static void TearDownTestSuite() {
    fs::remove_all(outcome_->folder);
    delete outcome_;
  }

  // Detections of a session by whether a Sigma rule made them.
  struct Session {
    const Json* json = nullptr;
    std::set<std::string> sigma, own;
    double sigma_points = 0, own_points = 0;
  };
  static std::vector<Session> Mixed() {
    std::vector<Session> mixed;
    for (const Json& json : outcome_->sessions) {
      Session session{&json};
      for (const Json& d : json["detections"].list) {
        const bool is_sigma = d["rule"].text.starts_with("sigma:");
        (is_sigma ? session.sigma : session.own).insert(d["rule"].text);
        (is_sigma ? session.sigma_points : session.own_points) += d["points"].number;
      }
      if (!session.sigma.empty() && !session.own.empty()) mixed.push_back(std::move(session));
    }
    return mixed;
  }

  static Outcome* outcome_;
};

Outcome* SigmaScenarioTest::outcome_ = nullptr;

TEST_F(SigmaScenarioTest, MeetsBehaviourInOneSessionThatIsNotable) {
  const std::string prefix = "sigma:5f3b0d5e-6a0e-4d0b-9a3c-0d6b6b1c1a0";
  const std::vector<Session> mixed = Mixed();
  const auto thief = std::find_if(mixed.begin(), mixed.end(), [&](const Session& s) {
    return s.sigma.contains(prefix + "3");  // the ticket tool
  });
  ASSERT_NE(thief, mixed.end());
  EXPECT_TRUE(thief->sigma.contains(prefix + "2"));
  EXPECT_TRUE(thief->sigma.contains(prefix + "5")) << "the correlation";
  EXPECT_GE(thief->own.size(), 3u);
  EXPECT_GT(thief->sigma_points, 0);
  EXPECT_GT(thief->own_points, 0);
  EXPECT_TRUE((*thief->json)["notable"].truth);
}

TEST_F(SigmaScenarioTest, ExplainsEachMatchByFieldsAndNamesTheAuthor) {
  size_t matches = 0;
  for (const Json& d : outcome_->detections) {
    if (!d["rule"].text.starts_with("sigma:")) continue;
    ++matches;
    EXPECT_EQ(d["author"].text, "Vedette project");
    EXPECT_FALSE(d["evidence"]["matched"].list.empty()) << d["rule"].text;
    EXPECT_TRUE(d["reason"].text.starts_with(d["title"].text + ":")) << d["reason"].text;
    EXPECT_FALSE(d["entity"]["id"].text.empty());
  }
  EXPECT_GE(matches, 4u);
}

TEST_F(SigmaScenarioTest, ShowsTechniquesInTheEditionOfTheContent) {
  std::set<std::string> techniques;
  for (const Json& d : outcome_->detections) {
    if (!d["rule"].text.starts_with("sigma:")) continue;
    for (const Json& id : d["techniques"].list) techniques.insert(id.text);
  }
  EXPECT_TRUE(techniques.contains("T1562.004"));  // the rule says t1686.003
  EXPECT_FALSE(techniques.contains("T1686.003"));
}

TEST(DirtyScenarioTest, AccountsForEveryLineOfDirtyLogsToo) {
  const Outcome outcome =
      Outcome::Of("dirty", "--users 60 --days 21 --seed 3 --events-per-day 60 --dirt");
  const Json& accounting = outcome.summary["accounting"];
  EXPECT_TRUE(accounting["balanced"].truth);
  const Json& buckets = accounting["buckets"];
  EXPECT_GT(buckets["duplicate"].integer(), 100);
  EXPECT_GT(buckets["malformed"].integer() + buckets["unmatched"].integer(), 10);
  EXPECT_GT(buckets["parsed"].integer(), 50'000);
  fs::remove_all(outcome.folder);
}

}  // namespace
}  // namespace vedette::tree
