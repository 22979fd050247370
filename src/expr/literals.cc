#include "expr/literals.h"

#include <algorithm>

#include "core/text.h"
#include "expr/evaluator.h"

namespace vedette {
namespace {

constexpr size_t kFew = 4;

bool EqualsAny(const Value& value, const std::vector<Value>& literals) {
  return std::any_of(literals.begin(), literals.end(),
                     [&](const Value& literal) { return ValuesEqual(value, literal); });
}

}  // namespace

EqualSet::EqualSet(const std::vector<Value>& literals) {
  kept_.reserve(literals.size());
  for (const Value& literal : literals) {
    if (literal.is_null()) continue;
    Value own = literal;
    if (literal.is_text()) {
      own = Value::String(kept_.emplace_back(literal.text()));
      texts_.emplace(literal.text());
    } else {
      no_texts_.push_back(own);
    }
    all_.push_back(own);
    const Value number = ToNumber(own);
    if (number.kind() == ValueKind::kInt) integers_.insert(number.integer());
    if (number.kind() == ValueKind::kDouble) decimals_.push_back(number);
  }
  has_true_ = EqualsAny(Value::Bool(true), all_);
  has_false_ = EqualsAny(Value::Bool(false), all_);
}

bool EqualSet::Has(const Value& value) const {
  switch (value.kind()) {
    case ValueKind::kNull:
      return false;
    case ValueKind::kString:
    case ValueKind::kIp:
      return texts_.contains(value.text()) || (!no_texts_.empty() && EqualsAny(value, no_texts_));
    case ValueKind::kInt:
      return integers_.contains(value.integer()) ||
             (!decimals_.empty() && EqualsAny(value, decimals_));
    case ValueKind::kBool:
      return value.boolean() ? has_true_ : has_false_;
    default:
      return EqualsAny(value, all_);
  }
}

AffixSet::AffixSet(std::vector<std::string> literals, Side side) : side_(side) {
  if (literals.size() <= kFew) {
    few_ = std::move(literals);
    return;
  }
  for (std::string& literal : literals) {
    lengths_.push_back(literal.size());
    many_.insert(std::move(literal));
  }
  std::sort(lengths_.begin(), lengths_.end());
  lengths_.erase(std::unique(lengths_.begin(), lengths_.end()), lengths_.end());
}

bool AffixSet::Fits(std::string_view text) const {
  for (const std::string& literal : few_) {
    if (side_ == kStart ? StartsWith(text, literal) : EndsWith(text, literal)) return true;
  }
  for (size_t length : lengths_) {
    if (length > text.size()) return false;
    if (many_.contains(side_ == kStart ? text.substr(0, length)
                                       : text.substr(text.size() - length)))
      return true;
  }
  return false;
}

}  // namespace vedette
