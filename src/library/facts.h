// LibraryFacts say which product feeds what: the one source of `library.json`, the pages and the
// layers.
//
//   LibraryFacts facts = LibraryFacts::Load(*content, faults);
//   for (const ProductFacts& product : facts.products()) …
//
// A rule belongs to a product exactly when a parser of the product yields one of the rule's event
// types; under a use case stand the rules that have it, and the models that those rules read. A
// model stands in the row of an event type that it learns from, or on which one of those rules
// reads it. Counts are of distinct things listed. Rules, models and parsers go by their index in
// the content set, lists of them are in the order of their ids. Refers to the content set, which
// has to live as long.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "content/attack_table.h"
#include "engine/content_set.h"
#include "library/use_case.h"

namespace vedette {

struct Counts {
  size_t rules = 0, models = 0, techniques = 0, event_types = 0, parsers = 0;
};

// An event type of a product, with what it feeds.
struct EventTypeRow {
  EventTypeId type = kNoEventType;
  std::vector<uint32_t> parsers;
  std::vector<uint32_t> rules;
  std::vector<uint32_t> models;
};

// A product under one use case, or as a whole.
struct ContentTable {
  std::vector<EventTypeRow> rows;  // by name of the event type
  std::vector<uint32_t> rules, models, parsers;
  std::vector<std::string> techniques;
  Counts counts;
};

struct ProductUseCase {
  uint32_t use_case = 0;
  ContentTable content;
};

struct ProductFacts {
  std::string vendor, product;
  ContentTable content;                   // everything: also event types that nothing reads
  std::vector<ProductUseCase> use_cases;  // those with content, by name
};

class LibraryFacts {
 public:
  static LibraryFacts Load(const ContentSet& content, Diagnostics& faults);

  const ContentSet& content() const { return *content_; }
  const AttackTable& attack() const { return attack_; }
  const std::vector<UseCase>& use_cases() const { return use_cases_; }
  const std::vector<ProductFacts>& products() const {
    return products_;
  }  // by vendor, then product

  const RuleSpec& rule(uint32_t index) const { return content_->rules.rules()[index]; }
  const ModelSpec& model(uint32_t index) const { return content_->rules.models()[index]; }
  const ParserSpec& parser(uint32_t index) const { return content_->parsers.parsers()[index]; }
  const std::string& event_type(EventTypeId type) const {
    return content_->library.schema.event_type(type).name;
  }

  // Event types that logs have to bring for a rule or model: in place of what a sequence tells, its
  // steps.
  const std::vector<EventTypeId>& EventTypesOfRule(uint32_t rule) const {
    return types_of_rule_[rule];
  }
  const std::vector<EventTypeId>& EventTypesOfModel(uint32_t model) const {
    return types_of_model_[model];
  }
  // Models that a rule asks, directly or through the `if_seen` of another; and the other way round.
  const std::vector<uint32_t>& ModelsOfRule(uint32_t rule) const { return models_of_rule_[rule]; }
  const std::vector<uint32_t>& RulesOfModel(uint32_t model) const { return rules_of_model_[model]; }
  std::vector<uint32_t> RulesOfUseCase(std::string_view name) const;
  // All rules, models and parsers, by id.
  const std::vector<uint32_t>& rules() const { return rules_; }
  const std::vector<uint32_t>& models() const { return models_; }
  const std::vector<uint32_t>& parsers() const { return parsers_; }

  // What a rule is filed under on pages: its techniques; the ids of its tactics when it has none;
  // both may be missing.
  std::vector<std::string> Headings(uint32_t rule) const;
  // Distinct techniques of rules, by id.
  std::vector<std::string> TechniquesOf(const std::vector<uint32_t>& rules) const;
  // Distinct event types that a parser can yield.
  std::set<EventTypeId> EventTypesOfParser(uint32_t parser) const;
  const UseCase* FindUseCase(std::string_view name) const;
  // The test beside a content file; empty when there is none.
  std::string TestOf(std::string_view file) const;

 private:
  void LinkModels();
  void AddProduct(ProductId id);
  ContentTable MakeTable(const ProductFacts& product, const UseCase* use_case) const;
  void CountTable(ContentTable& table) const;

  const ContentSet* content_ = nullptr;
  AttackTable attack_;
  std::vector<UseCase> use_cases_;
  std::vector<ProductFacts> products_;
  std::vector<std::vector<EventTypeId>> types_of_rule_, types_of_model_;
  std::vector<std::vector<uint32_t>> models_of_rule_, rules_of_model_;
  std::vector<uint32_t> rules_, models_, parsers_;
};

}  // namespace vedette
