#include "engine/content_set.h"

#include <filesystem>

#include "rule/analytics_rules.h"

#include <fmt/format.h>

namespace vedette {

ContentSet::ContentSet(ContentLibrary loaded)
    : library(std::move(loaded)),
      tables(library.schema),
      compiler(library.schema, raw_names, tables) {}

std::unique_ptr<ContentSet> ContentSet::Load(const Options& options, Diagnostics& faults) {
  std::unique_ptr<ContentSet> set(
      new ContentSet(ContentLibrary::Load(options.content_folder, faults)));
  set->tables.LoadShipped(set->library, faults);
  if (!options.context_folder.empty()) set->tables.LoadFolder(options.context_folder, faults);
  if (const Zone* zone = Zone::Find(options.time_zone)) {
    set->tables.set_default_zone(zone);
  } else {
    faults.Error({"--time-zone"}, "unknown-time-zone",
                 fmt::format("there is no time zone '{}'", options.time_zone),
                 "an IANA name such as Europe/Berlin");
  }
  if (!options.country_database.empty()) {
    Result<Countries> countries = Countries::Open(options.country_database);
    if (countries) {
      set->countries = *std::move(countries);
    } else {
      faults.Error(countries.error().place, countries.error().code, countries.error().message);
    }
  }
  if (!options.analytics_rules.empty()) {
    const AttackTable attack = AttackTable::Load(options.content_folder, faults);
    for (const std::string& path : options.analytics_rules)
      AddAnalyticsRules(path, attack, set->library, set->compiler, faults);
  }
  set->parsers = ParserSet::Load(set->library, set->raw_names, set->compiler, faults);
  std::vector<RuleSpec> others;
  if (!options.sigma.empty()) {
    set->sigma = SigmaRules::Load(options.sigma, set->library, set->tables, set->compiler, faults);
    others = set->sigma->Specs(set->compiler);
  }
  set->rules = RuleSet::Load(set->library, set->compiler, faults, std::move(others));

  const std::string exclusions = options.context_folder + "/exclusions.yaml";
  std::error_code error;
  if (!options.context_folder.empty() && std::filesystem::exists(exclusions, error)) {
    Result<Node> root = LoadYaml(exclusions, exclusions);
    if (root) {
      set->exclusions.emplace().Load(*root, set->rules, set->compiler, faults);
    } else {
      faults.Error(root.error().place, root.error().code, root.error().message);
    }
  }
  set->parsers.Finish(set->raw_names);
  return set;
}

}  // namespace vedette
