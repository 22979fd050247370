// Habits are what one person does again and again: hours, programs, sites, correspondents, folders,
// sticks.
//
//   std::vector<Habits> habits = MakeHabits(organisation, world);
//   const Site& site = *habits[person].sites.Pick(random, day);
//
// Made from the seed alone. A habit may begin later than the first day: that is how new values come
// into a life at a realistic rate without any state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/organisation.h"
#include "simulate/random.h"
#include "simulate/software.h"
#include "simulate/world.h"

namespace vedette::simulate {

// Values with a heavy head, some of which are taken up on a later day.
template <typename T>
class Habit {
 public:
  void Add(T value, int since = 0) {
    values_.push_back(std::move(value));
    since_.push_back(static_cast<uint16_t>(since));
  }
  bool empty() const { return values_.empty(); }
  size_t size() const { return values_.size(); }
  const T& operator[](size_t at) const { return values_[at]; }
  // Requires at least one value from day 0, which must come first.
  const T& Pick(Random& random, int day) const {
    const size_t at = random.Habitual(values_.size());
    return since_[at] <= day ? values_[at] : values_[0];
  }

 private:
  std::vector<T> values_;
  std::vector<uint16_t> since_;
};

struct UsbStick {
  std::string serial;
  std::string_view model;
};

struct Correspondent {
  const Partner* partner;  // null for a freelancer
  std::string_view address;
};

struct Habits {
  int arrives = 0;  // minutes after local midnight
  int leaves = 0;
  int pace = 100;   // percent of the organisation's usual number of events
  int weekend = 0;  // permille of weekend days with some work
  Habit<const Launch*> launches;
  Habit<const Site*> sites;
  Habit<Correspondent> correspondents;
  Habit<uint32_t> colleagues;
  Habit<std::string> folders;
  Habit<std::string_view> updaters;
  Habit<uint32_t> shared_machines;  // may be empty
  std::vector<UsbStick> sticks;     // most have none
  std::string printer;              // empty: does not print
  const Program* browser = nullptr;
  bool shares_files = false;    // uses public file sharing for work
  bool meets_dlp = false;       // now and then trips over a data loss policy
  bool administers = false;     // logs on to servers
  bool sets_autostart = false;  // has programs that set themselves to start at logon
};

std::vector<Habits> MakeHabits(const Organisation& organisation, const World& world);

// "HK4A1F09C2D7": serial numbers and models as sticks have them.
UsbStick MakeStick(Random& random);
// Extensions of the files that a department works on, commonest first.
std::span<const std::string_view> ExtensionsOf(Department department);

}  // namespace vedette::simulate
