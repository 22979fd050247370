// SigmaRules are the Sigma rules of a run, fitted to the products of the content folder: what every
// judge shares.
//
//   std::unique_ptr<const SigmaRules> sigma = SigmaRules::Load({"rules/"}, library, tables, compiler, faults);
//   RuleSet rules = RuleSet::Load(library, compiler, faults, sigma->Specs(compiler));
//   SigmaStage stage(*sigma, rules, schema);      // sigma_stage.h
//
// A lane is one source (content/sigma/sources/) on one platform: its records are asked all rules of
// its log sources at once. Placeholders (%name%) are bound to the context lists of that name. What
// cannot be loaded is a fault with its place; the rest runs. Loading: after the parsers, before the
// rule set. Immutable afterwards; shared by threads; stays where it is made.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "content/library.h"
#include "enrich/context_tables.h"
#include "rule/rule_set.h"
#include "sigma/collection.h"
#include "sigma/matcher.h"
#include "sigma/policy.h"
#include "sigma/sources.h"

namespace vedette {

class SigmaRules {
 public:
  struct Lane {
    uint32_t source = 0;
    uint32_t platform = 0;
    sigma::Matcher matcher;
  };

  // How far a rule can work on the records of these products.
  struct Status {
    sigma::RuleCoverage::State state = sigma::RuleCoverage::State::kInactive;
    std::string why;                         // of an inactive rule
    std::vector<uint32_t> lanes;             // in which it is active or degraded
    std::vector<sigma::FieldId> unsupplied;  // in some lane of those
  };

  // `matching` with prune off asks every rule about every event: the answers are the same.
  static std::unique_ptr<const SigmaRules> Load(const std::vector<std::string>& paths,
                                                ContentLibrary& library,
                                                const ContextTables& tables, Compiler& compiler,
                                                Diagnostics& faults,
                                                sigma::Matcher::Options matching = {true});

  // A rule of the engine for each rule that some lane can match and each correlation.
  std::vector<RuleSpec> Specs(Compiler& compiler) const;

  const sigma::Collection& collection() const { return collection_; }
  const sigma::Sources& sources() const { return sources_; }
  const std::vector<Lane>& lanes() const { return lanes_; }
  // By rule of the collection.
  const std::vector<Status>& statuses() const { return statuses_; }

  // Sources whose records some rule asks, by event type.
  const std::vector<uint32_t>& SourcesOf(EventTypeId type) const { return by_type_[type]; }
  ProductId product_of(uint32_t source) const { return products_[source]; }
  // The lane of a source and platform, or -1.
  int32_t LaneOf(uint32_t source, size_t platform) const { return lane_of_[source][platform]; }
  std::string LaneName(const Lane& lane) const {
    return sources_.all()[lane.source].NameOf(lane.platform);
  }

 private:
  SigmaRules() = default;
  void MakeLanes(const Schema& schema, sigma::Matcher::Options matching);
  void Assess();
  std::string WhyInactive(sigma::RuleIndex rule) const;
  RuleSpec SpecOf(const sigma::Metadata& meta, ExprId suppress_by) const;

  sigma::Policy policy_;
  sigma::Collection collection_;
  sigma::Sources sources_;
  std::vector<Lane> lanes_;
  std::vector<Status> statuses_;
  std::vector<std::vector<uint32_t>> by_type_;
  std::vector<std::vector<int32_t>> lane_of_;
  std::vector<ProductId> products_;
};

// A table for people: rules by log source, and how far they can work on which source.
std::string RenderSigmaTable(const SigmaRules& sigma);
// Every refused document and every rule that is not fully active, with its reason.
std::string RenderSigmaDetails(const SigmaRules& sigma);

}  // namespace vedette
