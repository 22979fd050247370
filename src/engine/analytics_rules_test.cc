// Rule documents of the six-type JSON form: each type is read, fires and stays quiet; each way in
// which published documents contradict each other is accepted, or refused with its place.
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/judge.h"
#include "engine/temp_content.h"
#include "enrich/enricher.h"
#include "event/batch.h"
#include "rule/analytics_rules.h"

namespace vedette {
namespace {

using ::testing::HasSubstr;
using Fields = std::map<std::string, std::string>;
using Ids = std::vector<std::string>;

// One rule; `rest` goes into the object, behind what every rule has.
std::string Rule(const std::string& id, const std::string& type, const std::string& events,
                 const std::string& rest) {
  return fmt::format(
      R"j({{"templateId": "{}", "name": "{} by name", "description": "What it sees.",
   "detectionReason": "{} on ${{trigger.value}}", "type": "{}", "applicableEvents": {},
   {}}})j",
      id, id, id, type, events, rest);
}

std::string Document(const std::string& rules) {
  return "{\"version\": \"1\", \"ruleDefinitions\": [\n" + rules + "\n]}";
}

constexpr const char* kWrites = R"j([{"activity_type": "file-write"}])j";
constexpr const char* kAlways = R"j("trainOnCondition": "true", "actOnCondition": "true")j";

std::string Profile(const std::string& id, const std::string& more = "") {
  return Rule(id, "profiledFeature", kWrites,
              std::string(R"j("scopeValue": "EntityId('type: User && direction: Source')",
   "featureValue": "file_ext", "anomalyThreshold": "90 days", )j") +
                  kAlways + more);
}

class AnalyticsRulesTest : public ::testing::Test {
 protected:
  AnalyticsRulesTest() {
    std::filesystem::copy(std::string(VEDETTE_SOURCE_DIR) + "/content/attack",
                          temp_.folder() + "/content/attack");
  }

  void Read(const std::string& document) {
    ContentSet::Options options = temp_.options();
    options.analytics_rules = {temp_.WriteFile("rules.json", document)};
    content_ = ContentSet::Load(options, faults_);
    enricher_.emplace(content_->library.schema, content_->tables, nullptr);
    judge_ =
        std::make_unique<Judge>(content_->library.schema, content_->rules,
                                content_->compiler.program(), content_->tables, Judge::Options{});
  }
  // Reads a document without faults.
  void Load(const std::string& rules) {
    Read(Document(rules));
    ASSERT_FALSE(faults_.has_errors()) << faults_.Render();
  }
  // Reads a document; what is wrong with it, and nothing runs of it.
  std::string Refused(const std::string& rules) {
    Read(Document(rules));
    EXPECT_TRUE(faults_.has_errors());
    EXPECT_TRUE(content_->rules.rules().empty());
    return faults_.Render();
  }

  std::vector<Detection> Detect(const std::string& type, const std::string& time,
                                const Fields& fields, const std::string& vendor = "Acme") {
    Batch batch;
    Event* event = batch.Add();
    Schema& schema = content_->library.schema;
    event->time = *ParseIso8601(time);
    event->type = schema.FindEventType(type)->id;
    event->product = schema.InternProduct(vendor, "Doors");
    event->id = Hasher(1).Add(++events_).Finish();
    for (const auto& [name, text] : fields) {
      const Schema::Field* field = schema.FindField(name);
      event->Set(batch.arena, field->id,
                 field->type == FieldType::kInteger ? Value::Int(std::stoll(text))
                                                    : Value::String(batch.arena.Copy(text)));
    }
    enricher_->Enrich(*event, batch.arena);
    std::vector<Detection> detections;
    judge_->Process(batch.events, detections);
    return detections;
  }
  Ids Send(const std::string& type, const std::string& time, const Fields& fields,
           const std::string& vendor = "Acme") {
    Ids ids;
    for (const Detection& d : Detect(type, time, fields, vendor))
      ids.push_back(content_->rules.rules()[d.rule].id);
    return ids;
  }
  // Thirty days of one mail of 1,000 bytes and one written document a day by ada and bob.
  void Train() {
    for (int day = 1; day <= 30; ++day) {
      for (const char* user : {"ada", "bob"}) {
        const std::string time = fmt::format("2026-01-{:02}T10:00:00Z", day);
        Send("file-write", time, {{"user", user}, {"file_ext", "docx"}, {"bytes", "1000"}});
        Send("dlp-email-alert-out", time,
             {{"user", user},
              {"department", "Finance"},
              {"bytes", "1000"},
              {"recipient", "a@b.example"}});
      }
    }
  }

  TempContent temp_;
  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  std::optional<Enricher> enricher_;
  std::unique_ptr<Judge> judge_;
  uint64_t events_ = 0;
};

TEST_F(AnalyticsRulesTest, AFactFiresAndIsSuppressed) {
  Load(Rule("Fact-Arc", "factFeature", kWrites,
            R"j("value": "true", "suppressThreshold": "2 minutes", "suppressScope": "user",
   "actOnCondition": "toLower(file_ext) = 'zip'", "useCases": ["Data Leak"], "severity": "High",
   "mitre": [{"techniqueKey": "T1560", "technique": "Archive Collected Data",
              "tactic": "Collection", "tacticKey": "TA0009"}])j"));
  const Fields zip = {{"user", "ada"}, {"file_ext", "ZIP"}};
  EXPECT_EQ(Send("file-write", "2026-02-01T10:00:00Z", zip), Ids{"Fact-Arc"});
  EXPECT_EQ(Send("file-write", "2026-02-01T10:01:59Z", zip), Ids{});
  EXPECT_EQ(Send("file-write", "2026-02-01T10:01:59Z", {{"user", "bob"}, {"file_ext", "zip"}}),
            Ids{"Fact-Arc"});
  EXPECT_EQ(Send("file-write", "2026-02-01T10:02:00Z", zip), Ids{"Fact-Arc"});
  EXPECT_EQ(Send("file-write", "2026-02-01T11:00:00Z", {{"user", "ada"}, {"file_ext", "txt"}}),
            Ids{});
  EXPECT_EQ(Send("file-read", "2026-02-01T12:00:00Z", zip), Ids{});
  const RuleSpec& rule = content_->rules.rules()[0];
  EXPECT_EQ(rule.techniques, Ids{"T1560"});
  EXPECT_EQ(rule.tactics, Ids{"collection"});
  EXPECT_EQ(rule.use_cases, Ids{"Data Leak"});
  EXPECT_EQ(rule.level, "high");
  EXPECT_EQ(rule.score_micro, 20'000'000);
}

TEST_F(AnalyticsRulesTest, AFactTellsByItsValueWhatFired) {
  Load(Rule("Fact-Val", "factFeature", kWrites,
            R"j("value": "returnIf(bytes > 100, file_name)", "suppressThreshold": "1m")j"));
  const auto fired = Detect("file-write", "2026-02-01T10:00:00Z",
                            {{"user", "ada"}, {"file_name", "a.txt"}, {"bytes", "200"}});
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].value, "a.txt");
  EXPECT_EQ(fired[0].reason, "Fact-Val on a.txt");
  EXPECT_EQ(Send("file-write", "2026-02-01T11:00:00Z",
                 {{"user", "ada"}, {"file_name", "a.txt"}, {"bytes", "20"}}),
            Ids{});
}

TEST_F(AnalyticsRulesTest, AContextLabelsADayOnceWithoutPoints) {
  Load(Rule("Cntx-Exec", "contextFeature", kWrites, R"j("value": "executive")j"));
  const Fields chief = {{"user", "ada"}, {"executive", "true"}};
  const auto fired = Detect("file-write", "2026-02-01T10:00:00Z", chief);
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].value, "true");
  EXPECT_EQ(content_->rules.rules()[0].score_micro, 0);
  EXPECT_EQ(Send("file-write", "2026-02-01T11:00:00Z", chief), Ids{});
  EXPECT_EQ(Send("file-write", "2026-02-01T12:00:00Z", {{"user", "bob"}, {"executive", "true"}}),
            Ids{"Cntx-Exec"});
  EXPECT_EQ(Send("file-write", "2026-02-01T13:00:00Z", {{"user", "cyd"}}), Ids{});
}

TEST_F(AnalyticsRulesTest, AProfileTellsOfWhatAScopeNeverShowed) {
  Load(Profile("Prof-FExt", R"j(, "checkScopeMaturity": true, "maturityThreshold": "14 days")j"));
  Train();
  EXPECT_EQ(Send("file-write", "2026-02-01T10:00:00Z", {{"user", "ada"}, {"file_ext", "docx"}}),
            Ids{});
  EXPECT_EQ(Send("file-write", "2026-02-01T11:00:00Z", {{"user", "ada"}, {"file_ext", "zip"}}),
            Ids{"Prof-FExt"});
  EXPECT_EQ(Send("file-write", "2026-02-01T12:00:00Z", {{"user", "ada"}, {"file_ext", "zip"}}),
            Ids{});
  // A newcomer's scope is too young to judge.
  EXPECT_EQ(Send("file-write", "2026-02-01T12:00:00Z", {{"user", "new"}, {"file_ext", "zip"}}),
            Ids{});
}

TEST_F(AnalyticsRulesTest, ACountTellsOfAnOrderOfMagnitudeThatAGroupNeverReached) {
  Load(Rule("NumCP-Mail", "numericCountProfiledFeature", R"j([{"activity_type": "email-send"}])j",
            std::string(R"j("scopeValue": "department", "countPer": "user", "logBase": 2,
   "minOrderOfMagnitude": 2, "windowDuration": "1 day", "windowPeriod": "12 hours",
   "anomalyThreshold": "120 days", "query": "NOT bytes = null", )j") +
                kAlways));
  Train();
  Ids all;
  for (int minute = 0; minute < 9; ++minute) {
    const Ids ids = Send("dlp-email-alert-out", fmt::format("2026-02-01T10:{:02}:00Z", minute),
                         {{"user", "ada"}, {"department", "Finance"}, {"bytes", "5"}});
    all.insert(all.end(), ids.begin(), ids.end());
  }
  EXPECT_EQ(all, (Ids{"NumCP-Mail", "NumCP-Mail"}));  // at four and at eight
  // What the query does not let through is not counted.
  EXPECT_EQ(Send("dlp-email-alert-out", "2026-02-01T10:30:00Z",
                 {{"user", "ada"}, {"department", "Finance"}}),
            Ids{});
}

TEST_F(AnalyticsRulesTest, ADistinctCountCountsEachValueOnce) {
  Load(Rule("NumDCP-Rcpt", "numericDistinctCountProfiledFeature",
            R"j([{"activity_type": "email-send"}])j",
            std::string(R"j("scopeValue": "user", "featureValue": "recipient", "logBase": 2,
   "minOrderOfMagnitude": 2, "windowDuration": "1d", "windowPeriod": "12h",
   "anomalyThreshold": "P90D", "query": "true", )j") +
                kAlways));
  Train();
  Ids all;
  for (const char* to : {"b", "c", "b", "b", "c", "b", "d", "e"}) {
    const Ids ids = Send("dlp-email-alert-out", fmt::format("2026-02-01T10:{:02}:00Z", all.size()),
                         {{"user", "ada"}, {"recipient", to}});
    all.push_back(ids.empty() ? "" : ids[0]);
  }
  EXPECT_EQ(all, (Ids{"", "", "", "", "", "", "", "NumDCP-Rcpt"}));  // the fourth different one
}

TEST_F(AnalyticsRulesTest, ASumTellsOfMoreThanEver) {
  Load(Rule("NumSP-Bytes", "numericSumProfiledFeature", kWrites,
            std::string(R"j("scopeValue": "user", "featureValue": "bytes", "logBase": 2,
   "minOrderOfMagnitude": 17, "windowDuration": "1 day", "windowPeriod": "12 hours",
   "anomalyThreshold": "90 days", "query": "exists(bytes)", )j") +
                kAlways));
  Train();
  const auto write = [&](const std::string& time, const std::string& bytes) {
    return Send("file-write", time, {{"user", "ada"}, {"file_ext", "docx"}, {"bytes", bytes}});
  };
  EXPECT_EQ(write("2026-02-01T10:00:00Z", "100000"), Ids{});  // below 2^17
  EXPECT_EQ(write("2026-02-01T10:01:00Z", "50000"), Ids{"NumSP-Bytes"});
  EXPECT_EQ(write("2026-02-01T10:02:00Z", "50000"), Ids{});
}

// The tolerances, one test each.

TEST_F(AnalyticsRulesTest, AcceptsBothSpellingsOfApplicableEvents) {
  std::string rule = Profile("P");
  rule.replace(rule.find("applicableEvents"), 16, "applicable_events");
  Load(rule);
  EXPECT_NE(content_->rules.FindRule("P"), -1);
}

TEST_F(AnalyticsRulesTest, RefusesBothSpellingsAtOnce) {
  EXPECT_THAT(Refused(Profile("P", R"j(, "useCase": "Malware", "useCases": ["Malware"])j")),
              HasSubstr("[analytics-both-spellings]"));
}

TEST_F(AnalyticsRulesTest, AcceptsBothSpellingsOfUseCases) {
  Load(Profile("P", R"j(, "useCase": "Malware")j") + "," +
       Profile("Q", R"j(, "useCases": ["malware", "Physical Security"])j"));
  EXPECT_EQ(content_->rules.rules()[0].use_cases, Ids{"Malware"});
  EXPECT_EQ(content_->rules.rules()[1].use_cases, (Ids{"Malware", "Physical Security"}));
}

TEST_F(AnalyticsRulesTest, AcceptsBooleansAsTexts) {
  Load(Profile("P", R"j(, "checkScopeMaturity": "true", "maturityThreshold": "20d")j") + "," +
       Profile("Q", R"j(, "checkScopeMaturity": "false")j"));
  EXPECT_EQ(content_->rules.rules()[0].maturity, Nanoseconds(20 * kNanosPerDay));
  EXPECT_EQ(content_->rules.rules()[1].maturity, Nanoseconds(0));
}

std::string Sum(const std::string& magnitude) {
  return Rule("S", "numericSumProfiledFeature", kWrites,
              std::string(R"j("scopeValue": "user", "featureValue": "bytes", "logBase": "2",
   "windowDuration": "1d", "windowPeriod": "12h", "anomalyThreshold": "90d", "query": "true",
   "minOrderOfMagnitude": )j") +
                  magnitude + ", " + kAlways);
}

TEST_F(AnalyticsRulesTest, AcceptsMagnitudesFromZeroToSixtyTwo) {
  for (const char* magnitude : {"0", "17", "62"}) {
    Load(Sum(magnitude));
    EXPECT_EQ(content_->rules.models()[0].min_magnitude, std::stoi(magnitude));
  }
}

TEST_F(AnalyticsRulesTest, RefusesAMagnitudeOfSixtyThree) {
  EXPECT_THAT(Refused(Sum("63")), HasSubstr("[content-range]"));
}

std::string Count(const std::string& threshold) {
  return Rule("N", "numericCountProfiledFeature", kWrites,
              std::string(R"j("scopeValue": "user", "logBase": 2, "windowDuration": "1d",
   "windowPeriod": "12h", "query": "true", "anomalyThreshold": ")j") +
                  threshold + "\", " + kAlways);
}

TEST_F(AnalyticsRulesTest, AcceptsThresholdsOfOneTo730DaysAndWarnsOutsideTheDocumentedRange) {
  Load(Count("120d"));
  EXPECT_EQ(faults_.warnings(), 0u) << faults_.Render();
  Load(Count("365d"));
  EXPECT_EQ(faults_.warnings(), 0u) << faults_.Render();
  Load(Count("1d"));
  EXPECT_THAT(faults_.Render(), HasSubstr("[analytics-range]"));
  Load(Count("730d"));
  EXPECT_EQ(content_->rules.models()[0].memory, Nanoseconds(730 * kNanosPerDay));
}

TEST_F(AnalyticsRulesTest, RefusesAThresholdOf731Days) {
  EXPECT_THAT(Refused(Count("731d")), HasSubstr("[content-range]"));
}

TEST_F(AnalyticsRulesTest, AContextMayHaveScopeThresholdAndQueryOrNot) {
  Load(Rule("C1", "contextFeature", kWrites, R"j("value": "executive")j") + "," +
       Rule("C2", "contextFeature", kWrites,
            R"j("value": "executive", "scopeValue": "user", "anomalyThreshold": "90d",
   "query": "true")j"));
  EXPECT_EQ(faults_.warnings(), 0u) << faults_.Render();
  EXPECT_EQ(content_->rules.rules().size(), 2u);
}

TEST_F(AnalyticsRulesTest, AcceptsThePrintedVariantOfPlaces) {
  std::string rule =
      Rule("F", "factFeature", kWrites, R"j("value": "true", "suppressThreshold": "1m")j");
  const std::string place = "${trigger.value}";
  rule.replace(rule.find(place), place.size(), "c${event.user} of ${trigger.rule}");
  Load(rule);
  const auto fired = Detect("file-write", "2026-02-01T10:00:00Z", {{"user", "ada"}});
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].reason, "F on ada of F");
}

TEST_F(AnalyticsRulesTest, ScoreUnlessFindsIdsWithAndWithoutPrefix) {
  Load(Profile("DM-Prof-X") + "," + Profile("C_Prof-Y") + "," +
       Profile("Z", R"j(, "scoreUnless": ["Prof-X", "Prof-Y"])j") + "," +
       Profile("W", R"j(, "scoreUnless": ["DM-Z"])j"));
  EXPECT_EQ(content_->rules.rules()[2].unless, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(content_->rules.rules()[3].unless, std::vector<uint32_t>{2});
}

TEST_F(AnalyticsRulesTest, AnAmbiguousScoreUnlessIsAFault) {
  Read(Document(Profile("DM-X") + "," + Profile("C_X") + "," +
                Profile("Z", R"j(, "scoreUnless": ["X"])j")));
  EXPECT_THAT(faults_.Render(), HasSubstr("[ambiguous-rule]"));
}

TEST_F(AnalyticsRulesTest, AnUnbalancedQuoteIsRefusedWithItsPlaceAndTheRestRuns) {
  Read(Document(Rule("Bad", "factFeature", kWrites,
                     R"j("value": "true", "suppressThreshold": "1m",
   "actOnCondition": "toLower(process_name) = 'curl && containsAny(process_command_line, 'http')")j") +
                "," + Profile("Good")));
  EXPECT_THAT(faults_.Render(), HasSubstr("rules.json:5:91: error"));
  EXPECT_THAT(faults_.Render(), HasSubstr("[expr-syntax]"));
  EXPECT_EQ(content_->rules.FindRule("Bad"), -1);
  EXPECT_NE(content_->rules.FindRule("Good"), -1);
}

TEST_F(AnalyticsRulesTest, ANotBeforeAComparisonNegatesTheComparison) {
  Load(
      Rule("F", "factFeature", kWrites,
           R"j("value": "true", "suppressThreshold": "1m", "actOnCondition": "!os = 'Windows'")j"));
  EXPECT_EQ(Send("file-write", "2026-02-01T10:00:00Z", {{"user", "a"}, {"os", "Windows"}}), Ids{});
  EXPECT_EQ(Send("file-write", "2026-02-01T10:00:00Z", {{"user", "a"}, {"os", "Linux"}}), Ids{"F"});
}

TEST_F(AnalyticsRulesTest, AcceptsSelectorsWithOneAndWithTwoAmpersands) {
  std::string one = Profile("P");
  one.replace(one.find("&&"), 2, "&");
  Load(one + "," + Profile("Q"));
  ASSERT_EQ(content_->rules.rules().size(), 2u);
  // They learn the same, so they share one model.
  EXPECT_EQ(content_->rules.models()[0].scope, content_->rules.models().back().scope);
}

// "Type descriptions of distinct count and sum are swapped in places: the names of the fields
// count."
TEST_F(AnalyticsRulesTest, ADistinctCountTakesTextsAndASumTakesNumbers) {
  Load(Sum("17") + "," +
       Rule("D", "numericDistinctCountProfiledFeature", kWrites,
            std::string(R"j("scopeValue": "user", "featureValue": "file_name", "logBase": 2,
   "minOrderOfMagnitude": 2, "windowDuration": "1d", "windowPeriod": "12h",
   "anomalyThreshold": "90d", "query": "true", )j") +
                kAlways));
  EXPECT_EQ(content_->rules.models()[0].kind, ModelKind::kWindowSum);
  EXPECT_EQ(content_->rules.models()[1].kind, ModelKind::kWindowDistinct);
}

// Filters of events.

TEST_F(AnalyticsRulesTest, FiltersAreAndedWithinAnObjectAndOredBetween) {
  Load(Rule("F", "factFeature",
            R"j([{"activity_type": ["file-write"], "vendor": "ACME"},
   {"subject": "email", "activity": "send", "outcome": "failure"}])j",
            R"j("value": "true", "suppressThreshold": "1m", "suppressScope": "user")j"));
  EXPECT_EQ(Send("file-write", "2026-02-01T10:00:00Z", {{"user", "a"}}), Ids{"F"});
  EXPECT_EQ(Send("file-write", "2026-02-01T10:00:00Z", {{"user", "b"}}, "Other"), Ids{});
  EXPECT_EQ(Send("dlp-email-alert-out-failed", "2026-02-01T10:00:00Z", {{"user", "c"}}, "Other"),
            Ids{"F"});
  EXPECT_EQ(Send("dlp-email-alert-out", "2026-02-01T10:00:00Z", {{"user", "d"}}), Ids{});
}

TEST_F(AnalyticsRulesTest, APlatformIsComparedWhereARecordNamesIt) {
  Load(Rule("F", "factFeature", R"j([{"activity_type": "file-write", "platform": "Windows"}])j",
            R"j("value": "true", "suppressThreshold": "1m", "suppressScope": "user")j"));
  EXPECT_EQ(Send("file-write", "2026-02-01T10:00:00Z", {{"user", "a"}, {"os", "Windows 11"}}),
            Ids{"F"});
  EXPECT_EQ(Send("file-write", "2026-02-01T10:00:00Z", {{"user", "b"}, {"os", "macOS"}}), Ids{});
  EXPECT_EQ(Send("file-write", "2026-02-01T10:00:00Z", {{"user", "c"}}), Ids{"F"});
}

TEST_F(AnalyticsRulesTest, UnknownActivityTypesAndKeysAreNamedWithTheNearest) {
  EXPECT_THAT(Refused(Rule("F", "factFeature", R"j([{"activity_type": "file-writes"}])j",
                           R"j("value": "true", "suppressThreshold": "1m")j")),
              HasSubstr("did you mean 'file-write'?"));
  faults_ = {};
  EXPECT_THAT(
      Refused(Rule("F", "factFeature", R"j([{"activity_type": "file-write", "landscape": "x"}])j",
                   R"j("value": "true", "suppressThreshold": "1m")j")),
      HasSubstr("[analytics-landscape]"));
  faults_ = {};
  EXPECT_THAT(Refused(Profile("P", R"j(, "scoreUnles": ["X"])j")),
              HasSubstr("did you mean 'scoreUnless'?"));
  faults_ = {};
  Load(Profile("P", R"j(, "x-note": "free")j"));
}

TEST_F(AnalyticsRulesTest, MissingKeysOfATypeAreNamed) {
  EXPECT_THAT(Refused(Rule("S", "numericSumProfiledFeature", kWrites, R"j("scopeValue": "user")j")),
              ::testing::AllOf(HasSubstr("'featureValue'"), HasSubstr("'windowDuration'"),
                               HasSubstr("'minOrderOfMagnitude'"), HasSubstr("'query'"),
                               HasSubstr("'trainOnCondition'"), HasSubstr("'logBase'")));
}

TEST_F(AnalyticsRulesTest, TechniquesAndTacticsHaveToAgree) {
  const auto mitre = [](const std::string& entry) {
    return Profile("P", ", \"mitre\": [" + entry + "]");
  };
  for (const auto& [entry, code] :
       {std::pair{R"j({"techniqueKey": "T9999"})j", "[unknown-technique]"},
        std::pair{R"j({"techniqueKey": "T1560", "technique": "Phishing"})j",
                  "[analytics-technique-name]"},
        std::pair{R"j({"techniqueKey": "T1560", "tacticKey": "TA0001"})j",
                  "[analytics-technique-tactic]"},
        std::pair{R"j({"tacticKey": "TA0009", "tactic": "Impact"})j", "[analytics-tactic-name]"}}) {
    faults_ = {};
    EXPECT_THAT(Refused(mitre(entry)), HasSubstr(code));
  }
  faults_ = {};
  Load(mitre(R"j({"techniqueKey": "T1048.003", "tacticKey": "TA0010", "technique":
    "Exfiltration Over Alternative Protocol: Exfiltration Over Unencrypted Non-C2 Protocol"})j"));
}

TEST_F(AnalyticsRulesTest, RulesThatLearnTheSameShareAModel) {
  Load(Profile("P") + "," + Profile("Q", R"j(, "scoreUnless": ["P"])j"));
  EXPECT_EQ(content_->rules.models().size(), 1u);
  Train();
  EXPECT_EQ(Send("file-write", "2026-02-01T11:00:00Z", {{"user", "ada"}, {"file_ext", "zip"}}),
            Ids{"P"});
}

TEST_F(AnalyticsRulesTest, BrokenJsonIsRefusedWithItsPlace) {
  Read("{\"version\": \"1\",\n \"ruleDefinitions\": [\n  {\"templateId\": \"x\" \"name\": 1}]}");
  EXPECT_THAT(faults_.Render(), HasSubstr("rules.json:3:22: error"));
}

TEST(DocumentDuration, IsReadInEverySpelling) {
  for (const char* text : {"90d", "90 days", "P90D", "2160 hours", "90 Days"})
    EXPECT_EQ(ParseDocumentDuration(text), Nanoseconds(90 * kNanosPerDay)) << text;
  EXPECT_EQ(ParseDocumentDuration("PT30M"), Nanoseconds(30 * kNanosPerMinute));
  EXPECT_EQ(ParseDocumentDuration("1 minute"), Nanoseconds(kNanosPerMinute));
  for (const char* text : {"", "90", "days", "P1M", "soon"})
    EXPECT_EQ(ParseDocumentDuration(text), std::nullopt) << text;
}

}  // namespace
}  // namespace vedette
