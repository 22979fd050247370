// A NameMap finds values by names compared without case (ASCII), asked by views and without
// allocating.
//
//   NameMap<int> map;
//   map.Put("Ada", 1);
//   map.Find("ADA");       // 1
//
// Names of more than 512 bytes are never found. Reading is thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/hash.h"
#include "core/text.h"

namespace vedette {

template <typename T>
class NameMap {
 public:
  void Put(std::string_view name, T value) {
    map_.insert_or_assign(ToLower(name), std::move(value));
  }
  bool Add(std::string_view name, T value) {
    return map_.emplace(ToLower(name), std::move(value)).second;
  }

  const T* Find(std::string_view name) const {
    char lower[kMaxName];
    if (name.size() > kMaxName) return nullptr;
    if (!IsAscii(name)) return FindLower(ToLower(name));
    for (size_t i = 0; i < name.size(); ++i) lower[i] = ToLowerAscii(name[i]);
    return FindLower({lower, name.size()});
  }
  // As Find, for a name that is lower case already (or to be compared byte for byte).
  const T* FindLower(std::string_view name) const {
    const auto found = map_.find(name);
    return found == map_.end() ? nullptr : &found->second;
  }
  T& operator[](std::string_view name) { return map_[ToLower(name)]; }
  void PutExact(std::string_view name, T value) {
    map_.insert_or_assign(std::string(name), std::move(value));
  }

  size_t size() const { return map_.size(); }
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [name, value] : map_) visit(name, value);
  }
  void Clear() { map_.clear(); }

 private:
  static constexpr size_t kMaxName = 512;
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    size_t operator()(std::string_view text) const { return HashBytes64(text, 0); }
  };
  boost::unordered_flat_map<std::string, T, Hash, std::equal_to<>> map_;
};

}  // namespace vedette
