// The ATT&CK matrix of some techniques: a column for each tactic, with the techniques that serve
// it.
#pragma once

#include <string>
#include <vector>

#include "content/attack_table.h"

namespace vedette {

struct MatrixColumn {
  const Tactic* tactic;
  std::vector<std::string> techniques;  // ids, sorted
};

// From Initial Access to Impact; the two tactics before it only when a technique serves them. A
// technique stands under each of its tactics.
std::vector<MatrixColumn> MakeMatrix(const AttackTable& attack,
                                     const std::vector<std::string>& techniques);

}  // namespace vedette
