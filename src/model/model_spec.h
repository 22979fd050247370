// A ModelSpec is one model as content declares it: what it learns from, for whom, and how.
//
//   std::optional<ModelSpec> spec = ReadModelSpec(node, schema, compiler, faults);
//
// Read once at load time, then read-only. The keys, their meaning and defaults: docs/content.md,
// "Rules and models".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "content/node.h"
#include "core/hash.h"
#include "core/time.h"
#include "event/schema.h"
#include "expr/program.h"
#include "model/confidence.h"

namespace vedette {

enum class ModelKind : uint8_t {
  kProfile,         // first-seen memory
  kCategorical,     // how often each value was seen
  kClustered,       // numbers, against a fitted boundary
  kWindowCount,     // events in a window, by order of magnitude
  kWindowDistinct,  // distinct values in a window, by order of magnitude
  kWindowSum,       // a sum over a window, by order of magnitude
  kTimeOfWeek,      // hours of the week
  kTop,             // who does it most
};

std::string_view ModelKindName(ModelKind kind);
std::optional<ModelKind> FindModelKind(std::string_view name);

// What a clustered model takes as one number: an event's, or the running total of the scope's day.
enum class Aggregate : uint8_t { kEvent, kSessionSum };

struct ModelSpec {
  std::string id;
  std::string title;
  std::string behaviour;
  std::string file;
  Place place;
  bool broken = false;  // has a fault, which was told; rules that read it never act
  ModelKind kind = ModelKind::kProfile;
  std::vector<EventTypeId> events;

  ExprId scope = kNoExpr;
  std::string scope_text;  // as content spells it
  ExprId value = kNoExpr;  // kTop: the member
  std::string value_text;
  ExprId train_when = kNoExpr;
  ExprId count_per = kNoExpr;  // window kinds
  std::string if_seen;         // trains only on events whose own entry in that profile exists
  int if_seen_model = -1;      // resolved by the rule set

  bool scope_is_org = false;
  bool scope_is_peer_group = false;
  bool scope_is_user = false;
  bool case_sensitive = false;
  Nanoseconds memory{90 * kNanosPerDay};
  Nanoseconds min_training{14 * kNanosPerDay};
  uint32_t min_active_days = 0;
  uint32_t max_values = 100'000;
  uint64_t max_memory = 0;       // bytes; 0: only the limit of all models together
  bool needs_value_age = false;  // some rule asks how old a value is in any scope

  Convergence convergence;
  uint64_t percentile_ppm = 100'000;
  int64_t halve_every_days = 0;

  int64_t bin_width = 5;  // clustered
  int scale = 0;          // decimal digits kept of clustered and summed numbers
  Aggregate aggregate = Aggregate::kEvent;

  Nanoseconds window{kNanosPerDay};  // window kinds
  Nanoseconds period{12 * kNanosPerHour};
  std::string base_text = "2";
  int min_magnitude = 0;

  bool rank_by_percentile = false;  // top

  // Of everything that decides what the model remembers: kind, events, scope, value, conditions,
  // memory, windows. Two specs with the same hash may share a memory; texts and limits of judging
  // are not in it.
  Hash128 memory_hash;

  bool learns_values() const {
    return kind == ModelKind::kProfile || kind == ModelKind::kCategorical;
  }
};

// Nothing when the node is too broken to make a model of; every fault is in `faults` either way.
std::optional<ModelSpec> ReadModelSpec(const Node& node, const Schema& schema, Compiler& compiler,
                                       Diagnostics& faults);

// Event types by name, every unknown one a fault.
std::vector<EventTypeId> ReadEventTypes(const Node& node, const Schema& schema,
                                        Diagnostics& faults);

// The expression behind a scope word (`user`, `org` …) or the text itself.
std::string ScopeExpression(std::string_view text);

// Compiles the expression under `key`; absent gives kNoExpr.
ExprId CompileKey(MapReader& map, std::string_view key, Compiler& compiler, Diagnostics& faults);

}  // namespace vedette
