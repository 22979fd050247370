// Writes the facts of the content library as one JSON object. Its shape: docs/library.md,
// "library.json".
#pragma once

#include <string>

#include "library/facts.h"

namespace vedette {

std::string RenderLibraryJson(const LibraryFacts& facts);

}  // namespace vedette
