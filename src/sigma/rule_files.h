// Where Sigma rules lie: a folder, one YAML file, or a .tar.gz of them.
//
//   std::vector<sigma::RuleFile> files = sigma::ReadRuleFiles("rules/", faults);
//
// Files that end in .yml or .yaml, sorted by name, folders within folders included. What cannot be
// read or is larger than kMostFileBytes becomes a fault and is left out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/diagnostics.h"

namespace vedette::sigma {

inline constexpr size_t kMostFileBytes = 64 << 20;

struct RuleFile {
  std::string name;  // as messages call it
  std::string text;
};

std::vector<RuleFile> ReadRuleFiles(const std::string& path, Diagnostics& faults);

}  // namespace vedette::sigma
