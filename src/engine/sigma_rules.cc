#include "engine/sigma_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/text.h"

namespace vedette {
namespace {

using State = sigma::RuleCoverage::State;

// The organisation's lists as values of placeholders.
sigma::LoadOptions PlaceholdersOf(const ContextTables& tables) {
  sigma::LoadOptions options;
  for (const auto& table : tables.tables()) {
    if (table->is_table) continue;
    std::vector<std::string>& values = options.placeholders[table->name];
    values = table->phrases;
    table->rows.ForEach([&](const std::string& name, const auto&) { values.push_back(name); });
    std::sort(values.begin(), values.end());
  }
  return options;
}

std::string LevelWord(sigma::Level level) {
  // A rule that says nothing of its level counts as one of little weight.
  return std::string(level == sigma::Level::kNone ? "low" : sigma::LevelName(level));
}

}  // namespace

std::unique_ptr<const SigmaRules> SigmaRules::Load(const std::vector<std::string>& paths,
                                                   ContentLibrary& library,
                                                   const ContextTables& tables, Compiler& compiler,
                                                   Diagnostics& faults,
                                                   sigma::Matcher::Options matching) {
  std::unique_ptr<SigmaRules> rules(new SigmaRules);
  rules->policy_ = sigma::Policy::Load(library.sigma, faults);
  std::vector<sigma::RuleFile> files;
  for (const std::string& path : paths) {
    std::vector<sigma::RuleFile> some = sigma::ReadRuleFiles(path, faults);
    files.insert(files.end(), std::make_move_iterator(some.begin()),
                 std::make_move_iterator(some.end()));
  }
  rules->collection_ = sigma::Collection::Load(files, PlaceholdersOf(tables), faults);
  rules->sources_ = sigma::Sources::Load(library.sigma, library.schema, faults);
  rules->sources_.Compile(rules->collection_, compiler, faults);
  for (const sigma::Source& source : rules->sources_.all())
    rules->products_.push_back(library.schema.InternProduct(source.vendor, source.product));
  rules->MakeLanes(library.schema, matching);
  rules->Assess();
  return rules;
}

void SigmaRules::MakeLanes(const Schema& schema, sigma::Matcher::Options matching) {
  by_type_.resize(schema.event_type_count());
  for (uint32_t s = 0; s < sources_.all().size(); ++s) {
    const sigma::Source& source = sources_.all()[s];
    lane_of_.emplace_back(source.platform_count(), -1);
    bool asked = false;
    for (uint32_t platform = 0; platform < source.platform_count(); ++platform) {
      const std::vector<sigma::RuleIndex> which =
          sigma::RulesForSource(collection_, source, platform);
      if (which.empty()) continue;
      const auto supplies = [&](sigma::FieldId field) {
        const sigma::SourceField* found = source.Find(collection_.fields().name(field), platform);
        return found != nullptr && found->value != kNoExpr;
      };
      lane_of_[s][platform] = static_cast<int32_t>(lanes_.size());
      lanes_.push_back({s, platform, sigma::Matcher(collection_, which, supplies, matching)});
      asked = true;
    }
    if (!asked) continue;
    for (EventTypeId type : source.events) by_type_[type].push_back(s);
  }
}

void SigmaRules::Assess() {
  statuses_.resize(collection_.rules().size());
  for (uint32_t lane = 0; lane < lanes_.size(); ++lane) {
    for (const sigma::RuleCoverage& row : lanes_[lane].matcher.coverage()) {
      if (row.state == State::kInactive) continue;
      Status& status = statuses_[row.rule];
      // Active somewhere is active; blind tests of another product do not take that away.
      if (status.state != State::kActive) status.state = row.state;
      status.lanes.push_back(lane);
      status.unsupplied.insert(status.unsupplied.end(), row.unsupplied.begin(),
                               row.unsupplied.end());
    }
  }
  for (sigma::RuleIndex rule = 0; rule < statuses_.size(); ++rule) {
    Status& status = statuses_[rule];
    std::sort(status.unsupplied.begin(), status.unsupplied.end());
    status.unsupplied.erase(std::unique(status.unsupplied.begin(), status.unsupplied.end()),
                            status.unsupplied.end());
    if (status.lanes.empty()) status.why = WhyInactive(rule);
  }
}

std::string SigmaRules::WhyInactive(sigma::RuleIndex rule) const {
  const sigma::DetectionRule& detection = collection_.rules()[rule];
  if (!detection.meta.active()) return detection.meta.inactive_reason;
  for (const Lane& lane : lanes_) {
    for (const sigma::RuleCoverage& row : lane.matcher.coverage()) {
      if (row.rule != rule) continue;
      std::vector<std::string> names;
      for (const sigma::FieldId field : row.unsupplied)
        names.push_back(collection_.fields().name(field));
      return fmt::format("{} does not supply {}", LaneName(lane), fmt::join(names, ", "));
    }
  }
  return fmt::format("no product supplies the log source {}", detection.logsource.ToString());
}

RuleSpec SigmaRules::SpecOf(const sigma::Metadata& meta, ExprId suppress_by) const {
  RuleSpec spec;
  spec.imported = true;
  spec.verdict = Verdict::kSigma;
  spec.id = meta.key;
  spec.title = meta.title;
  spec.description = meta.description;
  spec.status = meta.status.empty() ? "test" : meta.status;
  spec.level = LevelWord(meta.level);
  spec.behaviour = "sigma";
  spec.file = meta.place.file;
  spec.place = meta.place;
  spec.author = meta.author;
  spec.license = meta.license;
  spec.references = meta.references;
  spec.false_positives = meta.falsepositives;
  spec.score_micro = policy_.PointsMicro(meta.level);
  spec.score_reason = fmt::format("By its level, {}.", spec.level);
  sigma::AttackTags tags = policy_.Attack(meta.tags);
  spec.use_cases = policy_.UseCases(tags);
  // Rules on one technique tend to find the same thing: their points saturate together.
  spec.group = fmt::format("sigma {}", !tags.techniques.empty() ? tags.techniques.front()
                                       : !tags.tactics.empty()  ? tags.tactics.front()
                                                                : meta.key);
  spec.techniques = std::move(tags.techniques);
  spec.tactics = std::move(tags.tactics);
  spec.suppress_for = policy_.suppress();
  spec.suppress_by = suppress_by;
  return spec;
}

std::vector<RuleSpec> SigmaRules::Specs(Compiler& compiler) const {
  std::vector<RuleSpec> specs;
  Diagnostics none;
  const ExprId bearer =
      compiler.Compile("first(user_entity, asset_entity)", {}, none).value_or(kNoExpr);
  for (sigma::RuleIndex rule = 0; rule < collection_.rules().size(); ++rule) {
    if (statuses_[rule].lanes.empty() || !collection_.rules()[rule].reported) continue;
    RuleSpec spec = SpecOf(collection_.rules()[rule].meta, bearer);
    spec.sigma_rule = static_cast<int>(rule);
    std::set<EventTypeId> types;
    for (const uint32_t lane : statuses_[rule].lanes) {
      const std::vector<EventTypeId>& events = sources_.all()[lanes_[lane].source].events;
      types.insert(events.begin(), events.end());
    }
    spec.events.assign(types.begin(), types.end());
    specs.push_back(std::move(spec));
  }
  std::set<EventTypeId> all_types;
  for (EventTypeId type = 0; type < by_type_.size(); ++type) {
    if (!by_type_[type].empty()) all_types.insert(type);
  }
  for (size_t i = 0; i < collection_.correlations().size() && !all_types.empty(); ++i) {
    const sigma::Correlation& correlation = collection_.correlations()[i];
    if (!correlation.reported || !correlation.meta.active()) continue;
    RuleSpec spec = SpecOf(correlation.meta, bearer);
    spec.sigma_correlation = static_cast<int>(i);
    spec.events.assign(all_types.begin(), all_types.end());
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::string RenderSigmaTable(const SigmaRules& sigma) {
  const sigma::LoadCounts& counts = sigma.collection().counts();
  std::string out = fmt::format(
      "Sigma: {} documents in {} files; {} rules, {} filters, {} correlations loaded, {} refused\n",
      counts.documents, counts.files, sigma.collection().rules().size(),
      sigma.collection().filters().size(), sigma.collection().correlations().size(),
      counts.refused);
  struct Row {
    size_t active = 0, degraded = 0, inactive = 0;
    size_t sum() const { return active + degraded + inactive; }
    void Add(State state) {
      active += state == State::kActive;
      degraded += state == State::kDegraded;
      inactive += state == State::kInactive;
    }
  };
  std::map<std::string, Row> by_log_source;
  Row all;
  for (sigma::RuleIndex rule = 0; rule < sigma.statuses().size(); ++rule) {
    const State state = sigma.statuses()[rule].state;
    by_log_source[sigma.collection().rules()[rule].logsource.ToString()].Add(state);
    all.Add(state);
  }
  const auto print = [&](std::string_view name, const Row& row) {
    out += fmt::format("{:<44}{:>8}{:>8}{:>10}{:>10}\n", name, row.sum(), row.active, row.degraded,
                       row.inactive);
  };
  out += fmt::format("\n{:<44}{:>8}{:>8}{:>10}{:>10}\n", "log source of the rule", "rules",
                     "active", "degraded", "inactive");
  for (const auto& [name, row] : by_log_source) print(name, row);
  print("all", all);
  std::map<std::string, std::vector<State>> by_product;  // the best of any of its sources, by rule
  for (const SigmaRules::Lane& lane : sigma.lanes()) {
    const sigma::Source& source = sigma.sources().all()[lane.source];
    std::vector<State>& states = by_product[source.vendor + " " + source.product];
    states.resize(sigma.statuses().size(), State::kInactive);
    for (const sigma::RuleCoverage& coverage : lane.matcher.coverage())
      states[coverage.rule] = std::min(states[coverage.rule], coverage.state);
  }
  out += fmt::format("\n{:<44}{:>8}{:>8}{:>10}{:>10}\n", "product", "rules", "active", "degraded",
                     "inactive");
  for (const auto& [name, states] : by_product) {
    Row row;
    for (const State state : states) row.Add(state);
    print(name, row);
  }
  out += fmt::format("\n{:<44}{:>8}{:>8}{:>10}{:>10}\n", "records", "rules", "active", "degraded",
                     "inactive");
  for (const SigmaRules::Lane& lane : sigma.lanes()) {
    Row row;
    for (const sigma::RuleCoverage& coverage : lane.matcher.coverage()) row.Add(coverage.state);
    print(sigma.LaneName(lane), row);
  }
  return out;
}

std::string RenderSigmaDetails(const SigmaRules& sigma) {
  std::string out;
  for (const sigma::Refusal& refusal : sigma.collection().refusals()) {
    out += fmt::format("refused   {} '{}': {}\n", refusal.place.ToString(), refusal.title,
                       refusal.reason);
  }
  for (sigma::RuleIndex rule = 0; rule < sigma.statuses().size(); ++rule) {
    const SigmaRules::Status& status = sigma.statuses()[rule];
    const sigma::Metadata& meta = sigma.collection().rules()[rule].meta;
    if (status.state == State::kActive) continue;
    std::vector<std::string> names;
    for (const sigma::FieldId field : status.unsupplied)
      names.push_back(sigma.collection().fields().name(field));
    out += fmt::format("{}  {} '{}'{}: {}\n",
                       status.state == State::kDegraded ? "degraded" : "inactive",
                       meta.place.ToString(), meta.title,
                       meta.author.empty() ? "" : fmt::format(" by {}", meta.author),
                       status.state == State::kDegraded
                           ? fmt::format("tests of {} are blind", fmt::join(names, ", "))
                           : status.why);
  }
  return out;
}

}  // namespace vedette
