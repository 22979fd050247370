// A Policy says what a match of a Sigma rule means here: its points by level, its techniques in the
// edition of ATT&CK that content holds, its use cases by its tags.
//
//   Policy policy = Policy::Load(library.sigma, faults);
//   AttackTags tags = policy.Attack(rule.meta.tags);         // attack.t1685.001 -> T1562.002
//   std::vector<std::string> use_cases = policy.UseCases(tags);
//
// Read from content/sigma/: scoring.yaml, attack_changes.yaml, use_cases.yaml. Missing files leave
// defaults: no points, no renaming, no use case. Immutable, thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "content/library.h"
#include "core/time.h"
#include "sigma/rule.h"

namespace vedette::sigma {

struct AttackTags {
  std::vector<std::string> techniques;  // T1059.001, each once, in the order of the tags
  std::vector<std::string> tactics;     // short names, with hyphens
};

class Policy {
 public:
  static Policy Load(const std::vector<ContentFile>& files, Diagnostics& faults);

  int64_t PointsMicro(Level level) const { return points_micro_[static_cast<size_t>(level)]; }
  Nanoseconds suppress() const { return suppress_; }

  // Techniques and tactics of tags, in the edition that content holds. What the table of changes
  // does not know stays as it is.
  AttackTags Attack(const std::vector<std::string>& tags) const;
  // The other direction: ids of the newer edition for one of ours; itself when nothing changed.
  std::vector<std::string> NewerTechniques(std::string_view id) const;

  // By techniques; a rule that no technique places, by tactics.
  std::vector<std::string> UseCases(const AttackTags& tags) const;
  // Every use case that some row names, with its place, for checks.
  const std::map<std::string, Place>& use_cases() const { return named_; }
  // Every technique of ours that some row names, with its place.
  const std::map<std::string, Place>& techniques() const { return techniques_; }

 private:
  void ReadScoring(const Node& root, Diagnostics& faults);
  void ReadChanges(const Node& root, Diagnostics& faults);
  void ReadUseCases(const Node& root, Diagnostics& faults);

  using UseCaseRows = std::map<std::string, std::vector<std::string>, std::less<>>;
  void AddUseCases(const UseCaseRows& rows, std::string_view key,
                   std::vector<std::string>& out) const;

  int64_t points_micro_[6] = {};
  Nanoseconds suppress_{10 * kNanosPerMinute};
  std::map<std::string, std::string, std::less<>> older_technique_, older_tactic_;
  std::map<std::string, std::vector<std::string>, std::less<>> newer_techniques_;
  UseCaseRows by_technique_, by_tactic_;
  std::map<std::string, Place> named_, techniques_;
};

}  // namespace vedette::sigma
