#include "library/markdown_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {
namespace {

std::string Squeeze(std::string_view text, char mark) {
  constexpr size_t kLongRun = 11;
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find_first_not_of(mark, at), text.size());
    if (end == at) {
      out += text[at++];
      continue;
    }
    out.append(end - at >= kLongRun ? 4 : end - at, mark);
    at = end;
  }
  return out;
}

}  // namespace

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string MarkdownTable::Render(Squeezed squeezed) const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t width = CodePoints(columns_[c].title);
    for (const std::vector<std::string>& row : rows_) width = std::max(width, CodePoints(row[c]));
    widths.push_back(width);
  }
  std::string out;
  const auto add_cell = [&](size_t c, std::string_view text) {
    const size_t padding = widths[c] - CodePoints(text);
    const size_t left = columns_[c].centred ? padding / 2 : 0;
    out += "| ";
    out.append(left, ' ');
    out += text;
    out.append(padding - left + 1, ' ');
  };
  for (size_t c = 0; c < columns_.size(); ++c) add_cell(c, columns_[c].title);
  out += "|\n";
  for (size_t c = 0; c < columns_.size(); ++c) {
    const std::string dashes(widths[c], '-');
    out += columns_[c].centred ? fmt::format("|:{}:", dashes) : fmt::format("| {} ", dashes);
  }
  out += "|\n";
  for (const std::vector<std::string>& row : rows_) {
    for (size_t c = 0; c < columns_.size(); ++c) add_cell(c, row[c]);
    out += "|\n";
  }
  return squeezed == Squeezed::kYes ? Squeeze(Squeeze(out, ' '), '-') : out;
}

std::string MarkdownText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\n':
      case '\r':
      case '\t':
        out += ' ';
        break;
      case '|':
      case '\\':
      case '`':
      case '*':
      case '[':
      case ']':
        out += '\\';
        [[fallthrough]];
      default:
        out += c;
    }
  }
  return out;
}

std::string MarkdownTarget(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (ToLowerAscii(c) >= 'a' && ToLowerAscii(c) <= 'z') || IsDigit(c) ||
                       std::string_view("/:._-&#~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace vedette
