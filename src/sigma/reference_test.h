// A second evaluator of detection rules, for tests alone: written from the specification, plain and
// slow, sharing nothing with the first but the YAML and JSON trees. No index, no graph, no memory;
// texts are sequences of code points, patterns are matched by a table of all prefixes, numbers are
// compared digit by digit.
//
//   ReferenceRule rule(*ParseYaml(text, "rule"));
//   rule.Matches(event);
#pragma once

#include <functional>
#include <string>

#include "content/node.h"
#include "sigma/json_value.h"

namespace vedette::sigma {

class ReferenceRule {
 public:
  using Supplies = std::function<bool(const std::string& field)>;

  explicit ReferenceRule(Node document) : document_(std::move(document)) {}

  // `supplies` empty: every field.
  bool Matches(const JsonValue& event, const Supplies& supplies = nullptr) const;

 private:
  Node document_;
};

}  // namespace vedette::sigma
