// A small strict JSON reader for tests: says whether a text is one JSON value and nothing else.
#pragma once

#include <string_view>

namespace vedette::simulate {

class JsonCheck {
 public:
  static bool IsValue(std::string_view text) {
    JsonCheck check(text);
    return check.Value() && check.rest_.empty();
  }

 private:
  explicit JsonCheck(std::string_view text) : rest_(text) {}

  bool Take(char c) {
    Blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Blanks() {
    while (!rest_.empty() &&
           std::string_view(" \n\r\t").find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
  }
  bool Value() {
    Blanks();
    if (rest_.empty()) return false;
    const char first = rest_.front();
    bool good = first == '{'   ? Members('}', true)
                : first == '[' ? Members(']', false)
                : first == '"' ? Text()
                               : Word();
    Blanks();
    return good;
  }
  bool Members(char close, bool keys) {
    rest_.remove_prefix(1);
    if (Take(close)) return true;
    do {
      Blanks();
      if (keys && !(Text() && Take(':'))) return false;
      if (!Value()) return false;
    } while (Take(','));
    return Take(close);
  }
  bool Text() {
    if (rest_.empty() || rest_.front() != '"') return false;
    for (size_t i = 1; i < rest_.size(); ++i) {
      const unsigned char c = static_cast<unsigned char>(rest_[i]);
      if (c < 0x20) return false;
      if (c == '\\') {
        ++i;
        continue;
      }
      if (c == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }
  bool Word() {
    const size_t end = rest_.find_first_of(",]} \n\r\t");
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(word.size());
    if (word == "true" || word == "false" || word == "null") return true;
    return !word.empty() && word.find_first_not_of("0123456789+-.eE") == std::string_view::npos &&
           word.find_first_of("0123456789") != std::string_view::npos;
  }

  std::string_view rest_;
};

}  // namespace vedette::simulate
