#include "library/content_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace vedette {

std::vector<ContentText> ReadContentFiles(const ContentLibrary& library) {
  std::vector<ContentText> files;
  for (const auto* part : {&library.parsers, &library.parser_tests, &library.context,
                           &library.rules, &library.rule_tests, &library.use_cases}) {
    for (const ContentFile& file : *part) {
      std::ifstream in(library.folder + "/" + file.path, std::ios::binary);
      if (in) files.push_back({file.path, std::string(std::istreambuf_iterator<char>(in), {})});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const ContentText& a, const ContentText& b) { return a.path < b.path; });
  return files;
}

}  // namespace vedette
