// Simulation of an organisation: raw logs of five products over some weeks, its directory, and
// labelled stories.
//
//   Result<Summary> summary = Simulate({.users = 200, .days = 45, .seed = 7, .folder = "out"});
//
// Writes FOLDER/logs/<product>/<week files>, FOLDER/context/ (users.csv, assets.csv, zones.csv,
// company_domains.txt) and FOLDER/labels.json. Same options, same bytes. Memory grows with users,
// not with days. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/file_system.h"
#include "core/result.h"
#include "simulate/dirt.h"

namespace vedette::simulate {

struct SimulationOptions {
  int users = 200;
  int days = 45;
  uint64_t seed = 1;
  std::filesystem::path folder;
  int64_t first_day = 20458;  // 2026-01-05, since 1970-01-01
  int events_per_day = 90;    // records per person and working day
  bool stories = true;
  bool dirty = false;
  FileSystem* disk = &FileSystem::Real();
};

struct Summary {
  int64_t lines = 0;
  int64_t bytes = 0;
  int people = 0;
  int machines = 0;
  int stories = 0;
  int labelled_lines = 0;
  std::vector<std::string> skipped;  // stories that were not played, and why
  DirtCounts dirt;
};

Result<Summary> Simulate(const SimulationOptions& options);

}  // namespace vedette::simulate
