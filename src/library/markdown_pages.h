// Writes the library as Markdown, page for page as the public libraries of such content are built:
// product pages, a page of rules and models per product and use case, parser pages, use-case pages,
// both indices and the ATT&CK map. Their structure: docs/library.md.
//
// Every page ends with links to the content files behind it, which are copied to `content/` of the
// output.
#pragma once

#include "library/facts.h"
#include "library/output_folder.h"

namespace vedette {

void WriteMarkdownPages(const LibraryFacts& facts, OutputFolder& out);

}  // namespace vedette
