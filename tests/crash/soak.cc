// What continuous tests have no time for.
//
//   crash_soak seeds 1 1000           seeds from 1 on, until 1,000 lives were ended
//   crash_soak seeds 1 1000 behind    the same, checkpoints written behind the pipeline's back
//   crash_soak seeds 1 1000 cold      the same with too little memory: scopes wait in the state
//   crash_soak seed 42 [behind] [cold]  one seed, life by life
//   crash_soak sigkill 100 FOLDER vedette
//                                     100 real SIGKILLs over the same logs, on a real folder
//   crash_soak sigkill 100 FOLDER vedette run --content content … logs
//                                     the same over other logs
//
// Prints what was done and ends with 1 if anything was lost, came twice or differed.
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "sigkill_runs.h"
#include "simulated_kills.h"

namespace vedette::crash {
namespace {

int Usage() {
  fmt::print(stderr,
             "crash_soak seeds FIRST KILLS [behind] [cold]\ncrash_soak seed SEED [behind] [cold]\n"
             "crash_soak sigkill KILLS FOLDER VEDETTE [run …]\n");
  return 2;
}

int PlaySeeds(uint64_t seed, uint64_t kills, PlayOptions options) {
  const auto start = std::chrono::steady_clock::now();
  const SmallWorld world;
  const SimulatedKills simulated(world);
  SeedOutcome sum;
  uint64_t bad = 0, seeds = 0;
  for (; sum.kills() < kills; ++seed, ++seeds) {
    const SeedOutcome outcome = simulated.Play(seed, options);
    sum.runs += outcome.runs;
    sum.power_cuts += outcome.power_cuts;
    sum.process_kills += outcome.process_kills;
    sum.device_errors += outcome.device_errors;
    sum.full_disks += outcome.full_disks;
    sum.detections += outcome.detections;
    sum.sessions += outcome.sessions;
    if (outcome.good()) continue;
    ++bad;
    fmt::print("{}  replay it with: crash_soak seed {}{}{}\n", outcome.ToString(), seed,
               options.write_behind ? " behind" : "", options.cold ? " cold" : "");
    std::fflush(stdout);
  }
  fmt::print(
      "{} seeds, {} runs, {} kills: {} power cuts, {} processes, {} device errors, {} full disks\n",
      seeds, sum.runs, sum.kills(), sum.power_cuts, sum.process_kills, sum.device_errors,
      sum.full_disks);
  fmt::print("detections: {}\nsessions: {}\n{} bad seeds, {:.0f} s\n", sum.detections.ToString(),
             sum.sessions.ToString(), bad,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return bad == 0 ? 0 : 1;
}

int PlaySeed(uint64_t seed, PlayOptions options) {
  options.tell = true;
  const SmallWorld world;
  const SeedOutcome outcome = SimulatedKills(world).Play(seed, options);
  fmt::print("{}", outcome.ToString());
  return outcome.good() ? 0 : 1;
}

int Sigkill(int argc, char** argv) {
  SigkillOptions options;
  options.kills = std::strtoull(argv[2], nullptr, 10);
  options.folder = argv[3];
  options.command.assign(argv + 4, argv + argc);
  options.checkpoint_every = "20000";
  options.tell = true;
  std::optional<SmallWorld> world;
  if (options.command.size() == 1) {
    world.emplace();
    options.command = world->Command(options.command.front());
    options.checkpoint_every = "100";
  }
  const SigkillOutcome outcome = RunSigkills(options);
  fmt::print("{}", outcome.ToString());
  return outcome.good() ? 0 : 1;
}

int Main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  PlayOptions options;
  for (int i = 1; i < argc; ++i) {
    options.write_behind = options.write_behind || std::string_view(argv[i]) == "behind";
    options.cold = options.cold || std::string_view(argv[i]) == "cold";
  }
  const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
  if (what == "seeds" && argc >= 4) return PlaySeeds(number(2), number(3), options);
  if (what == "seed" && argc >= 3) return PlaySeed(number(2), options);
  if (what == "sigkill" && argc >= 5) return Sigkill(argc, argv);
  return Usage();
}

}  // namespace
}  // namespace vedette::crash

int main(int argc, char** argv) { return vedette::crash::Main(argc, argv); }
