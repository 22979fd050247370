// A LiteralSet finds which of many literals stand in a line, in one pass whose cost does not grow
// with their number. The only file that touches Vectorscan.
//
//   LiteralSet literals({"TMCM:", "WFBSS-SVC-AC"});
//   literals.Find(line, [&](size_t index) { … });     // each at most once, in no special order
//
// Immutable and shared; each thread has its own scratch space.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vedette {

class LiteralSet {
 public:
  explicit LiteralSet(const std::vector<std::string>& literals);
  ~LiteralSet();

  void Find(std::string_view text, const std::function<void(size_t)>& visit) const;

 private:
  struct Database;
  std::unique_ptr<Database> database_;
};

}  // namespace vedette
