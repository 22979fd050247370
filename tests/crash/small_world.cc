#include "small_world.h"

#include <algorithm>
#include <cstdio>
#include <tuple>

#include <fmt/format.h>

#include "core/check.h"
#include "ingest/compress.h"

namespace vedette::crash {
namespace {

constexpr int kPeople = 200;
constexpr int kDays = 45;
constexpr int kFirstStageDays = 30;
constexpr int kDoors = 4;

constexpr const char* kParser = R"(
id: acme-door
vendor: Acme
product: Door Guard
title: Doors
forms:
  - {format: json, match: {product: door-guard}}
time: {from: when, formats: [iso8601]}
id_from: [uid]
fields: {user: person, host: door, file_ext: kind, bytes: weight}
events:
  - {drop: "a heartbeat is no activity", when: "raw.kind = 'heartbeat'"}
  - {type: file-write}
)";

constexpr const char* kRules = R"(
behaviour: doors
about: What people carry through doors.
models:
  - {id: D-PROFILE, title: doors, kind: profile, events: [file-write], scope: user, value: host, min_training: 3d}
  - {id: D-KIND, title: kinds, kind: categorical, events: [file-write], scope: user, value: file_ext, min_training: 3d}
  - {id: D-ORG-KIND, title: kinds of all, kind: categorical, events: [file-write], scope: org, value: file_ext, min_training: 3d, max_values: 12}
  - {id: D-WEIGHT, title: weights, kind: clustered, events: [file-write], scope: user, value: bytes, bin_width: 500, min_training: 3d}
  - {id: D-DAY, title: weight of a day, kind: clustered, events: [file-write], scope: user, value: bytes, bin_width: 500, aggregate: session_sum, cutoff: 4, convergence: 0.2, min_training: 3d}
  - {id: D-COUNT, title: passages a day, kind: window_count, events: [file-write], scope: user, window: 1d, period: 12h, base: 2, min_magnitude: 1, min_training: 3d}
  - {id: D-DISTINCT, title: kinds a day, kind: window_distinct, events: [file-write], scope: user, value: file_ext, window: 1d, period: 12h, base: 2, min_magnitude: 1, min_training: 3d}
  - {id: D-SUM, title: weight within a day, kind: window_sum, events: [file-write], scope: asset, value: bytes, window: 1d, period: 12h, base: 2, min_magnitude: 10, min_training: 3d}
  - {id: D-HOURS, title: hours, kind: time_of_week, events: [file-write], scope: org, convergence: 0.2, min_training: 3d}
  - {id: D-TOP, title: heaviest, kind: top, events: [file-write], scope: org, member: user_entity, rank: share, min_training: 3d}
rules:
  - {id: D-PROFILE-F, title: t, description: d, verdict: first, model: D-PROFILE, maturity: 3d, score: 10, reason: "first ${trigger.feature_value} of ${entity.user.source}", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-KIND-F, title: t, description: d, verdict: first, model: D-KIND, score: 20, reason: "first ${trigger.feature_value} of ${entity.user.source}", unless: [D-ORG-KIND-F], tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-KIND-A, title: t, description: d, verdict: abnormal, model: D-KIND, score: 8, reason: "rare ${trigger.feature_value}, ${trigger.count} times", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-ORG-KIND-F, title: t, description: d, verdict: first, model: D-ORG-KIND, score: 30, reason: "first ${trigger.feature_value}", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-WEIGHT, title: t, description: d, verdict: above, model: D-WEIGHT, score: 12, reason: "${event.bytes}", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-DAY, title: t, description: d, verdict: above, model: D-DAY, score: 12, reason: "${event.bytes}", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-COUNT, title: t, description: d, verdict: magnitude, model: D-COUNT, maturity: 3d, score: 9, reason: "${trigger.numeric_value}", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-DISTINCT, title: t, description: d, verdict: magnitude, model: D-DISTINCT, maturity: 3d, score: 9, reason: "${trigger.numeric_value}", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-SUM, title: t, description: d, verdict: magnitude, model: D-SUM, maturity: 3d, entity: asset, score: 9, reason: "${trigger.numeric_value}", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-HOURS, title: t, description: d, verdict: unusual_hour, model: D-HOURS, score: 7, reason: "at an odd hour", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-TOP, title: t, description: d, verdict: top, model: D-TOP, score: 11, reason: "${entity.user.source} is ahead", tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-FACT, title: t, description: d, verdict: fact, events: [file-write], when: "bytes > 9000", suppress: {for: 6h, by: user_entity}, score: 3, reason: heavy, tags: [attack.t1052], use_cases: [Data Leak]}
  - {id: D-CROSSED, title: t, description: d, verdict: crossed, events: [file-write], counter: {sum: bytes}, limit: 9000, score: 5, reason: "${trigger.numeric_value} today", tags: [attack.t1052], use_cases: [Data Leak]}
)";

// A number that depends on its arguments alone (SplitMix64).
uint64_t Draw(uint64_t a, uint64_t b, uint64_t c) {
  uint64_t x = a * 0x9E3779B97F4A7C15u + b * 0xC2B2AE3D27D4EB4Fu + c * 0x165667B19E3779F9u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

struct Line {
  int64_t arrives = 0;  // second
  int64_t number = 0;
  std::string text;
};

}  // namespace

SmallWorld::SmallWorld() {
  temp_.Write("parsers/acme/door_guard/doors.yaml", kParser);
  temp_.Write("rules/doors.yaml", kRules);
  content_ = temp_.Load(faults_);
  std::fputs(faults_.Render().c_str(), stderr);
  CHECK(!faults_.has_errors());
  WriteLogs();
}

std::vector<std::string> SmallWorld::Inputs(int stage) const {
  std::vector<std::string> inputs = inputs_[0];
  if (stage > 1) inputs.insert(inputs.end(), inputs_[1].begin(), inputs_[1].end());
  return inputs;
}

std::vector<std::string> SmallWorld::Command(const std::string& binary) const {
  std::vector<std::string> command = {binary, "run", "--content", temp_.folder() + "/content"};
  for (const std::string& input : Inputs(kStages)) command.push_back(input);
  return command;
}

void SmallWorld::WriteLogs() {
  std::vector<Line> lines[kStages][kDoors];
  int64_t uid = 0;
  for (int day = 0; day < kDays; ++day) {
    for (uint64_t person = 0; person < kPeople; ++person) {
      const uint64_t chance = Draw(1, person, static_cast<uint64_t>(day));
      if (chance % 100 >= 22) continue;
      const uint64_t passages = 1 + (chance / 100 % 23 == 0 ? 9 : chance / 100 % 3);
      for (uint64_t i = 0; i < passages; ++i) {
        const uint64_t what = Draw(2 + i, person, static_cast<uint64_t>(day));
        const bool odd = what % 97 == 0;
        const int64_t second = (20'458 + day) * 86'400 + (odd ? 2 : 8 + what / 97 % 9) * 3'600 +
                               static_cast<int64_t>(what / 1'000 % 3'600);
        const uint64_t door = what / 7 % 31 == 0 ? what % kDoors : person % kDoors;
        const uint64_t kind = what / 11 % 41 == 0 ? 5 + what % 11 : person % 5;
        const uint64_t weight = 300 + what / 13 % 700 + (what / 17 % 53 == 0 ? 9'000 : 0);
        Line line;
        line.number = ++uid;
        line.text = fmt::format(
            "{{\"product\":\"door-guard\",\"uid\":{},\"when\":\"{}\",\"person\":\"p{}\",\"door\":"
            "\"d{}\",\"kind\":\"{}\",\"weight\":{}}}\n",
            uid, FormatIso8601({second * kNanosPerSecond}), person, door,
            what / 19 % 67 == 0 ? "heartbeat" : fmt::format("k{}", kind), weight);
        // Most lines come at once, some within ten minutes, a few hours later.
        line.arrives = second + (what / 23 % 9 == 0 ? static_cast<int64_t>(what % 500) : 0) +
                       (what / 29 % 149 == 0 ? 5 * 3'600 : 0);
        std::vector<Line>& file = lines[day < kFirstStageDays ? 0 : 1][door];
        file.push_back(line);
        if (what / 31 % 43 == 0) {
          line.arrives += 120;
          file.push_back(line);
        }
      }
    }
  }
  for (int stage = 0; stage < kStages; ++stage) {
    for (int door = 0; door < kDoors; ++door) {
      std::vector<Line>& file = lines[stage][door];
      std::stable_sort(file.begin(), file.end(), [](const Line& a, const Line& b) {
        return std::tie(a.arrives, a.number) < std::tie(b.arrives, b.number);
      });
      std::string text;
      for (const Line& line : file) text += line.text;
      const std::string name = fmt::format("logs/d{}-{}.ndjson", door, stage + 1);
      inputs_[stage].push_back(door == 1   ? temp_.WriteFile(name + ".gz", CompressGzip(text))
                               : door == 2 ? temp_.WriteFile(name + ".zst", CompressZstd(text))
                                           : temp_.WriteFile(name, text));
    }
  }
}

}  // namespace vedette::crash
