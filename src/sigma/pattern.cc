#include "sigma/pattern.h"

#include <algorithm>
#include <cstring>

#include "core/text.h"

namespace vedette::sigma {
namespace {

// What "any dash" stands for: hyphen, slash, en dash, em dash, horizontal bar.
constexpr std::string_view kDashes[] = {"-", "/", "\u2013", "\u2014", "\u2015"};

// Bytes of the dash at the start of `text`, or 0.
size_t DashLength(std::string_view text) {
  for (std::string_view dash : kDashes) {
    if (StartsWith(text, dash)) return dash.size();
  }
  return 0;
}

}  // namespace

Pattern Pattern::Parse(std::string_view written) {
  Pattern pattern;
  std::string literal;
  const auto flush = [&] {
    pattern.AddLiteral(literal);
    literal.clear();
  };
  for (size_t i = 0; i < written.size(); ++i) {
    const char c = written[i];
    if (c == '\\' && i + 1 < written.size() &&
        (written[i + 1] == '*' || written[i + 1] == '?' || written[i + 1] == '\\')) {
      literal += written[++i];
    } else if (c == '*' || c == '?') {
      flush();
      pattern.AddPiece(c == '*' ? Kind::kAny : Kind::kOne);
    } else {
      literal += c;
    }
  }
  flush();
  return pattern;
}

Pattern Pattern::Literal(std::string_view text) {
  Pattern pattern;
  pattern.AddLiteral(text);
  return pattern;
}

Pattern Pattern::Of(const Piece& piece) {
  Pattern pattern;
  pattern.pieces_.push_back(piece);
  return pattern;
}

void Pattern::AddLiteral(std::string_view text) {
  if (text.empty()) return;
  if (!pieces_.empty() && pieces_.back().kind == Kind::kLiteral) {
    pieces_.back().text += text;
  } else {
    pieces_.push_back({Kind::kLiteral, std::string(text)});
  }
}

void Pattern::AddPiece(Kind kind) {
  if (kind == Kind::kAny && !pieces_.empty() && pieces_.back().kind == Kind::kAny) return;
  pieces_.push_back({kind, {}});
}

void Pattern::AnyBefore() {
  if (!pieces_.empty() && pieces_.front().kind == Kind::kAny) return;
  pieces_.insert(pieces_.begin(), Piece{Kind::kAny, {}});
}

void Pattern::AnyAfter() { AddPiece(Kind::kAny); }

void Pattern::Windash() {
  Pattern expanded;
  for (const Piece& piece : pieces_) {
    if (piece.kind != Kind::kLiteral) {
      expanded.AddPiece(piece.kind);
      continue;
    }
    const std::string_view text = piece.text;
    bool after_word = false;
    for (size_t i = 0; i < text.size();) {
      const size_t length = CharacterLength(text, i);
      const bool dash = text[i] == '-' || text[i] == '/';
      if (dash && !after_word && i + 1 < text.size() && IsWordCharacter(text.substr(i + 1))) {
        expanded.AddPiece(Kind::kDash);
      } else {
        expanded.AddLiteral(text.substr(i, length));
      }
      after_word = IsWordCharacter(text.substr(i));
      i += length;
    }
  }
  *this = std::move(expanded);
}

void Pattern::Fold() {
  for (Piece& piece : pieces_) piece.text = FoldCase(piece.text);
}

void Pattern::Append(const Pattern& other) {
  for (const Piece& piece : other.pieces_) {
    if (piece.kind == Kind::kLiteral) {
      AddLiteral(piece.text);
    } else {
      AddPiece(piece.kind);
    }
  }
}

bool Pattern::has_wildcards() const {
  return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) {
    return piece.kind == Kind::kAny || piece.kind == Kind::kOne;
  });
}

std::string Pattern::text() const {
  std::string text;
  for (const Piece& piece : pieces_) text += piece.text;
  return text;
}

bool Pattern::Matches(std::string_view text) const {
  if (pieces_.size() == 3 && pieces_[0].kind == Kind::kAny && pieces_[2].kind == Kind::kAny &&
      pieces_[1].kind == Kind::kLiteral) {
    const std::string& literal = pieces_[1].text;
    return memmem(text.data(), text.size(), literal.data(), literal.size()) != nullptr;
  }
  // The last "any text" seen, and where the text after it was tried.
  size_t retry_piece = SIZE_MAX;
  size_t retry_at = 0;
  size_t piece = 0;
  size_t at = 0;
  while (true) {
    bool fits = false;
    if (piece == pieces_.size()) {
      if (at == text.size()) return true;
    } else {
      const Piece& p = pieces_[piece];
      switch (p.kind) {
        case Kind::kAny:
          if (++piece == pieces_.size()) return true;
          retry_piece = piece;
          retry_at = at;
          continue;
        case Kind::kLiteral:
          fits = StartsWith(text.substr(at), p.text);
          if (fits) at += p.text.size();
          break;
        case Kind::kOne:
          fits = at < text.size();
          if (fits) at += CharacterLength(text, at);
          break;
        case Kind::kDash: {
          const size_t length = DashLength(text.substr(at));
          fits = length > 0;
          at += length;
          break;
        }
      }
      piece += fits;
    }
    if (fits) continue;
    // Let "any text" take more: one character, or all up to where its literal stands next.
    if (retry_piece == SIZE_MAX || retry_at >= text.size()) return false;
    retry_at += CharacterLength(text, retry_at);
    if (pieces_[retry_piece].kind == Kind::kLiteral) {
      retry_at = text.find(pieces_[retry_piece].text, retry_at);
      if (retry_at == std::string_view::npos) return false;
    }
    piece = retry_piece;
    at = retry_at;
  }
}

std::string Pattern::ToText() const {
  std::string out;
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    switch (piece.kind) {
      case Kind::kAny:
        out += '*';
        break;
      case Kind::kOne:
        out += '?';
        break;
      case Kind::kDash:
        out += '-';
        break;
      case Kind::kLiteral:
        for (char c : piece.text) {
          if (c == '*' || c == '?' || c == '\\') out += '\\';
          out += c;
        }
    }
  }
  return out;
}

}  // namespace vedette::sigma
