// What an event costs after a year of history: ten people, reading, parsing, merging and judging,
// with the time of each stretch of thirty days taken apart.
#include <algorithm>
#include <ctime>
#include <map>

#include <benchmark/benchmark.h>

#include "engine/content_sink.h"
#include "engine/event_stream.h"
#include "engine/judge.h"
#include "simulated_world.h"

namespace vedette::bench {
namespace {

constexpr int kPeople = 10, kYear = 365, kStretch = 30;

double CpuSeconds() {
  timespec time;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Of one run over the year, by stretch: events, seconds, and what models held at its end.
struct Stretch {
  uint64_t events = 0;
  double seconds = 0;
  uint64_t model_bytes = 0;
};

std::vector<Stretch> RunYear() {
  static const SimulatedLogs year(kPeople, kYear);
  const ContentSet& content = year.content();
  Diagnostics faults;
  Accounting accounting;
  EventStreamOptions options;
  options.keep_bytes = 0;  // a year does not fit, in earnest
  EventStream stream(DiscoverSources({year.folder()}, faults), options,
                     MakeContentSinks(content, options.ingest_time), accounting, faults);
  Judge judge(content.library.schema, content.rules, content.compiler.program(), content.tables,
              Judge::Options());
  std::vector<Stretch> stretches;
  std::vector<Detection> detections;
  BatchPtr batch = stream.Next();  // and the survey, which is no part of any stretch
  const int64_t first_day = batch->events.front()->time.days();
  for (double before = CpuSeconds(); batch != nullptr; batch = stream.Next()) {
    const auto at =
        static_cast<size_t>((batch->events.front()->time.days() - first_day) / kStretch);
    stretches.resize(std::max(stretches.size(), at + 1));
    detections.clear();
    judge.Process(batch->events, detections);
    const double now = CpuSeconds();
    stretches[at].events += batch->events.size();
    stretches[at].seconds += now - before;
    stretches[at].model_bytes = judge.models().accounted_bytes();
    before = now;
  }
  return stretches;
}

// The argument is how many days lie behind at the end of the stretch.
void History(benchmark::State& state) {
  static std::map<size_t, std::vector<Stretch>> runs;  // by repetition
  static std::map<int64_t, size_t> repetition;
  std::vector<Stretch>& run = runs[repetition[state.range(0)]++];
  if (run.empty()) run = RunYear();
  const auto at = static_cast<size_t>(state.range(0) / kStretch - 1);
  for (auto _ : state) state.SetIterationTime(run[at].seconds);
  state.SetItemsProcessed(static_cast<int64_t>(run[at].events));
  state.counters["model_bytes_per_person"] = static_cast<double>(run[at].model_bytes) / kPeople;
}
BENCHMARK(History)->DenseRange(30, 360, 30)->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace vedette::bench
