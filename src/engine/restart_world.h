// A made-up product and behaviours of every kind, with logs on which all of them speak: what tests
// of restarts run on.
//
//   RestartWorld world;
//   Result<RunReport> report = world.Run({world.Write("a.log", world.Lines(0, 2000))}, "out");
//   std::string detections = world.Output("out/detections.ndjson");
#pragma once

#include <algorithm>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/runner.h"
#include "engine/temp_content.h"

namespace vedette {

inline constexpr const char* kRestartParser = R"(
id: acme-door
vendor: Acme
product: Door Guard
title: Doors
forms:
  - {format: json, match: {product: door-guard}}
time: {from: when, formats: [iso8601]}
id_from: [uid]
fields: {user: person, src_host: door, file_ext: kind, bytes: size}
events:
  - {type: file-write}
)";

inline constexpr const char* kRestartRules = R"(
behaviour: doors
about: Things that people carry through doors.
models:
  - {id: P, title: p, kind: profile, events: [file-write], scope: user, value: src_host, memory: 20d, min_training: 3d, max_values: 6}
  - {id: PO, title: po, kind: profile, events: [file-write], scope: org, value: src_host, min_training: 3d}
  - {id: C, title: c, kind: categorical, events: [file-write], scope: user, value: file_ext, min_training: 3d, halve_every: 10d, memory: 15d}
  - {id: N, title: n, kind: clustered, events: [file-write], scope: user, value: bytes, min_training: 3d}
  - {id: NS, title: ns, kind: clustered, events: [file-write], scope: user, value: bytes, aggregate: session_sum, min_training: 3d, bin_width: 500}
  - {id: WC, title: wc, kind: window_count, events: [file-write], scope: org, count_per: user, window: 1d, period: 12h, min_training: 3d}
  - {id: WD, title: wd, kind: window_distinct, events: [file-write], scope: user, value: src_host, window: 1d, period: 6h, min_training: 3d}
  - {id: WS, title: ws, kind: window_sum, events: [file-write], scope: user, value: bytes, window: 2d, period: 12h, min_training: 3d}
  - {id: T, title: t, kind: time_of_week, events: [file-write], scope: user, min_training: 3d, convergence: 0.2, percentile: 0.2}
  - {id: R, title: r, kind: top, events: [file-write], scope: org, member: user, min_training: 3d}
rules:
  - {id: P-F, title: p, description: d, verdict: first, model: P, score: 10, maturity: 3d, value_maturity: 2d, reason: "first ${trigger.feature_value} of ${entity.user.source}, ${trigger.days_since}"}
  - {id: P-S, title: p, description: d, verdict: seen_before, model: P, when: "file_ext = 'odd'", score: 5, maturity: 3d, reason: "again"}
  - {id: PO-F, title: p, description: d, verdict: first, model: PO, score: 10, maturity: 3d, reason: "first of all"}
  - {id: C-F, title: c, description: d, verdict: first, model: C, score: 10, reason: "c ${trigger.feature_value}", unless: [PO-F]}
  - {id: C-A, title: c, description: d, verdict: abnormal, model: C, score: 10, reason: "ca ${trigger.count}"}
  - {id: N-A, title: n, description: d, verdict: above, model: N, score: 20, reason: "${trigger.numeric_value} over ${trigger.boundary}"}
  - {id: NS-A, title: n, description: d, verdict: above, model: NS, score: 20, reason: "sum ${trigger.numeric_value}"}
  - {id: WC-M, title: w, description: d, verdict: magnitude, model: WC, score: 15, maturity: 3d, reason: "${trigger.numeric_value}"}
  - {id: WD-M, title: w, description: d, verdict: magnitude, model: WD, score: 15, maturity: 3d, reason: "${trigger.numeric_value}"}
  - {id: WS-M, title: w, description: d, verdict: magnitude, model: WS, score: 15, maturity: 3d, reason: "${trigger.numeric_value}"}
  - {id: T-A, title: t, description: d, verdict: unusual_hour, model: T, score: 5, reason: "hour"}
  - {id: R-T, title: r, description: d, verdict: top, model: R, score: 5, reason: "top ${trigger.numeric_value}"}
  - {id: X-S, title: x, description: d, verdict: crossed, events: [file-write], counter: {sum: bytes}, limit: 1500, score: 5, reason: "crossed ${trigger.numeric_value}"}
  - {id: X-D, title: x, description: d, verdict: crossed, events: [file-write], counter: {distinct: src_host}, limit: 3, score: 5, reason: "crossed"}
  - {id: F, title: f, description: d, verdict: fact, events: [file-write], when: "file_ext = 'odd'", suppress: {for: 6h, by: user}, score: 3, reason: "odd"}
  - {id: B, title: b, description: d, verdict: fact, events: [file-write], when: "bytes > 80", score: 1, group: noise, reason: "noise"}
)";

class RestartWorld {
 public:
  RestartWorld() {
    temp_.Write("parsers/acme/door_guard/doors.yaml", kRestartParser);
    temp_.Write("rules/doors.yaml", kRestartRules);
    content_ = temp_.Load(faults_);
    std::mt19937 random(7);
    const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
    for (int day = 0; day < 40; ++day) {
      for (int person = 0; person < 25; ++person) {
        if (pick(3) == 0) continue;
        const bool burst = day == 30 && person % 11 == 7;
        const unsigned events = 1 + pick(3) + (pick(40) == 0 ? 12 : 0) + (burst ? 100 : 0);
        for (unsigned i = 0; i < events; ++i) {
          const unsigned hour = pick(30) == 0 ? pick(24) : 9 + pick(8);
          const unsigned door =
              pick(12) == 0 ? pick(40) : (static_cast<unsigned>(person) + pick(3));
          const char* kinds[] = {"bag", "bag", "bag", "box", "tin", "odd", "jar", "cup"};
          const char* kind = pick(25) == 0 ? kinds[pick(8)] : kinds[pick(5)];
          const unsigned size = pick(60) == 0 ? 900 + pick(5000) : 50 + pick(50);
          lines_.push_back(
              {day * 86400 + static_cast<int>(hour) * 3600 + static_cast<int>(pick(3600)),
               fmt::format("\"person\":\"p{}\",\"door\":\"d{}\",\"kind\":\"{}\",\"size\":{}",
                           person, door, kind, size)});
        }
      }
    }
    std::sort(lines_.begin(), lines_.end());
    int uid = 0;
    for (Line& line : lines_) {
      const Timestamp time{*ParseIso8601("2026-02-02T00:00:00Z") +
                           std::chrono::seconds(line.second)};
      line.text = fmt::format("{{\"product\":\"door-guard\",\"uid\":{},\"when\":\"{}\",{}}}\n",
                              ++uid, FormatIso8601(time), line.text);
    }
  }

  size_t size() const { return lines_.size(); }
  // Lines by time, joined. The first line of a day is at Day(n).
  std::string Lines(size_t from = 0, size_t to = SIZE_MAX) const {
    std::string text;
    for (size_t i = from; i < std::min(to, lines_.size()); ++i) text += lines_[i].text;
    return text;
  }
  size_t Day(int day) const {
    return static_cast<size_t>(
        std::lower_bound(lines_.begin(), lines_.end(), Line{day * 86400, ""}) - lines_.begin());
  }
  std::string Write(const std::string& path, const std::string& text) {
    return temp_.WriteFile(path, text);
  }
  std::string Path(const std::string& path) const { return temp_.folder() + "/" + path; }
  std::string Output(const std::string& path) const {
    std::ifstream file(Path(path), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  // With a checkpoint every hundred events and no thread of its own, so that tests are the same
  // each time.
  RunOptions Options(const std::vector<std::string>& inputs, const std::string& out,
                     const std::string& state = "") const {
    RunOptions options;
    options.inputs = inputs;
    options.out_folder = Path(out);
    if (!state.empty()) options.state.folder = Path(state);
    options.state.every_events = 100;
    options.state.write_behind = false;
    return options;
  }
  Result<RunReport> Run(const RunOptions& options) {
    faults_ = {};
    return RunJob(*content_, options, faults_);
  }

  TempContent& temp() { return temp_; }
  const Diagnostics& faults() const { return faults_; }
  const ContentSet& content() const { return *content_; }
  void Reload() {
    faults_ = {};
    content_ = temp_.Load(faults_);
  }

 private:
  struct Line {
    int second;
    std::string text;
    auto operator<=>(const Line&) const = default;
  };
  TempContent temp_;
  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  std::vector<Line> lines_;
};

}  // namespace vedette
