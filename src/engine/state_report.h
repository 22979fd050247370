// What a state folder holds, for people: the sizes of its models, how two states differ, and what a
// model believes about one scope.
//
//   Result<StateSummary> summary = SummarizeState(db);
//   Result<std::vector<ModelDifference>> differences = CompareStates(a, b);
//   Result<ScopeReport> belief = DescribeScope(db, content, "EM-country", "org", {"BR"});
//
// Keys are hashes: names are hashed to find them, and values that nobody names appear as hashes.
// Cost: one pass over the records that are asked about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/content_set.h"
#include "engine/state_keeper.h"
#include "model/probe.h"
#include "model/record_summary.h"
#include "store/state_db.h"

namespace vedette {

struct ModelSummary {
  std::string id;
  std::string kind;
  RecordSummary records;
};

struct StateSummary {
  std::string engine;
  uint32_t format = 0;
  RunProgress run;
  size_t inputs = 0;
  uint64_t sessions = 0;
  uint64_t detections = 0;  // of those sessions
  uint64_t records = 0;
  uint64_t bytes = 0;
  std::vector<ModelSummary> models;  // by id
};

Result<StateSummary> SummarizeState(const StateDb& db);

struct ModelDifference {
  std::string model;  // "" is everything that is no model's
  uint64_t only_first = 0;
  uint64_t only_second = 0;
  uint64_t different = 0;
  std::vector<std::string> examples;  // a few lines
};

// Parts that do not differ are left out.
Result<std::vector<ModelDifference>> CompareStates(const StateDb& first, const StateDb& second,
                                                   size_t examples);

struct KnownValue {
  std::string name;  // as asked for, or the key in hex
  Timestamp first_seen;
  Timestamp last_seen;
  uint64_t count = 0;
  bool asked_for = false;
};

struct ScopeReport {
  const ModelSpec* model = nullptr;
  Timestamp now;                     // the last event that was judged
  Answer answer;                     // for the first value asked for, or none
  std::vector<KnownValue> values;    // of kinds that keep values, by count
  std::vector<std::string> unknown;  // values asked for that the scope never showed, or forgot
};

// Errors: `unknown-model`, `unknown-scope`.
Result<ScopeReport> DescribeScope(const StateDb& db, const ContentSet& content,
                                  std::string_view model, std::string_view scope,
                                  const std::vector<std::string>& values);

}  // namespace vedette
