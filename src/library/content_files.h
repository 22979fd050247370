// Reads the content files behind pages, as they are.
#pragma once

#include <string>
#include <vector>

#include "content/library.h"

namespace vedette {

struct ContentText {
  std::string path;  // relative to the content folder: "rules/usb/usb_first_use.yaml"
  std::string text;
};

// Parsers, rules, their tests, lists and use cases, by path. A file that is gone since it was
// loaded is left out.
std::vector<ContentText> ReadContentFiles(const ContentLibrary& library);

}  // namespace vedette
