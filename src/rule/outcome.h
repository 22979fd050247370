// What became of one rule on one event: it fired, or why it did not.
#pragma once

#include <cstdint>
#include <string_view>

namespace vedette {

// Gates are bits, because several may be closed at once.
enum class Gate : uint32_t {
  kWarmUp = 1 << 0,          // the model is younger than min_training
  kScopeMaturity = 1 << 1,   // the scope is younger than the rule's maturity
  kValueMaturity = 1 << 2,   // the value is younger than the rule's value_maturity
  kConvergence = 1 << 3,     // the scope does not repeat itself enough
  kSourceWarmUp = 1 << 4,    // the log source is new
  kActiveDays = 1 << 5,      // the scope was active on too few days
  kSaturated = 1 << 6,       // the scope forgot values, so it may not claim "first"
  kSmallGroup = 1 << 7,      // the peer group has too few members (its scope is null)
  kOncePerSession = 1 << 8,  // the value was judged before in this session
  kHistory = 1 << 9,         // while_learning: the scope has history by now
  kExcluded = 1 << 10,       // an exclusion covers it
  kUnless = 1 << 11,         // a wider rule matched
  kRequires = 1 << 12,       // a required rule did not match
  kSuppressed = 1 << 13,     // fired already within the suppression time
  kBreaker = 1 << 14,        // the circuit breaker of the rule is open
  kLate = 1 << 15,           // the event came too late to judge
  kQuarantine = 1 << 16,     // the value made the rule fire before, and is not learned yet
};

inline constexpr int kGateCount = 17;

// The word of a gate in tests and output, by its bit number.
std::string_view GateName(int bit);

enum class OutcomeKind : uint8_t {
  kNotActing,   // `when` does not hold
  kNoScope,     // scope or value is null
  kNotMatched,  // the verdict says no
  kHeldBack,    // it would have matched, but gates are closed
  kFired,
};

struct Outcome {
  OutcomeKind kind = OutcomeKind::kNotActing;
  uint32_t gates = 0;  // closed ones

  bool closed(Gate gate) const { return (gates & static_cast<uint32_t>(gate)) != 0; }
};

}  // namespace vedette
