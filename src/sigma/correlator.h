// A Correlator counts, sums and orders the matches of rules over sliding windows of event time, per
// group: Sigma's correlation rules.
//
//   sigma::Correlator correlator(rules, {});
//   correlator.OnMatches(matched, time, view, firings);   // in order of event time
//
// All rules that one event matches are handed in together. A match at t sees matches in [t -
// timespan, t]. It fires at every completing match while the condition holds; suppression is the
// caller's. Correlations of correlations are fed within. Time must not run backwards; a match that
// is older than the last one is taken at the last one's time and counted (`out_of_order`).
//
// `absent` fires between events, when time has passed its deadline (AdvanceTo). What such a firing
// is about is the last match of its group: the caller hands in a subject with the match, bytes of
// its own choosing, and gets them back with the firing.
//
// State is bounded: `max_groups` per correlation and `max_matches` per group, the oldest go first
// and are counted. It is saved and restored as bytes, by the key and the definition of each
// correlation; what has changed meanwhile starts anew. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigma/collection.h"
#include "sigma/view.h"

namespace vedette::sigma {

struct CorrelatorOptions {
  size_t max_groups = 100'000;
  size_t max_matches = 10'000;
};

// One firing of a correlation.
struct CorrelationFiring {
  uint32_t correlation = 0;        // index into Collection::correlations()
  Timestamp time;                  // of the match that completed it
  std::vector<std::string> group;  // values of the group-by, in its order
  double value = 0;                // what was compared: a count, a sum, …
  uint32_t matches = 0;            // in the window
  Timestamp first;                 // oldest of these; of an empty window the last that left it
  std::string subject;             // of the match that completed it; of `absent` the last match
};

struct CorrelatorCounters {
  uint64_t matches = 0;        // taken
  uint64_t without_group = 0;  // lacked a field of the group-by
  uint64_t without_value = 0;  // lacked the field that is counted or summed
  uint64_t firings = 0;
  uint64_t evicted_groups = 0;
  uint64_t evicted_matches = 0;
  uint64_t out_of_order = 0;
};

class Correlator {
 public:
  Correlator(const Collection& rules, CorrelatorOptions options);
  ~Correlator();
  Correlator(Correlator&&) noexcept;
  Correlator& operator=(Correlator&&) noexcept;

  // Whether some correlation waits for matches of that detection rule.
  bool Wants(RuleIndex rule) const;

  // Whether matches of that rule should come with a subject.
  bool WantsSubject(RuleIndex rule) const;

  // Tells that `rules` matched the event behind `view`. Appends what fires, by correlation.
  void OnMatches(std::span<const RuleIndex> rules, Timestamp time, View& view,
                 std::vector<CorrelationFiring>& firings, std::string_view subject = {});

  // No match before `watermark` will come any more: lets `absent` speak. Appends what fires, in
  // order of time.
  void AdvanceTo(Timestamp watermark, std::vector<CorrelationFiring>& firings);
  // Until this moment AdvanceTo has nothing to do; the end of time when no match is waited for.
  Timestamp Deadline() const;

  // Every subject that is kept, to be changed in place.
  void ForEachSubject(const std::function<void(std::string&)>& visit);

  const CorrelatorCounters& counters() const;
  size_t groups() const;      // held now
  uint64_t revision() const;  // another number whenever there is something new to save

  std::string Save() const;
  // False, and empty, when the bytes are not what Save wrote.
  bool Restore(std::string_view bytes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vedette::sigma
