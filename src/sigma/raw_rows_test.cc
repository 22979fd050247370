#include "sigma/raw_rows.h"

#include <gtest/gtest.h>

#include "expr/fake_lookups.h"
#include "sigma/matcher.h"

namespace vedette::sigma {
namespace {

class RawRowsTest : public ::testing::Test {
 protected:
  RawRowsTest()
      : library_(ContentLibrary::Load(VEDETTE_SOURCE_DIR "/content", faults_)),
        rows_(library_, lookups_, faults_) {
    EXPECT_FALSE(faults_.has_errors()) << faults_.Render();
  }

  // Whether the detection (its identifiers and condition) matches the row.
  bool Matches(const std::string& detection, const std::string& table, const std::string& row) {
    Diagnostics faults;
    const Collection rules = Collection::Load(
        {{"r", "title: t\nlogsource: {category: any}\ndetection:\n" + detection}}, {}, faults);
    EXPECT_EQ(rules.rules().size(), 1u) << faults.Render();
    const Matcher matcher(rules, {0});
    const std::unique_ptr<View> view = rows_.MakeView(rules.fields(), table, *JsonValue::Read(row));
    if (view == nullptr) return false;
    MatchScratch scratch;
    std::vector<RuleIndex> matched;
    matcher.Match(*view, scratch, matched);
    return !matched.empty();
  }

  Diagnostics faults_;
  FakeLookups lookups_;
  ContentLibrary library_;
  RawRows rows_;
};

TEST_F(RawRowsTest, ARowIsAskedUnderSigmasNames) {
  const std::string row =
      R"({"ActionType": "ProcessCreated", "FolderPath": "C:\\Windows\\System32\\certutil.exe",
          "FileName": "certutil.exe", "ProcessCommandLine": "certutil -urlcache -f http://x",
          "ProcessId": 4711, "AccountName": "ada", "AccountDomain": ""})";
  EXPECT_TRUE(
      Matches("  s:\n    Image|endswith: '\\certutil.exe'\n    CommandLine|contains: "
              "urlcache\n    ProcessId: 4711\n    User: ada\n  condition: s\n",
              "DeviceProcessEvents", row));
  EXPECT_FALSE(Matches("  s:\n    Image|endswith: '\\cmd.exe'\n  condition: s\n",
                       "DeviceProcessEvents", row));
  // An empty column is no value, and equals the empty text as well.
  EXPECT_TRUE(
      Matches("  s:\n    OriginalFileName: null\n  t:\n    Company: ''\n  condition: s and "
              "t\n",
              "DeviceProcessEvents", row));
}

TEST_F(RawRowsTest, TheActionChoosesAmongTheSourcesOfATable) {
  const std::string in =
      R"({"ActionType": "InboundConnectionAccepted", "LocalIP": "10.0.0.1", "LocalPort": 3389})";
  EXPECT_TRUE(Matches("  s:\n    DestinationPort: 3389\n    Initiated: 'false'\n  condition: s\n",
                      "DeviceNetworkEvents", in));
  const std::string out = R"({"ActionType": "ConnectionSuccess", "RemotePort": 3389})";
  EXPECT_TRUE(Matches("  s:\n    DestinationPort: 3389\n    Initiated: 'true'\n  condition: s\n",
                      "DeviceNetworkEvents", out));
}

TEST_F(RawRowsTest, AdditionalFieldsMayBeATextOrAnObject) {
  const std::string rule =
      "  s:\n    QueryName|endswith: .example\n    answer: 10.0.0.2\n"
      "  condition: s\n";
  EXPECT_TRUE(Matches(rule, "DeviceNetworkEvents",
                      R"({"ActionType": "DnsConnectionInspected", "AdditionalFields":
                          {"query": "a.example", "answers": ["10.0.0.1", "10.0.0.2"]}})"));
  EXPECT_TRUE(Matches(rule, "DeviceNetworkEvents",
                      R"({"ActionType": "DnsConnectionInspected", "AdditionalFields":
                          "{\"query\": \"a.example\", \"answers\": [\"10.0.0.2\"]}"})"));
}

TEST_F(RawRowsTest, AnUnknownTableHasNoView) {
  FieldNames names;
  EXPECT_EQ(rows_.MakeView(names, "NoSuchTable", *JsonValue::Read("{}")), nullptr);
}

}  // namespace
}  // namespace vedette::sigma
