#include "simulate/simulate.h"

#include <algorithm>
#include <deque>
#include <memory>

#include <fmt/format.h>

#include "simulate/background.h"
#include "simulate/context_files.h"
#include "simulate/formats/format.h"
#include "simulate/labels.h"
#include "simulate/story_player.h"

namespace vedette::simulate {
namespace {

// Local days of all places begin less than this before the UTC day.
constexpr int64_t kEarliestLocalDay = 14 * kNanosPerHour;

// Runs the days in order and hands each record to its format once no earlier one can come.
class Run {
 public:
  explicit Run(const SimulationOptions& options)
      : options_(options),
        dirt_{options.dirty, options.seed},
        organisation_(Organisation::Make({options.users, options.seed})),
        world_(World::Make(organisation_)),
        habits_(MakeHabits(organisation_, world_)),
        background_(organisation_, world_, habits_, {options.first_day, options.events_per_day}),
        formats_(organisation_),
        files_(options.folder, *options.disk),
        stream_(dirt_, files_) {}

  Result<Summary> Go() {
    if (options_.stories)
      playing_ = PlayStories(organisation_, world_, habits_, options_.first_day, options_.days);
    if (Result<void> written =
            WriteContextFiles(organisation_, options_.folder / "context", *options_.disk);
        !written)
      return Fail(written.error());
    for (int day = 0; day < options_.days; ++day) {
      arenas_.push_back(std::make_unique<Arena>());
      background_.MakeDay(day, *arenas_.back(), pending_);
      Emit({(options_.first_day + day + 1) * kNanosPerDay - kEarliestLocalDay});
      if (arenas_.size() > 3) arenas_.pop_front();
    }
    Emit({INT64_MAX});
    if (Result<void> finished = stream_.Finish(); !finished) return Fail(finished.error());
    if (Result<void> written =
            WriteLabels(options_, organisation_, playing_, labels_, files_.label_files());
        !written) {
      return Fail(written.error());
    }
    return Sum();
  }

 private:
  // Writes all records before `until`, background and stories merged by time.
  void Emit(Timestamp until) {
    std::sort(pending_.begin(), pending_.end());
    const auto end =
        std::lower_bound(pending_.begin(), pending_.end(), until,
                         [](const Record& record, Timestamp time) { return record.time < time; });
    for (auto it = pending_.begin(); it != end; ++it) {
      EmitStories(it->time);
      EmitOne(*it);
    }
    EmitStories(until);
    pending_.erase(pending_.begin(), end);
    stream_.Advance(until);
  }

  void EmitStories(Timestamp until) {
    for (; next_story_ < playing_.records.size() && playing_.records[next_story_].time < until;
         ++next_story_) {
      EmitOne(playing_.records[next_story_]);
    }
  }

  void EmitOne(const Record& record) {
    std::string line;
    line.reserve(2048);
    const Timestamp arrives = record.time;
    Record seen = record;
    seen.time.ns += ClockSkew(dirt_, record.machine).count();
    if (record.story == 0) {
      formats_.Append(seen, line, nullptr);
      stream_.Add(arrives, record.product, std::move(line), -1);
    } else {
      Label& label = labels_.emplace_back();
      label.record = seen;
      formats_.Append(seen, line, &label.mark);
      stream_.Add(arrives, record.product, std::move(line), static_cast<int>(labels_.size()) - 1);
    }
  }

  Summary Sum() const {
    Summary summary;
    summary.lines = files_.lines();
    summary.bytes = files_.bytes();
    summary.people = organisation_.users;
    summary.machines = static_cast<int>(organisation_.machines.size());
    summary.labelled_lines = static_cast<int>(labels_.size());
    summary.dirt = stream_.counts();
    for (const PlayedStory& played : playing_.stories) {
      if (played.skipped.empty()) {
        ++summary.stories;
      } else {
        summary.skipped.push_back(fmt::format("{}: {}", played.story->id, played.skipped));
      }
    }
    return summary;
  }

  const SimulationOptions& options_;
  const DirtOptions dirt_;
  const Organisation organisation_;
  const World world_;
  const std::vector<Habits> habits_;
  const Background background_;
  Formats formats_;
  LogFiles files_;
  LogStream stream_;
  Playing playing_;
  std::deque<std::unique_ptr<Arena>> arenas_;
  std::vector<Record> pending_;
  std::vector<Label> labels_;
  size_t next_story_ = 0;
};

}  // namespace

Result<Summary> Simulate(const SimulationOptions& options) { return Run(options).Go(); }

}  // namespace vedette::simulate
