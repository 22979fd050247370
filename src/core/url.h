// Parts of URLs and of file paths, as views into the text.
//
//   SplitUrl("https://ada@files.example:8443/a/b?c=d#e").host    // "files.example"
//   FileName("C:\\temp\\a.zip")                                  // "a.zip"
//
// Whatever the text is, the parts are what stands in their places; nothing is decoded. Paths may
// have slashes of either kind.
#pragma once

#include <string_view>

namespace vedette {

struct UrlParts {
  std::string_view scheme;  // without "://"; empty when there is none
  std::string_view host;    // without user, port and the brackets of an IPv6 address
  std::string_view path;    // with its slash
  std::string_view query;   // without its question mark
};
UrlParts SplitUrl(std::string_view url);

// The place of the last slash, or npos.
inline size_t LastSlash(std::string_view path) {
  for (size_t i = path.size(); i-- > 0;) {
    if (path[i] == '\\' || path[i] == '/') return i;
  }
  return std::string_view::npos;
}

// What stands behind the last slash.
inline std::string_view FileName(std::string_view path) { return path.substr(LastSlash(path) + 1); }

}  // namespace vedette
