#include "parse/envelope.h"

#include "core/text.h"
#include "parse/time_format.h"

namespace vedette {
namespace {

std::string_view TakeWord(std::string_view& text) {
  while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
  const size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  return word;
}

std::string_view Nil(std::string_view word) { return word == "-" ? std::string_view() : word; }

// "<134>": true when there is one in range.
bool TakePriority(std::string_view& text) {
  if (text.size() < 3 || text[0] != '<') return false;
  const size_t close = text.find('>');
  if (close == std::string_view::npos || close < 2 || close > 4) return false;
  const auto number = ParseInt(text.substr(1, close - 1));
  if (!number || *number < 0 || *number > 191) return false;
  text.remove_prefix(close + 1);
  return true;
}

// "[id a="b" …][id …]" or "-"; a broken one is left in the text.
std::string_view TakeStructuredData(std::string_view& text) {
  if (text.empty() || text[0] != '[') {
    if (!text.empty() && text[0] == '-') text.remove_prefix(1);
    return {};
  }
  size_t at = 0;
  while (at < text.size() && text[at] == '[') {
    bool quoted = false;
    for (++at; at < text.size() && (quoted || text[at] != ']'); ++at) {
      if (text[at] == '\\' && quoted) {
        ++at;
      } else if (text[at] == '"') {
        quoted = !quoted;
      }
    }
    if (at >= text.size()) return {};
    ++at;
  }
  const std::string_view data = text.substr(0, at);
  text.remove_prefix(at);
  return data;
}

// An ISO time as a word at the front.
std::optional<Timestamp> TakeIsoTime(std::string_view& text, const Zone& zone) {
  std::string_view rest = text;
  const std::string_view word = TakeWord(rest);
  if (word.size() < 19 || !IsDigit(word[0]) || word[4] != '-' || word[10] != 'T') return {};
  const auto time = ParseIso8601(word);
  if (!time) return {};
  text = rest;
  (void)zone;
  return time;
}

bool IsHostWord(std::string_view word) {
  if (word.empty() || word.size() > 255 || StartsWith(word, "CEF:") || StartsWith(word, "LEEF:") ||
      word[0] == '{' || word[0] == '[')
    return false;
  if (word.back() == ':') return false;
  for (char c : word) {
    const bool fits = IsDigit(c) || (ToLowerAscii(c) >= 'a' && ToLowerAscii(c) <= 'z') ||
                      c == '.' || c == '-' || c == '_' || c == ':';
    if (!fits) return false;
  }
  return true;
}

// Host and tag of RFC 3164, both optional.
void TakeHostAndTag(std::string_view& text, Envelope* envelope) {
  std::string_view rest = text;
  const std::string_view word = TakeWord(rest);
  if (IsHostWord(word)) {
    envelope->host = word;
    text = rest;
  }
  rest = text;
  const std::string_view tag = TakeWord(rest);
  const size_t end = tag.find_first_of("[:");
  if (tag.size() > 1 && tag.size() <= 64 && tag.back() == ':' && end != std::string_view::npos &&
      end > 0 && !StartsWith(tag, "CEF:") && !StartsWith(tag, "LEEF:") && tag[0] != '{') {
    envelope->app = tag.substr(0, end);
    if (tag[end] == '[') envelope->pid = tag.substr(end + 1, tag.find(']') - end - 1);
    text = rest;
  }
}

void ReadHeader(std::string_view& text, const Zone& zone, Timestamp ingest_time,
                Envelope* envelope) {
  const bool priority = TakePriority(text);
  // RFC 5424: a version directly behind the priority.
  if (priority && text.size() > 2 && IsDigit(text[0]) && text[0] != '0' && text[1] == ' ') {
    std::string_view rest = text.substr(2);
    std::string_view time_word = rest;
    const auto time = TakeIsoTime(time_word, zone);
    if (time || StartsWith(rest, "- ")) {
      if (time) {
        rest = time_word;
      } else {
        TakeWord(rest);
      }
      envelope->time = time;
      envelope->host = Nil(TakeWord(rest));
      envelope->app = Nil(TakeWord(rest));
      envelope->pid = Nil(TakeWord(rest));
      envelope->msgid = Nil(TakeWord(rest));
      while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
      envelope->structured_data = TakeStructuredData(rest);
      while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
      if (StartsWith(rest, "\xEF\xBB\xBF")) rest.remove_prefix(3);
      text = rest;
      return;
    }
  }
  // A relay may put its own header in front of the sender's.
  for (int headers = 0; headers < 2; ++headers) {
    while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
    if (headers > 0) TakePriority(text);
    auto time = TakeSyslogTime(text, zone, ingest_time);
    if (!time) time = TakeIsoTime(text, zone);
    if (!time) break;
    envelope->time = time;
    TakeHostAndTag(text, envelope);
  }
  while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
}

bool LooksLikeObject(std::string_view text) {
  return text.size() >= 2 && (text.front() == '{' || (text.front() == '[' && text.find('{') < 4));
}

}  // namespace

Envelope ReadEnvelope(std::string_view line, const Zone& zone, Timestamp ingest_time) {
  Envelope envelope;
  std::string_view text = Trim(line);
  if (LooksLikeObject(text)) {
    envelope.format = Format::kJson;
    envelope.payload = text;
    return envelope;
  }
  ReadHeader(text, zone, ingest_time, &envelope);
  envelope.payload = text;
  if (LooksLikeObject(text)) {
    envelope.format = Format::kJson;
    return envelope;
  }
  // CEF and LEEF may follow any text.
  if (const size_t cef = text.find("CEF:");
      cef != std::string_view::npos && cef + 4 < text.size() && IsDigit(text[cef + 4])) {
    envelope.format = Format::kCef;
    envelope.payload = text.substr(cef + 4);
    return envelope;
  }
  if (const size_t leef = text.find("LEEF:");
      leef != std::string_view::npos && leef + 5 < text.size() && IsDigit(text[leef + 5])) {
    envelope.format = Format::kLeef;
    envelope.payload = text.substr(leef + 5);
    return envelope;
  }
  // JSON behind a collector's words.
  const size_t open = text.find("{\"");
  if (open != std::string_view::npos && text.back() == '}') {
    envelope.format = Format::kJson;
    envelope.payload = text.substr(open);
  }
  return envelope;
}

void StoreEnvelope(const Envelope& envelope, std::string_view line, const PathTable& paths,
                   Record& record) {
  const PathNode& root = paths.root();
  if (const PathNode* node = root.Child("$line")) record.Set(node->id(), Value::String(line));
  if (envelope.host.empty() && !envelope.time && envelope.structured_data.empty() &&
      envelope.app.empty())
    return;
  const auto set = [&](const PathNode* parent, std::string_view key, Value value) {
    const PathNode* node = parent == nullptr ? nullptr : parent->Child(key);
    if (node != nullptr && !(value.is_text() && value.size() == 0)) record.Set(node->id(), value);
  };
  const PathNode* syslog = root.Child("syslog");
  if (envelope.time) set(syslog, "time", Value::Time(*envelope.time));
  set(syslog, "host", Value::String(envelope.host));
  set(syslog, "app", Value::String(envelope.app));
  set(syslog, "pid", Value::String(envelope.pid));
  set(syslog, "msgid", Value::String(envelope.msgid));

  const PathNode* sd = root.Child("sd");
  std::string_view data = envelope.structured_data;
  bool first = true;
  while (sd != nullptr && !data.empty() && data[0] == '[') {
    data.remove_prefix(1);
    const size_t end = data.find_first_of(" ]");
    const std::string_view id = data.substr(0, data.substr(0, end).find('@'));
    if (first) set(sd, "id", Value::String(id.substr(0, std::min(id.size(), end))));
    first = false;
    const PathNode* element = sd->Child(id.substr(0, std::min(id.size(), end)));
    data.remove_prefix(std::min(end, data.size()));
    while (!data.empty() && data[0] == ' ') {
      data.remove_prefix(1);
      const size_t equals = data.find("=\"");
      if (equals == std::string_view::npos) return;
      const std::string_view key = data.substr(0, equals);
      data.remove_prefix(equals + 2);
      size_t close = 0;
      bool escaped = false;
      while (close < data.size() && data[close] != '"') {
        escaped |= data[close] == '\\';
        close += data[close] == '\\' ? 2 : 1;
      }
      if (close >= data.size()) return;
      std::string_view value = data.substr(0, close);
      if (escaped) {
        std::string plain;
        for (size_t i = 0; i < value.size(); ++i) {
          const char next = i + 1 < value.size() ? value[i + 1] : '\0';
          if (value[i] == '\\' && (next == '"' || next == '\\' || next == ']')) ++i;
          plain += value[i];
        }
        value = record.arena().Copy(plain);
      }
      set(element, key, Value::String(value));
      data.remove_prefix(close + 1);
    }
    if (!data.empty() && data[0] == ']') data.remove_prefix(1);
  }
}

}  // namespace vedette
