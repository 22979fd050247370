#include "content/json.h"

#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {
namespace {

constexpr int kMaxDepth = 64;

// Thrown within the reader only.
struct Fault {
  size_t offset;
  std::string_view code;
  std::string message;
};

void AppendUtf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& name) : text_(text), name_(name) {
    if (StartsWith(text_, "\xEF\xBB\xBF")) at_ = 3;
  }

  Node Read() {
    Node node = ReadValue(0);
    SkipSpace();
    if (at_ < text_.size()) Fail("nothing may stand behind the value");
    return node;
  }

  // Offsets only grow while reading, so places are counted once over the text.
  Place PlaceAt(size_t offset) {
    for (; counted_ < offset && counted_ < text_.size(); ++counted_) {
      if (text_[counted_] != '\n') continue;
      ++line_;
      line_start_ = counted_ + 1;
    }
    return {name_, line_, static_cast<int>(offset - line_start_) + 1};
  }

 private:
  [[noreturn]] void Fail(std::string message, std::string_view code = "json-syntax") {
    throw Fault{at_, code, std::move(message)};
  }

  void SkipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void Expect(char wanted) {
    SkipSpace();
    if (Peek() != wanted || at_ == text_.size()) {
      Fail(at_ < text_.size() ? fmt::format("'{}' is expected here", wanted)
                              : fmt::format("the file ends where '{}' is expected", wanted));
    }
    ++at_;
  }

  Node ReadValue(int depth) {
    SkipSpace();
    if (depth > kMaxDepth)
      Fail(fmt::format("nested deeper than {} levels", kMaxDepth), "json-too-deep");
    if (at_ == text_.size()) Fail("the file ends where a value is expected");
    Node node;
    node.place = PlaceAt(at_ + (Peek() == '"' ? 1 : 0));
    switch (Peek()) {
      case '{':
        ReadObject(node, depth);
        break;
      case '[':
        ReadArray(node, depth);
        break;
      case '"':
        node.kind = Node::Kind::kScalar;
        node.quoted = true;
        node.scalar = ReadText();
        break;
      default:
        ReadWord(node);
    }
    return node;
  }

  void ReadObject(Node& node, int depth) {
    node.kind = Node::Kind::kMap;
    std::set<std::string> seen;
    ++at_;
    for (SkipSpace(); Peek() != '}'; SkipSpace()) {
      if (!node.pairs.empty()) {
        Expect(',');
        SkipSpace();
      }
      if (Peek() != '"') Fail("a key in double quotes is expected here");
      const size_t key_at = at_;
      node.key_places.push_back(PlaceAt(at_));
      std::string key = ReadText();
      if (!seen.insert(key).second)
        throw Fault{key_at, "json-duplicate-key", fmt::format("the key '{}' stands twice", key)};
      Expect(':');
      node.pairs.push_back({std::move(key), ReadValue(depth + 1)});
    }
    ++at_;
  }

  void ReadArray(Node& node, int depth) {
    node.kind = Node::Kind::kList;
    ++at_;
    for (SkipSpace(); Peek() != ']'; SkipSpace()) {
      if (!node.items.empty()) Expect(',');
      node.items.push_back(ReadValue(depth + 1));
    }
    ++at_;
  }

  std::string ReadText() {
    std::string out;
    const size_t start = at_++;
    while (true) {
      if (at_ >= text_.size() || text_[at_] == '\n') {
        throw Fault{start, "json-syntax", "this quote is not closed"};
      }
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20)
        Fail("a control character in a text has to be written as an escape");
      if (c == '\\') {
        ReadEscape(out);
      } else {
        out += c;
        ++at_;
      }
    }
    ++at_;
    return out;
  }

  void ReadEscape(std::string& out) {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == 'u') {
      const uint32_t first = ReadHex(at_ + 2);
      at_ += 6;
      if (first < 0xD800 || first >= 0xE000) return AppendUtf8(out, first);
      const bool pair = first < 0xDC00 && text_.substr(at_, 2) == "\\u";
      const uint32_t second = pair ? ReadHex(at_ + 2) : 0;
      if (second < 0xDC00 || second >= 0xE000) {
        at_ -= 6;
        Fail("half of a surrogate pair stands alone");
      }
      at_ += 6;
      AppendUtf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
      return;
    }
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    const size_t known = kNames.find(c);
    if (c == '\0' || known == std::string_view::npos) Fail("there is no such escape in JSON");
    out += kValues[known];
    at_ += 2;
  }

  uint32_t ReadHex(size_t from) {
    uint32_t value = 0;
    for (size_t i = from; i < from + 4; ++i) {
      const char c = i < text_.size() ? ToLowerAscii(text_[i]) : '\0';
      if (!IsDigit(c) && !(c >= 'a' && c <= 'f')) Fail("\\u needs four hexadecimal digits");
      value = value * 16 + static_cast<uint32_t>(IsDigit(c) ? c - '0' : c - 'a' + 10);
    }
    return value;
  }

  // -12.5e+3: no plus in front, no zero before another digit, a digit on either side of the point.
  static bool IsNumber(std::string_view word) {
    const auto take_digits = [&word] {
      size_t digits = 0;
      while (digits < word.size() && IsDigit(word[digits])) ++digits;
      word.remove_prefix(digits);
      return digits;
    };
    if (StartsWith(word, "-")) word.remove_prefix(1);
    const bool zero = StartsWith(word, "0");
    const size_t whole = take_digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (StartsWith(word, ".")) {
      word.remove_prefix(1);
      if (take_digits() == 0) return false;
    }
    if (StartsWith(word, "e") || StartsWith(word, "E")) {
      word.remove_prefix(1);
      if (StartsWith(word, "-") || StartsWith(word, "+")) word.remove_prefix(1);
      if (take_digits() == 0) return false;
    }
    return word.empty();
  }

  // true, false, null or a number.
  void ReadWord(Node& node) {
    size_t end = at_;
    while (end < text_.size() &&
           (IsDigit(text_[end]) ||
            (ToLowerAscii(text_[end]) >= 'a' && ToLowerAscii(text_[end]) <= 'z') ||
            text_[end] == '-' || text_[end] == '+' || text_[end] == '.'))
      ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    const bool number = IsNumber(word) && ParseDouble(word);
    if (word != "true" && word != "false" && word != "null" && !number)
      Fail(word.empty() ? "a value is expected here"
                        : fmt::format("'{}' is no value; texts stand in double quotes", word));
    if (word != "null") {
      node.kind = Node::Kind::kScalar;
      node.scalar = std::string(word);
    }
    at_ = end;
  }

  std::string_view text_;
  const std::string& name_;
  size_t at_ = 0;
  size_t counted_ = 0;
  size_t line_start_ = 0;
  int line_ = 1;
};

}  // namespace

Result<Node> ParseJson(std::string_view text, const std::string& name) {
  if (!IsValidUtf8(text)) return Fail("json-encoding", "the text is not valid UTF-8", {name});
  try {
    return Reader(text, name).Read();
  } catch (const Fault& fault) {
    return Fail(std::string(fault.code), fault.message, Reader(text, name).PlaceAt(fault.offset));
  }
}

Result<Node> LoadJson(const std::string& path, const std::string& name) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail("file-unreadable", "cannot read the file", {name});
  std::ostringstream text;
  text << file.rdbuf();
  return ParseJson(text.str(), name);
}

}  // namespace vedette
