#include "parse/pair_readers.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "core/text.h"

namespace vedette {
namespace {

constexpr size_t kNone = std::string_view::npos;

const PathNode* Below(const PathNode* node, std::string_view key) {
  return node == nullptr ? nullptr : node->Child(key);
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

// A Windows path with single backslashes, in which \n and \r are no line breaks: it starts like one
// and no backslash is doubled.
bool IsPlainPath(std::string_view value) {
  const bool drive = value.size() > 2 && value[1] == ':' && value[2] == '\\';
  const bool share = StartsWith(value, "\\\\");
  return (drive || share) && value.find("\\\\", share ? 2 : 0) == kNone;
}

// DOMAIN\name with its backslash single, in which \n and \r are no line breaks either: "CORP\nora".
// A text of several lines has blanks.
bool IsPlainAccount(std::string_view value) {
  const size_t slash = value.find('\\');
  if (slash == kNone || slash == 0 || slash + 2 > value.size()) return false;
  const auto fits_name = [](char c) { return !IsSpace(c) && c != '\\' && c != '='; };
  return std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(slash),
                     IsCefKeyByte) &&
         std::all_of(value.begin() + static_cast<std::ptrdiff_t>(slash) + 1, value.end(),
                     fits_name);
}

// Undoes \=, \|, \\, \n and \r; an unknown escape stays as it is, since many senders leave
// backslashes single. Most values with a backslash have nothing to undo and are not copied.
std::string_view UnescapeCef(std::string_view value, Record& record) {
  enum class Breaks { kUnknown, kAre, kAreNot };
  Breaks breaks = Breaks::kUnknown;  // what \n and \r are
  bool path = false;
  const auto means_something = [&](char next) {
    if (next == '=' || next == '|') return true;
    if (next != '\\' && next != 'n' && next != 'r') return false;
    if (breaks == Breaks::kUnknown) {
      path = IsPlainPath(value);
      breaks = path || IsPlainAccount(value) ? Breaks::kAreNot : Breaks::kAre;
    }
    return next == '\\' ? !path : breaks == Breaks::kAre;
  };
  char* out = nullptr;
  size_t size = 0;
  size_t copied = 0;
  for (size_t at = value.find('\\'); at != kNone && at + 1 < value.size();) {
    const char next = value[at + 1];
    if (!means_something(next)) {
      at = value.find('\\', at + 1);
      continue;
    }
    if (out == nullptr) out = static_cast<char*>(record.arena().Allocate(value.size(), 1));
    std::memcpy(out + size, value.data() + copied, at - copied);
    size += at - copied;
    out[size++] = next == 'n' ? '\n' : next == 'r' ? '\r' : next;
    copied = at + 2;
    at = value.find('\\', copied);
  }
  if (out == nullptr) return value;
  std::memcpy(out + size, value.data() + copied, value.size() - copied);
  return {out, size + value.size() - copied};
}

// Whether the bar at a place is part of a header field that begins at `begin`: it stands behind an
// odd number of backslashes.
bool IsEscapedBar(std::string_view text, size_t begin, size_t bar) {
  size_t at = bar;
  while (at > begin && text[at - 1] == '\\') --at;
  return (bar - at) % 2 == 1;
}

void SetText(const PathNode* node, std::string_view value, Record& record) {
  if (node != nullptr && !value.empty()) record.Set(node->id(), Value::String(value));
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

}  // namespace

PairReader::PairReader(const PathTable& paths)
    : root_(paths.root()),
      labels_(root_.Child("label")),
      embedded_(root_.Child("json")),
      columns_(root_.Child("col")) {
  const PathNode* cef = root_.Child("cef");
  size_t i = 0;
  for (std::string_view name : {"vendor", "product", "version", "signature", "name", "severity"})
    cef_header_[i++] = Below(cef, name);
  const PathNode* leef = root_.Child("leef");
  i = 0;
  for (std::string_view name : {"vendor", "product", "version", "event"})
    leef_header_[i++] = Below(leef, name);
}

void PairReader::Begin() {
  keys_.Restart();
  ++now_;
  found_labels_.clear();
  embedded_found_ = false;
}

void PairReader::Store(const PathNode& node, std::string_view value, std::string_view raw,
                       JsonReader& json, Record& record) {
  if (value.empty()) return;
  record.Set(node.id(), Value::String(value));
  if (node.HasDeeper()) ReadDeeper(node, value, raw, json, record);
}

// JSON held by a value: many senders do not escape it as the format asks, so it is tried as it
// stands first.
bool PairReader::ReadDeeper(const PathNode& node, std::string_view value, std::string_view raw,
                            JsonReader& json, Record& record) {
  return json.ReadNested(raw, node, record) ||
         (raw.data() != value.data() && json.ReadNested(value, node, record));
}

void PairReader::ReadWithin(const PathNode* node, std::string_view value, std::string_view raw,
                            JsonReader& json, Record& record) {
  if (node != nullptr && node->HasDeeper()) ReadDeeper(*node, value, raw, json, record);
  if (embedded_ != nullptr && !embedded_found_ && value.front() == '{')
    embedded_found_ = ReadDeeper(*embedded_, value, raw, json, record);
}

// `key` is null when there was no room to remember it. Inlined, since handing six values over costs
// as much as what is done with them.
[[gnu::always_inline]] inline void PairReader::Add(KnownKey* key, std::string_view spelling,
                                                   std::string_view value, std::string_view raw,
                                                   JsonReader& json, Record& record) {
  const PathNode* node = key != nullptr ? key->child : root_.Child(spelling);
  if (!value.empty()) {
    if (node != nullptr) record.Set(node->id(), Value::String(value));
    if (value.front() == '{' || (node != nullptr && node->HasDeeper()))
      ReadWithin(node, value, raw, json, record);
  }
  if (labels_ == nullptr || key == nullptr) return;
  key->stamp = now_;
  key->value = value;
  key->raw = raw;
  if (key->is_label && key->base != nullptr && !value.empty())
    found_labels_.push_back({key, value});
}

void PairReader::StoreLabels(JsonReader& json, Record& record) {
  for (const Label& label : found_labels_) {
    const KnownKey& base = *label.key->base;
    if (base.stamp != now_) continue;
    // Remembered by the label as it is spelled; paths have it in lower case.
    const KnownKey*& said = label.key->said;
    if (said == nullptr || said->spelling != label.text)
      said = keys_.FindOrAdd(labels_, label.text, true);
    const PathNode* node = said != nullptr ? said->child : labels_->Child(ToLower(label.text));
    if (node != nullptr) Store(*node, base.value, base.raw, json, record);
  }
}

bool PairReader::ReadCef(std::string_view text, JsonReader& json, Record& record) {
  masks_.Scan(text);
  size_t backslash = masks_.NextBackslash(0);
  // Asked from left to right.
  const auto has_backslash = [&](size_t begin, size_t end) {
    if (backslash < begin) backslash = masks_.NextBackslash(begin);
    return backslash < end;
  };
  size_t begin = 0;
  for (size_t i = 0; i <= std::size(cef_header_); ++i) {  // the version and the header's parts
    size_t bar = masks_.NextBar(begin);
    while (bar != kNone && IsEscapedBar(text, begin, bar)) bar = masks_.NextBar(bar + 1);
    // Without an extension the line may end in the severity.
    if (bar == kNone && i < std::size(cef_header_)) return false;
    const size_t end = std::min(bar, text.size());
    std::string_view part = Trim(text.substr(begin, end - begin));
    if (bar != kNone && has_backslash(begin, end)) part = UnescapeCef(part, record);
    if (i > 0) SetText(cef_header_[i - 1], part, record);
    begin = std::min(end + 1, text.size());
  }
  Begin();
  // A value ends before the blanks in front of the next key, so a pair is complete when the next
  // key is seen.
  const size_t extension = begin;
  KnownKey* key = nullptr;
  std::string_view spelling;
  size_t value_start = 0;
  size_t json_end = 0;
  bool cut_json = false;
  for (size_t at = extension;; ++at) {
    at = masks_.NextEquals(at);
    if (at < json_end) continue;
    size_t end = text.size();
    if (at != kNone) {
      end = masks_.LastBreakBefore(at) + 1;  // the header ends in one
      if (end == at || (end != extension && text[end - 1] != ' ' && text[end - 1] != '\t'))
        continue;
    }
    if (value_start != 0) {
      const std::string_view raw = TrimBlanks(text.substr(value_start, end - value_start));
      const std::string_view value =
          has_backslash(value_start, end) ? UnescapeCef(raw, record) : raw;
      Add(key, spelling, value, raw, json, record);
    }
    if (at == kNone) break;
    spelling = text.substr(end, at - end);
    key = keys_.Guess(&root_, spelling);
    if (key == nullptr) key = keys_.Find(&root_, spelling);
    value_start = at + 1;
    // What stands inside a JSON value is no key, even behind a blank. One that never ends is looked
    // for once.
    if (at + 1 < text.size() && text[at + 1] == '{' && !cut_json) {
      const size_t length = ObjectLength(text.substr(at + 1));
      json_end = at + 1 + length;
      cut_json = length == 0;
    }
  }
  StoreLabels(json, record);
  return true;
}

bool PairReader::ReadLeef(std::string_view text, JsonReader& json, Record& record) {
  std::string_view version;
  for (size_t i = 0; i <= std::size(leef_header_); ++i) {
    const size_t bar = text.find('|');
    if (bar == kNone) return false;
    const std::string_view part = Trim(text.substr(0, bar));
    text.remove_prefix(bar + 1);
    if (i == 0) {
      version = part;
    } else {
      SetText(leef_header_[i - 1], part, record);
    }
  }
  char separator = '\t';
  if (StartsWith(version, "2")) {
    // The delimiter field: one character or its code; absent when a pair follows at once.
    const size_t bar = text.find('|');
    if (bar != kNone && bar <= 6 && (bar == 1 || text.substr(0, bar).find('=') == kNone)) {
      std::string_view code = text.substr(0, bar);
      if (code.size() == 1) {
        separator = code[0];
      } else if (code.size() > 1) {
        if (code[0] == '0') code.remove_prefix(1);
        unsigned value = 0;
        const auto [end, error] =
            std::from_chars(code.data() + 1, code.data() + code.size(), value, 16);
        if (ToLowerAscii(code[0]) != 'x' || error != std::errc() ||
            end != code.data() + code.size() || value == 0 || value > 255) {
          return false;
        }
        separator = static_cast<char>(value);
      }
      text.remove_prefix(bar + 1);
    }
  }
  std::string_view cut(&separator, 1);
  if (text.find(separator) == kNone) {
    // Some senders name a delimiter and write tabs, others write the two characters \t.
    if (text.find('\t') != kNone) {
      cut = "\t";
    } else if (separator == '\t' && text.find("\\t") != kNone) {
      cut = "\\t";
    }
  }
  Begin();
  while (!text.empty()) {
    const size_t end = text.find(cut);
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == kNone ? text.size() : end + cut.size());
    const size_t equals = part.find('=');
    if (equals == kNone) continue;
    const std::string_view key = Trim(part.substr(0, equals));
    const std::string_view value = Trim(part.substr(equals + 1));
    Add(keys_.Find(&root_, key), key, value, value, json, record);
  }
  StoreLabels(json, record);
  return true;
}

namespace {

// Whether a quote behind a backslash closes the value all the same: at the end, or before the next
// pair. Windows paths end so.
bool ClosesBehindBackslash(std::string_view rest, const KvOptions& options) {
  rest = rest.substr(0, 256);  // a bound, so that a line of nothing but quotes stays linear
  if (Trim(rest).empty()) return true;
  if (!StartsWith(rest, options.separator)) return false;
  rest.remove_prefix(options.separator.size());
  const size_t pair = rest.find(options.pair);
  return pair != kNone && pair > 0 && rest.substr(0, pair).find('"') == kNone;
}

// The quoted value at the front with its quotes taken off; moves the text behind it. False when it
// is not closed.
bool TakeQuoted(std::string_view& text, const KvOptions& options, Record& record,
                std::string_view* value) {
  const char quote = text[0];
  bool escaped = false;
  size_t end = 1;
  for (;; ++end) {
    end = text.find(quote, end);
    if (end == kNone) return false;
    if (text[end - 1] != '\\' || end == 1 || ClosesBehindBackslash(text.substr(end + 1), options))
      break;
    escaped = true;
  }
  *value = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  if (!escaped) return true;
  char* const out = static_cast<char*>(record.arena().Allocate(value->size(), 1));
  size_t size = 0;
  for (size_t i = 0; i < value->size(); ++i) {
    if ((*value)[i] == '\\' && i + 1 < value->size() && (*value)[i + 1] == quote) ++i;
    out[size++] = (*value)[i];
  }
  *value = {out, size};
  return true;
}

}  // namespace

bool PairReader::ReadKv(std::string_view text, const KvOptions& options, JsonReader& json,
                        Record& record) {
  Begin();
  while (true) {
    const size_t equals = text.find(options.pair);
    if (equals == kNone) break;
    std::string_view key = text.substr(0, equals);
    // What stands before the key's separator belongs to no pair.
    if (const size_t cut = key.rfind(options.separator); cut != kNone)
      key.remove_prefix(cut + options.separator.size());
    key = Trim(key);
    text.remove_prefix(equals + options.pair.size());
    std::string_view value;
    if (!text.empty() && (text[0] == '"' || text[0] == '\'')) {
      if (!TakeQuoted(text, options, record, &value)) return false;
    } else {
      const size_t end = text.find(options.separator);
      value = Trim(text.substr(0, end));
      text.remove_prefix(end == kNone ? text.size() : end);
    }
    Add(keys_.Find(&root_, key), key, value, value, json, record);
  }
  StoreLabels(json, record);
  return true;
}

bool PairReader::ReadColumns(std::string_view text, const ColumnOptions& options, JsonReader& json,
                             Record& record) {
  Begin();
  size_t column = 0;
  const auto store = [&](std::string_view value) {
    char digits[20];
    const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), column);
    const PathNode* node = error == std::errc()
                               ? Below(columns_, {digits, static_cast<size_t>(end - digits)})
                               : nullptr;
    if (node != nullptr) Store(*node, value, value, json, record);
    if (column < options.names.size()) {
      const std::string& name = options.names[column];
      Add(keys_.Find(&root_, name), name, value, value, json, record);
    }
    ++column;
  };
  const std::string_view cut = options.separator;
  while (true) {
    std::string_view rest = text;
    while (options.quotes && !rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
    if (!options.quotes || rest.empty() || rest[0] != '"') {
      const size_t end = text.find(cut);
      store(options.quotes ? Trim(text.substr(0, end)) : text.substr(0, end));
      if (end == kNone) break;
      text.remove_prefix(end + cut.size());
      continue;
    }
    // A quoted column: a doubled quote is one.
    size_t end = 1;
    bool doubled = false;
    while ((end = rest.find('"', end)) != kNone && end + 1 < rest.size() && rest[end + 1] == '"') {
      doubled = true;
      end += 2;
    }
    if (end == kNone) return false;
    std::string_view value = rest.substr(1, end - 1);
    if (doubled) {
      char* const out = static_cast<char*>(record.arena().Allocate(value.size(), 1));
      size_t size = 0;
      for (size_t i = 0; i < value.size(); ++i) {
        out[size++] = value[i];
        i += value[i] == '"';
      }
      value = {out, size};
    }
    store(value);
    text = rest.substr(end + 1);
    while (!text.empty() && text[0] == ' ' && cut[0] != ' ') text.remove_prefix(1);
    if (text.empty()) break;
    if (!StartsWith(text, cut)) return false;
    text.remove_prefix(cut.size());
  }
  StoreLabels(json, record);
  return true;
}

}  // namespace vedette
