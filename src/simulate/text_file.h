// Writes a small text file in one go.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/file_system.h"

namespace vedette::simulate {

// Creates folders as needed; replaces what was there.
inline Result<void> WriteTextFile(FileSystem& disk, const std::filesystem::path& path,
                                  std::string_view text) {
  if (Result<void> made = MakeFolders(disk, path.parent_path().string()); !made) return made;
  return ReplaceFile(disk, path.string(), text);
}

}  // namespace vedette::simulate
