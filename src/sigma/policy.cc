#include "sigma/policy.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette::sigma {
namespace {

void AddOnce(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

int64_t Points(MapReader& map, std::string_view key, Diagnostics& faults) {
  const double points = map.Decimal(key, 0);
  if (!(points >= 0 && points <= 100)) {
    faults.Error(map.PlaceOf(key), "content-range",
                 fmt::format("'{}' must lie between 0 and 100", key));
    return 0;
  }
  return std::llround(points * 1e6);
}

bool IsTechnique(std::string_view name) {
  return name.size() >= 5 && name[0] == 't' && IsDigit(name[1]);
}

// Groups and software: attack.g0049, attack.s0002.
bool IsGroupOrSoftware(std::string_view name) {
  return name.size() == 5 && (name[0] == 'g' || name[0] == 's') && IsDigit(name[1]);
}

}  // namespace

void Policy::ReadScoring(const Node& root, Diagnostics& faults) {
  MapReader map(root, "scoring of Sigma rules", faults);
  if (const Node* levels = map.Required("levels")) {
    MapReader rows(*levels, "table of levels", faults);
    for (const Level level :
         {Level::kInformational, Level::kLow, Level::kMedium, Level::kHigh, Level::kCritical}) {
      rows.Required(LevelName(level));
      points_micro_[static_cast<size_t>(level)] = Points(rows, LevelName(level), faults);
    }
    rows.Finish();
  }
  points_micro_[static_cast<size_t>(Level::kNone)] = Points(map, "no_level", faults);
  suppress_ = map.Duration("suppress", suppress_);
  map.Finish();
}

void Policy::ReadChanges(const Node& root, Diagnostics& faults) {
  MapReader map(root, "table of changes in ATT&CK", faults);
  map.RequiredText("source");
  const auto read = [&](std::string_view key, bool techniques) {
    const Node* rows = map.Get(key);
    if (rows == nullptr) return;
    for (const Node& item : rows->items) {
      MapReader row(item, "change", faults);
      const std::string older = row.RequiredText("old");
      const std::string newer = row.RequiredText("new");
      row.Finish();
      (techniques ? older_technique_ : older_tactic_).emplace(newer, older);
      if (!techniques) continue;
      newer_techniques_[older].push_back(newer);
      techniques_.emplace(older, row.PlaceOf("old"));
    }
  };
  read("techniques", true);
  read("tactics", false);
  map.Finish();
}

void Policy::ReadUseCases(const Node& root, Diagnostics& faults) {
  MapReader map(root, "table of use cases", faults);
  const auto read = [&](std::string_view key, UseCaseRows& rows, bool techniques) {
    const Node* node = map.Get(key);
    if (node == nullptr) return;
    MapReader table(*node, "table of use cases", faults);
    for (const auto& [id, value] : node->pairs) {
      rows[id] = table.Texts(id);
      for (const std::string& name : rows[id]) named_.emplace(name, value.place);
      if (techniques) techniques_.emplace(id, value.place);
    }
  };
  read("techniques", by_technique_, true);
  read("tactics", by_tactic_, false);
  map.Finish();
}

Policy Policy::Load(const std::vector<ContentFile>& files, Diagnostics& faults) {
  Policy policy;
  for (const ContentFile& file : files) {
    if (EndsWith(file.path, "sigma/scoring.yaml")) {
      policy.ReadScoring(file.root, faults);
    } else if (EndsWith(file.path, "sigma/attack_changes.yaml")) {
      policy.ReadChanges(file.root, faults);
    } else if (EndsWith(file.path, "sigma/use_cases.yaml")) {
      policy.ReadUseCases(file.root, faults);
    } else if (file.path.find("sigma/sources/") == std::string::npos) {
      faults.Error({file.path}, "content-stray-file", "content/sigma/ has no file of this name",
                   "scoring.yaml, attack_changes.yaml, use_cases.yaml, or a file in sources/");
    }
  }
  return policy;
}

AttackTags Policy::Attack(const std::vector<std::string>& tags) const {
  AttackTags attack;
  for (const std::string& tag : tags) {
    const std::string lower = ToLower(tag);
    if (!StartsWith(lower, "attack.")) continue;
    std::string name = lower.substr(7);
    if (IsTechnique(name)) {
      name[0] = 'T';
      const auto older = older_technique_.find(name);
      AddOnce(attack.techniques, older == older_technique_.end() ? name : older->second);
    } else if (!IsGroupOrSoftware(name)) {
      std::replace(name.begin(), name.end(), '_', '-');
      const auto older = older_tactic_.find(name);
      AddOnce(attack.tactics, older == older_tactic_.end() ? name : older->second);
    }
  }
  return attack;
}

std::vector<std::string> Policy::NewerTechniques(std::string_view id) const {
  const auto newer = newer_techniques_.find(id);
  if (newer == newer_techniques_.end()) return {std::string(id)};
  return newer->second;
}

void Policy::AddUseCases(const UseCaseRows& rows, std::string_view key,
                         std::vector<std::string>& out) const {
  const auto found = rows.find(key);
  if (found == rows.end()) return;
  for (const std::string& name : found->second) AddOnce(out, name);
}

std::vector<std::string> Policy::UseCases(const AttackTags& tags) const {
  std::vector<std::string> names;
  for (const std::string& id : tags.techniques) {
    const size_t before = names.size();
    AddUseCases(by_technique_, id, names);
    // A sub-technique that has no row of its own belongs where its parent does.
    if (names.size() == before && id.find('.') != std::string::npos)
      AddUseCases(by_technique_, id.substr(0, id.find('.')), names);
  }
  if (names.empty()) {
    for (const std::string& name : tags.tactics) AddUseCases(by_tactic_, name, names);
  }
  return names;
}

}  // namespace vedette::sigma
