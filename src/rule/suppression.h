// Suppression and the circuit breaker: what keeps a rule from saying the same thing over and over.
// Event time only.
//
//   if (suppression.Allows(rule, key, time, window)) …     // first firing, or the window has passed
//   if (breaker.Allows(rule, entity, time)) …              // closed, or a kept sample
//
// A suppression window runs from the first firing and is not extended: 2 min, 10:00:00 fires,
// 10:01:59 does not, 10:02:00 does. The breaker of a rule opens when within five minutes it fired
// more than 50 times on more than 20 entities; then one firing in a hundred is kept, and it closes
// after five quiet minutes. One thread. Source: semantics 6.4, 6.5.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/hash.h"
#include "core/state_records.h"
#include "core/time.h"

namespace vedette {

class Suppression {
 public:
  bool Allows(const Hash128& key, Timestamp now, Nanoseconds window) {
    const auto [at, added] = started_.try_emplace(key, now);
    if (added || now - at->second >= window) {
      at->second = now;
      changes_.Add(key);
      return true;
    }
    ++held_back_;
    return now < at->second;  // an earlier event that came late stands for itself
  }

  // Frees windows that ended before `now`; windows are at most a day long.
  void CloseDay(Timestamp now) {
    boost::unordered::erase_if(started_, [&](const auto& item) {
      const bool over = (now - item.second).count() > kNanosPerDay;
      if (over) changes_.Add(item.first);
      return over;
    });
  }

  uint64_t held_back() const { return held_back_; }

  // Records of the state: `w` windows by key.
  void TrackChanges() { changes_.Track(true); }
  void SaveChanges(StatePart part);
  Result<void> Load(const StateView& view, const std::string& prefix, StateDamage& damage);

 private:
  boost::unordered_flat_map<Hash128, Timestamp, HashOfHash> started_;
  uint64_t held_back_ = 0;
  ChangedKeys changes_;
};

class CircuitBreaker {
 public:
  explicit CircuitBreaker(size_t rules) : rules_(rules) {}

  bool Allows(uint32_t rule, const Hash128& entity, Timestamp now);

  bool is_open(uint32_t rule) const { return rules_[rule].open; }
  uint64_t held_back(uint32_t rule) const { return rules_[rule].held_back; }
  uint64_t times_opened(uint32_t rule) const { return rules_[rule].times_opened; }

  // Whether the rule was asked about since the last time; then what to keep of it.
  bool TakeChanged(uint32_t rule) { return std::exchange(rules_[rule].changed, false); }
  std::string Save(uint32_t rule) const;
  // False when the record does not hold together; then nothing is kept.
  bool Load(uint32_t rule, std::string_view record);

 private:
  struct Firing {
    Timestamp time;
    Hash128 entity;
  };
  struct State {
    std::deque<Firing> recent;
    std::map<Hash128, uint32_t> entities;  // of the recent firings
    bool open = false;
    uint64_t since_open = 0;
    uint64_t held_back = 0;
    uint64_t times_opened = 0;
    bool changed = false;
  };

  std::vector<State> rules_;
};

}  // namespace vedette
