#include "core/state_records.h"

#include <algorithm>
#include <utility>

#include "core/record.h"

namespace vedette {

std::string_view StatePart::Key(char kind, std::string_view rest) {
  key_.resize(prefix_bytes_);
  key_.push_back(kind);
  key_.append(rest);
  return key_;
}

std::string_view StatePart::Key(char kind, const Hash128& hash) {
  key_.resize(prefix_bytes_);
  key_.push_back(kind);
  AppendKeyHash(key_, hash);
  return key_;
}

void StateTable::Apply(const StateChanges& changes) {
  changes.ForEach([&](StateChanges::Kind kind, std::string_view key, std::string_view value) {
    switch (kind) {
      case StateChanges::Kind::kPut:
        records_.insert_or_assign(std::string(key), std::string(value));
        break;
      case StateChanges::Kind::kErase:
        if (const auto at = records_.find(key); at != records_.end()) records_.erase(at);
        break;
      case StateChanges::Kind::kErasePrefix: {
        auto at = records_.lower_bound(key);
        while (at != records_.end() && at->first.starts_with(key)) at = records_.erase(at);
        break;
      }
    }
  });
}

Result<void> StateTable::ForEach(std::string_view prefix, const Visit& visit) const {
  for (auto at = records_.lower_bound(prefix);
       at != records_.end() && at->first.starts_with(prefix); ++at) {
    visit(std::string_view(at->first).substr(prefix.size()), at->second);
  }
  return {};
}

Result<std::optional<std::string>> StateTable::Get(std::string_view key) const {
  const auto at = records_.find(key);
  if (at == records_.end()) return std::optional<std::string>();
  return std::optional<std::string>(at->second);
}

std::vector<Hash128> ChangedKeys::Take() {
  std::vector<Hash128> keys = std::exchange(keys_, {});
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace vedette
