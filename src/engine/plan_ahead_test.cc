#include "engine/plan_ahead.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/temp_content.h"
#include "event/batch.h"

namespace vedette {
namespace {

constexpr const char* kRules = R"(
behaviour: test
about: What people write.
models:
  - {id: M-U, title: u, kind: categorical, events: [file-write], scope: org, value: file_ext, cutoff: 5}
  - {id: M-A, title: a, kind: categorical, events: [file-write], scope: org, value: file_name, cutoff: 5}
rules:
  - {id: F, title: f, description: d, verdict: first, model: M-U, score: 10, reason: "f"}
  - {id: Z, title: z, description: d, verdict: fact, events: [file-write], score: 1, reason: "z", when: "file_ext = 'zip'"}
)";

class PlanAheadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    temp_.Write("rules/test.yaml", kRules);
    content_ = temp_.Load(faults_);
    ASSERT_FALSE(faults_.has_errors()) << faults_.Render();
    tables_.emplace(content_->library.schema, content_->rules, content_->compiler.program(),
                    content_->tables, nullptr, 1);
    const Schema& schema = content_->library.schema;
    const auto set = [&](Event* event, std::string_view field, const std::string& text) {
      event->Set(batch_.arena, schema.FindField(field)->id, Value::String(batch_.arena.Copy(text)));
    };
    for (int i = 0; i < 1000; ++i) {
      Event* event = batch_.Add();
      event->time = {i * kNanosPerSecond};
      event->type = schema.FindEventType("file-write")->id;
      if (i % 3 > 0) set(event, "file_ext", i % 5 == 0 ? "zip" : fmt::format("e{}", i % 11));
      set(event, "file_name", fmt::format("name{}", i));
    }
    for (size_t at = 0; at < batch_.events.size(); at += kStep)
      steps_.emplace_back(batch_.events.data() + at, std::min(kStep, batch_.events.size() - at));
  }

  // Every probe and candidate of every event, as text.
  std::vector<std::string> PlansWith(Crew* crew) {
    PlanAhead plans(*tables_, crew);
    std::vector<std::string> told;
    for (int round = 0; round < 3; ++round) {
      plans.Start(steps_);
      for (size_t i = 0; i < steps_.size(); ++i) Tell(plans.Get(i), told);
    }
    return told;
  }

  void Tell(const StepPlan& plan, std::vector<std::string>& told) const {
    for (const PlannedEvent& planned : plan.events) {
      std::string text = fmt::format("{}", planned.event->time.ns);
      for (int model = 0; model < 2; ++model) {
        const int32_t probe = tables_->ProbeOf(plan, planned, model);
        if (probe < 0) continue;
        const Probe& asked = plan.probes[static_cast<size_t>(probe)].probe;
        text += fmt::format(" {}:{:x}:{:x}", model, asked.scope.low, asked.value.low);
      }
      for (uint32_t i = 0; i < planned.candidate_count; ++i)
        text += fmt::format(" r{}", plan.candidates[planned.first_candidate + i].rule);
      told.push_back(text);
    }
  }

  static constexpr size_t kStep = 16;

  TempContent temp_;
  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  std::optional<PlanTables> tables_;
  Batch batch_;
  std::vector<PlanAhead::Step> steps_;
};

TEST_F(PlanAheadTest, APlanHasWhatAnEventAsks) {
  const std::vector<std::string> told = PlansWith(nullptr);
  ASSERT_EQ(told.size(), 3000u);
  // Without an extension only the name is asked for, and nothing acts but what asks a model.
  EXPECT_EQ(told[0].find(" 0:"), std::string::npos) << told[0];
  EXPECT_NE(told[0].find(" 1:"), std::string::npos) << told[0];
  EXPECT_NE(told[5].find(" 0:"), std::string::npos) << told[5];
  EXPECT_TRUE(told[5].ends_with(" r0 r1")) << told[5];
  EXPECT_TRUE(told[1].ends_with(" r0")) << told[1];
}

TEST_F(PlanAheadTest, PlansAreTheSameWhoeverMakesThem) {
  const std::vector<std::string> alone = PlansWith(nullptr);
  for (const unsigned threads : {0u, 1u, 3u}) {
    Crew crew(threads);
    EXPECT_EQ(PlansWith(&crew), alone) << threads;
  }
}

}  // namespace
}  // namespace vedette
