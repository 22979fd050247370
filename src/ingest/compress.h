// Whole texts compressed in memory, for tests and for writing sample logs. Each is one gzip member
// or one zstd frame; several may follow each other in a file.
#pragma once

#include <string>
#include <string_view>

namespace vedette {

std::string CompressGzip(std::string_view text);
std::string CompressZstd(std::string_view text);

}  // namespace vedette
