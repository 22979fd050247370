#include "sigma/documents.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <unordered_map>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette::sigma {
namespace {

constexpr size_t kFewDocuments = 64;  // for which threads do not pay
constexpr unsigned kMostThreads = 8;

struct Piece {
  const std::string* file = nullptr;
  std::string text;
  int line_offset = 0;
};

// Line by line, without carriage returns and without lines that are directives.
void Split(const RuleFile& file, std::vector<Piece>& pieces) {
  std::string_view rest = file.text;
  if (StartsWith(rest, "\xEF\xBB\xBF")) rest.remove_prefix(3);
  Piece piece{&file.name, {}, 0};
  bool empty = true;
  const auto flush = [&](int next_line) {
    if (!empty) pieces.push_back(std::move(piece));
    piece = {&file.name, {}, next_line};
    empty = true;
  };
  for (int line = 0; !rest.empty(); ++line) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    const bool marker = (StartsWith(text, "---") || StartsWith(text, "...")) &&
                        (text.size() == 3 || IsSpace(text[3]));
    if (marker) {
      flush(line);
      // What follows on the line belongs to the document.
      text.remove_prefix(3);
    }
    const bool directive = empty && StartsWith(text, "%");
    if (directive) text = {};
    const std::string_view content = Trim(text);
    empty &= content.empty() || content[0] == '#';
    if (marker && !content.empty()) piece.text += "   ";
    piece.text += text;
    piece.text += '\n';
  }
  flush(0);
}

// The value of a line `title: …`, for documents that cannot be read.
std::string GuessTitle(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (StartsWith(line, "title:")) {
      std::string_view title = Trim(line.substr(6));
      if (title.size() > 1 && (title[0] == '\'' || title[0] == '"') && title.back() == title[0])
        title = title.substr(1, title.size() - 2);
      return std::string(title.substr(0, 200));
    }
    at = end + 1;
  }
  return {};
}

void Read(const Piece& piece, Document& document) {
  if (piece.text.size() > kMostDocumentBytes) {
    document.error = Error{"sigma-too-large",
                           fmt::format("a document of {} bytes is larger than {}",
                                       piece.text.size(), kMostDocumentBytes),
                           document.place};
  } else if (!IsValidUtf8(piece.text)) {
    document.error = Error{"sigma-encoding", "the text is not UTF-8", document.place};
  } else {
    auto root = ParseYaml(piece.text, *piece.file, piece.line_offset);
    if (!root) {
      document.error = root.error();
    } else {
      document.root = std::move(*root);
    }
  }
  if (document.error) document.title = GuessTitle(piece.text);
}

}  // namespace

std::vector<Document> ReadDocuments(const std::vector<RuleFile>& files) {
  std::vector<Piece> pieces;
  for (const RuleFile& file : files) Split(file, pieces);
  std::vector<Document> documents(pieces.size());
  std::unordered_map<Hash128, size_t, HashOfHash> firsts;
  for (size_t i = 0; i < pieces.size(); ++i) {
    documents[i].place = {*pieces[i].file, pieces[i].line_offset + 1, 1};
    documents[i].hash = HashBytes(pieces[i].text, 0);
    const auto [first, added] = firsts.try_emplace(documents[i].hash, i);
    if (!added) documents[i].same_as = first->second;
  }
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < pieces.size(); i = next++) {
      if (!documents[i].same_as) Read(pieces[i], documents[i]);
    }
  };
  std::vector<std::thread> helpers;
  if (pieces.size() > kFewDocuments) {
    const unsigned threads = std::min(std::thread::hardware_concurrency(), kMostThreads);
    for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(work);
  }
  work();
  for (std::thread& helper : helpers) helper.join();
  return documents;
}

}  // namespace vedette::sigma
