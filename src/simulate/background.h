// The Background is what an organisation's products see on ordinary days: everything but the
// stories.
//
//   Background background(organisation, world, habits, {.first_day = 20458, .events_per_day = 90});
//   background.MakeDay(0, arena, records);   // all people and machines, on their local first day
//
// Each person and machine has its own random stream per day, so that a day depends on nothing that
// came before.
#pragma once

#include <cstdint>
#include <vector>

#include "simulate/activities.h"

namespace vedette::simulate {

struct BackgroundOptions {
  int64_t first_day = 0;    // since 1970-01-01
  int events_per_day = 90;  // records per person and working day, over all products
};

class Background {
 public:
  Background(const Organisation& organisation, const World& world,
             const std::vector<Habits>& habits, BackgroundOptions options)
      : organisation_(organisation), world_(world), habits_(habits), options_(options) {}

  // Appends the records of the day, in no order; texts go to `arena`, which must outlive them.
  // Local days of all places: the records lie between 14 hours before and 14 hours after the UTC
  // day.
  void MakeDay(int day, Arena& arena, std::vector<Record>& records) const;

 private:
  void MakePersonDay(uint32_t person, int day, Arena& arena, std::vector<Record>& records) const;
  void MakeServerDay(uint32_t machine, int day, Arena& arena, std::vector<Record>& records) const;

  const Organisation& organisation_;
  const World& world_;
  const std::vector<Habits>& habits_;
  BackgroundOptions options_;
};

}  // namespace vedette::simulate
