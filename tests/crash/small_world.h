// A world small enough to live through thousands of times: one made-up product, a rule on every
// kind of model, and the logs of 200 people over 45 days, with all that makes logs hard: several
// files that overlap, gzip and zstd, duplicates, lines out of order, lines hours late.
//
//   SmallWorld world;
//   RunOptions options;
//   options.inputs = world.Inputs(2);      // after 30 days: 1; all: 2
//   RunJob(world.content(), options, faults);
//
// Same bytes each time. Content and logs are real files, gone with the object.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/content_set.h"
#include "engine/temp_content.h"

namespace vedette::crash {

inline constexpr int kStages = 2;

class SmallWorld {
 public:
  SmallWorld();

  const ContentSet& content() const { return *content_; }
  // What a shell would be told to run all of it.
  std::vector<std::string> Command(const std::string& binary) const;
  // The world's own folder, for what else a test writes.
  const std::string& folder() const { return temp_.folder(); }
  // The files that are there in a stage; those of the first are part of the second.
  std::vector<std::string> Inputs(int stage) const;

 private:
  void WriteLogs();

  TempContent temp_;
  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  std::vector<std::string> inputs_[kStages];
};

}  // namespace vedette::crash
