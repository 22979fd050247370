// Finds the inputs that the arguments of a command name.
//
//   Diagnostics faults;
//   std::vector<SourceFile> sources = DiscoverSources({"logs/", "more.json.gz", "-"}, faults);
//
// A directory stands for all files below it, in order of path; names that begin with a dot are left
// out, links to directories are not followed. A file named twice, by whatever path, is taken once.
// Faults: input-missing, input-unreadable, input-no-files. The rest of the arguments is still
// found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/diagnostics.h"

namespace vedette {

// One input. A SourceId is its index in the list.
struct SourceFile {
  std::string path;      // as it is shown: "-" is standard input
  bool is_pipe = false;  // standard input, or something else that cannot be read twice
  uint64_t bytes = 0;    // as stored; 0 for pipes
  // Which of its lines are read: those that start at or after `begin` and before `end`, in bytes of
  // the decompressed input. `begin` is where a line starts; `end` is looked at in plain files only.
  uint64_t begin = 0;
  uint64_t end = UINT64_MAX;
};

std::vector<SourceFile> DiscoverSources(const std::vector<std::string>& arguments,
                                        Diagnostics& faults);

}  // namespace vedette
