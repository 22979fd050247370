#include "library/output_folder.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

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

Result<size_t> OutputFolder::Write(const std::string& folder) const {
  namespace fs = std::filesystem;
  for (const auto& [key, file] : files_) {
    const fs::path path = fs::path(folder) / file.path;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error)
      return Fail("write-failed", fmt::format("cannot make the folder '{}': {}",
                                              path.parent_path().string(), error.message()));
    std::ofstream out(path, std::ios::binary);
    out.write(file.text.data(), static_cast<std::streamsize>(file.text.size()));
    out.close();
    if (!out)
      return Fail("write-failed",
                  fmt::format("cannot write '{}': {}", path.string(), std::strerror(errno)));
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
