#include "library/html_site.h"

#include "library/html_parts.h"

namespace vedette {

void WriteHtmlSite(const LibraryFacts& facts, OutputFolder& out) {
  site::WriteOverview(facts, out);
  site::WriteProducts(facts, out);
  site::WriteUseCases(facts, out);
  site::WriteBehaviours(facts, out);
  site::WriteParsers(facts, out);
  site::WriteSources(facts, out);
  site::WriteSearch(facts, out);
}

}  // namespace vedette
