// Public Sigma rules over recorded and simulated logs: the matcher that looks for literals first
// and the one that evaluates every rule have to agree on every event. Skipped unless
// VEDETTE_REFERENCE names a folder with sigma_rules.tar.gz.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "engine/content_set.h"
#include "engine/content_sink.h"
#include "engine/event_stream.h"
#include "engine/sigma_lanes.h"
#include "simulate/simulate.h"

namespace vedette {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const char* variable) {
  const char* folder = std::getenv(variable);
  return folder == nullptr ? std::string() : std::string(folder);
}

class PublicSigmaRules : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string rules = FolderOf("VEDETTE_REFERENCE") + "/sigma_rules.tar.gz";
    if (!fs::exists(rules)) GTEST_SKIP() << "VEDETTE_REFERENCE has no sigma_rules.tar.gz";
    ContentSet::Options options;
    options.content_folder = VEDETTE_SOURCE_DIR "/content";
    options.sigma = {rules};
    content_ = ContentSet::Load(options, faults_);
    plain_ = SigmaRules::Load({rules}, content_->library, content_->tables, content_->compiler,
                              faults_, {.prune = false});
  }

  struct Outcome {
    uint64_t events = 0, asked = 0, matches = 0, different = 0;
  };

  Outcome Compare(const std::vector<std::string>& inputs) {
    Outcome outcome;
    Accounting accounting;
    std::vector<SourceFile> sources = DiscoverSources(inputs, faults_);
    EventStream stream(sources, {}, MakeContentSinks(*content_, Timestamp{INT64_MAX}), accounting,
                       faults_);
    Evaluator evaluator(content_->compiler.program(), content_->tables);
    SigmaLanes pruned(*content_->sigma, content_->rules);
    SigmaLanes plain(*plain_, content_->rules);
    std::vector<sigma::RuleIndex> a, b;
    while (const BatchPtr batch = stream.Next()) {
      for (const Event* event : batch->events) {
        evaluator.Reset(*event);
        pruned.Match(*event, evaluator, a);
        plain.Match(*event, evaluator, b);
        outcome.different += a != b;
        ++outcome.events;
      }
    }
    outcome.asked = pruned.counters().events;
    outcome.matches = pruned.counters().matches;
    EXPECT_EQ(plain.counters().matches, outcome.matches);
    return outcome;
  }

  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  std::unique_ptr<const SigmaRules> plain_;
};

TEST_F(PublicSigmaRules, NearlyAllLoadAndMostCanWorkOnDefender) {
  const sigma::LoadCounts& counts = content_->sigma->collection().counts();
  EXPECT_GE(counts.documents, 3000u);
  EXPECT_LE(counts.refused * 1000, counts.documents * 5);  // 99.5 % load
  size_t working = 0;
  for (const SigmaRules::Status& status : content_->sigma->statuses())
    working += !status.lanes.empty();
  EXPECT_GE(working, 1900u);
  std::fputs(RenderSigmaTable(*content_->sigma).c_str(), stdout);
}

TEST_F(PublicSigmaRules, BothMatchersAgreeOnRecordedLogs) {
  const std::string corpus = FolderOf("VEDETTE_CORPUS");
  if (corpus.empty()) GTEST_SKIP() << "VEDETTE_CORPUS is not set";
  const Outcome outcome = Compare({corpus});
  EXPECT_GT(outcome.asked, 0u);
  EXPECT_EQ(outcome.different, 0u);
}

TEST_F(PublicSigmaRules, BothMatchersAgreeOnSimulatedLogs) {
  const fs::path out = fs::temp_directory_path() / "vedette-sigma-agreement";
  fs::remove_all(out);
  simulate::SimulationOptions options;
  options.users = 60;
  options.days = 45;
  options.events_per_day = 40;
  options.folder = out;
  ASSERT_TRUE(simulate::Simulate(options).has_value());
  const Outcome outcome = Compare({(out / "logs").string()});
  EXPECT_GT(outcome.asked, 1000u);
  EXPECT_GT(outcome.matches, 0u);
  EXPECT_EQ(outcome.different, 0u);
  fs::remove_all(out);
}

}  // namespace
}  // namespace vedette
