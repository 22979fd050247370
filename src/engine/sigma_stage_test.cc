// Sigma rules in the engine: a made-up product, a handful of rules, and everything that happens to
// a match.
#include "engine/sigma_stage.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/runner.h"
#include "engine/state_forget.h"
#include "engine/temp_content.h"

namespace vedette {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

constexpr const char* kParser = R"(
id: acme-shell
vendor: Acme
product: Shell Guard
title: Processes
forms:
  - {format: json, match: {product: shell-guard}}
time: {from: when, formats: [iso8601]}
id_from: [uid]
fields: {user: who, host: box, process_name: exe}
events:
  - {type: process-created}
)";

constexpr const char* kSource = R"yaml(
sources:
  - id: acme-process
    about: Processes.
    vendor: Acme
    product: Shell Guard
    events: [process-created]
    when: "raw.kind = 'start'"
    log_sources: [{category: process_creation}]
    platform: "if(startsWith(raw.path, '/'), 'linux', 'windows')"
    platforms: [windows, linux]
    empty_is_absent: true
    fields: {Image: raw.path, CommandLine: raw.args, User: raw.who}
)yaml";

constexpr const char* kScoring = R"(
levels: {informational: 0, low: 4, medium: 8, high: 16, critical: 30}
no_level: 4
suppress: 10m
)";

constexpr const char* kSigmaRules = R"(
title: Downloads With Certutil
id: 11111111-0000-0000-0000-000000000001
name: certutil
author: Some One
license: DRL 1.1
references: [https://example.org/certutil]
tags: [attack.command-and-control, attack.t1105]
level: high
logsource: {category: process_creation, product: windows}
detection:
  tool: {Image|endswith: '\certutil.exe'}
  words: {CommandLine|contains: urlcache}
  condition: tool and words
---
title: Shell on Linux
id: 11111111-0000-0000-0000-000000000002
level: medium
logsource: {category: process_creation, product: linux}
detection: {s: {Image|endswith: /bash}, condition: s}
---
title: Needs the Parent
id: 11111111-0000-0000-0000-000000000003
level: medium
logsource: {category: process_creation, product: windows}
detection: {s: {ParentImage|endswith: x.exe}, condition: s}
---
title: Blind Exclusion
id: 11111111-0000-0000-0000-000000000004
level: low
logsource: {category: process_creation, product: windows}
detection:
  s: {Image|endswith: '\net.exe'}
  f: {ParentImage|endswith: '\svc.exe'}
  condition: s and not f
---
title: Security Log
id: 11111111-0000-0000-0000-000000000005
level: low
logsource: {product: windows, service: security}
detection: {s: {EventID: 4624}, condition: s}
---
title: Old One
id: 11111111-0000-0000-0000-000000000006
status: deprecated
logsource: {category: process_creation, product: windows}
detection: {s: {Image: x}, condition: s}
---
title: Net User
name: net_user
level: low
logsource: {category: process_creation, product: windows}
detection: {s: {Image|endswith: '\net1.exe'}, condition: s}
---
title: Several Machines Asked
id: 11111111-0000-0000-0000-000000000008
level: high
tags: [attack.discovery]
correlation:
  type: event_count
  rules: [net_user]
  group-by: [User]
  timespan: 10m
  condition: {gte: 3}
)";

class SigmaStageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    temp_.Write("parsers/acme/shell_guard/processes.yaml", kParser);
    temp_.Write("sigma/sources/acme.yaml", kSource);
    temp_.Write("sigma/scoring.yaml", kScoring);
  }

  void Load(const std::string& rules = kSigmaRules, const std::string& own = "",
            const std::string& context = "") {
    if (!own.empty()) temp_.Write("rules/own.yaml", own);
    ContentSet::Options options = temp_.options();
    options.sigma = {temp_.WriteFile("sigma/rules.yml", rules)};
    if (!context.empty()) {
      temp_.WriteFile("context/exclusions.yaml", context);
      options.context_folder = temp_.folder() + "/context";
    }
    content_ = ContentSet::Load(options, faults_);
    EXPECT_FALSE(faults_.has_errors()) << faults_.Render();
  }

  void Start(const std::string& time, const std::string& who, const std::string& path,
             const std::string& args = "", const std::string& kind = "start") {
    std::string escaped;
    for (const char c : path) escaped += c == '\\' ? std::string("\\\\") : std::string(1, c);
    log_ += fmt::format(
        "{{\"product\":\"shell-guard\",\"uid\":{},\"kind\":\"{}\",\"when\":\"{}Z\","
        "\"who\":"
        "\"{}\",\"box\":\"b1\",\"exe\":\"x\",\"path\":\"{}\",\"args\":\"{}\"}}\n",
        ++uid_, kind, time.size() > 8 ? time : "2026-02-01T" + time, who, escaped, args);
  }

  // Runs over what was started; detections as lines.
  std::vector<std::string> Run(unsigned threads = 1) {
    return RunFile("logs/a.ndjson", temp_.folder() + "/out", "", threads);
  }
  // The same as one of several runs over a state: what was started since the last, which are the
  // detections of all runs.
  std::vector<std::string> RunOn(const std::string& file) {
    auto all = RunFile(file, temp_.folder() + "/out", temp_.folder() + "/state", 1);
    log_.clear();
    return all;
  }
  std::vector<std::string> RunFile(const std::string& file, const std::string& out,
                                   const std::string& state, unsigned threads) {
    RunOptions options;
    options.inputs = {temp_.WriteFile(file, log_)};
    options.out_folder = out;
    options.state.folder = state;
    options.threads = threads;
    Diagnostics faults;
    EXPECT_TRUE(RunJob(*content_, options, faults).has_value());
    std::istringstream lines(ReadFile(options.out_folder + "/detections.ndjson"));
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    return all;
  }

  const SigmaRules::Status& StatusOf(const std::string& title) {
    const auto& rules = content_->sigma->collection().rules();
    for (size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].meta.title == title) return content_->sigma->statuses()[i];
    }
    ADD_FAILURE() << title;
    return content_->sigma->statuses()[0];
  }

  TempContent temp_;
  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  std::string log_;
  int uid_ = 0;
};

TEST_F(SigmaStageTest, AMatchIsADetectionWithItsReasonAuthorAndTechniques) {
  Load();
  Start("10:00:00", "ada", R"(C:\Windows\System32\CertUtil.exe)", "certutil -URLCACHE -f http://x");
  Start("10:01:00", "ada", R"(C:\Windows\System32\certutil.exe)", "certutil -dump");
  const auto detections = Run();
  ASSERT_EQ(detections.size(), 1u);
  for (
      const char* part :
      {R"("rule":"sigma:11111111-0000-0000-0000-000000000001")",
       R"("title":"Downloads With Certutil")", R"("level":"high","score":16,"verdict":"sigma")",
       R"("author":"Some One")", R"("license":"DRL 1.1")",
       R"("references":["https://example.org/certutil"])",
       R"("techniques":["T1105"],"tactics":["command-and-control"])",
       R"("entity":{"type":"user","id":"ada"})",
       R"(Downloads With Certutil: Image is 'C:\\Windows\\System32\\CertUtil.exe', CommandLine is 'certutil -URLCACHE -f http://x')",
       R"("identifier":"words","field":"CommandLine","modifiers":"contains","pattern":"urlcache")"}) {
    EXPECT_THAT(detections[0], HasSubstr(part));
  }
  EXPECT_THAT(ReadFile(temp_.folder() + "/out/sessions.ndjson"),
              HasSubstr(R"("rule":"sigma:11111111-0000-0000-0000-000000000001","author":"Some One")"
                        R"(,"license":"DRL 1.1")"));
}

TEST_F(SigmaStageTest, ThePlatformDecidesWhichRulesAreAsked) {
  Load();
  Start("10:00:00", "ada", "/usr/bin/bash");
  Start("10:01:00", "bob", R"(C:\x\bash)");
  Start("10:02:00", "cyd", "/usr/bin/bash", "", "end");  // `when` does not hold
  const auto detections = Run();
  ASSERT_EQ(detections.size(), 1u);
  EXPECT_THAT(detections[0], HasSubstr(R"("id":"ada")"));
}

TEST_F(SigmaStageTest, EveryRuleIsActiveDegradedOrInactiveWithTheReason) {
  Load();
  using State = sigma::RuleCoverage::State;
  EXPECT_EQ(StatusOf("Downloads With Certutil").state, State::kActive);
  EXPECT_EQ(StatusOf("Blind Exclusion").state, State::kDegraded);
  EXPECT_EQ(StatusOf("Needs the Parent").state, State::kInactive);
  EXPECT_THAT(StatusOf("Needs the Parent").why, HasSubstr("does not supply ParentImage"));
  EXPECT_THAT(StatusOf("Security Log").why, HasSubstr("no product supplies the log source"));
  EXPECT_THAT(StatusOf("Old One").why, HasSubstr("deprecated"));
  const std::string details = RenderSigmaDetails(*content_->sigma);
  EXPECT_THAT(details, HasSubstr("degraded"));
  EXPECT_THAT(details, HasSubstr("tests of ParentImage are blind"));
  EXPECT_THAT(details, Not(HasSubstr("Downloads With Certutil")));
  const std::string table = RenderSigmaTable(*content_->sigma);
  EXPECT_THAT(table, HasSubstr("acme-process/windows"));
  // Of seven rules three are active, one is degraded.
  EXPECT_THAT(table, ::testing::ContainsRegex("Acme Shell Guard +7 +3 +1 +3\n"));
}

TEST_F(SigmaStageTest, ARuleTellsOfOnePersonOnceInTheTimeOfSuppression) {
  Load();
  const auto download = [&](const std::string& time, const std::string& who) {
    Start(time, who, R"(C:\certutil.exe)", "urlcache");
  };
  download("10:00:00", "ada");
  download("10:09:59", "ada");
  download("10:09:59", "bob");
  download("10:10:00", "ada");
  EXPECT_EQ(Run().size(), 3u);
}

TEST_F(SigmaStageTest, OwnRulesMayYieldToSigmaRulesAndExclusionsCoverThem) {
  const std::string own = R"(
behaviour: own
about: x
rules:
  - {id: OWN, title: t, description: d, verdict: fact, events: [process-created], score: 5, reason: r, unless: ['sigma:11111111-0000-0000-0000-000000000001']}
)";
  Load(kSigmaRules, own, R"(
exclusions:
  - {id: bob-may, when: "user = 'bob'", rules: ['sigma:11111111-0000-0000-0000-000000000001'], about: x}
)");
  Start("10:00:00", "ada", R"(C:\certutil.exe)", "urlcache");
  Start("10:00:01", "bob", R"(C:\certutil.exe)", "urlcache");
  const auto detections = Run();
  ASSERT_EQ(detections.size(), 2u);
  EXPECT_THAT(detections[0], HasSubstr(R"("rule":"sigma:11111111)"));
  EXPECT_THAT(detections[1], HasSubstr(R"("rule":"OWN")"));  // bob's match is excluded
}

TEST_F(SigmaStageTest, CorrelationsFireWithTheirGroupAndHideTheirRules) {
  Load();
  for (const char* time : {"10:00:00", "10:04:00", "10:08:00"}) {
    Start(time, "ada", R"(C:\net1.exe)");
  }
  Start("10:08:30", "bob", R"(C:\net1.exe)");
  Start("10:20:00", "ada", R"(C:\net1.exe)");
  const auto detections = Run();
  ASSERT_EQ(detections.size(), 1u);
  EXPECT_THAT(detections[0], HasSubstr(R"("rule":"sigma:11111111-0000-0000-0000-000000000008")"));
  EXPECT_THAT(detections[0], HasSubstr("2026-02-01T10:08:00"));
  EXPECT_THAT(detections[0], HasSubstr("Several Machines Asked: 3 matches within 10m, User=ada"));
  EXPECT_THAT(detections[0], HasSubstr(R"("matches":3)"));
}

TEST_F(SigmaStageTest, SuppressionOfACorrelationIsByItsGroup) {
  Load();
  for (const char* who : {"ada", "bob", "cyd"}) {
    for (int second = 0; second < 4; ++second)
      Start(fmt::format("10:00:0{}", second), who, R"(C:\net1.exe)");
  }
  EXPECT_EQ(Run().size(), 3u);  // the third of each; the fourth falls into the ten minutes
}

// A window that is open when a run ends is open when the next one begins.
TEST_F(SigmaStageTest, CorrelationsGoOnWhereAnEarlierRunLeftThem) {
  Load();
  const auto run = [&](const std::string& file) {
    RunOptions options;
    options.inputs = {temp_.WriteFile(file, log_)};
    options.out_folder = temp_.folder() + "/out";
    options.state.folder = temp_.folder() + "/state";
    Diagnostics faults;
    const auto report = RunJob(*content_, options, faults);
    EXPECT_TRUE(report.has_value());
    log_.clear();
    return report.has_value() ? report->detections : 0;
  };
  Start("10:00:00", "ada", R"(C:\net1.exe)");
  Start("10:04:00", "ada", R"(C:\net1.exe)");
  EXPECT_EQ(run("logs/1.ndjson"), 0u);
  Start("10:08:00", "ada", R"(C:\net1.exe)");
  EXPECT_EQ(run("logs/2.ndjson"), 1u);
  Start("10:30:00", "ada", R"(C:\net1.exe)");
  EXPECT_EQ(run("logs/3.ndjson"), 0u);
}

TEST_F(SigmaStageTest, GenerateTellsTheMatchesTooAndAliasesJoinFieldsOfDifferentNames) {
  Load(R"(
title: Net User
name: net_user
level: low
logsource: {category: process_creation, product: windows}
detection: {s: {Image|endswith: '\net1.exe'}, condition: s}
---
title: Shell
name: shell
level: low
logsource: {category: process_creation, product: linux}
detection: {s: {Image|endswith: /bash}, condition: s}
---
title: One Name Here and There
level: high
generate: true
correlation:
  type: temporal
  rules: [net_user, shell]
  aliases: {name: {net_user: User, shell: CommandLine}}
  group-by: [name]
  timespan: 10m
)");
  Start("10:00:00", "ada", R"(C:\net1.exe)");
  Start("10:01:00", "bob", "/bin/bash", "eve");
  Start("10:02:00", "bob", "/bin/bash", "ada");
  std::string titles;
  for (const std::string& line : Run()) {
    const size_t from = line.find("\"title\":") + 8;
    titles += line.substr(from, line.find(',', from) - from);
  }
  // Bob's second shell falls under the suppression.
  EXPECT_EQ(titles, R"("Net User""Shell""One Name Here and There")");
}

constexpr const char* kBackup = R"(
title: Backup Ran
name: backup_ran
logsource: {category: process_creation, product: windows}
detection: {s: {Image|endswith: '\backup.exe'}, condition: s}
---
title: Backup Stopped
id: 11111111-0000-0000-0000-00000000000b
author: Some One
level: high
correlation:
  type: absent
  rules: [backup_ran]
  group-by: [User]
  timespan: 1h
  condition: {lt: 1}
)";
constexpr const char* kBackupTool = R"(C:\backup.exe)";
constexpr const char* kOther = R"(C:\other.exe)";

TEST_F(SigmaStageTest, AnAbsenceIsADetectionAtTheMomentAtWhichItIsCertain) {
  Load(kBackup);
  EXPECT_EQ(faults_.Render(), "");
  Start("10:00:00", "ada", kBackupTool);
  Start("10:50:00", "ada", kBackupTool);
  Start("11:50:00", "bob", kOther);  // a match at this time would have been in time
  Start("11:50:01", "bob", kOther);
  Start("13:00:00", "bob", kOther);
  const auto detections = Run();
  ASSERT_EQ(detections.size(), 1u);
  for (const char* part :
       {R"("rule":"sigma:11111111-0000-0000-0000-00000000000b")", R"("author":"Some One")",
        R"("time":"2026-02-01T11:50:00Z")", R"("entity":{"type":"user","id":"ada"})",
        "Backup Stopped: no match for 1h since 2026-02-01T10:50:00Z, User=ada",
        R"("correlation":"absent")", R"(logs/a.ndjson)"}) {
    EXPECT_THAT(detections[0], HasSubstr(part));
  }
}

TEST_F(SigmaStageTest, ThereIsNoAbsenceWhileMatchesComeNorBeyondTheEndOfTheInput) {
  Load(kBackup);
  for (int hour = 1; hour < 9; ++hour) Start(fmt::format("0{}:00:00", hour), "ada", kBackupTool);
  Start("09:00:00", "bob", kOther);
  EXPECT_EQ(Run().size(), 0u);
}

// Ada falls silent in the night, and the next that is heard comes three days later.
TEST_F(SigmaStageTest, AnAbsenceBelongsToItsDay) {
  Load(kBackup);
  Start("2026-02-01T22:30:00", "ada", kBackupTool);
  Start("2026-02-01T23:30:00", "bob", kBackupTool);
  Start("2026-02-04T08:00:00", "cyd", kOther);
  const auto detections = Run();
  ASSERT_EQ(detections.size(), 2u);
  EXPECT_THAT(detections[0], HasSubstr(R"("time":"2026-02-01T23:30:00Z")"));
  EXPECT_THAT(detections[0], HasSubstr(R"("id":"ada")"));
  EXPECT_THAT(detections[1], HasSubstr(R"("time":"2026-02-02T00:30:00Z")"));
  EXPECT_THAT(detections[1], HasSubstr(R"("id":"bob")"));
  const std::string sessions = ReadFile(temp_.folder() + "/out/sessions.ndjson");
  EXPECT_THAT(sessions, HasSubstr("2026-02-01"));
  EXPECT_THAT(sessions, HasSubstr("2026-02-02"));
  EXPECT_THAT(sessions, Not(HasSubstr("2026-02-04")));
}

TEST_F(SigmaStageTest, AnAbsenceGoesOnWhereAnEarlierRunLeftIt) {
  Load(kBackup);
  Start("10:00:00", "ada", kBackupTool);
  Start("10:20:00", "bob", kBackupTool);
  EXPECT_EQ(RunOn("logs/1.ndjson").size(), 0u);
  Start("11:10:00", "bob", kBackupTool);
  auto detections = RunOn("logs/2.ndjson");
  ASSERT_EQ(detections.size(), 1u);
  EXPECT_THAT(detections[0], HasSubstr(R"("time":"2026-02-01T11:00:00Z")"));
  EXPECT_THAT(detections[0], HasSubstr(R"("id":"ada")"));
  EXPECT_THAT(detections[0], Not(HasSubstr("2.ndjson")));  // the last backup is in another file
  // A backup that comes late counts when it comes: at 11:10, the last time that was heard of.
  Start("11:09:00", "ada", kBackupTool);
  Start("12:10:00", "cyd", kOther);
  EXPECT_EQ(RunOn("logs/3.ndjson").size(), 1u);
  Start("12:10:01", "cyd", kOther);
  detections = RunOn("logs/4.ndjson");
  ASSERT_THAT(detections, ::testing::SizeIs(3));
  EXPECT_THAT(detections[1] + detections[2], HasSubstr(R"("id":"ada")"));
  EXPECT_THAT(detections[1] + detections[2], HasSubstr(R"("id":"bob")"));
  EXPECT_THAT(detections[2], HasSubstr(R"("time":"2026-02-01T12:10:00Z")"));
}

TEST_F(SigmaStageTest, AbsencesDependOnNoThreadAndNoOrderOfLines) {
  Load(kBackup);
  for (int i = 0; i < 600; ++i) {
    Start(fmt::format("2026-02-{:02}T{:02}:{:02}:00", 1 + i / 200, i / 60 % 24, i % 60),
          fmt::format("u{}", i * i % 11), i % 3 == 0 ? kBackupTool : kOther);
  }
  const auto one = Run(1);
  EXPECT_EQ(one.size(), 12u);  // six people in two nights
  EXPECT_EQ(Run(2), one);
  EXPECT_EQ(Run(8), one);
}

TEST_F(SigmaStageTest, AForgottenPersonLeavesTheWindowsOfCorrelations) {
  Load();
  Start("10:00:00", "Adalovelace", R"(C:\net1.exe)");
  RunOptions options;
  options.inputs = {temp_.WriteFile("logs/1.ndjson", log_)};
  options.out_folder = temp_.folder() + "/out";
  options.state.folder = temp_.folder() + "/state";
  ASSERT_TRUE(RunJob(*content_, options, faults_).has_value());
  const auto report = ForgetEntity(options.state.folder, *content_, "adalovelace");
  ASSERT_TRUE(report.has_value()) << report.error().ToString();
  EXPECT_THAT(report->removed, ::testing::Contains(::testing::Pair("windows of correlations", 1u)));
}

TEST_F(SigmaStageTest, ThreadsDoNotMatter) {
  Load();
  for (int i = 0; i < 600; ++i) {
    Start(fmt::format("{:02}:{:02}:00", 1 + i / 60, i % 60), fmt::format("u{}", i % 7),
          i % 3 == 0 ? R"(C:\certutil.exe)" : R"(C:\net1.exe)", "urlcache");
  }
  const auto one = Run(1);
  EXPECT_GT(one.size(), 10u);
  EXPECT_EQ(Run(2), one);
  EXPECT_EQ(Run(8), one);
}

TEST_F(SigmaStageTest, PlaceholdersAreBoundToContextLists) {
  temp_.Write("context/bad_tools.yaml", R"(
name: bad_tools
about: x
source: y
kind: list
match: lower
values: ['*\evil.exe', 'c:\tool.exe']
)");
  Load(R"(
title: Known Tool
id: 11111111-0000-0000-0000-00000000000a
level: high
logsource: {category: process_creation, product: windows}
detection: {s: {Image|expand: '%bad_tools%'}, condition: s}
)");
  Start("10:00:00", "ada", R"(D:\a\EVIL.exe)");
  Start("10:00:01", "bob", R"(C:\tool.exe)");
  Start("10:00:02", "cyd", R"(C:\a\tool.exe)");
  EXPECT_EQ(Run().size(), 2u);
}

TEST_F(SigmaStageTest, AKeywordIsSoughtInFieldsThatNoRuleNames) {
  Load(R"(
title: A Word
id: 11111111-0000-0000-0000-00000000000c
level: high
logsource: {product: windows}
detection: {words: [sekurlsa], condition: words}
)");
  Start("10:00:00", "ada", R"(C:\a.exe)", "privilege::debug SEKURLSA::logonpasswords");
  Start("10:00:01", "bob", R"(C:\a.exe)", "kind product box");
  const auto detections = Run();
  ASSERT_EQ(detections.size(), 1u);
  EXPECT_THAT(detections[0], HasSubstr(R"("id":"ada")"));
  EXPECT_THAT(detections[0], HasSubstr("a value is 'privilege::debug SEKURLSA::logonpasswords'"));
}

TEST_F(SigmaStageTest, FaultsOfOneRuleLeaveTheOthers) {
  ContentSet::Options options = temp_.options();
  options.sigma = {temp_.WriteFile("sigma/rules.yml", std::string(kSigmaRules) + R"(
---
title: Broken
logsource: {category: process_creation}
detection: {s: {Image|endswiht: x}, condition: s}
)")};
  content_ = ContentSet::Load(options, faults_);
  EXPECT_TRUE(faults_.has_errors());
  EXPECT_THAT(faults_.Render(), HasSubstr("endswiht"));
  EXPECT_THAT(RenderSigmaDetails(*content_->sigma), HasSubstr("refused"));
  Start("10:00:00", "ada", R"(C:\certutil.exe)", "urlcache");
  EXPECT_EQ(Run().size(), 1u);
}

TEST(Excerpt, ShowsTheMatchAndKeepsCharactersWhole) {
  EXPECT_EQ(Excerpt("short", "x", 10), "short");
  EXPECT_EQ(Excerpt("0123456789abcdef", {}, 4), "0123…");
  const std::string middle =
      Excerpt(std::string(50, 'a') + "NEEDLE" + std::string(50, 'b'), "needle", 20);
  EXPECT_THAT(middle, HasSubstr("NEEDLE"));
  EXPECT_EQ(middle.substr(0, 3), "…");
  const std::string umlauts = Excerpt("ääääääää", {}, 5);
  EXPECT_EQ(umlauts, "ää…");
}

}  // namespace
}  // namespace vedette
