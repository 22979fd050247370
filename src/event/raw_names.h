// RawNames gives small ids to the raw paths that content asks for (`raw.ActionType` in an
// expression), so that an event keeps of its raw record exactly what somebody will read.
//
//   RawId id = names.Intern("AdditionalFields.DriveLetter");   // while content is loaded
//
// Paths are spelled as in docs/content.md, relative to the form's root. Load time: one thread.
// Afterwards read-only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vedette {

using RawId = uint16_t;

class RawNames {
 public:
  RawId Intern(std::string_view path) {
    const auto [at, added] = ids_.emplace(std::string(path), static_cast<RawId>(paths_.size()));
    if (added) {
      paths_.emplace_back(path);
      asked_.push_back(0);
    }
    ++asked_[at->second];
    return at->second;
  }
  // How often content asked for it.
  uint32_t asked(RawId id) const { return asked_[id]; }
  size_t size() const { return paths_.size(); }
  const std::string& path(RawId id) const { return paths_[id]; }

 private:
  std::map<std::string, RawId, std::less<>> ids_;
  std::vector<std::string> paths_;
  std::vector<uint32_t> asked_;
};

}  // namespace vedette
