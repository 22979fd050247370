// Pieces of HTML pages. Everything that comes from content passes through HtmlText.
#pragma once

#include <string>
#include <string_view>

namespace vedette {

// Text as text: safe between tags and inside quoted attributes.
std::string HtmlText(std::string_view text);

// A link; `href` is a path or an address of our own making.
std::string HtmlLink(std::string_view href, std::string_view text);

// Text that links to itself when it is an http or https address.
std::string HtmlAddress(std::string_view text);

// A whole page. `path` is where it stands below the site's folder ("products/acme.html"): links to
// the style, the search and the main pages lead up from there. `body` is HTML.
std::string HtmlPage(std::string_view path, std::string_view title, std::string_view body);

// "../" for each folder of `path`.
std::string UpToRoot(std::string_view path);

}  // namespace vedette
