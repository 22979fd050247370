// The documents of rule files, as YAML trees.
//
//   std::vector<Document> documents = ReadDocuments(files);
//
// A file is a stream of documents separated by lines that begin with `---`; each is read by itself,
// so that a fault in one leaves the others alone. Byte order marks, CR-LF and empty documents are
// taken as they come. Reading uses a few threads; the result does not depend on them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "content/node.h"
#include "core/hash.h"
#include "core/result.h"
#include "sigma/rule_files.h"

namespace vedette::sigma {

inline constexpr size_t kMostDocumentBytes = 2 << 20;

struct Document {
  Place place;   // of its first line
  Hash128 hash;  // of its text
  Node root;     // unless `error`
  std::optional<Error> error;
  std::string title;              // when there is an error: as far as it can be told
  std::optional<size_t> same_as;  // an earlier document of the same text; then nothing is read
};

std::vector<Document> ReadDocuments(const std::vector<RuleFile>& files);

}  // namespace vedette::sigma
