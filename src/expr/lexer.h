// Cuts an expression into tokens.
#pragma once

#include <string>
#include <string_view>

namespace vedette {

enum class TokenKind { kEnd, kError, kName, kRaw, kText, kNumber, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;   // a name, a symbol, a text without quotes and escapes, a raw path; of an
                      // error: what is wrong
  size_t offset = 0;  // of its first byte in the expression
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Token Next();

 private:
  Token ReadText(char quote);
  Token ReadRaw();

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace vedette
