// A MarkdownTable is rendered as the public pages are: each cell padded with blanks to the longest
// of its column, one blank on each side.
//
//   MarkdownTable table({{"Product", true}, {"Event Types"}});
//   table.AddRow({"[365 Defender](…)", "…"});
//   std::string text = table.Render(MarkdownTable::Squeezed::kYes);
//
// Widths are in code points. Of a centred cell the smaller half of the padding stands on the left.
// Squeezed: each run of eleven or more blanks or dashes becomes four, because cells of these pages
// are long. Ends with a line break.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vedette {

class MarkdownTable {
 public:
  struct Column {
    std::string title;
    bool centred = false;
  };
  enum class Squeezed { kNo, kYes };

  explicit MarkdownTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell for each column, as Markdown.
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string Render(Squeezed squeezed) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Text of content as text in Markdown: what would become markup, a new cell or HTML is escaped;
// line breaks become blanks.
std::string MarkdownText(std::string_view text);

// A path as the target of a Markdown link.
std::string MarkdownTarget(std::string_view path);

// How many code points; invalid bytes count as one each.
size_t CodePoints(std::string_view text);

}  // namespace vedette
