// Regular expressions of content over free text, with named groups. The only file that touches
// PCRE2.
//
//   Result<TextPattern> pattern = TextPattern::Compile("user (?<user>\\S+)");
//   pattern->Match(text, [&](size_t group, std::string_view value) { … });
//
// Compiled by the JIT. Matching is bounded (match and depth limits), so no text can stall it:
// kLimit is an answer like any other. Immutable; one match state per thread. Linear in practice,
// not in theory: conditions use expr/linear_regex.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace vedette {

enum class MatchOutcome { kMatch, kNoMatch, kLimit };

class TextPattern {
 public:
  static Result<TextPattern> Compile(std::string_view pattern);
  TextPattern(TextPattern&&) noexcept;
  TextPattern& operator=(TextPattern&&) noexcept;
  ~TextPattern();

  // Calls `visit(group, value)` for each named group that took part, by its index in group_names().
  MatchOutcome Match(std::string_view text,
                     const std::function<void(size_t, std::string_view)>& visit) const;
  // The first group (or the whole match when there is none).
  MatchOutcome First(std::string_view text, std::string_view* value) const;

  const std::vector<std::string>& group_names() const { return group_names_; }

 private:
  TextPattern() = default;
  struct Code;
  std::unique_ptr<Code> code_;
  std::vector<std::string> group_names_;
  std::vector<uint32_t> group_numbers_;
};

}  // namespace vedette
