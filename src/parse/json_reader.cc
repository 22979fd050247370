#include "parse/json_reader.h"

#include <bit>
#include <charconv>
#include <cstring>

#include <simdjson.h>

#include "core/text.h"
#include "parse/known_keys.h"

namespace vedette {
namespace {

constexpr size_t kMaxLabels = 64;

using Indexer = simdjson::internal::dom_parser_implementation;

bool LooksLikeJson(std::string_view text) {
  text = Trim(text);
  return text.size() >= 2 && ((text.front() == '{' && text.back() == '}') ||
                              (text.front() == '[' && text.back() == ']'));
}

// Four hex digits, or -1.
int ReadHex4(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    const char lower = ToLowerAscii(c);
    if (IsDigit(c)) {
      value = value * 16 + (c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + (lower - 'a' + 10);
    } else {
      return -1;
    }
  }
  return value;
}

char* PutUtf8(char* to, uint32_t code) {
  if (code < 0x80) {
    *to++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *to++ = static_cast<char>(0xC0 | (code >> 6));
    *to++ = static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *to++ = static_cast<char>(0xE0 | (code >> 12));
    *to++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *to++ = static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *to++ = static_cast<char>(0xF0 | (code >> 18));
    *to++ = static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    *to++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *to++ = static_cast<char>(0x80 | (code & 0x3F));
  }
  return to;
}

// Undoes the escapes of a JSON string. Half a surrogate pair becomes U+FFFD. False at an escape
// that JSON does not know.
bool Unescape(std::string_view text, Arena& arena, std::string_view* out) {
  constexpr uint64_t kEach = 0x0101010101010101ULL;
  char* const begin = static_cast<char*>(arena.Allocate(text.size() + 8, 1));
  char* to = begin;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    // Eight bytes at a time up to the next backslash; what is copied behind it is written over.
    if (end - at >= 8) {
      uint64_t word;
      std::memcpy(&word, at, 8);
      std::memcpy(to, &word, 8);
      const uint64_t zero_at_slash = word ^ '\\' * kEach;
      const uint64_t slashes = (zero_at_slash - kEach) & ~zero_at_slash & 0x80 * kEach;
      const size_t plain = slashes == 0 ? 8 : static_cast<size_t>(std::countr_zero(slashes)) / 8;
      to += plain;
      at += plain;
      if (plain == 8) continue;
    } else if (*at != '\\') {
      *to++ = *at++;
      continue;
    }
    if (++at == end) return false;
    switch (*at++) {
      case '"':
        *to++ = '"';
        break;
      case '\\':
        *to++ = '\\';
        break;
      case '/':
        *to++ = '/';
        break;
      case 'b':
        *to++ = '\b';
        break;
      case 'f':
        *to++ = '\f';
        break;
      case 'n':
        *to++ = '\n';
        break;
      case 'r':
        *to++ = '\r';
        break;
      case 't':
        *to++ = '\t';
        break;
      case 'u': {
        const int unit = ReadHex4(at, end);
        if (unit < 0) return false;
        at += 4;
        uint32_t code = static_cast<uint32_t>(unit);
        if (code >= 0xD800 && code < 0xE000) {
          const int low = code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u'
                              ? ReadHex4(at + 2, end)
                              : -1;
          if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<uint32_t>(low) - 0xDC00);
            at += 6;
          } else {
            code = 0xFFFD;
          }
        }
        to = PutUtf8(to, code);
        break;
      }
      default:
        return false;
    }
  }
  *out = {begin, static_cast<size_t>(to - begin)};
  return true;
}

// A number of JSON's grammar: -?digits[.digits][e[+-]digits].
bool ReadNumber(std::string_view token, Value* out) {
  const char* at = token.data();
  const char* const end = at + token.size();
  const bool negative = at < end && *at == '-';
  at += negative;
  const char* const digits = at;
  uint64_t whole = 0;
  while (at < end && IsDigit(*at)) whole = whole * 10 + static_cast<uint64_t>(*at++ - '0');
  const auto count = at - digits;
  if (count == 0) return false;
  if (at == end) {
    if (count < 19 && (count == 1 || *digits != '0')) {
      *out = Value::Int(negative ? -static_cast<int64_t>(whole) : static_cast<int64_t>(whole));
      return true;
    }
    const auto exact = ParseInt(token);
    // Beyond 64 bits, or with leading zeros: its digits.
    *out = exact && *digits != '0' ? Value::Int(*exact) : Value::String(token);
    return true;
  }
  double decimal = 0;
  const auto [stop, error] = std::from_chars(token.data(), end, decimal);
  if (stop != end || (error != std::errc() && error != std::errc::result_out_of_range))
    return false;
  *out = error == std::errc() ? Value::Double(decimal) : Value::String(token);
  return true;
}

}  // namespace

// One text with the places of its structure: brackets, commas, colons, and where scalars begin.
struct JsonText {
  std::string_view text;
  std::unique_ptr<Indexer> indexer;
  const uint32_t* places = nullptr;
  uint32_t count = 0;
  uint32_t at = 0;       // the next of them
  size_t backslash = 0;  // the first backslash at or behind the value in hand

  JsonOutcome Open(std::string_view t) {
    text = t;
    count = at = 0;
    backslash = 0;
    if (t.size() >= UINT32_MAX) return JsonOutcome::kBroken;
    if (indexer == nullptr || indexer->capacity() < t.size()) {
      const size_t capacity = std::max<size_t>(t.size() + t.size() / 4, 4096);
      if (simdjson::get_active_implementation()->create_dom_parser_implementation(
              capacity, JsonReader::kMaxDepth, indexer)) {
        return JsonOutcome::kBroken;
      }
    }
    switch (indexer->stage1(reinterpret_cast<const uint8_t*>(t.data()), t.size(),
                            simdjson::stage1_mode::regular)) {
      case simdjson::SUCCESS:
        break;
      case simdjson::UTF8_ERROR:
        return JsonOutcome::kBadUtf8;
      case simdjson::UNCLOSED_STRING:
        return JsonOutcome::kTruncated;
      default:
        return JsonOutcome::kBroken;
    }
    places = indexer->structural_indexes.get();
    count = indexer->n_structural_indexes;
    backslash = Find(0);
    return JsonOutcome::kObject;
  }

  size_t Find(size_t from) const {
    const auto* found =
        static_cast<const char*>(std::memchr(text.data() + from, '\\', text.size() - from));
    return found == nullptr ? text.size() : static_cast<size_t>(found - text.data());
  }

  // The byte at a place; 0 behind the last.
  char Peek(uint32_t i) const { return i < count ? text[places[i]] : '\0'; }
  char Peek() const { return Peek(at); }
  // Where the token at a place ends: behind its last byte that is no blank.
  size_t EndOf(uint32_t i) const {
    size_t end = i + 1 < count ? places[i + 1] : text.size();
    while (IsSpace(text[end - 1])) --end;
    return end;
  }
  void GoBack(uint32_t place) {
    at = place;
    backslash = 0;
  }
  bool HasEscape(size_t begin, size_t end) {
    if (backslash < begin) backslash = Find(begin);
    return backslash < end;
  }
};

struct JsonReader::Impl {
  JsonText texts[kMaxNesting];
  int nesting = 0;
  JsonText* in = nullptr;
  Record* record = nullptr;
  bool too_deep = false;
  bool early_only = false;

  KnownKeys known;
  KnownKey stranger;  // the latest key that there was no room to remember

  // Labels of the top-level object that a path asks for, until its keys are all read.
  struct WantedLabel {
    std::string_view base;
    const PathNode* node;
  };
  std::vector<WantedLabel> labels;

  // Puts another text in front until destroyed.
  class Nested {
   public:
    explicit Nested(Impl& impl) : impl_(impl), outer_(impl.in) {
      impl.in = &impl.texts[impl.nesting++];
    }
    ~Nested() {
      --impl_.nesting;
      impl_.in = outer_;
    }

   private:
    Impl& impl_;
    JsonText* outer_;
  };

  // The spelling between the quotes of the string at a place; false when it is not a whole token.
  bool Spelling(uint32_t place, std::string_view* spelling) const {
    const size_t begin = in->places[place] + 1;
    const size_t end = in->EndOf(place);
    if (end < begin + 1 || in->text[end - 1] != '"') return false;
    *spelling = in->text.substr(begin, end - 1 - begin);
    return true;
  }

  bool ReadText(std::string_view* out) {
    std::string_view spelling;
    if (!Spelling(in->at, &spelling)) return false;
    ++in->at;
    const auto begin = static_cast<size_t>(spelling.data() - in->text.data());
    if (!in->HasEscape(begin, begin + spelling.size())) {
      *out = spelling;
      return true;
    }
    return Unescape(spelling, record->arena(), out);
  }

  bool ReadScalar(Value* out) {
    const char first = in->Peek();
    if (first == '"') {
      std::string_view text;
      if (!ReadText(&text)) return false;
      *out = Value::String(text);
      return true;
    }
    const size_t begin = in->places[in->at];
    const std::string_view token = in->text.substr(begin, in->EndOf(in->at) - begin);
    ++in->at;
    if (first == '-' || IsDigit(first)) return ReadNumber(token, out);
    *out = token == "true" ? Value::Bool(true) : token == "false" ? Value::Bool(false) : Value();
    return !out->is_null() || token == "null";
  }

  // Behind the value at hand, whatever it is.
  bool Skip() {
    const char first = in->Peek();
    if (first != '{' && first != '[') {
      ++in->at;
      return first != '\0' && first != '}' && first != ']' && first != ',' && first != ':';
    }
    uint64_t objects = 0;  // one bit a level: it is an object
    int depth = 0;
    do {
      const char c = in->Peek();
      if (c == '{' || c == '[') {
        if (++depth > kMaxDepth) {
          too_deep = true;
          return false;
        }
        objects = objects << 1 | (c == '{');
      } else if (c == '}' || c == ']') {
        if ((objects & 1) != (c == '}')) return false;
        objects >>= 1;
        --depth;
      } else if (c == '\0') {
        return false;
      }
      ++in->at;
    } while (depth > 0);
    return true;
  }

  // The key at hand, with `at` moved to its value. Null: no key and colon here.
  [[gnu::always_inline]] const KnownKey* TakeKey(JsonText& t, const PathNode& parent) {
    const uint32_t place = t.at;
    if (place + 1 >= t.count) return nullptr;
    const char* const text = t.text.data();
    const size_t quote = t.places[place];
    const size_t colon = t.places[place + 1];
    if (text[quote] != '"' || text[colon] != ':') return nullptr;
    t.at = place + 2;
    std::string_view name(text + quote + 1, colon - quote - 2);  // when no blanks follow it
    if ((text[colon - 1] != '"' || colon < quote + 2) && !Spelling(place, &name)) return nullptr;
    const KnownKey* key = known.Guess(&parent, name);
    return key != nullptr ? key : LookUp(parent, name);
  }

  const KnownKey* LookUp(const PathNode& parent, std::string_view name) {
    if (name.find('\\') != std::string_view::npos && !Unescape(name, record->arena(), &name))
      return nullptr;
    if (const KnownKey* key = known.Find(&parent, name)) return key;
    stranger.child = parent.Child(name);
    stranger.is_label = true;  // maybe
    return &stranger;
  }

  bool ReadObject(const PathNode& node, bool append, const PathNode* label_node) {
    JsonText& t = *in;  // again so when a value has been read
    ++t.at;             // the bracket
    if (t.Peek() == '}') {
      ++t.at;
      return true;
    }
    while (true) {
      const KnownKey* const key = TakeKey(t, node);
      if (key == nullptr) return false;
      if (key->is_label && label_node != nullptr) WantLabel(*label_node);
      const PathNode* child = key->child;
      if (early_only && child != nullptr && !child->IsEarly()) child = nullptr;
      if (child == nullptr ? !Skip() : !ReadPlain(t, *child, append) && !ReadValue(*child, append))
        return false;
      const char next = t.Peek();
      ++t.at;
      if (next == '}') return true;
      if (next != ',') return false;
    }
  }

  // What most values are that no path goes into: a text without escapes or a short whole number,
  // without blanks behind. False, and nothing is done: anything else.
  [[gnu::always_inline]] bool ReadPlain(JsonText& t, const PathNode& node, bool append) {
    const uint32_t at = t.at;
    if (at + 1 >= t.count || append || node.HasDeeper()) return false;
    const size_t begin_at = t.places[at];
    const size_t end_at = t.places[at + 1];
    const char* const begin = t.text.data() + begin_at;
    const char* const end = t.text.data() + end_at;
    if (*begin == '"') {
      if (end[-1] != '"' || end < begin + 2 || t.HasEscape(begin_at + 1, end_at)) return false;
      record->Set(node.id(), Value::String({begin + 1, static_cast<size_t>(end - begin - 2)}));
    } else {
      if (end - begin > 18 || (*begin == '0' && end - begin > 1)) return false;
      int64_t number = 0;
      for (const char* digit = begin; digit < end; ++digit) {
        if (!IsDigit(*digit)) return false;
        number = number * 10 + (*digit - '0');
      }
      record->Set(node.id(), Value::Int(number));
    }
    t.at = at + 1;
    return true;
  }

  // The value at hand belongs to a path. Scalars are kept as they are, lists of scalars as lists,
  // anything else as its JSON text.
  bool ReadValue(const PathNode& node, bool append) {
    const char first = in->Peek();
    if (first == '{' || first == '[') return ReadCompound(node, append);
    Value scalar;
    if (first == '\0' || first == '}' || first == ']' || first == ',' || first == ':' ||
        !ReadScalar(&scalar))
      return false;
    Store(node.id(), scalar, append);
    if (node.HasDeeper() && scalar.is_text() && LooksLikeJson(scalar.text()))
      ReadWithin(scalar.text(), node, append);
    return true;
  }

  bool ReadCompound(const PathNode& node, bool append) {
    const uint32_t start_at = in->at;
    const bool is_object = in->Peek() == '{';
    if (node.HasDeeper()) {
      if (is_object ? !ReadObject(node, append, nullptr) : !ReadItems(node, append)) return false;
    } else if (!Skip()) {
      return false;
    }
    if (node.id() == kNoPath) return true;
    const uint32_t end_at = in->at;
    const size_t begin = in->places[start_at];
    const std::string_view raw = in->text.substr(begin, in->places[end_at - 1] + 1 - begin);
    Value list;
    in->GoBack(start_at);
    if (!is_object && ReadScalarList(end_at, &list)) {
      Store(node.id(), list, append);
    } else {
      Store(node.id(), Value::String(raw), append);
    }
    in->at = end_at;
    return true;
  }

  void Store(PathId id, const Value& value, bool append) {
    if (!append) {
      record->Set(id, value);
    } else if (value.is_list()) {
      for (uint32_t i = 0; i < value.size(); ++i) record->Append(id, value.items()[i]);
    } else {
      record->Append(id, value);
    }
  }

  // Elements one by one; each is read for its own index and for "all", which appends.
  bool ReadItems(const PathNode& node, bool append) {
    ++in->at;
    if (in->Peek() == ']') {
      ++in->at;
      return true;
    }
    for (size_t index = 0;; ++index) {
      const PathNode* one = node.Item(index);
      const PathNode* every = node.EveryItem();
      const uint32_t start_at = in->at;
      if (one != nullptr && !ReadValue(*one, append)) return false;
      if (every != nullptr) {
        in->GoBack(start_at);
        if (!ReadValue(*every, true)) return false;
      }
      if (one == nullptr && every == nullptr && !Skip()) return false;
      const char next = in->Peek();
      ++in->at;
      if (next == ']') return true;
      if (next != ',') return false;
    }
  }

  // The list at hand, which ends before `end_at`. False when it holds anything but scalars. Null
  // when it is empty.
  bool ReadScalarList(uint32_t end_at, Value* out) {
    const size_t most = (end_at - in->at) / 2;  // each scalar has a comma or the bracket behind it
    ++in->at;
    if (in->Peek() == ']') return true;
    Value* items = record->arena().Array<Value>(most);
    uint32_t count = 0;
    while (true) {
      const char first = in->Peek();
      if (first == '{' || first == '[' || first == '\0' || count == most) return false;
      Value item;
      if (!ReadScalar(&item)) return false;
      if (!item.is_null()) items[count++] = item;
      const char next = in->Peek();
      ++in->at;
      if (next == ']') break;
      if (next != ',') return false;
    }
    if (count > 0) *out = Value::List(items, count);
    return true;
  }

  // JSON within a text. What does not hold together is no JSON, and the text stays a text.
  bool ReadWithin(std::string_view text, const PathNode& node, bool append) {
    if (nesting == kMaxNesting) return false;
    Nested nested(*this);
    if (in->Open(text) != JsonOutcome::kObject) return false;
    KnownKey* const before = known.Pause();
    known.RestartBelow(&node);
    const bool good = in->Peek() == '{' ? ReadObject(node, append, nullptr)
                                        : in->Peek() == '[' && ReadItems(node, append);
    known.Resume(before);
    return good && in->at == in->count;
  }

  // The label at hand, whose key is the one before: remembers its base when a path asks for what it
  // says.
  void WantLabel(const PathNode& label_node) {
    std::string_view spelling;
    const uint32_t key_place = in->at - 2;
    if (labels.size() == kMaxLabels || in->Peek() != '"' || !Spelling(key_place, &spelling) ||
        !EndsWith(spelling, "Label"))
      return;
    const uint32_t value_place = in->at;
    std::string_view label;
    const bool read = ReadText(&label);
    in->GoBack(value_place);
    if (!read) return;
    if (const PathNode* node = label_node.Child(ToLower(label)))
      labels.push_back({spelling.substr(0, spelling.size() - 5), node});
  }

  // Goes over the top-level keys once more for the bases of wanted labels.
  void ReadLabels() {
    in->GoBack(1);
    while (in->Peek() == '"') {
      std::string_view spelling;
      if (!Spelling(in->at, &spelling)) return;
      in->at += 2;
      const uint32_t value_place = in->at;
      for (const WantedLabel& label : labels) {
        if (label.base != spelling) continue;
        in->GoBack(value_place);
        ReadValue(*label.node, false);
      }
      in->GoBack(value_place);
      if (!Skip()) return;
      ++in->at;
    }
  }

  JsonOutcome ReadTop(const PathNode& root) {
    too_deep = false;
    labels.clear();
    known.Restart();
    const PathNode* label_node = root.Child("label");
    if (!ReadObject(root, false, label_node)) {
      return too_deep              ? JsonOutcome::kTooDeep
             : in->at >= in->count ? JsonOutcome::kTruncated
                                   : JsonOutcome::kBroken;
    }
    if (in->at != in->count) return JsonOutcome::kBroken;
    if (!labels.empty()) ReadLabels();
    return JsonOutcome::kObject;
  }

  // Moves to the value of a key of the object at hand.
  bool GoTo(std::string_view key) {
    if (in->Peek() != '{') return false;
    ++in->at;
    while (in->Peek() == '"' && in->Peek(in->at + 1) == ':') {
      std::string_view spelling;
      if (!Spelling(in->at, &spelling)) return false;
      in->at += 2;
      if (spelling == key) return true;
      if (!Skip() || in->Peek() != ',') return false;
      ++in->at;
    }
    return false;
  }

  bool CollectElements(std::vector<std::string_view>* elements) {
    if (in->Peek() != '[') return false;
    ++in->at;
    bool has_object = false;
    while (true) {
      const uint32_t place = in->at;
      has_object |= in->Peek() == '{';
      if (!Skip()) return false;
      const size_t begin = in->places[place];
      elements->push_back(in->text.substr(begin, in->EndOf(in->at - 1) - begin));
      const char next = in->Peek();
      ++in->at;
      if (next == ']') return has_object;
      if (next != ',') return false;
    }
  }
};

void JsonReader::SetEarlyOnly(bool early_only) { impl_->early_only = early_only; }

JsonReader::JsonReader() : impl_(std::make_unique<Impl>()) {}
JsonReader::~JsonReader() = default;

JsonOutcome JsonReader::ReadObject(std::string_view text, const PathNode& root, Record& record) {
  impl_->record = &record;
  Impl::Nested nested(*impl_);
  const JsonOutcome opened = impl_->in->Open(text);
  if (opened != JsonOutcome::kObject) return opened;
  if (impl_->in->Peek() == '[') return JsonOutcome::kArray;
  return impl_->in->Peek() == '{' ? impl_->ReadTop(root) : JsonOutcome::kBroken;
}

bool JsonReader::ReadNested(std::string_view text, const PathNode& node, Record& record) {
  impl_->record = &record;
  return LooksLikeJson(text) && impl_->ReadWithin(text, node, false);
}

bool JsonReader::ForEachElement(std::string_view text, std::string_view key,
                                const std::function<void(std::string_view)>& visit) {
  if (impl_->nesting == kMaxNesting) return false;
  std::vector<std::string_view> elements;
  {
    Impl::Nested nested(*impl_);
    if (impl_->in->Open(text) != JsonOutcome::kObject) return false;
    if (!key.empty() && !impl_->GoTo(key)) return false;
    if (!impl_->CollectElements(&elements)) return false;
  }
  for (std::string_view element : elements) visit(element);
  return true;
}

std::string_view JsonReader::TopLevelText(std::string_view text, std::string_view key,
                                          Arena& arena) {
  Impl::Nested nested(*impl_);
  JsonText& in = *impl_->in;
  if (in.Open(text) != JsonOutcome::kObject) return {};
  const size_t dot = key.find('.');
  if (!impl_->GoTo(key)) {
    in.at = 0;
    if (dot == std::string_view::npos || !impl_->GoTo(key.substr(0, dot)) ||
        !impl_->GoTo(key.substr(dot + 1)))
      return {};
  }
  std::string_view spelling;
  std::string_view value;
  if (in.Peek() != '"' || !impl_->Spelling(in.at, &spelling)) return {};
  if (spelling.find('\\') == std::string_view::npos) return spelling;
  return Unescape(spelling, arena, &value) ? value : std::string_view();
}

}  // namespace vedette
