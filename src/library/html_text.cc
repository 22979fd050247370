#include "library/html_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {

std::string HtmlText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string HtmlLink(std::string_view href, std::string_view text) {
  return fmt::format("<a href=\"{}\">{}</a>", HtmlText(href), HtmlText(text));
}

std::string HtmlAddress(std::string_view text) {
  return StartsWith(text, "https://") || StartsWith(text, "http://") ? HtmlLink(text, text)
                                                                     : HtmlText(text);
}

std::string UpToRoot(std::string_view path) {
  std::string up;
  for (auto n = std::count(path.begin(), path.end(), '/'); n > 0; --n) up += "../";
  return up;
}

std::string HtmlPage(std::string_view path, std::string_view title, std::string_view body) {
  return fmt::format(R"html(<!DOCTYPE html>
<html lang="en" data-root="{0}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{1} · Vedette content library</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{0}style.css">
<script src="{0}search.js" defer></script>
</head>
<body>
<header>
<a class="brand" href="{0}index.html">Vedette <span>content library</span></a>
<nav><a href="{0}index.html#products">Products</a><a href="{0}index.html#use-cases">Use cases</a><a href="{0}rules.html">Rules</a><a href="{0}matrix.html">ATT&amp;CK</a></nav>
<form id="search" role="search" hidden><input type="search" aria-label="Search" placeholder="Search by id or words  ( / )" autocomplete="off"><ol id="results" hidden></ol></form>
</header>
<main>
{2}
</main>
<footer>Made from content alone. ATT&amp;CK is a registered trademark of The MITRE Corporation.</footer>
</body>
</html>
)html",
                     UpToRoot(path), HtmlText(title), body);
}

}  // namespace vedette
