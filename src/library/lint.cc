#include "library/lint.h"

#include <algorithm>

#include <fmt/format.h>

#include "library/html_site.h"
#include "library/markdown_pages.h"
#include "library/navigator.h"

namespace vedette {
namespace {

void CheckTechnique(const AttackTable& attack, const std::string& id, const std::string& owner,
                    const Place& place, Diagnostics& faults) {
  if (attack.tactics().empty()) return;  // the table is missing, which is a fault of its own
  const Technique* technique = attack.Find(id);
  if (technique == nullptr) {
    faults.Error(place, "unknown-technique",
                 fmt::format("{} names the technique '{}', which ATT&CK does not have", owner, id),
                 DidYouMean(id, attack.TechniqueIds()));
  } else if (technique->revoked) {
    faults.Error(place, "revoked-technique",
                 fmt::format("{} names the technique '{}', which ATT&CK revoked", owner, id),
                 technique->revoked_by.empty()
                     ? ""
                     : fmt::format("its successor is '{}'", technique->revoked_by));
  } else if (technique->deprecated) {
    faults.Error(
        place, "deprecated-technique",
        fmt::format("{} names the technique '{}', which ATT&CK no longer uses", owner, id));
  }
}

void CheckTags(const LibraryFacts& facts, const RuleSpec& rule, Diagnostics& faults) {
  const std::string owner = fmt::format("the rule '{}'", rule.id);
  for (const std::string& id : rule.techniques)
    CheckTechnique(facts.attack(), id, owner, rule.place, faults);
  std::vector<std::string_view> names;
  for (const Tactic& tactic : facts.attack().tactics()) names.push_back(tactic.short_name);
  for (const std::string& name : rule.tactics) {
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (!known && !names.empty()) {
      faults.Error(rule.place, "unknown-tactic",
                   fmt::format("{} names the tactic '{}', which ATT&CK does not have", owner, name),
                   DidYouMean(name, names));
    }
  }
}

void CheckUseCases(const LibraryFacts& facts, const RuleSpec& rule, Diagnostics& faults) {
  std::vector<std::string_view> names;
  for (const UseCase& use_case : facts.use_cases()) names.push_back(use_case.name);
  for (const std::string& name : rule.use_cases) {
    if (facts.FindUseCase(name) != nullptr) continue;
    faults.Error(
        rule.place, "unknown-use-case",
        fmt::format("the rule '{}' is in the use case '{}', which has no file in use_cases/",
                    rule.id, name),
        DidYouMean(name, names));
  }
  if (rule.use_cases.empty()) {
    faults.Warning(rule.place, "no-use-case",
                   fmt::format("the rule '{}' is in no use case, so no page shows it", rule.id));
  }
}

void CheckFeeds(const LibraryFacts& facts, const RuleSpec& rule,
                const std::set<EventTypeId>& yielded, Diagnostics& faults) {
  std::vector<EventTypeId> unfed;
  for (const EventTypeId type : rule.events) {
    if (!yielded.contains(type)) unfed.push_back(type);
  }
  if (unfed.empty()) return;
  if (unfed.size() == rule.events.size()) {
    faults.Error(rule.place, "rule-never-fed",
                 fmt::format("the rule '{}' can never fire: no parser yields '{}'{}", rule.id,
                             facts.event_type(unfed[0]),
                             unfed.size() > 1 ? " or its other event types" : ""));
    return;
  }
  for (const EventTypeId type : unfed) {
    faults.Warning(rule.place, "event-type-never-fed",
                   fmt::format("no parser yields '{}', which the rule '{}' names",
                               facts.event_type(type), rule.id));
  }
}

}  // namespace

void CheckReferences(const LibraryFacts& facts, Diagnostics& faults) {
  std::set<EventTypeId> yielded;
  for (const uint32_t p : facts.parsers()) yielded.merge(facts.EventTypesOfParser(p));
  for (const SequenceSpec& sequence : facts.content().rules.sequences()) {
    if (std::any_of(sequence.steps.begin(), sequence.steps.end(),
                    [&](EventTypeId type) { return yielded.contains(type); }))
      yielded.insert(sequence.yields);
  }
  for (const uint32_t r : facts.rules()) {
    if (facts.rule(r).imported) continue;  // was checked by whoever read it
    CheckTags(facts, facts.rule(r), faults);
    CheckUseCases(facts, facts.rule(r), faults);
    if (!facts.parsers().empty()) CheckFeeds(facts, facts.rule(r), yielded, faults);
  }
  for (const UseCase& use_case : facts.use_cases()) {
    for (const std::string& id : use_case.techniques) {
      CheckTechnique(facts.attack(), id, fmt::format("the use case '{}'", use_case.name),
                     use_case.techniques_place, faults);
    }
  }
}

void CheckPageNames(const LibraryFacts& facts, Diagnostics& faults) {
  OutputFolder pages(faults);
  WriteMarkdownPages(facts, pages);
  WriteNavigatorLayers(facts, "", pages);
  WriteHtmlSite(facts, pages);
}

void CheckSigmaContent(const LibraryFacts& facts, Diagnostics& faults) {
  const ContentSet& content = facts.content();
  // With Sigma rules what is wrong with the files was told when they were read for those.
  Diagnostics told;
  Diagnostics& reading = content.sigma ? told : faults;
  sigma::Sources sources =
      sigma::Sources::Load(content.library.sigma, content.library.schema, reading);
  const sigma::Policy policy = sigma::Policy::Load(content.library.sigma, reading);
  RawNames raw_names;  // parsers keep nothing for a check
  Compiler compiler(content.library.schema, raw_names, content.tables);
  sources.CompileAll(compiler, reading);
  for (const auto& [id, place] : policy.techniques())
    CheckTechnique(facts.attack(), id, "content/sigma", place, faults);
  std::vector<std::string_view> names;
  for (const UseCase& use_case : facts.use_cases()) names.push_back(use_case.name);
  for (const auto& [name, place] : policy.use_cases()) {
    if (facts.FindUseCase(name) != nullptr) continue;
    faults.Error(place, "unknown-use-case",
                 fmt::format("the use case '{}' has no file in use_cases/", name),
                 DidYouMean(name, names));
  }
}

}  // namespace vedette
