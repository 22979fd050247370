// Writes a small text file in one go.
#pragma once

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "core/result.h"

namespace vedette::simulate {

// Creates folders as needed; replaces what was there.
inline Result<void> WriteTextFile(const std::filesystem::path& path, std::string_view text) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream out(path, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.flush();
  if (!out)
    return Fail("write-failed", "cannot write " + path.string() + ": " + std::strerror(errno));
  return {};
}

}  // namespace vedette::simulate
