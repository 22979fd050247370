#include "library/matrix.h"

#include <algorithm>

namespace vedette {

std::vector<MatrixColumn> MakeMatrix(const AttackTable& attack,
                                     const std::vector<std::string>& techniques) {
  std::vector<MatrixColumn> columns;
  for (const Tactic& tactic : attack.tactics()) {
    MatrixColumn column{&tactic, {}};
    for (const std::string& id : techniques) {
      const Technique* technique = attack.Find(id);
      if (technique == nullptr) continue;
      const auto& tactics = technique->tactics;
      if (std::find(tactics.begin(), tactics.end(), tactic.id) != tactics.end())
        column.techniques.push_back(id);
    }
    const bool before_the_attack = tactic.id == "TA0042" || tactic.id == "TA0043";
    if (!before_the_attack || !column.techniques.empty()) columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace vedette
