#include "library/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "library/library_json.h"
#include "library/tiny_content.h"

namespace vedette {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> RuleIds(const LibraryFacts& facts, const std::vector<uint32_t>& rules) {
  std::vector<std::string> ids;
  for (const uint32_t r : rules) ids.push_back(facts.rule(r).id);
  return ids;
}

std::vector<std::string> ModelIds(const LibraryFacts& facts, const std::vector<uint32_t>& models) {
  std::vector<std::string> ids;
  for (const uint32_t m : models) ids.push_back(facts.model(m).id);
  return ids;
}

TEST(FactsTest, ARuleBelongsToAProductThatYieldsOneOfItsEventTypes) {
  TinyContent tiny;
  const LibraryFacts& facts = tiny.Load();
  ASSERT_EQ(tiny.faults().errors(), 0u) << tiny.faults().Render();
  ASSERT_EQ(facts.products().size(), 2u);
  EXPECT_EQ(facts.products()[0].product, "EDR");
  EXPECT_THAT(RuleIds(facts, facts.products()[0].content.rules), ElementsAre("U-1", "U-2"));
  EXPECT_THAT(RuleIds(facts, facts.products()[1].content.rules), ElementsAre("W-1"));
}

TEST(FactsTest, CountsDistinctThings) {
  TinyContent tiny;
  const Counts& counts = tiny.Load().products()[0].content.counts;
  EXPECT_EQ(counts.rules, 2u);  // U-1 stands in two rows
  EXPECT_EQ(counts.models, 2u);
  EXPECT_EQ(counts.techniques, 2u);
  EXPECT_EQ(counts.event_types, 2u);
  EXPECT_EQ(counts.parsers, 2u);  // one names file-write twice
}

TEST(FactsTest, AUseCaseListsItsRulesAndTheModelsThatTheyRead) {
  TinyContent tiny;
  const LibraryFacts& facts = tiny.Load();
  const ProductFacts& edr = facts.products()[0];
  ASSERT_EQ(edr.use_cases.size(), 2u);
  const ContentTable& leak = edr.use_cases[0].content;
  EXPECT_THAT(RuleIds(facts, leak.rules), ElementsAre("U-1", "U-2"));
  EXPECT_THAT(ModelIds(facts, leak.models),
              ElementsAre("UD", "UF"));  // UF through the `if_seen` of UD
  ASSERT_EQ(leak.rows.size(), 2u);
  EXPECT_EQ(facts.event_type(leak.rows[0].type), "file-write");
  EXPECT_THAT(ModelIds(facts, leak.rows[0].models), ElementsAre());
  const ContentTable& evasion = edr.use_cases[1].content;
  EXPECT_THAT(RuleIds(facts, evasion.rules), ElementsAre("U-1"));
  EXPECT_EQ(evasion.counts.models, 0u);
}

TEST(FactsTest, ARuleWithoutTechniqueStandsUnderItsTactic) {
  TinyContent tiny;
  const LibraryFacts& facts = tiny.Load();
  EXPECT_THAT(facts.Headings(facts.products()[1].content.rules[0]), ElementsAre("TA0010"));
}

TEST(FactsTest, WritesJson) {
  TinyContent tiny;
  const std::string json = RenderLibraryJson(tiny.Load());
  EXPECT_THAT(
      json,
      HasSubstr(
          R"({"vendor":"Beta","product":"Web Proxy",)"
          R"("counts":{"rules":1,"models":0,"techniques":0,"event_types":1,"parsers":1},)"
          R"("event_types":[{"name":"web-activity-allowed","parsers":["beta-web"]}],)"
          R"("use_cases":[{"name":"Data Leak","counts":{"rules":1,"models":0,"techniques":0,"event_types":1,"parsers":1},)"
          R"("event_types":[{"name":"web-activity-allowed","rules":[{"id":"W-1","techniques":[]}],"models":[]}]}]})"));
  EXPECT_THAT(
      json,
      HasSubstr(
          R"("U-2":{"title":"A first file","kind":"abnormal","techniques":["T1052.001"],"tactics":[],)"
          R"("use_cases":["Data Leak"],"event_types":["usb-write"],"model":"UD","models_read":["UD","UF"],"file":"rules/usb.yaml"})"));
  EXPECT_THAT(
      json,
      HasSubstr(
          R"("UF":{"title":"Files of a person","kind":"profile","use_cases":["Data Leak"],"event_types":["usb-write"],"rules":["U-2"],)"));
}

}  // namespace
}  // namespace vedette
