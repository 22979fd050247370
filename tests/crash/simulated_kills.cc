#include "simulated_kills.h"

#include <fmt/format.h>

#include "core/check.h"

namespace vedette::crash {
namespace {

constexpr const char* kOut = "out";
constexpr const char* kState = "state";
// About a quarter of what the small world's models come to.
constexpr uint64_t kTightMemory = 300'000;

// SplitMix64 (Steele, Lea & Flood 2014).
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed ^ 0x5DEECE66D) {}
  uint64_t Below(uint64_t n) {
    uint64_t x = state_ += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (x ^ (x >> 31)) % n;
  }
  // Small numbers as often as large ones.
  uint64_t Spread(uint64_t bits) { return Below(uint64_t{1} << (1 + Below(bits))); }

 private:
  uint64_t state_;
};

enum class Fate { kNone, kPower, kProcess, kDevice, kFull };

Fate Draw(Dice& dice) {
  const uint64_t drawn = dice.Below(100);
  if (drawn < 50) return Fate::kPower;
  if (drawn < 75) return Fate::kProcess;
  if (drawn < 90) return Fate::kDevice;
  return Fate::kFull;
}

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Whether a message tells a reader what is wrong with which file.
bool IsClear(Fate fate, const Error& error) {
  const std::string text = error.ToString();
  if (!Contains(text, kOut) && !Contains(text, kState)) return false;
  return fate != Fate::kFull || Contains(text, "space") || Contains(text, "room");
}

}  // namespace

std::string SeedOutcome::ToString() const {
  std::string text = fmt::format(
      "seed {}: {} runs; {} power cuts, {} processes killed, {} device errors, {} full disks", seed,
      runs, power_cuts, process_kills, device_errors, full_disks);
  if (!refusal.empty()) text += "\n  would not go on: " + refusal;
  if (!detections.none()) text += "\n  detections: " + detections.ToString();
  if (!sessions.none()) text += "\n  sessions: " + sessions.ToString();
  return text + "\n";
}

SimulatedKills::SimulatedKills(const SmallWorld& world) : world_(world) {
  for (int first = 1; first <= kStages; ++first) {
    SimulatedDisk disk(0);
    for (int stage = first; stage <= kStages; ++stage) {
      const Result<RunReport> report = Run(disk, stage, {});
      if (!report) std::fprintf(stderr, "%s\n", report.error().ToString().c_str());
      CHECK(report);
      Result<Results> results = Read(disk);
      CHECK(results);
      expected_[first][stage - 1] = std::move(*results);
    }
  }
}

Result<RunReport> SimulatedKills::Run(SimulatedDisk& disk, int stage, const StateOptions& state,
                                      size_t batch_events, Diagnostics* notes,
                                      uint64_t memory) const {
  RunOptions options;
  options.inputs = world_.Inputs(stage);
  options.files = &disk;
  options.out_folder = kOut;
  options.batch_events = batch_events;
  options.memory = memory;
  options.state = state;
  options.state.folder = kState;
  Diagnostics faults;
  return RunJob(world_.content(), options, notes != nullptr ? *notes : faults);
}

Result<SimulatedKills::Results> SimulatedKills::Read(SimulatedDisk& disk) {
  Result<std::string> detections = ReadFile(disk, std::string(kOut) + "/detections.ndjson");
  if (!detections) return Fail(detections.error());
  Result<std::string> sessions = ReadFile(disk, std::string(kOut) + "/sessions.ndjson");
  if (!sessions) return Fail(sessions.error());
  return Results{std::move(*detections), std::move(*sessions)};
}

SeedOutcome SimulatedKills::Play(uint64_t seed, const PlayOptions& play) const {
  Dice dice(seed);
  SimulatedDisk disk(seed);
  SeedOutcome outcome;
  outcome.seed = seed;
  constexpr uint64_t kEvery[] = {40, 150, 600, 2'000};
  constexpr size_t kBatches[] = {16, 64, 256, 1'024};
  StateOptions state;
  state.every_events = kEvery[dice.Below(4)];
  state.write_behind = play.write_behind;
  const size_t batch_events = kBatches[dice.Below(4)];
  const uint64_t memory = play.cold ? kTightMemory : 0;
  const int first_stage = 1 + static_cast<int>(dice.Below(2));
  if (play.tell) {
    fmt::print("seed {}: a checkpoint every {} events, batches of {}, from stage {}\n", seed,
               state.every_events, batch_events, first_stage);
  }
  for (int stage = first_stage; stage <= kStages; ++stage) {
    for (uint64_t left = 1 + dice.Below(7);; left -= left > 0) {
      const Fate fate = left > 0 ? Draw(dice) : Fate::kNone;
      const uint64_t when = dice.Spread(12);
      const uint64_t injected = disk.injected_failures();
      if (fate == Fate::kPower || fate == Fate::kProcess) disk.CrashAfter(when);
      if (fate == Fate::kDevice) disk.FailOneIn(10 + when);
      if (fate == Fate::kFull) disk.SetCapacity(disk.used_bytes() + 64 * when);
      Diagnostics notes;
      const Result<RunReport> report = Run(disk, stage, state, batch_events, &notes, memory);
      ++outcome.runs;
      const bool failed_device = disk.injected_failures() > injected;
      if (play.tell) {
        constexpr const char* kNames[] = {"undisturbed", "power cut", "process killed",
                                          "device errors", "full disk"};
        fmt::print("  stage {}, {} ({}): {}\n", stage, kNames[static_cast<int>(fate)], when,
                   report ? "done" : report.error().ToString());
        fmt::print("{}", notes.Render());
      }
      if (!report) {
        outcome.power_cuts += fate == Fate::kPower;
        outcome.process_kills += fate == Fate::kProcess;
        outcome.device_errors += fate == Fate::kDevice;
        outcome.full_disks += fate == Fate::kFull;
        const bool expected = fate == Fate::kFull || disk.crashed() || failed_device;
        if (!expected || (!disk.crashed() && !IsClear(fate, report.error()))) {
          outcome.refusal = report.error().code + ": " + report.error().ToString();
          outcome.trace = disk.trace();
          return outcome;
        }
      }
      disk.SetCapacity(UINT64_MAX);
      const bool power = fate == Fate::kPower || (fate != Fate::kProcess && dice.Below(2) == 0);
      if (power) {
        disk.Restart();
      } else {
        disk.KillProcess();
      }
      // Now and then the next logs are there before an interrupted run is gone on with.
      if (report || (stage < kStages && dice.Below(6) == 0)) break;
    }
  }
  // Whoever was told that a run is done may pull the plug: results stay, and so does the memory, so
  // that one more run finds nothing new.
  disk.Restart();
  const Result<RunReport> idle = Run(disk, kStages, state, batch_events, nullptr, memory);
  if (!idle || idle->events > 0) {
    outcome.refusal =
        idle ? fmt::format("{} events were forgotten", idle->events) : idle.error().ToString();
  }
  const Result<Results> results = Read(disk);
  const Results& expected = expected_[first_stage][kStages - 1];
  if (results) {
    outcome.detections = Compare(expected.detections, results->detections);
    outcome.sessions = Compare(expected.sessions, results->sessions);
  } else {
    outcome.refusal += results.error().ToString();
  }
  outcome.trace = disk.trace();
  return outcome;
}

}  // namespace vedette::crash
