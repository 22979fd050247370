// Writes the library as a static site below html/: overview, products, rules and models per product
// and use case, use cases, behaviours, parsers, the ATT&CK matrix, and the content files
// themselves. One style sheet, one script with the index that it searches; nothing is loaded from
// elsewhere.
#pragma once

#include "library/facts.h"
#include "library/output_folder.h"

namespace vedette {

void WriteHtmlSite(const LibraryFacts& facts, OutputFolder& out);

}  // namespace vedette
