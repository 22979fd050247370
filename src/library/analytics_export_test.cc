#include "library/analytics_export.h"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "content/json.h"
#include "engine/content_set.h"
#include "rule/analytics_rules.h"

namespace vedette {
namespace {

constexpr const char* kContent = VEDETTE_SOURCE_DIR "/content";

class ShippedRules : public ::testing::Test {
 protected:
  void SetUp() override {
    content_ = ContentSet::Load({.content_folder = kContent}, faults_);
    attack_ = AttackTable::Load(kContent, faults_);
    ASSERT_FALSE(faults_.has_errors()) << faults_.Render();
    exported_ = ExportAnalyticsRules(content_->library, attack_);
  }

  // Reads what was exported into a content set that has no rules of its own.
  void ReadBack() {
    ContentLibrary& library = content_->library;
    library.rules.clear();
    for (size_t i = 0; i < exported_.documents.size(); ++i) {
      const std::string name = fmt::format("rules-{}.json", i + 1);
      const Result<Node> document = ParseJson(exported_.documents[i], name);
      ASSERT_TRUE(document.has_value()) << document.error().ToString();
      AddAnalyticsRules(*document, name, attack_, library, content_->compiler, faults_);
    }
    read_back_ = RuleSet::Load(library, content_->compiler, faults_);
  }

  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  AttackTable attack_;
  AnalyticsExport exported_;
  RuleSet read_back_;
};

TEST_F(ShippedRules, EveryRuleIsExportedOrSaidToBeLeftOut) {
  EXPECT_GT(exported_.rules, 0u);
  EXPECT_EQ(exported_.rules + exported_.left_out.size(), content_->rules.rules().size());
  EXPECT_EQ(exported_.documents.size(), (exported_.rules + 49) / 50);
}

TEST_F(ShippedRules, WhatIsExportedReadsBackIntoTheSameConditions) {
  ReadBack();
  ASSERT_FALSE(faults_.has_errors()) << faults_.Render();
  EXPECT_EQ(read_back_.rules().size(), exported_.rules);
  for (const RuleSpec& rule : read_back_.rules()) {
    SCOPED_TRACE(rule.id);
    int original = content_->rules.FindRule(rule.id);
    if (original < 0) original = content_->rules.FindRule(rule.id.substr(2));
    ASSERT_GE(original, 0);
    const RuleSpec& own = content_->rules.rules()[static_cast<size_t>(original)];
    EXPECT_EQ(rule.verdict, own.verdict);
    EXPECT_EQ(rule.events, own.events);
    EXPECT_EQ(rule.score_micro, own.score_micro);
    EXPECT_EQ(rule.level, own.level);
    EXPECT_EQ(rule.group, own.group);
    EXPECT_EQ(rule.title, own.title);
    EXPECT_EQ(std::set(rule.techniques.begin(), rule.techniques.end()),
              std::set(own.techniques.begin(), own.techniques.end()));
    // Equal expressions are one node.
    EXPECT_EQ(rule.when, own.when);
    if (own.model < 0) continue;
    const ModelSpec& model = read_back_.models()[static_cast<size_t>(rule.model)];
    const ModelSpec& of_own = content_->rules.models()[static_cast<size_t>(own.model)];
    EXPECT_EQ(model.kind, of_own.kind);
    EXPECT_EQ(model.events, of_own.events);
    EXPECT_EQ(model.scope, of_own.scope);
    EXPECT_EQ(model.value, of_own.value);
    EXPECT_EQ(model.train_when, of_own.train_when);
    EXPECT_EQ(model.count_per, of_own.count_per);
    EXPECT_EQ(model.window, of_own.window);
    EXPECT_EQ(model.period, of_own.period);
    EXPECT_EQ(model.memory, of_own.memory);
    EXPECT_EQ(model.min_training, of_own.min_training);
    EXPECT_EQ(model.min_magnitude, of_own.min_magnitude);
    EXPECT_EQ(model.scope_is_peer_group, of_own.scope_is_peer_group);
  }
}

TEST_F(ShippedRules, NotesNameEveryRuleThatLostSomething) {
  Diagnostics faults;
  OutputFolder out(faults);
  WriteAnalyticsRules(exported_, out);
  const std::string* notes = out.Find("analytics_rules/notes.md");
  ASSERT_NE(notes, nullptr);
  for (const auto* list : {&exported_.left_out, &exported_.simplified}) {
    for (const AnalyticsExport::Note& note : *list)
      EXPECT_THAT(*notes, ::testing::HasSubstr("* `" + note.rule + "`: " + note.text));
  }
}

}  // namespace
}  // namespace vedette
