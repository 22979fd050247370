#include "rule/rule_set.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/magnitude.h"
#include "core/text.h"

namespace vedette {

// Builds a RuleSet in steps, each of which reports what it finds wrong and leaves the rest usable.
class RuleSetBuilder {
 public:
  RuleSetBuilder(const ContentLibrary& library, Compiler& compiler, Diagnostics& faults,
                 std::vector<RuleSpec> others)
      : library_(library), compiler_(compiler), faults_(faults), others_(std::move(others)) {}

  RuleSet Build() {
    for (const ContentFile& file : library_.rules) ReadFile(file);
    CheckSequences();
    AddOthers();
    for (ModelSpec& model : set_.models_) ResolveModel(model);
    for (RuleSpec& rule : set_.rules_) ResolveRule(rule);
    DropUnresolved();
    for (RuleSpec& rule : set_.rules_) ResolveRuleNames(rule);
    CheckModels();
    set_.labels_ = ReadContextLabels(library_, compiler_, faults_);
    NumberGroups();
    Dispatch(Order());
    return std::move(set_);
  }

 private:
  void ReadFile(const ContentFile& file) {
    MapReader map(file.root, "behaviour", faults_);
    if (!file.root.is_map()) return;
    Behaviour behaviour;
    behaviour.file = file.path;
    behaviour.name = map.RequiredText("behaviour");
    behaviour.about = map.RequiredText("about");
    if (const Node* models = map.Get("models")) {
      for (const Node& node : models->items) {
        const size_t before = faults_.errors();
        std::optional<ModelSpec> spec = ReadModelSpec(node, library_.schema, compiler_, faults_);
        if (!spec) continue;
        spec->broken = faults_.errors() > before;
        spec->behaviour = behaviour.name;
        spec->file = file.path;
        if (!Claim(set_.model_ids_, spec->id, set_.models_.size(), "model", spec->place,
                   set_.models_))
          continue;
        behaviour.models.push_back(static_cast<uint32_t>(set_.models_.size()));
        set_.models_.push_back(*std::move(spec));
      }
    }
    if (const Node* sequences = map.Get("sequences")) {
      for (const Node& node : sequences->items) ReadSequence(node, file, behaviour);
    }
    if (const Node* rules = map.Required("rules")) {
      for (const Node& node : rules->items) {
        const size_t before = faults_.errors();
        std::optional<RuleSpec> spec = ReadRuleSpec(node, library_.schema, compiler_, faults_);
        if (!spec) continue;
        spec->broken = faults_.errors() > before;
        spec->imported = file.imported;
        spec->behaviour = behaviour.name;
        spec->file = file.path;
        if (spec->group.empty()) spec->group = behaviour.name;
        if (!Claim(set_.rule_ids_, spec->id, set_.rules_.size(), "rule", spec->place, set_.rules_))
          continue;
        behaviour.rules.push_back(static_cast<uint32_t>(set_.rules_.size()));
        set_.rules_.push_back(*std::move(spec));
      }
    }
    map.Finish();
    set_.behaviours_.push_back(std::move(behaviour));
  }

  void ReadSequence(const Node& node, const ContentFile& file, Behaviour& behaviour) {
    std::optional<SequenceSpec> spec = ReadSequenceSpec(node, library_.schema, compiler_, faults_);
    if (!spec) return;
    spec->behaviour = behaviour.name;
    spec->file = file.path;
    if (!Claim(set_.sequence_ids_, spec->id, set_.sequences_.size(), "sequence", spec->place,
               set_.sequences_))
      return;
    behaviour.sequences.push_back(static_cast<uint32_t>(set_.sequences_.size()));
    set_.sequences_.push_back(*std::move(spec));
  }

  // Each sequence tells by a type of its own, which is no step of another.
  void CheckSequences() {
    std::map<EventTypeId, const SequenceSpec*> yielded;
    for (const SequenceSpec& sequence : set_.sequences_) {
      const auto [at, added] = yielded.emplace(sequence.yields, &sequence);
      if (!added) {
        faults_.Error(sequence.place, "sequence-type",
                      fmt::format("the event type '{}' is already what the sequence '{}' yields",
                                  TypeName(sequence.yields), at->second->id));
      }
    }
    for (const SequenceSpec& sequence : set_.sequences_) {
      for (const EventTypeId step : sequence.steps) {
        if (yielded.contains(step)) {
          faults_.Error(sequence.place, "sequence-of-sequences",
                        fmt::format("'{}' is told by a sequence, so it cannot be a step of one",
                                    TypeName(step)));
        }
      }
      const auto reads = [&](const RuleSpec& rule) {
        return std::count(rule.events.begin(), rule.events.end(), sequence.yields) > 0;
      };
      const auto learns = [&](const ModelSpec& model) {
        return std::count(model.events.begin(), model.events.end(), sequence.yields) > 0;
      };
      if (std::none_of(set_.rules_.begin(), set_.rules_.end(), reads) &&
          std::none_of(set_.models_.begin(), set_.models_.end(), learns)) {
        faults_.Warning(sequence.place, "sequence-unread",
                        fmt::format("no rule reads the sequence '{}'", sequence.id));
      }
    }
  }

  const std::string& TypeName(EventTypeId type) const {
    return library_.schema.event_type(type).name;
  }

  void AddOthers() {
    std::map<std::string, size_t> behaviours;
    for (RuleSpec& spec : others_) {
      if (!Claim(set_.rule_ids_, spec.id, set_.rules_.size(), "rule", spec.place, set_.rules_))
        continue;
      const auto [at, added] = behaviours.emplace(spec.behaviour, set_.behaviours_.size());
      if (added) {
        Behaviour& behaviour = set_.behaviours_.emplace_back();
        behaviour.name = spec.behaviour;
        behaviour.file = spec.file;
      }
      set_.behaviours_[at->second].rules.push_back(static_cast<uint32_t>(set_.rules_.size()));
      set_.rules_.push_back(std::move(spec));
    }
  }

  template <typename Spec>
  bool Claim(std::map<std::string, uint32_t, std::less<>>& ids, const std::string& id, size_t index,
             std::string_view what, const Place& place, const std::vector<Spec>& specs) {
    const auto [at, added] = ids.emplace(id, static_cast<uint32_t>(index));
    if (!added) {
      faults_.Error(place, "duplicate-id",
                    fmt::format("the {} '{}' is already defined at {}", what, id,
                                specs[at->second].place.ToString()));
    }
    return added;
  }

  int Find(const std::map<std::string, uint32_t, std::less<>>& ids, std::string_view id,
           std::string_view what, const Place& place) {
    const auto found = ids.find(id);
    if (found != ids.end()) return static_cast<int>(found->second);
    std::vector<std::string_view> names;
    for (const auto& [name, index] : ids) names.push_back(name);
    faults_.Error(place, fmt::format("unknown-{}", what),
                  fmt::format("there is no {} '{}'", what, id), DidYouMean(id, names));
    return -1;
  }

  void ResolveModel(ModelSpec& model) {
    if (!model.if_seen.empty())
      model.if_seen_model = Find(set_.model_ids_, model.if_seen, "model", model.place);
    const bool windowed = model.kind == ModelKind::kWindowCount ||
                          model.kind == ModelKind::kWindowDistinct ||
                          model.kind == ModelKind::kWindowSum;
    if (!windowed) return;
    if (const auto scale = MagnitudeScale::Make(model.base_text); !scale) {
      faults_.Error(model.place, scale.error().code, scale.error().message);
      model.base_text = "2";
      model.broken = true;
    }
  }

  void ResolveRule(RuleSpec& rule) {
    if (!rule.model_id.empty())
      rule.model = Find(set_.model_ids_, rule.model_id, "model", rule.place);
    for (const std::string& id : rule.model_ids_read) {
      rule.models_read.push_back(Find(set_.model_ids_, id, "model", rule.place));
    }
    if (!rule.if_seen.empty())
      rule.if_seen_model = Find(set_.model_ids_, rule.if_seen, "model", rule.place);
    if (!rule.while_learning.empty()) {
      rule.while_learning_model = Find(set_.model_ids_, rule.while_learning, "model", rule.place);
    }
    if (rule.model >= 0) {
      ModelSpec& model = set_.models_[static_cast<size_t>(rule.model)];
      if (rule.events.empty()) rule.events = model.events;
      CheckVerdict(rule, model);
      if (rule.value_maturity && rule.value_maturity->count() > 0) {
        model.needs_value_age = true;
        if (model.scope_is_org) {
          faults_.Error(rule.place, "rule-never-fires",
                        "with scope 'org' a value that is first has age zero, so 'value_maturity' "
                        "can never be reached");
        }
      }
    }
    if (rule.events.empty()) {
      faults_.Error(rule.place, "rule-no-events",
                    fmt::format("the rule '{}' names no event types", rule.id));
    }
  }

  // A verdict has to suit the model that it reads.
  void CheckVerdict(const RuleSpec& rule, const ModelSpec& model) {
    if (rule.quarantine_days > 0 && !model.learns_values()) {
      faults_.Error(
          rule.place, "rule-quarantine",
          fmt::format("'train_unless_triggered' needs a model that learns values; '{}' is "
                      "a {} model",
                      model.id, ModelKindName(model.kind)));
    }
    bool fits = true;
    switch (rule.verdict) {
      case Verdict::kFirst:
        fits = model.learns_values();
        break;
      case Verdict::kAbnormal:
        fits = model.kind == ModelKind::kCategorical;
        break;
      case Verdict::kAbove:
        fits = model.kind == ModelKind::kClustered;
        break;
      case Verdict::kMagnitude:
        fits = model.kind == ModelKind::kWindowCount || model.kind == ModelKind::kWindowDistinct ||
               model.kind == ModelKind::kWindowSum;
        break;
      case Verdict::kTop:
        fits = model.kind == ModelKind::kTop;
        break;
      case Verdict::kUnusualHour:
        fits = model.kind == ModelKind::kTimeOfWeek;
        break;
      case Verdict::kSeenBefore:
        fits = model.learns_values();
        break;
      default:
        break;
    }
    if (!fits) {
      faults_.Error(rule.place, "rule-verdict",
                    fmt::format("the verdict '{}' cannot be read from '{}', which is a {} model",
                                VerdictName(rule.verdict), model.id, ModelKindName(model.kind)));
    }
  }

  // Rules whose model is missing cannot run: they are taken out, the fault is already told.
  void DropUnresolved() {
    std::vector<RuleSpec> kept;
    std::map<uint32_t, uint32_t> moved;
    for (size_t i = 0; i < set_.rules_.size(); ++i) {
      RuleSpec& rule = set_.rules_[i];
      const bool lost = (!rule.model_id.empty() && rule.model < 0) ||
                        (!rule.if_seen.empty() && rule.if_seen_model < 0) ||
                        (!rule.while_learning.empty() && rule.while_learning_model < 0) ||
                        std::count(rule.models_read.begin(), rule.models_read.end(), -1) > 0 ||
                        rule.events.empty();
      if (lost) {
        set_.rule_ids_.erase(rule.id);
        continue;
      }
      moved[static_cast<uint32_t>(i)] = static_cast<uint32_t>(kept.size());
      set_.rule_ids_[rule.id] = static_cast<uint32_t>(kept.size());
      kept.push_back(std::move(rule));
    }
    for (Behaviour& behaviour : set_.behaviours_) {
      std::vector<uint32_t> rules;
      for (uint32_t rule : behaviour.rules) {
        if (const auto at = moved.find(rule); at != moved.end()) rules.push_back(at->second);
      }
      behaviour.rules = std::move(rules);
    }
    set_.rules_ = std::move(kept);
  }

  // A rule id as written, or with or without the prefixes that published documents add and leave
  // out.
  void ResolveNames(const std::vector<std::string>& ids, const RuleSpec& rule,
                    std::vector<uint32_t>* out) {
    for (const std::string& id : ids) {
      std::set<uint32_t> found;
      if (const int exact = set_.FindRule(id); exact >= 0) {
        found.insert(static_cast<uint32_t>(exact));
      } else {
        for (std::string_view prefix : {"DM-", "C_"}) {
          const int with = set_.FindRule(std::string(prefix) + id);
          const int without = StartsWith(id, prefix) ? set_.FindRule(id.substr(prefix.size())) : -1;
          if (with >= 0) found.insert(static_cast<uint32_t>(with));
          if (without >= 0) found.insert(static_cast<uint32_t>(without));
        }
      }
      if (found.size() > 1) {
        faults_.Error(rule.place, "ambiguous-rule", fmt::format("'{}' may mean several rules", id));
      } else if (found.size() == 1) {
        out->push_back(*found.begin());
      } else {
        Find(set_.rule_ids_, id, "rule", rule.place);
      }
    }
  }

  void ResolveRuleNames(RuleSpec& rule) {
    ResolveNames(rule.unless_ids, rule, &rule.unless);
    ResolveNames(rule.requires_ids, rule, &rule.requires_matched);
  }

  void CheckModels() {
    std::vector<bool> read(set_.models_.size());
    auto mark = [&](int model) {
      if (model >= 0) read[static_cast<size_t>(model)] = true;
    };
    for (const RuleSpec& rule : set_.rules_) {
      mark(rule.model);
      mark(rule.if_seen_model);
      mark(rule.while_learning_model);
      for (int model : rule.models_read) mark(model);
    }
    for (const ModelSpec& model : set_.models_) mark(model.if_seen_model);
    for (size_t i = 0; i < read.size(); ++i) {
      if (!read[i]) {
        faults_.Warning(set_.models_[i].place, "model-unread",
                        fmt::format("no rule reads the model '{}'", set_.models_[i].id));
      }
    }
  }

  void NumberGroups() {
    std::set<std::string> names;
    for (const RuleSpec& rule : set_.rules_) names.insert(rule.group);
    set_.groups_.assign(names.begin(), names.end());
    for (const RuleSpec& rule : set_.rules_) {
      const auto at = std::lower_bound(set_.groups_.begin(), set_.groups_.end(), rule.group);
      set_.rule_groups_.push_back(static_cast<uint32_t>(at - set_.groups_.begin()));
    }
  }

  // Rules so that whatever a rule waits for stands before it; by id where nothing decides.
  std::vector<uint32_t> Order() {
    std::vector<uint32_t> by_id(set_.rules_.size());
    for (size_t i = 0; i < by_id.size(); ++i) by_id[i] = static_cast<uint32_t>(i);
    std::sort(by_id.begin(), by_id.end(),
              [&](uint32_t a, uint32_t b) { return set_.rules_[a].id < set_.rules_[b].id; });
    std::vector<uint32_t> order;
    std::vector<char> state(by_id.size());  // 0 new, 1 on the path, 2 done
    std::vector<uint32_t> path;
    for (uint32_t rule : by_id) Visit(rule, state, path, order);
    return order;
  }

  void Visit(uint32_t rule, std::vector<char>& state, std::vector<uint32_t>& path,
             std::vector<uint32_t>& order) {
    if (state[rule] == 2) return;
    if (state[rule] == 1) {
      std::string cycle;
      for (auto at = std::find(path.begin(), path.end(), rule); at != path.end(); ++at) {
        cycle += set_.rules_[*at].id + " -> ";
      }
      faults_.Error(set_.rules_[rule].place, "rule-cycle",
                    fmt::format("rules wait for each other: {}{}", cycle, set_.rules_[rule].id));
      return;
    }
    state[rule] = 1;
    path.push_back(rule);
    for (const auto* list : {&set_.rules_[rule].unless, &set_.rules_[rule].requires_matched}) {
      for (uint32_t before : *list) Visit(before, state, path, order);
    }
    path.pop_back();
    state[rule] = 2;
    order.push_back(rule);
  }

  // A rule with a fault, or on a model with one, would not do what it says. Others may name it, but
  // it never acts; the fault is already told.
  bool IsBroken(const RuleSpec& rule) const {
    const auto broken = [&](int model) {
      return model >= 0 && set_.models_[static_cast<size_t>(model)].broken;
    };
    return rule.broken || broken(rule.model) || broken(rule.if_seen_model) ||
           broken(rule.while_learning_model) ||
           std::any_of(rule.models_read.begin(), rule.models_read.end(), broken);
  }

  void Dispatch(const std::vector<uint32_t>& order) {
    set_.by_type_.resize(library_.schema.event_type_count());
    std::vector<std::set<uint32_t>> asked(set_.by_type_.size());
    for (size_t m = 0; m < set_.models_.size(); ++m) {
      for (EventTypeId type : set_.models_[m].events) asked[type].insert(static_cast<uint32_t>(m));
    }
    for (uint32_t index : order) {
      const RuleSpec& rule = set_.rules_[index];
      if (IsBroken(rule) || rule.verdict == Verdict::kSigma) continue;
      for (EventTypeId type : rule.events) {
        set_.by_type_[type].rules.push_back(index);
        auto ask = [&](int model) {
          if (model >= 0) asked[type].insert(static_cast<uint32_t>(model));
        };
        ask(rule.model);
        ask(rule.if_seen_model);
        ask(rule.while_learning_model);
        for (int model : rule.models_read) ask(model);
      }
    }
    for (size_t type = 0; type < asked.size(); ++type) {
      std::set<uint32_t> placed;
      for (uint32_t model : asked[type])
        PlaceModel(static_cast<EventTypeId>(type), model, asked[type], placed);
    }
  }

  void PlaceModel(EventTypeId type, uint32_t model, const std::set<uint32_t>& asked,
                  std::set<uint32_t>& placed) {
    if (!placed.insert(model).second) return;
    const ModelSpec& spec = set_.models_[model];
    if (spec.if_seen_model >= 0)
      PlaceModel(type, static_cast<uint32_t>(spec.if_seen_model), asked, placed);
    const bool trains = std::binary_search(spec.events.begin(), spec.events.end(), type);
    set_.by_type_[type].models.push_back({model, trains});
  }

  const ContentLibrary& library_;
  Compiler& compiler_;
  Diagnostics& faults_;
  std::vector<RuleSpec> others_;
  RuleSet set_;
};

RuleSet RuleSet::Load(const ContentLibrary& library, Compiler& compiler, Diagnostics& faults,
                      std::vector<RuleSpec> others) {
  return RuleSetBuilder(library, compiler, faults, std::move(others)).Build();
}

std::vector<EventTypeId> RuleSet::FedBy(const std::vector<EventTypeId>& types) const {
  std::set<EventTypeId> fed;
  for (const EventTypeId type : types) {
    const auto told =
        std::find_if(sequences_.begin(), sequences_.end(),
                     [&](const SequenceSpec& sequence) { return sequence.yields == type; });
    if (told == sequences_.end()) {
      fed.insert(type);
    } else {
      fed.insert(told->steps.begin(), told->steps.end());
    }
  }
  return {fed.begin(), fed.end()};
}

int RuleSet::FindRule(std::string_view id) const {
  const auto found = rule_ids_.find(id);
  return found == rule_ids_.end() ? -1 : static_cast<int>(found->second);
}

int RuleSet::FindModel(std::string_view id) const {
  const auto found = model_ids_.find(id);
  return found == model_ids_.end() ? -1 : static_cast<int>(found->second);
}

}  // namespace vedette
