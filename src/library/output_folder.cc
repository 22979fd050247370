#include "library/output_folder.h"

#include <set>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {

void OutputFolder::Add(const std::string& path, std::string text, const Place& place,
                       const std::string& owner) {
  const auto [at, added] =
      files_.try_emplace(ToLower(path), File{path, std::move(text), owner, place});
  if (added) return;
  faults_.Error(place, "page-name-collision",
                fmt::format("{} and {} would share the page '{}'", owner, at->second.owner, path),
                fmt::format("rename one; the other is at {}", at->second.place.ToString()));
}

Result<size_t> OutputFolder::Write(FileSystem& files, const std::string& folder) const {
  std::set<std::string> made;
  for (const auto& [key, file] : files_) {
    const std::string path = folder + "/" + file.path;
    if (made.insert(ParentFolder(path)).second) {
      if (Result<void> done = MakeFolders(files, ParentFolder(path)); !done)
        return Fail(done.error());
    }
    if (Result<void> done = ReplaceFile(files, path, file.text); !done) return Fail(done.error());
  }
  return files_.size();
}

const std::string* OutputFolder::Find(const std::string& path) const {
  const auto found = files_.find(ToLower(path));
  return found == files_.end() ? nullptr : &found->second.text;
}

std::string FileName(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (ToLowerAscii(c) >= 'a' && ToLowerAscii(c) <= 'z') || IsDigit(c) ||
                       c == '_' || c == '-' || c == '&' || (c == '.' && !out.empty());
    out += plain ? c : '_';
  }
  return out.empty() ? "_" : out;
}

std::string LowerFileName(std::string_view name) { return ToLower(FileName(name)); }

}  // namespace vedette
