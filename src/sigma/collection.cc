#include "sigma/collection.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "sigma/documents.h"
#include "sigma/readers.h"

namespace vedette::sigma {

// Fills a collection document by document, then settles what refers to what.
class CollectionBuilder {
 public:
  CollectionBuilder(const std::vector<Document>& documents, Collection& to,
                    const LoadOptions& options, Diagnostics& faults)
      : documents_(documents), to_(to), options_(options), faults_(faults) {}

  void Build() {
    for (const Document& document : documents_) Add(document);
    Finish();
  }

 private:
  void Add(const Document& document) {
    ++to_.counts_.documents;
    if (document.same_as) return RefuseCopy(document);
    if (document.error) return Refuse(*document.error, document.title, {}, document.place);
    const Node& root = document.root;
    const auto kind = KindOf(root);
    const Node* title = root.is_map() ? root.Find("title") : nullptr;
    const Node* id = root.is_map() ? root.Find("id") : nullptr;
    const std::string title_text = title && title->is_scalar() ? title->scalar : std::string();
    const std::string id_text = id && id->is_scalar() ? id->scalar : std::string();
    const auto refuse = [&](const Error& error) {
      Refuse(error, title_text, id_text, document.place);
    };
    if (!kind) return refuse(kind.error());
    auto meta = ReadMetadata(root, faults_);
    if (!meta) return refuse(meta.error());
    meta->key = "sigma:" + (meta->id.empty() ? document.hash.ToHex() : meta->id);
    if (const auto taken = FindTaken(*meta)) return refuse(*taken);
    Result<void> added;
    switch (*kind) {
      case DocumentKind::kRule:
        added = AddRule(root, *meta);
        break;
      case DocumentKind::kFilter:
        added = AddFilter(root, *meta);
        break;
      case DocumentKind::kCorrelation:
        added = AddCorrelation(root, *meta);
        break;
    }
    if (!added) return refuse(added.error());
    Take(*meta);
  }

  void RefuseCopy(const Document& document) {
    const Document& first = documents_[*document.same_as];
    const Node* title = first.root.is_map() ? first.root.Find("title") : nullptr;
    ++to_.counts_.duplicates;
    Refuse({"sigma-duplicate", fmt::format("the same text as {}", first.place.ToString()),
            document.place},
           title && title->is_scalar() ? title->scalar : first.title, {}, document.place);
  }

  void Finish() {
    ApplyFilters();
    ResolveCorrelations();
    for (const DetectionRule& rule : to_.rules_) to_.counts_.inactive += !rule.meta.active();
    for (const Filter& filter : to_.filters_) to_.counts_.inactive += !filter.meta.active();
    for (const Correlation& c : to_.correlations_) to_.counts_.inactive += !c.meta.active();
  }

  ItemContext context() { return {to_.expressions_, to_.fields_, options_}; }

  void Refuse(const Error& error, const std::string& title, const std::string& id,
              const Place& document) {
    const Place& place = error.place.file.empty() ? document : error.place;
    ++to_.counts_.refused;
    to_.refusals_.push_back({place, title, id, error.code, error.message});
    faults_.Error(place, error.code,
                  title.empty() ? error.message : fmt::format("'{}': {}", title, error.message));
  }

  // The error if another document has the id or the name.
  std::optional<Error> FindTaken(const Metadata& meta) {
    for (const std::string& name : {meta.key, meta.id, meta.name}) {
      const auto found = name.empty() ? taken_.end() : taken_.find(name);
      if (found == taken_.end()) continue;
      ++to_.counts_.duplicates;
      return Error{"sigma-duplicate",
                   fmt::format("'{}' is taken by {}; the first stays",
                               name == meta.key ? meta.id : name, found->second.ToString()),
                   meta.place};
    }
    return {};
  }

  void Take(const Metadata& meta) {
    for (const std::string& name : {meta.key, meta.id, meta.name}) {
      if (!name.empty()) taken_.emplace(name, meta.place);
    }
  }

  Result<void> AddRule(const Node& root, const Metadata& meta) {
    const auto source = ReadLogSource(root);
    if (!source) return Fail(source.error());
    const Node* node = root.Find("detection");
    if (node == nullptr) return Fail("sigma-detection", "the rule has no 'detection'", root.place);
    auto detection = ReadDetection(*node, "detection", {}, context(), faults_);
    if (!detection) return Fail(detection.error());
    DetectionRule rule;
    rule.meta = meta;
    rule.logsource = *source;
    rule.identifiers = std::move(detection->identifiers);
    rule.condition = detection->condition;
    Name(meta, {false, static_cast<uint32_t>(to_.rules_.size())});
    to_.rules_.push_back(std::move(rule));
    return {};
  }

  Result<void> AddFilter(const Node& root, const Metadata& meta) {
    const auto source = ReadLogSource(root);
    if (!source) return Fail(source.error());
    const Node& node = *root.Find("filter");
    auto detection = ReadDetection(node, "filter", {"rules"}, context(), faults_);
    if (!detection) return Fail(detection.error());
    Filter filter;
    filter.meta = meta;
    filter.logsource = *source;
    filter.condition = detection->condition;
    const Node* rules = node.Find("rules");
    if (rules == nullptr || rules->is_null())
      return Fail("sigma-filter", "the filter names no 'rules'", node.place);
    auto names = ReadTexts(*rules, "rules");
    if (!names) return Fail(names.error());
    filter.rules = std::move(*names);
    filter.any_rule = rules->is_scalar() && rules->scalar == "any";
    to_.filters_.push_back(std::move(filter));
    return {};
  }

  Result<void> AddCorrelation(const Node& root, const Metadata& meta) {
    auto written = ReadCorrelation(root, to_.fields_);
    if (!written) return Fail(written.error());
    written->correlation.meta = meta;
    Name(meta, {true, static_cast<uint32_t>(written_.size())});
    written_.push_back(std::move(*written));
    return {};
  }

  // Lets references find the document.
  void Name(const Metadata& meta, RuleRef ref) {
    if (!meta.id.empty()) named_.emplace(meta.id, ref);
    if (!meta.name.empty()) named_.emplace(meta.name, ref);
  }

  void ApplyFilters() {
    for (uint32_t f = 0; f < to_.filters_.size(); ++f) {
      Filter& filter = to_.filters_[f];
      std::vector<uint32_t> which;
      if (filter.any_rule) {
        for (uint32_t i = 0; i < to_.rules_.size(); ++i) which.push_back(i);
      } else {
        for (const std::string& name : filter.rules) {
          const auto found = named_.find(name);
          if (found != named_.end() && !found->second.is_correlation) {
            which.push_back(found->second.index);
          } else {
            faults_.Warning(
                filter.meta.place, "sigma-filter-rule",
                fmt::format("'{}': there is no detection rule '{}'", filter.meta.title, name));
          }
        }
      }
      std::sort(which.begin(), which.end());
      which.erase(std::unique(which.begin(), which.end()), which.end());
      if (!filter.meta.active()) continue;
      for (uint32_t i : which) {
        DetectionRule& rule = to_.rules_[i];
        if (!filter.logsource.Covers(rule.logsource)) continue;
        rule.condition = to_.expressions_.And({rule.condition, filter.condition});
        rule.filters.push_back(f);
        ++filter.applied_to;
      }
    }
  }

  // Each correlation after those that it names. What never has its turn goes in a circle, or names
  // one that does.
  void ResolveCorrelations() {
    std::vector<size_t> open(written_.size(), 0);  // correlations it waits for
    std::vector<std::vector<size_t>> waiting(written_.size());
    std::vector<size_t> ready;
    for (size_t i = 0; i < written_.size(); ++i) {
      for (const std::string& name : written_[i].rules) {
        const auto found = named_.find(name);
        if (found == named_.end() || !found->second.is_correlation) continue;
        ++open[i];
        waiting[found->second.index].push_back(i);
      }
      if (open[i] == 0) ready.push_back(i);
    }
    std::vector<uint32_t> index(written_.size(), kRefused);  // in the collection
    for (size_t next = 0; next < ready.size(); ++next) {
      const size_t i = ready[next];
      if (const auto resolved = Resolve(written_[i], index); resolved) {
        index[i] = static_cast<uint32_t>(to_.correlations_.size());
        to_.correlations_.push_back(written_[i].correlation);
      } else {
        RefuseCorrelation(written_[i], resolved.error());
      }
      for (size_t other : waiting[i]) {
        if (--open[other] == 0) ready.push_back(other);
      }
    }
    for (size_t i = 0; i < written_.size(); ++i) {
      if (open[i] == 0) continue;
      RefuseCorrelation(written_[i], {"sigma-correlation-cycle",
                                      "it names itself, directly or by way of other correlations",
                                      written_[i].correlation.meta.place});
    }
    SettleReported();
  }

  Result<void> Resolve(WrittenCorrelation& written, const std::vector<uint32_t>& index) {
    Correlation& correlation = written.correlation;
    for (size_t i = 0; i < written.rules.size(); ++i) {
      const std::string& name = written.rules[i];
      const auto found = named_.find(name);
      if (found == named_.end()) {
        const std::string guess = GuessName(name);
        return Fail("sigma-correlation-reference",
                    fmt::format("there is no rule '{}', or it was refused{}{}", name,
                                guess.empty() ? "" : "; ", guess),
                    written.rule_places[i]);
      }
      RuleRef ref = found->second;
      if (ref.is_correlation) {
        if (index[ref.index] == kRefused)
          return Fail("sigma-correlation-reference",
                      fmt::format("the correlation '{}' was refused", name),
                      written.rule_places[i]);
        ref.index = index[ref.index];
      }
      if (std::find(correlation.rules.begin(), correlation.rules.end(), ref) !=
          correlation.rules.end())
        return Fail("sigma-correlation-rules", fmt::format("'{}' is named twice", name),
                    written.rule_places[i]);
      correlation.rules.push_back(ref);
      std::vector<FieldId> fields;
      for (const std::string& part : correlation.group_by)
        fields.push_back(to_.fields_.Intern(FieldBehind(written, part, found->second)));
      correlation.group_fields.push_back(std::move(fields));
    }
    for (const auto& [alias, by_rule] : written.aliases) {
      for (const auto& [name, field] : by_rule) {
        const auto found = named_.find(name);
        const bool listed =
            found != named_.end() &&
            std::any_of(written.rules.begin(), written.rules.end(),
                        [&](const std::string& rule) { return named_.at(rule) == found->second; });
        if (!listed)
          return Fail(
              "sigma-correlation-alias",
              fmt::format("alias '{}' names '{}', which is not among the rules", alias, name),
              correlation.meta.place);
      }
    }
    if (!written.expression.empty()) {
      auto steps = CompileTemporal(written.expression, written.expression_place, written.rules);
      if (!steps) return Fail(steps.error());
      correlation.expression = std::move(*steps);
    }
    return {};
  }

  std::string GuessName(std::string_view wanted) {
    if (guesses_ == 0) return {};
    --guesses_;
    std::vector<std::string_view> names;
    for (const auto& [name, ref] : named_) names.push_back(name);
    std::sort(names.begin(), names.end());
    return DidYouMean(wanted, names);
  }

  // What a part of the group-by is called in matches of one rule. An alias may name the rule by its
  // id or its name, whichever the list of rules uses.
  std::string_view FieldBehind(const WrittenCorrelation& written, const std::string& part,
                               const RuleRef& rule) const {
    const auto alias = written.aliases.find(part);
    if (alias == written.aliases.end()) return part;
    for (const auto& [name, field] : alias->second) {
      const auto found = named_.find(name);
      if (found != named_.end() && found->second == rule) return field;
    }
    return part;
  }

  void RefuseCorrelation(const WrittenCorrelation& written, const Error& error) {
    const Metadata& meta = written.correlation.meta;
    Refuse(error, meta.title, meta.id, meta.place);
  }

  // Matches of rules that a correlation names are not told by themselves, unless one of those
  // correlations says `generate`.
  void SettleReported() {
    std::vector<RuleRef> silent;
    std::vector<RuleRef> told;
    for (const Correlation& correlation : to_.correlations_) {
      auto& list = correlation.generate ? told : silent;
      list.insert(list.end(), correlation.rules.begin(), correlation.rules.end());
    }
    const auto set = [&](const RuleRef& ref, bool reported) {
      (ref.is_correlation ? to_.correlations_[ref.index].reported
                          : to_.rules_[ref.index].reported) = reported;
    };
    for (const RuleRef& ref : silent) set(ref, false);
    for (const RuleRef& ref : told) set(ref, true);
  }

  static constexpr uint32_t kRefused = UINT32_MAX;

  const std::vector<Document>& documents_;
  Collection& to_;
  const LoadOptions& options_;
  Diagnostics& faults_;
  std::unordered_map<std::string, Place> taken_;    // ids, names, keys
  std::unordered_map<std::string, RuleRef> named_;  // correlations by their place in written_
  std::vector<WrittenCorrelation> written_;
  int guesses_ = 100;  // near names are dear to find
};

Collection Collection::Load(const std::vector<RuleFile>& files, const LoadOptions& options,
                            Diagnostics& faults) {
  Collection collection;
  collection.counts_.files = files.size();
  CollectionBuilder(ReadDocuments(files), collection, options, faults).Build();
  return collection;
}

std::vector<RuleIndex> Collection::RulesFor(const LogSource& source) const {
  std::vector<RuleIndex> which;
  for (RuleIndex i = 0; i < rules_.size(); ++i) {
    if (rules_[i].meta.active() && rules_[i].logsource.Covers(source)) which.push_back(i);
  }
  return which;
}

bool Collection::AsksEveryValue(RuleIndex rule) const {
  std::vector<NodeId> left = {rules_[rule].condition};
  std::set<NodeId> seen;
  while (!left.empty()) {
    const NodeId node = left.back();
    left.pop_back();
    if (node <= kTrueNode || !seen.insert(node).second) continue;
    if (expressions_.kind(node) == NodeKind::kTest) {
      if (expressions_.test(node).field == kEveryValue) return true;
    } else {
      const auto children = expressions_.children(node);
      left.insert(left.end(), children.begin(), children.end());
    }
  }
  return false;
}

std::optional<RuleIndex> Collection::FindRule(std::string_view id_or_name) const {
  for (RuleIndex i = 0; i < rules_.size(); ++i) {
    if (rules_[i].meta.id == id_or_name || rules_[i].meta.name == id_or_name) return i;
  }
  return {};
}

}  // namespace vedette::sigma
