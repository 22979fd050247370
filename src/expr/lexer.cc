#include "expr/lexer.h"

#include "core/text.h"

namespace vedette {
namespace {

bool IsNameStart(char c) { return (ToLowerAscii(c) >= 'a' && ToLowerAscii(c) <= 'z') || c == '_'; }
bool IsNameByte(char c) { return IsNameStart(c) || IsDigit(c); }
bool IsPathByte(char c) {
  return IsNameByte(c) || c == '.' || c == '[' || c == ']' || c == '*' || c == '$' || c == '@' ||
         c == '#';
}

}  // namespace

// Text in quotes: \\ and a quote behind a backslash are escapes, a doubled quote is a quote, any
// other backslash is itself.
Token Lexer::ReadText(char quote) {
  Token token{TokenKind::kText, "", at_++};
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    const char next = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '\\' && (next == '\\' || next == '\'' || next == '"')) {
      token.text += next;
      ++at_;
    } else if (c == quote) {
      if (next != quote) return token;
      token.text += quote;
      ++at_;
    } else {
      token.text += c;
    }
  }
  return {TokenKind::kError, "this quote is not closed", token.offset};
}

// The path behind "raw.": plain, or a quoted part.
Token Lexer::ReadRaw() {
  Token token{TokenKind::kRaw, "", at_ - 4};
  while (at_ < text_.size()) {
    if (text_[at_] == '\'' || text_[at_] == '"') {
      Token part = ReadText(text_[at_]);
      if (part.kind == TokenKind::kError) return part;
      token.text += part.text;
    } else if (IsPathByte(text_[at_])) {
      token.text += text_[at_++];
    } else {
      break;
    }
  }
  if (token.text.empty()) return {TokenKind::kError, "'raw.' needs a path behind it", token.offset};
  return token;
}

Token Lexer::Next() {
  while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  if (at_ == text_.size()) return {TokenKind::kEnd, "", at_};
  const size_t start = at_;
  const char c = text_[at_];
  if (c == '\'' || c == '"') return ReadText(c);
  if (IsNameStart(c)) {
    while (at_ < text_.size() && IsNameByte(text_[at_])) ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (EqualsIgnoreCase(name, "raw") && at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      return ReadRaw();
    }
    return {TokenKind::kName, std::string(name), start};
  }
  if (IsDigit(c)) {
    while (at_ < text_.size() && (IsDigit(text_[at_]) || text_[at_] == '.')) ++at_;
    return {TokenKind::kNumber, std::string(text_.substr(start, at_ - start)), start};
  }
  static constexpr std::string_view kSymbols[] = {"&&", "||", "==", "!=", "<=", ">=", "=",
                                                  "<",  ">",  "!",  "+",  "-",  "*",  "/",
                                                  "%",  "(",  ")",  ",",  "{",  "}",  ":"};
  for (std::string_view symbol : kSymbols) {
    if (text_.substr(at_, symbol.size()) == symbol) {
      at_ += symbol.size();
      return {TokenKind::kSymbol, std::string(symbol), start};
    }
  }
  ++at_;
  return {TokenKind::kError, "this character means nothing here", start};
}

}  // namespace vedette
