#include "parse/json_reader.h"

#include <array>
#include <cstring>

#include <simdjson.h>

#include "core/text.h"

namespace vedette {
namespace {

namespace od = simdjson::ondemand;

constexpr std::string_view kLabel = "label";

bool LooksLikeJson(std::string_view text) {
  text = Trim(text);
  return text.size() >= 2 && ((text.front() == '{' && text.back() == '}') || (text.front() == '[' && text.back() == ']'));
}

}  // namespace

struct JsonReader::Impl {
  od::parser top;
  std::array<od::parser, kMaxNesting> nested;
  std::string padded[kMaxNesting];
  int depth = 0;
  bool copy = false;      // texts of nested documents outlive their parser's buffer
  Record* record = nullptr;

  std::string_view Keep(std::string_view text) { return copy ? record->arena().Copy(text) : text; }

  // Reads a scalar; false when the document is broken.
  bool ReadScalar(od::value& value, od::json_type type, Value* out) {
    switch (type) {
      case od::json_type::string: {
        std::string_view text;
        if (value.get_string().get(text)) return false;
        *out = Value::String(Keep(text));
        return true;
      }
      case od::json_type::number: {
        const std::string_view token = Trim(value.raw_json_token());
        od::number number;
        if (value.get_number().get(number)) {
          *out = Value::String(Keep(token));  // beyond 64 bits: its digits
          return true;
        }
        if (number.is_int64()) {
          *out = Value::Int(number.get_int64());
        } else if (number.is_uint64()) {
          *out = Value::String(Keep(token));
        } else {
          *out = Value::Double(number.get_double());
        }
        return true;
      }
      case od::json_type::boolean: {
        bool flag = false;
        if (value.get_bool().get(flag)) return false;
        *out = Value::Bool(flag);
        return true;
      }
      default:
        *out = Value();
        return !value.is_null().error();
    }
  }

  // `node` is asked for, so the value is read as it is: scalars, lists of scalars, else its JSON text.
  bool ReadValue(od::value value, const PathNode& node, bool append) {
    od::json_type type;
    if (value.type().get(type)) return false;
    const bool compound = type == od::json_type::object || type == od::json_type::array;
    if (!compound) {
      Value scalar;
      if (!ReadScalar(value, type, &scalar)) return false;
      Store(node.id(), scalar, append);
      if (scalar.is_text() && node.HasDeeper() && LooksLikeJson(scalar.text())) Nest(scalar.text(), node);
      return true;
    }
    if (node.id() == kNoPath) {
      return type == od::json_type::object ? ReadFields(value, node, append) : ReadItems(value, node);
    }
    std::string_view raw;
    if (type == od::json_type::object) {
      od::object object;
      if (value.get_object().get(object) || object.raw_json().get(raw)) return false;
      Store(node.id(), Value::String(Keep(Trim(raw))), append);
    } else {
      od::array array;
      if (value.get_array().get(array) || array.raw_json().get(raw)) return false;
      Store(node.id(), ScalarList(Trim(raw)), append);
    }
    if (node.HasDeeper()) Nest(raw, node);
    return true;
  }

  void Store(PathId id, Value value, bool append) {
    if (append) {
      record->Append(id, value);
    } else {
      record->Set(id, value);
    }
  }

  bool ReadFields(od::value value, const PathNode& node, bool append) {
    od::object object;
    if (value.get_object().get(object)) return false;
    return ReadObject(object, node, append);
  }

  bool ReadObject(od::object object, const PathNode& node, bool append) {
    for (auto field : object) {
      std::string_view key;
      od::value value;
      if (field.unescaped_key().get(key)) return false;
      const PathNode* child = node.Child(key);
      if (child == nullptr) continue;
      if (field.value().get(value)) return false;
      if (!ReadValue(value, *child, append)) return false;
    }
    return true;
  }

  bool ReadItems(od::value value, const PathNode& node) {
    od::array array;
    if (value.get_array().get(array)) return false;
    size_t index = 0;
    for (auto element : array) {
      od::value item;
      if (element.get(item)) return false;
      const PathNode* one = node.Item(index++);
      const PathNode* every = node.EveryItem();
      if (one != nullptr && every != nullptr) {
        // Both are asked for: read the text twice.
        std::string_view raw;
        if (!RawText(item, &raw)) return false;
        Nest(raw, *one);
        NestAppend(raw, *every);
      } else if (one != nullptr) {
        if (!ReadValue(item, *one, false)) return false;
      } else if (every != nullptr) {
        if (!ReadValue(item, *every, true)) return false;
      }
    }
    return true;
  }

  static bool RawText(od::value& item, std::string_view* raw) {
    od::json_type type;
    if (item.type().get(type)) return false;
    if (type == od::json_type::object) {
      od::object object;
      return !item.get_object().get(object) && !object.raw_json().get(*raw);
    }
    if (type == od::json_type::array) {
      od::array array;
      return !item.get_array().get(array) && !array.raw_json().get(*raw);
    }
    *raw = item.raw_json_token();
    return true;
  }

  // A copy of the text with padding behind it, in the buffer of the current depth.
  simdjson::padded_string_view Pad(std::string_view text) {
    std::string& buffer = padded[depth];
    buffer.assign(text);
    buffer.append(simdjson::SIMDJSON_PADDING, '\0');
    return simdjson::padded_string_view(buffer.data(), text.size(), buffer.size());
  }

  template <typename Read>
  bool WithNested(std::string_view text, Read read) {
    if (depth == kMaxNesting) return false;
    const simdjson::padded_string_view padded_text = Pad(text);
    od::document document;
    if (nested[static_cast<size_t>(depth)].iterate(padded_text).get(document)) return false;
    const bool copied = copy;
    ++depth;
    copy = true;
    const bool good = read(document);
    copy = copied;
    --depth;
    return good;
  }

  bool Nest(std::string_view text, const PathNode& node) {
    return WithNested(text, [&](od::document& document) { return ReadDocument(document, node, false); });
  }
  bool NestAppend(std::string_view text, const PathNode& node) {
    return WithNested(text, [&](od::document& document) { return ReadDocument(document, node, true); });
  }

  bool ReadDocument(od::document& document, const PathNode& node, bool append) {
    od::json_type type;
    if (document.type().get(type)) return false;
    if (type == od::json_type::object) {
      od::object object;
      return !document.get_object().get(object) && ReadObject(object, node, append);
    }
    if (type != od::json_type::array) return false;
    od::value value;
    return !document.get_value().get(value) && ReadItems(value, node);
  }

  // An array of scalars as a list; any other as its JSON text.
  Value ScalarList(std::string_view raw) {
    Value list;
    const bool scalars = WithNested(raw, [&](od::document& document) {
      od::array array;
      if (document.get_array().get(array)) return false;
      std::vector<Value> items;
      for (auto element : array) {
        od::value item;
        od::json_type type;
        if (element.get(item) || item.type().get(type)) return false;
        if (type == od::json_type::object || type == od::json_type::array) return false;
        Value scalar;
        if (!ReadScalar(item, type, &scalar)) return false;
        if (!scalar.is_null()) items.push_back(scalar);
      }
      Value* kept = record->arena().Array<Value>(items.size());
      std::copy(items.begin(), items.end(), kept);
      list = Value::List(kept, static_cast<uint32_t>(items.size()));
      return true;
    });
    if (!scalars) return Value::String(Keep(raw));
    return list.size() == 0 ? Value() : list;
  }

  // label.<L> for keys x with a companion xLabel that says L.
  void ReadLabels(std::string_view text, const PathNode& labels) {
    WithNested(text, [&](od::document& document) {
      od::object object;
      if (document.get_object().get(object)) return false;
      std::vector<std::pair<std::string, const PathNode*>> wanted;
      for (auto field : object) {
        std::string_view key;
        std::string_view label;
        if (field.unescaped_key().get(key)) return false;
        if (!EndsWith(key, "Label")) continue;
        const std::string base(key.substr(0, key.size() - 5));
        if (field.value().get_string().get(label)) continue;
        if (const PathNode* node = labels.Child(ToLower(label))) wanted.emplace_back(base, node);
      }
      for (const auto& [base, node] : wanted) {
        document.rewind();
        od::value value;
        if (!document.find_field_unordered(base).get(value)) ReadValue(value, *node, false);
      }
      return true;
    });
  }
};

JsonReader::JsonReader() : impl_(std::make_unique<Impl>()) {}
JsonReader::~JsonReader() = default;

JsonOutcome JsonReader::ReadObject(std::string_view text, const PathNode& root, Record& record) {
  impl_->record = &record;
  impl_->depth = 0;
  impl_->copy = false;
  od::document document;
  const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
  if (impl_->top.iterate(padded).get(document)) return JsonOutcome::kBroken;
  od::json_type type;
  if (document.type().get(type)) return JsonOutcome::kBroken;
  if (type == od::json_type::array) return JsonOutcome::kArray;
  od::object object;
  if (document.get_object().get(object) || !impl_->ReadObject(object, root, false)) return JsonOutcome::kBroken;
  // Whatever follows the object, or an object that was never closed, shows here.
  const char* rest = nullptr;
  if (document.current_location().get(rest) != simdjson::OUT_OF_BOUNDS) return JsonOutcome::kBroken;
  if (const PathNode* labels = root.Child(kLabel); labels != nullptr && text.find("Label\"") != std::string_view::npos) {
    impl_->ReadLabels(text, *labels);
  }
  return JsonOutcome::kObject;
}

bool JsonReader::ReadNested(std::string_view text, const PathNode& node, Record& record) {
  impl_->record = &record;
  return LooksLikeJson(text) && impl_->Nest(text, node);
}

bool JsonReader::ForEachElement(std::string_view text, std::string_view key,
                                const std::function<void(std::string_view)>& visit) {
  od::parser parser;
  simdjson::padded_string padded(text);
  od::document document;
  if (parser.iterate(padded).get(document)) return false;
  od::array array;
  if (key.empty()) {
    if (document.get_array().get(array)) return false;
  } else if (document.find_field_unordered(key).get_array().get(array)) {
    return false;
  }
  std::vector<std::string> elements;
  for (auto element : array) {
    od::object object;
    std::string_view raw;
    if (element.get_object().get(object) || object.raw_json().get(raw)) return false;
    elements.emplace_back(raw);
  }
  for (const std::string& element : elements) visit(element);
  return !elements.empty();
}

std::string_view JsonReader::TopLevelText(std::string_view text, std::string_view key, Record& record) {
  od::parser parser;
  simdjson::padded_string padded(text);
  od::document document;
  std::string_view value;
  if (parser.iterate(padded).get(document)) return {};
  const size_t dot = key.find('.');
  if (!document.find_field_unordered(key).get_string().get(value)) return record.arena().Copy(value);
  if (dot == std::string_view::npos) return {};
  document.rewind();
  od::object inner;
  if (document.find_field_unordered(key.substr(0, dot)).get_object().get(inner)) return {};
  if (inner.find_field_unordered(key.substr(dot + 1)).get_string().get(value)) return {};
  return record.arena().Copy(value);
}

}  // namespace vedette
