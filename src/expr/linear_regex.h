// A regular expression that is matched in time linear in the text: for conditions that users write.
// The only file that touches RE2.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace vedette {

class LinearRegex {
 public:
  // `error` is empty when the pattern is good. Syntax: RE2's; at most 8 MB a pattern.
  explicit LinearRegex(std::string_view pattern, std::string* error);
  ~LinearRegex();
  LinearRegex(LinearRegex&&) noexcept;

  const std::string& pattern() const;

  // Literals of at least `least` ASCII characters, folded: a text in which the expression is found
  // contains one of them once it is folded (FoldCase). None can be left out. Empty when nothing of
  // the kind is known. Slow; for load time.
  std::vector<std::string> NecessaryLiterals(size_t least) const;

  // Whether it matches somewhere in the text. Thread-safe.
  bool FoundIn(std::string_view text) const;

 private:
  std::unique_ptr<re2::RE2> regex_;
};

}  // namespace vedette
