#include "parse/pair_readers.h"

#include <vector>

#include "core/text.h"

namespace vedette {
namespace {

struct Pair {
  std::string_view key;
  std::string_view value;
  std::string_view raw;      // before escapes were undone
};

// Reads JSON held by a value; many senders do not escape it as the format asks, so it is tried as it stands first.
bool ReadInner(const PathNode& node, const Pair& pair, JsonReader& json, Record& record) {
  return json.ReadNested(pair.raw, node, record) || (pair.raw != pair.value && json.ReadNested(pair.value, node, record));
}

// Sets one value, and what deeper paths find in it.
void Store(const PathNode& node, const Pair& pair, JsonReader& json, Record& record) {
  if (node.id() != kNoPath && !pair.value.empty()) record.Set(node.id(), Value::String(pair.value));
  if (node.HasDeeper()) ReadInner(node, pair, json, record);
}

void StoreAll(const std::vector<Pair>& pairs, const PathTable& paths, JsonReader& json, Record& record) {
  const PathNode& root = paths.root();
  const PathNode* labels = root.Child("label");
  const PathNode* embedded = root.Child("json");
  for (const Pair& pair : pairs) {
    if (const PathNode* node = root.Child(pair.key)) Store(*node, pair, json, record);
    if (embedded != nullptr && !pair.value.empty() && pair.value.front() == '{') {
      if (ReadInner(*embedded, pair, json, record)) embedded = nullptr;
    }
    if (labels == nullptr || !EndsWith(pair.key, "Label")) continue;
    const PathNode* node = labels->Child(ToLower(pair.value));
    if (node == nullptr) continue;
    const std::string_view base = pair.key.substr(0, pair.key.size() - 5);
    // The last of a repeated key counts.
    for (auto at = pairs.rbegin(); at != pairs.rend(); ++at) {
      if (at->key != base) continue;
      Store(*node, *at, json, record);
      break;
    }
  }
}

bool IsKeyByte(char c) {
  return IsDigit(c) || (ToLowerAscii(c) >= 'a' && ToLowerAscii(c) <= 'z') || c == '_' || c == '.' || c == '-' || c == '[' ||
         c == ']' || c == '/' || c == ',';
}

// Whether the value reads like a Windows path with single backslashes, in which \n and \r are no line breaks.
bool IsPlainPath(std::string_view value) {
  const bool drive = value.size() > 2 && value[1] == ':' && value[2] == '\\';
  const bool share = StartsWith(value, "\\\\");
  return (drive || share) && value.find("\\\\", share ? 2 : 0) == std::string_view::npos;
}

// Whether the value is a Windows account with its domain, DOMAIN\name, in which \n and \r are no line breaks either.
bool IsPlainAccount(std::string_view value) {
  constexpr size_t kLongestDomain = 15;  // of a NetBIOS name, which is written in capitals
  const size_t slash = value.find('\\');
  if (slash == 0 || slash == std::string_view::npos || slash > kLongestDomain || slash + 2 > value.size()) return false;
  for (char c : value.substr(0, slash)) {
    if (!IsDigit(c) && !(c >= 'A' && c <= 'Z') && c != '-' && c != '_') return false;
  }
  for (char c : value.substr(slash + 1)) {
    if (IsSpace(c) || c == '\\' || c == '=') return false;
  }
  return true;
}

// Undoes \=, \\, \|, \n and \r; an unknown escape stays as it is.
std::string_view UnescapeCef(std::string_view value, Record& record) {
  if (value.find('\\') == std::string_view::npos) return value;
  const bool path = IsPlainPath(value) || IsPlainAccount(value);
  char* out = static_cast<char*>(record.arena().Allocate(value.size(), 1));
  size_t size = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    const char next = i + 1 < value.size() ? value[i + 1] : '\0';
    if (value[i] == '\\' && (next == '=' || next == '|' || (next == '\\' && !path))) {
      out[size++] = next;
      ++i;
    } else if (value[i] == '\\' && (next == 'n' || next == 'r') && !path) {
      out[size++] = next == 'n' ? '\n' : '\r';
      ++i;
    } else {
      out[size++] = value[i];
    }
  }
  return {out, size};
}

// Takes the text up to the next '|' that is not escaped; false when there is none.
bool TakeHeader(std::string_view& text, std::string_view* part, Record& record) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '|') {
      *part = UnescapeCef(text.substr(0, i), record);
      text.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

void SetPath(const PathTable& paths, std::string_view a, std::string_view b, std::string_view value, Record& record) {
  const PathNode* node = paths.root().Child(a);
  node = node == nullptr ? nullptr : node->Child(b);
  if (node != nullptr && !value.empty()) record.Set(node->id(), Value::String(value));
}

// Where the key that ends at the unescaped '=' at `equals` begins, or npos when what stands there is no key.
size_t KeyStart(std::string_view text, size_t equals) {
  size_t start = equals;
  while (start > 0 && IsKeyByte(text[start - 1])) --start;
  if (start == equals) return std::string_view::npos;
  return start == 0 || text[start - 1] == ' ' || text[start - 1] == '\t' ? start : std::string_view::npos;
}

// Length of the JSON object at the front, or 0 when it does not end.
size_t ObjectLength(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

bool IsEscaped(std::string_view text, size_t at) {
  size_t backslashes = 0;
  while (at > backslashes && text[at - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

}  // namespace

bool ReadCef(std::string_view text, const PathTable& paths, JsonReader& json, Record& record) {
  static constexpr std::string_view kHeader[] = {"", "vendor", "product", "version", "signature", "name", "severity"};
  for (std::string_view name : kHeader) {
    std::string_view part;
    if (!TakeHeader(text, &part, record)) {
      // Without an extension the line may end in the severity.
      if (name != "severity") return false;
      part = Trim(text);
      text = {};
    }
    if (!name.empty()) SetPath(paths, "cef", name, Trim(part), record);
  }
  thread_local std::vector<Pair> pairs;
  pairs.clear();
  std::string_view key;
  size_t value_start = 0;
  const auto finish = [&](size_t end) {
    if (key.empty()) return;
    std::string_view value = text.substr(value_start, end - value_start);
    while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    pairs.push_back({key, UnescapeCef(value, record), value});
  };
  size_t json_end = 0;
  for (size_t at = text.find('='); at != std::string_view::npos; at = text.find('=', at + 1)) {
    if (at < json_end || IsEscaped(text, at)) continue;
    const size_t start = KeyStart(text, at);
    if (start == std::string_view::npos || start < value_start) continue;
    finish(start);
    key = text.substr(start, at - start);
    value_start = at + 1;
    // What stands inside a JSON value is no key, even behind a blank.
    if (at + 1 < text.size() && text[at + 1] == '{') json_end = at + 1 + ObjectLength(text.substr(at + 1));
  }
  finish(text.size());
  StoreAll(pairs, paths, json, record);
  return true;
}

bool ReadLeef(std::string_view text, const PathTable& paths, JsonReader& json, Record& record) {
  static constexpr std::string_view kHeader[] = {"", "vendor", "product", "version", "event"};
  std::string_view version;
  for (std::string_view name : kHeader) {
    const size_t bar = text.find('|');
    if (bar == std::string_view::npos) return false;
    const std::string_view part = text.substr(0, bar);
    text.remove_prefix(bar + 1);
    if (name.empty()) {
      version = part;
    } else {
      SetPath(paths, "leef", name, Trim(part), record);
    }
  }
  char separator = '\t';
  if (StartsWith(version, "2")) {
    // The delimiter field: one character or its code; absent when a pair follows at once.
    const size_t bar = text.find('|');
    const size_t equals = text.find('=');
    if (bar != std::string_view::npos && bar <= 6 && bar < equals) {
      std::string_view code = text.substr(0, bar);
      if (code.size() == 1) {
        separator = code[0];
      } else if (code.size() > 1) {
        if (StartsWith(code, "0")) code.remove_prefix(1);
        unsigned value = 0;
        const auto [end, error] = std::from_chars(code.data() + 1, code.data() + code.size(), value, 16);
        if (ToLowerAscii(code[0]) != 'x' || error != std::errc() || end != code.data() + code.size() || value == 0 || value > 255) {
          return false;
        }
        separator = static_cast<char>(value);
      }
      text.remove_prefix(bar + 1);
    }
  }
  std::string_view cut(&separator, 1);
  // Some senders write the two characters \t.
  if (separator == '\t' && text.find('\t') == std::string_view::npos && text.find("\\t") != std::string_view::npos) cut = "\\t";
  thread_local std::vector<Pair> pairs;
  pairs.clear();
  while (!text.empty()) {
    const size_t end = text.find(cut);
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + cut.size());
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view value = Trim(part.substr(equals + 1));
    pairs.push_back({Trim(part.substr(0, equals)), value, value});
  }
  StoreAll(pairs, paths, json, record);
  return true;
}

bool ReadKv(std::string_view text, const KvOptions& options, const PathTable& paths, JsonReader& json, Record& record) {
  thread_local std::vector<Pair> pairs;
  pairs.clear();
  bool good = true;
  while (true) {
    const size_t equals = text.find(options.pair);
    if (equals == std::string_view::npos) break;
    std::string_view key = text.substr(0, equals);
    // What stands before the key's separator belongs to no pair.
    if (const size_t cut = key.rfind(options.separator); cut != std::string_view::npos) key.remove_prefix(cut + options.separator.size());
    text.remove_prefix(equals + options.pair.size());
    std::string_view value;
    if (!text.empty() && (text[0] == '"' || text[0] == '\'')) {
      const char quote = text[0];
      size_t end = 1;
      while (end < text.size() && text[end] != quote) end += text[end] == '\\' && end + 1 < text.size() && text[end + 1] == quote ? 2 : 1;
      good = end < text.size();
      value = text.substr(1, std::min(end, text.size()) - 1);
      text.remove_prefix(std::min(end + 1, text.size()));
    } else {
      const size_t end = text.find(options.separator);
      value = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end);
    }
    pairs.push_back({Trim(key), value, value});
  }
  StoreAll(pairs, paths, json, record);
  return good;
}

bool ReadColumns(std::string_view text, const ColumnOptions& options, const PathTable& paths, JsonReader& json, Record& record) {
  const PathNode* by_number = paths.root().Child("col");
  size_t column = 0;
  const auto store = [&](std::string_view value) {
    char digits[8];
    const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), column);
    if (by_number != nullptr && error == std::errc()) {
      const PathNode* node = by_number->Child({digits, static_cast<size_t>(end - digits)});
      if (node != nullptr) Store(*node, {{}, value, value}, json, record);
    }
    if (column < options.names.size()) {
      if (const PathNode* node = paths.root().Child(options.names[column])) Store(*node, {{}, value, value}, json, record);
    }
    ++column;
  };
  const std::string_view cut = options.separator;
  while (true) {
    std::string_view rest = text;
    while (options.quotes && !rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
    if (options.quotes && !rest.empty() && rest[0] == '"') {
      std::string_view inner = rest.substr(1);
      char* out = static_cast<char*>(record.arena().Allocate(inner.size() + 1, 1));
      size_t size = 0;
      size_t i = 0;
      bool closed = false;
      for (; i < inner.size(); ++i) {
        if (inner[i] != '"') {
          out[size++] = inner[i];
        } else if (i + 1 < inner.size() && inner[i + 1] == '"') {
          out[size++] = inner[i++];
        } else {
          closed = true;
          ++i;
          break;
        }
      }
      if (!closed) return false;
      store({out, size});
      text = inner.substr(i);
      const size_t next = text.find(cut);
      if (next == std::string_view::npos) return true;
      text.remove_prefix(next + cut.size());
      continue;
    }
    const size_t end = text.find(cut);
    store(options.quotes ? Trim(text.substr(0, end)) : text.substr(0, end));
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + cut.size());
  }
}

}  // namespace vedette
