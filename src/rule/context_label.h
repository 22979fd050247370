// A ContextLabel says what about a person or machine makes a day's findings weigh more or less: an
// executive, a disabled account, a critical server.
//
//   std::vector<ContextLabel> labels = ReadContextLabels(library, compiler, faults);
//   Labeller labeller(labels, schema, evaluator);
//   for (uint32_t i : labeller.Of(EntityKind::kUser, "ada", time)) use(labels[i].factor_ppm);
//
// A label is a question about who bears a session, never about one event, so a session's labels
// do not depend on the order of anything. Its condition is asked of an event that holds nobody but
// the entity. One labeller per thread. Keys: docs/content.md, "Context labels". Source: semantics
// 4.13 and 11.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "content/library.h"
#include "expr/evaluator.h"
#include "expr/program.h"
#include "rule/rule_spec.h"

namespace vedette {

struct ContextLabel {
  std::string id;
  std::string title;
  std::string reason;
  EntityKind of = EntityKind::kUser;  // or kAsset
  ExprId when = kNoExpr;
  int64_t factor_ppm = 1'000'000;  // 500,000 to 1,500,000
  std::string file;
  Place place;
};

// In order of their ids.
std::vector<ContextLabel> ReadContextLabels(const ContentLibrary& library, Compiler& compiler,
                                            Diagnostics& faults);

class Labeller {
 public:
  // Everything outlives the labeller.
  Labeller(const std::vector<ContextLabel>& labels, const Schema& schema, Evaluator& evaluator)
      : labels_(labels), schema_(schema), evaluator_(evaluator) {}

  // Indices of the labels that hold for the entity, ascending.
  std::vector<uint32_t> Of(EntityKind kind, std::string_view entity, Timestamp at);

 private:
  const std::vector<ContextLabel>& labels_;
  const Schema& schema_;
  Evaluator& evaluator_;
  Arena arena_{4096};
};

}  // namespace vedette
