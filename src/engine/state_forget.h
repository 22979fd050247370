// Removes a person or machine from a state: what a request for erasure asks for.
//
//   Result<ForgetReport> report = ForgetEntity("state", content, "ada");
//
// Whatever is kept under the name goes: as scope (what was learned about them), as value (that
// others had to do with them), sessions, counters, rarity. Other people's detections stay, with the
// name taken out of their sentences. The folder is rewritten, so that no file holds any of it. What
// cannot be found: scopes and values that are joined of several names; name those as a whole. Needs
// the state for itself; all or nothing but for the rewriting, which may be repeated. Cost: one pass
// over the state, and rewriting it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/content_set.h"
#include "engine/state_keeper.h"

namespace vedette {

struct ForgetReport {
  std::vector<std::pair<std::string, uint64_t>> removed;  // what, how many; in order of what
  std::vector<std::string> paths;  // of inputs, that contain the name; they stay

  uint64_t total() const;
};

Result<ForgetReport> ForgetEntity(const std::string& folder, const ContentSet& content,
                                  const std::string& name);

}  // namespace vedette
