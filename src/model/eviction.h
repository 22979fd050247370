// What models have in common when memory runs out: the longest unseen goes first.
//
//   memory.VisitUnits([&](const Age& age, uint64_t bytes) {…});   // all that could go
//   uint64_t gone = memory.Evict(age);                            // it and everything older
//
// A unit is a value of a scope, a counter, or a scope with all that it knows. Ages order units by
// when they were last seen, then by key, so what goes depends on nothing but what was seen.
// Source: semantics 4.2.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "model/entry_table.h"

namespace vedette {

struct Age {
  Minutes last_seen = 0;
  Hash128 key;

  friend auto operator<=>(const Age&, const Age&) = default;
};

// A scope that is counted beside its values goes after all of them.
inline constexpr Hash128 kAfterValues{std::numeric_limits<uint64_t>::max(),
                                      std::numeric_limits<uint64_t>::max()};

using VisitUnit = std::function<void(const Age& age, uint64_t bytes)>;

// Takes scopes that are at most that young out of a list and the index into it, and tells
// `tell(scope)` of each. Scopes have `key` and `last_seen`.
template <typename Index, typename Scopes, typename Tell>
uint64_t TakeOutScopes(const Age& limit, Index& index, Scopes& scopes, Tell tell) {
  uint64_t gone = 0;
  for (size_t i = 0; i < scopes.size();) {
    if (Age{scopes[i].last_seen, scopes[i].key} > limit) {
      ++i;
      continue;
    }
    tell(scopes[i]);
    index.erase(scopes[i].key);
    if (i + 1 < scopes.size()) {
      scopes[i] = std::move(scopes.back());
      index[scopes[i].key] = static_cast<uint32_t>(i);
    }
    scopes.pop_back();
    ++gone;
  }
  return gone;
}

}  // namespace vedette
