#include "expr/linear_regex.h"

#include <re2/re2.h>

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

bool LinearRegex::FoundIn(std::string_view text) const {
  return regex_->ok() && RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
}

}  // namespace vedette
