// Holds every ATT&CK Navigator layer of the shipped content against the published layer format 4.5:
// which keys there are, of which type, and which values they take.
// Source: mitre-attack/attack-navigator, layers/spec/v4.5/layerformat.md.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "json.h"
#include "library/facts.h"
#include "library/navigator.h"
#include "library/output_folder.h"

namespace vedette {
namespace {

using tree::Json;
using Kind = Json::Kind;

struct Key {
  Kind kind;
  bool required = false;
};
using Keys = std::map<std::string, Key>;

const Keys kLayer = {{"versions", {Kind::kObject, true}},
                     {"name", {Kind::kText, true}},
                     {"description", {Kind::kText}},
                     {"domain", {Kind::kText, true}},
                     {"customDataURL", {Kind::kText}},
                     {"filters", {Kind::kObject}},
                     {"sorting", {Kind::kNumber}},
                     {"layout", {Kind::kObject}},
                     {"hideDisabled", {Kind::kBool}},
                     {"techniques", {Kind::kList}},
                     {"gradient", {Kind::kObject}},
                     {"legendItems", {Kind::kList}},
                     {"showTacticRowBackground", {Kind::kBool}},
                     {"tacticRowBackground", {Kind::kText}},
                     {"selectTechniquesAcrossTactics", {Kind::kBool}},
                     {"selectSubtechniquesWithParent", {Kind::kBool}},
                     {"selectVisibleTechniques", {Kind::kBool}},
                     {"metadata", {Kind::kList}},
                     {"links", {Kind::kList}}};
const Keys kVersions = {
    {"attack", {Kind::kText}}, {"navigator", {Kind::kText, true}}, {"layer", {Kind::kText, true}}};
const Keys kLayout = {{"layout", {Kind::kText}},
                      {"showID", {Kind::kBool}},
                      {"showName", {Kind::kBool}},
                      {"showAggregateScores", {Kind::kBool}},
                      {"countUnscored", {Kind::kBool}},
                      {"aggregateFunction", {Kind::kText}},
                      {"expandedSubtechniques", {Kind::kText}}};
const Keys kTechnique = {
    {"techniqueID", {Kind::kText, true}}, {"tactic", {Kind::kText}},   {"comment", {Kind::kText}},
    {"showSubtechniques", {Kind::kBool}}, {"score", {Kind::kNumber}},  {"color", {Kind::kText}},
    {"enabled", {Kind::kBool}},           {"metadata", {Kind::kList}}, {"links", {Kind::kList}}};
const Keys kGradient = {{"colors", {Kind::kList, true}},
                        {"minValue", {Kind::kNumber, true}},
                        {"maxValue", {Kind::kNumber, true}}};

void ExpectKeys(const Json& object, const Keys& keys, const std::string& where) {
  ASSERT_EQ(object.kind, Kind::kObject) << where;
  for (const auto& [name, value] : object.members) {
    const auto key = keys.find(name);
    ASSERT_NE(key, keys.end()) << where << " has the key '" << name << "'";
    EXPECT_EQ(value.kind, key->second.kind) << where << "." << name;
  }
  for (const auto& [name, key] : keys)
    EXPECT_TRUE(!key.required || object.members.contains(name)) << where << " lacks " << name;
}

void ExpectLayer(const Json& layer, const AttackTable& attack, const std::string& where) {
  ExpectKeys(layer, kLayer, where);
  ExpectKeys(layer["versions"], kVersions, where + ".versions");
  EXPECT_EQ(layer["versions"]["layer"].text, "4.5") << where;
  EXPECT_EQ(layer["domain"].text, "enterprise-attack") << where;
  EXPECT_GE(layer["sorting"].number, 0) << where;
  EXPECT_LE(layer["sorting"].number, 3) << where;
  ExpectKeys(layer["layout"], kLayout, where + ".layout");
  const std::set<std::string> layouts = {"side", "flat", "mini"};
  EXPECT_TRUE(layouts.contains(layer["layout"]["layout"].text)) << where;

  ExpectKeys(layer["gradient"], kGradient, where + ".gradient");
  EXPECT_GE(layer["gradient"]["colors"].list.size(), 2u) << where;
  for (const Json& color : layer["gradient"]["colors"].list)
    EXPECT_EQ(color.text.find_first_not_of("#0123456789abcdef"), std::string::npos) << color.text;
  EXPECT_LT(layer["gradient"]["minValue"].number, layer["gradient"]["maxValue"].number) << where;

  std::set<std::string> seen;
  for (const Json& item : layer["techniques"].list) {
    ExpectKeys(item, kTechnique, where + ".techniques");
    const std::string& id = item["techniqueID"].text;
    EXPECT_TRUE(seen.insert(id).second) << where << " has " << id << " twice";
    const Technique* technique = attack.Find(id);
    ASSERT_NE(technique, nullptr) << where << ": " << id;
    EXPECT_FALSE(technique->revoked || technique->deprecated) << where << ": " << id;
    if (!item.members.contains("score")) continue;
    EXPECT_LE(item["score"].number, layer["gradient"]["maxValue"].number) << where << ": " << id;
    EXPECT_GE(item["score"].number, 1) << where << ": " << id;
  }
}

TEST(NavigatorLayerTest, EveryLayerOfTheShippedContentFollowsThePublishedFormat) {
  Diagnostics faults;
  ContentSet::Options options;
  options.content_folder = VEDETTE_SOURCE_DIR "/content";
  const std::unique_ptr<ContentSet> content = ContentSet::Load(options, faults);
  const LibraryFacts facts = LibraryFacts::Load(*content, faults);
  OutputFolder out(faults);
  WriteNavigatorLayers(facts, "", out);
  ASSERT_EQ(faults.errors(), 0u) << faults.Render();
  EXPECT_EQ(out.files().size(), 1 + facts.products().size() + facts.use_cases().size());
  for (const auto& [key, file] : out.files())
    ExpectLayer(Json::Read(file.text), facts.attack(), file.path);
  // All techniques of all rules are in the layer of everything.
  std::set<std::string> all;
  const Json everything = Json::Read(*out.Find("navigator/all.json"));
  for (const Json& item : everything["techniques"].list) all.insert(item["techniqueID"].text);
  for (const std::string& id : facts.TechniquesOf(facts.rules())) EXPECT_TRUE(all.contains(id));
}

}  // namespace
}  // namespace vedette
