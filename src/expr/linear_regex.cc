#include "expr/linear_regex.h"

#include <algorithm>
#include <set>

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include "core/text.h"

namespace vedette {

LinearRegex::LinearRegex(std::string_view pattern, std::string* error) {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(8 << 20);
  regex_ = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  *error = regex_->ok() ? std::string() : regex_->error();
}
LinearRegex::~LinearRegex() = default;
LinearRegex::LinearRegex(LinearRegex&&) noexcept = default;

const std::string& LinearRegex::pattern() const { return regex_->pattern(); }

std::vector<std::string> LinearRegex::NecessaryLiterals(size_t least) const {
  if (!regex_->ok()) return {};
  re2::FilteredRE2 filter(static_cast<int>(least));
  int id = 0;
  std::vector<std::string> atoms;
  if (filter.Add(pattern(), regex_->options(), &id) != RE2::NoError) return {};
  filter.Compile(&atoms);
  std::set<std::string> folded;
  for (std::string& atom : atoms) folded.insert(atom = FoldCase(atom));
  std::vector<std::string> literals(folded.begin(), folded.end());
  // Whether it may match a text that has only such atoms as are no literals.
  const auto may_match_without = [&](const std::vector<std::string>& absent) {
    std::vector<int> present;
    for (size_t i = 0; i < atoms.size(); ++i) {
      if (std::find(absent.begin(), absent.end(), atoms[i]) == absent.end())
        present.push_back(static_cast<int>(i));
    }
    std::vector<int> possible;
    filter.AllPotentials(present, &possible);
    return !possible.empty();
  };
  const bool usable = std::all_of(
      literals.begin(), literals.end(),
      [&](const std::string& literal) { return literal.size() >= least && IsAscii(literal); });
  if (!usable || may_match_without(literals)) return {};
  // Of literals that all stand in a match one is enough, the longer the better.
  std::stable_sort(literals.begin(), literals.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  for (size_t i = 0; i < literals.size();) {
    std::vector<std::string> others = literals;
    others.erase(others.begin() + static_cast<ptrdiff_t>(i));
    if (may_match_without(others)) {
      ++i;
    } else {
      literals = std::move(others);
    }
  }
  return literals;
}

bool LinearRegex::FoundIn(std::string_view text) const {
  return regex_->ok() && RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
}

}  // namespace vedette
