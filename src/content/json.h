// Reads JSON into the same Node as YAML, so that definitions that others publish as JSON are read
// by the same readers and their faults have a line and a column.
//
//   Result<Node> root = LoadJson(path, "rules.json");
//   MapReader map(*root, "rule document", faults);
//
// Strict (RFC 8259): no comments, no trailing commas, no control characters in texts; a byte order
// mark in front is passed over. Numbers, true and false are kept as written, unquoted. A duplicate
// key, nesting deeper than 64, text that is not UTF-8, and anything behind the value are errors
// with a place. The place of a text is its first character, behind the quote, so that a column
// inside an expression can be added to it. Cost: linear.
#pragma once

#include <string>
#include <string_view>

#include "content/node.h"

namespace vedette {

Result<Node> ParseJson(std::string_view text, const std::string& name);
Result<Node> LoadJson(const std::string& path, const std::string& name);

}  // namespace vedette
