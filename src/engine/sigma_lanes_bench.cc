// How fast events pass all Sigma rules of a run, from the parsed event to the rules that match.
// Runs where VEDETTE_REFERENCE is a folder with sigma_rules.tar.gz, and VEDETTE_LOGS one that
// `vedette simulate` wrote logs to.
#include <cstdlib>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "engine/content_set.h"
#include "engine/content_sink.h"
#include "engine/event_stream.h"
#include "engine/sigma_lanes.h"

namespace vedette {
namespace {

// Content, rules and events, loaded once.
struct World {
  static const World& Get() {
    static const World world;
    return world;
  }
  static bool Exists() {
    return std::getenv("VEDETTE_REFERENCE") != nullptr && std::getenv("VEDETTE_LOGS") != nullptr;
  }

  World() {
    ContentSet::Options options;
    options.content_folder = VEDETTE_SOURCE_DIR "/content";
    options.sigma = {std::getenv("VEDETTE_REFERENCE") + std::string("/sigma_rules.tar.gz")};
    Diagnostics faults;
    content = ContentSet::Load(options, faults);
    Accounting accounting;
    std::vector<SourceFile> sources = DiscoverSources({std::getenv("VEDETTE_LOGS")}, faults);
    EventStream stream(sources, {}, MakeContentSinks(*content, Timestamp{INT64_MAX}), accounting,
                       faults);
    for (BatchPtr batch = stream.Next(); batch != nullptr; batch = stream.Next())
      batches.push_back(std::move(batch));
  }

  std::unique_ptr<ContentSet> content;
  std::vector<BatchPtr> batches;  // own the events
};

void MatchEvents(benchmark::State& state, std::string_view type) {
  const World& world = World::Get();
  const ContentSet& content = *world.content;
  std::vector<const Event*> events;
  for (const BatchPtr& batch : world.batches) {
    for (const Event* event : batch->events) {
      const std::string& name = content.library.schema.event_type(event->type).name;
      if (type.empty() || name == type) events.push_back(event);
    }
  }
  Evaluator evaluator(content.compiler.program(), content.tables);
  SigmaLanes lanes(*content.sigma, content.rules);
  std::vector<sigma::RuleIndex> matched;
  for (auto _ : state) {
    for (const Event* event : events) {
      evaluator.Reset(*event);
      lanes.Match(*event, evaluator, matched);
    }
  }
  const auto asked = static_cast<double>(lanes.counters().events);
  state.SetItemsProcessed(static_cast<int64_t>(lanes.counters().events));
  state.counters["events"] = static_cast<double>(events.size());
  state.counters["matches"] = static_cast<double>(lanes.counters().matches) / asked;
}
const bool kRegistered = [] {
  if (!World::Exists()) return false;
  benchmark::RegisterBenchmark("MatchEvents/processes", MatchEvents, "process-created");
  benchmark::RegisterBenchmark("MatchEvents/all", MatchEvents, "");
  return true;
}();

}  // namespace
}  // namespace vedette
