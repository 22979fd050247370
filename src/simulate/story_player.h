// Plays stories over an organisation: chooses who plays each, and makes the records of its steps.
#pragma once

#include <string>
#include <vector>

#include "core/arena.h"
#include "simulate/habits.h"
#include "simulate/organisation.h"
#include "simulate/record.h"
#include "simulate/story.h"
#include "simulate/world.h"

namespace vedette::simulate {

// A story as it was played.
struct PlayedStory {
  const Story* story = nullptr;
  uint32_t person = kNobody;
  uint32_t machine = 0;
  std::vector<int64_t> days;  // local days of its steps, since 1970-01-01
  std::string skipped;        // why it was not played; empty: it was
};

struct Playing {
  std::vector<PlayedStory> stories;  // in the order of Stories()
  std::vector<Record> records;  // sorted by time; Record::story is an index into `stories` plus one
  Arena arena;                  // keeps their texts
};

// `days` is the length of the simulation. Each person plays one story at most. A story that does
// not fit into the days, or for which nobody is left, is skipped and says so.
Playing PlayStories(const Organisation& organisation, const World& world,
                    const std::vector<Habits>& habits, int64_t first_day, int days);

}  // namespace vedette::simulate
