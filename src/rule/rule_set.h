// A RuleSet is all behaviours of a content folder: models and rules, checked against each other and
// put in order.
//
//   RuleSet rules = RuleSet::Load(library, compiler, faults);
//   const RuleSet::ForType& work = rules.ForEventType(event.type);   // which models to ask, which rules to try
//
// Every fault of every file is collected: unknown names with the nearest one, `unless` cycles with
// the cycle, rules that no event can reach, models that no rule reads, techniques that ATT&CK does
// not have. Read-only after loading; shared by threads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "content/library.h"
#include "model/model_spec.h"
#include "rule/context_label.h"
#include "rule/rule_spec.h"
#include "rule/sequence_spec.h"

namespace vedette {

struct Behaviour {
  std::string name;
  std::string about;
  std::string file;
  std::vector<uint32_t> models;
  std::vector<uint32_t> sequences;
  std::vector<uint32_t> rules;
};

class RuleSet {
 public:
  struct ModelUse {
    uint32_t model;
    bool
        trains;  // false: only asked, because a rule reads it on events that it does not learn from
  };
  struct ForType {
    std::vector<ModelUse> models;  // a model stands behind the one that its `if_seen` names
    std::vector<uint32_t> rules;   // blockers before what they block
  };

  // `others` are rules that are found by other means (kSigma): they take part in everything but
  // ForEventType.
  static RuleSet Load(const ContentLibrary& library, Compiler& compiler, Diagnostics& faults,
                      std::vector<RuleSpec> others = {});

  const std::vector<ModelSpec>& models() const { return models_; }
  const std::vector<RuleSpec>& rules() const { return rules_; }
  const std::vector<SequenceSpec>& sequences() const { return sequences_; }
  const std::vector<ContextLabel>& labels() const { return labels_; }
  const std::vector<Behaviour>& behaviours() const { return behaviours_; }
  const ForType& ForEventType(EventTypeId type) const { return by_type_[type]; }

  // The event types that logs have to bring so that these occur: in place of a type that a sequence
  // yields, those of its steps. Ordered.
  std::vector<EventTypeId> FedBy(const std::vector<EventTypeId>& types) const;

  // Index of a rule or model by its id, or -1.
  int FindRule(std::string_view id) const;
  int FindModel(std::string_view id) const;

  // Rule groups by number, as scoring knows them.
  uint32_t group_of(uint32_t rule) const { return rule_groups_[rule]; }
  const std::vector<std::string>& groups() const { return groups_; }

 private:
  friend class RuleSetBuilder;

  std::vector<ModelSpec> models_;
  std::vector<RuleSpec> rules_;
  std::vector<SequenceSpec> sequences_;
  std::vector<ContextLabel> labels_;
  std::vector<Behaviour> behaviours_;
  std::vector<ForType> by_type_;
  std::map<std::string, uint32_t, std::less<>> rule_ids_, model_ids_, sequence_ids_;
  std::vector<std::string> groups_;
  std::vector<uint32_t> rule_groups_;
};

}  // namespace vedette
