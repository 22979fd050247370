// How fast events pass all Sigma rules of a run, from the parsed event to the rules that match.
// Needs VEDETTE_REFERENCE, a folder with sigma_rules.tar.gz, and VEDETTE_LOGS, a folder that
// `vedette simulate` wrote logs to.
#include <cstdlib>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "engine/content_set.h"
#include "engine/content_sink.h"
#include "engine/event_stream.h"
#include "engine/sigma_stage.h"

namespace vedette {
namespace {

// Content, rules and events, loaded once.
struct World {
  static const World* Get() {
    static const World world;
    return world.content == nullptr ? nullptr : &world;
  }

  World() {
    const char* rules = std::getenv("VEDETTE_REFERENCE");
    const char* logs = std::getenv("VEDETTE_LOGS");
    if (rules == nullptr || logs == nullptr) return;
    ContentSet::Options options;
    options.content_folder = VEDETTE_SOURCE_DIR "/content";
    options.sigma = {std::string(rules) + "/sigma_rules.tar.gz"};
    Diagnostics faults;
    content = ContentSet::Load(options, faults);
    Accounting accounting;
    std::vector<SourceFile> sources = DiscoverSources({logs}, faults);
    EventStream stream(sources, {}, MakeContentSinks(*content, Timestamp{INT64_MAX}), accounting,
                       faults);
    for (BatchPtr batch = stream.Next(); batch != nullptr; batch = stream.Next())
      batches.push_back(std::move(batch));
  }

  std::unique_ptr<ContentSet> content;
  std::vector<BatchPtr> batches;  // own the events
};

void MatchEvents(benchmark::State& state, std::string_view type) {
  const World* world = World::Get();
  if (world == nullptr) {
    state.SkipWithError("VEDETTE_REFERENCE and VEDETTE_LOGS are not set");
    return;
  }
  const ContentSet& content = *world->content;
  std::vector<const Event*> events;
  for (const BatchPtr& batch : world->batches) {
    for (const Event* event : batch->events) {
      const std::string& name = content.library.schema.event_type(event->type).name;
      if (type.empty() || name == type) events.push_back(event);
    }
  }
  Evaluator evaluator(content.compiler.program(), content.tables);
  SigmaStage stage(*content.sigma, content.rules, content.library.schema);
  std::vector<SigmaStage::Hit> hits;
  for (auto _ : state) {
    for (const Event* event : events) {
      evaluator.Reset(*event);
      hits.clear();
      stage.BeginStep();
      stage.Match(*event, evaluator, hits);
    }
  }
  const auto asked = static_cast<double>(stage.counters().events);
  state.SetItemsProcessed(static_cast<int64_t>(stage.counters().events));
  state.counters["events"] = static_cast<double>(events.size());
  state.counters["matches"] = static_cast<double>(stage.counters().matches) / asked;
}
BENCHMARK_CAPTURE(MatchEvents, processes, "process-created");
BENCHMARK_CAPTURE(MatchEvents, all, "");

}  // namespace
}  // namespace vedette
