#include "expr/linear_regex.h"

#include <algorithm>

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
  re2::FilteredRE2 filter(static_cast<int>(least));
  int id = 0;
  std::vector<std::string> literals;
  if (!regex_->ok() || filter.Add(regex_->pattern(), regex_->options(), &id) != RE2::NoError)
    return {};
  filter.Compile(&literals);
  // Whether it may match a text that has none of them.
  std::vector<int> possible;
  filter.AllPotentials({}, &possible);
  const bool usable = std::all_of(
      literals.begin(), literals.end(),
      [&](const std::string& literal) { return literal.size() >= least && IsAscii(literal); });
  if (!possible.empty() || !usable) literals.clear();
  return literals;
}

bool LinearRegex::FoundIn(std::string_view text) const {
  return regex_->ok() && RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
}

}  // namespace vedette
