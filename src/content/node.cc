#include "content/node.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "core/text.h"

namespace vedette {
namespace {

constexpr int kMaxDepth = 64;

struct Fault {
  std::string code;
  std::string message;
  Place place;
};

Place At(const YAML::Mark& mark, const std::string& name) {
  return mark.is_null() ? Place{name} : Place{name, mark.line + 1, mark.column + 1};
}

// Copies the library's tree into ours, so that no other file depends on it. Throws Fault.
Node Convert(const YAML::Node& from, const std::string& name, int depth) {
  Node node;
  node.place = At(from.Mark(), name);
  if (depth > kMaxDepth)
    throw Fault{"yaml-too-deep", fmt::format("nested deeper than {} levels", kMaxDepth),
                node.place};
  switch (from.Type()) {
    case YAML::NodeType::Scalar:
      node.kind = Node::Kind::kScalar;
      node.scalar = from.Scalar();
      node.quoted = from.Tag() == "!";
      break;
    case YAML::NodeType::Sequence:
      node.kind = Node::Kind::kList;
      for (const YAML::Node& item : from) node.items.push_back(Convert(item, name, depth + 1));
      break;
    case YAML::NodeType::Map: {
      node.kind = Node::Kind::kMap;
      std::set<std::string> seen;
      for (const auto& pair : from) {
        const Place place = At(pair.first.Mark(), name);
        if (!pair.first.IsScalar()) throw Fault{"yaml-key", "a key must be a plain text", place};
        if (!seen.insert(pair.first.Scalar()).second) {
          throw Fault{"yaml-duplicate-key",
                      fmt::format("the key '{}' stands twice", pair.first.Scalar()), place};
        }
        node.pairs.emplace_back(pair.first.Scalar(), Convert(pair.second, name, depth + 1));
        node.key_places.push_back(place);
      }
      break;
    }
    default:
      break;
  }
  return node;
}

}  // namespace

const Node* Node::Find(std::string_view key) const {
  for (const auto& [name, value] : pairs) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string_view Node::KindName() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "a text";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return {};
}

Result<Node> ParseYaml(std::string_view text, const std::string& name) {
  if (text.find('\0') != std::string_view::npos)
    return Fail("yaml-binary", "not a text file", {name});
  try {
    return Convert(YAML::Load(std::string(text)), name, 0);
  } catch (const Fault& fault) {
    return Fail(fault.code, fault.message, fault.place);
  } catch (const YAML::Exception& error) {
    return Fail("yaml-syntax", error.msg, At(error.mark, name));
  }
}

Result<Node> LoadYaml(const std::string& path, const std::string& name) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail("file-unreadable", "cannot read the file", {name});
  std::ostringstream text;
  text << file.rdbuf();
  return ParseYaml(text.str(), name);
}

MapReader::MapReader(const Node& node, std::string_view what, Diagnostics& faults)
    : node_(node), what_(what), faults_(faults) {
  if (!node.is_map()) {
    faults_.Error(node.place, "content-shape",
                  fmt::format("a {} must be a map, not {}", what_, node.KindName()));
  }
}

const Node* MapReader::Get(std::string_view key) {
  known_.push_back(key);
  const Node* node = node_.Find(key);
  return node == nullptr || node->is_null() ? nullptr : node;
}

const Node* MapReader::Required(std::string_view key) {
  const Node* node = Get(key);
  if (node == nullptr && node_.is_map()) {
    faults_.Error(node_.place, "content-missing-key",
                  fmt::format("this {} has no '{}'", what_, key));
  }
  return node;
}

void MapReader::Wrong(std::string_view key, const Node& node, std::string_view expected) {
  const std::string found =
      node.is_scalar() ? fmt::format("'{}'", node.scalar) : std::string(node.KindName());
  faults_.Error(node.place, "content-type",
                fmt::format("'{}' must be {}, not {}", key, expected, found));
}

std::string MapReader::Text(std::string_view key, std::string_view fallback) {
  const Node* node = Get(key);
  if (node == nullptr) return std::string(fallback);
  if (node->is_scalar()) return node->scalar;
  Wrong(key, *node, "a text");
  return std::string(fallback);
}

std::string MapReader::RequiredText(std::string_view key) {
  const Node* node = Required(key);
  if (node == nullptr) return {};
  if (!node->is_scalar() || node->scalar.empty()) {
    Wrong(key, *node, "a text");
    return {};
  }
  return node->scalar;
}

int64_t MapReader::Int(std::string_view key, int64_t fallback, int64_t least, int64_t most) {
  const Node* node = Get(key);
  if (node == nullptr) return fallback;
  const auto value = node->is_scalar() ? ParseInt(node->scalar) : std::nullopt;
  if (!value) {
    Wrong(key, *node, "a whole number");
    return fallback;
  }
  if (*value < least || *value > most) {
    faults_.Error(node->place, "content-range",
                  fmt::format("'{}' is {}, outside {} to {}", key, *value, least, most));
    return fallback;
  }
  return *value;
}

double MapReader::Decimal(std::string_view key, double fallback) {
  const Node* node = Get(key);
  if (node == nullptr) return fallback;
  const auto value = node->is_scalar() ? ParseDouble(node->scalar) : std::nullopt;
  if (!value) Wrong(key, *node, "a number");
  return value.value_or(fallback);
}

bool MapReader::Bool(std::string_view key, bool fallback) {
  const Node* node = Get(key);
  if (node == nullptr) return fallback;
  if (node->is_scalar() && (node->scalar == "true" || node->scalar == "false"))
    return node->scalar == "true";
  Wrong(key, *node, "true or false");
  return fallback;
}

Nanoseconds MapReader::Duration(std::string_view key, Nanoseconds fallback) {
  const Node* node = Get(key);
  if (node == nullptr) return fallback;
  const auto value = node->is_scalar() ? ParseDuration(node->scalar) : std::nullopt;
  if (!value) Wrong(key, *node, "a duration such as 30s, 5m, 12h or 90d");
  return value.value_or(fallback);
}

std::vector<std::string> MapReader::Texts(std::string_view key) {
  const Node* node = Get(key);
  if (node == nullptr) return {};
  if (node->is_scalar()) return {node->scalar};
  if (!node->is_list()) {
    Wrong(key, *node, "a list of texts");
    return {};
  }
  std::vector<std::string> texts;
  for (const Node& item : node->items) {
    if (item.is_scalar()) {
      texts.push_back(item.scalar);
    } else {
      Wrong(key, item, "a list of texts");
    }
  }
  return texts;
}

size_t MapReader::Word(std::string_view key, const std::vector<std::string_view>& words,
                       size_t fallback) {
  const Node* node = Get(key);
  if (node == nullptr) return fallback;
  if (!node->is_scalar()) {
    Wrong(key, *node, "a word");
    return fallback;
  }
  const auto found = std::find(words.begin(), words.end(), node->scalar);
  if (found == words.end()) {
    std::string hint = DidYouMean(node->scalar, words);
    if (hint.empty()) hint = fmt::format("one of: {}", fmt::join(words, ", "));
    faults_.Error(node->place, "content-word",
                  fmt::format("'{}' cannot be '{}'", key, node->scalar), hint);
    return fallback;
  }
  return static_cast<size_t>(found - words.begin());
}

Place MapReader::PlaceOf(std::string_view key) const {
  const Node* node = node_.Find(key);
  return node == nullptr ? node_.place : node->place;
}

void MapReader::Finish() {
  for (size_t i = 0; i < node_.pairs.size(); ++i) {
    const std::string& key = node_.pairs[i].first;
    if (StartsWith(key, "x-") || std::find(known_.begin(), known_.end(), key) != known_.end())
      continue;
    faults_.Error(node_.key_places[i], "content-unknown-key",
                  fmt::format("a {} has no key '{}'", what_, key), DidYouMean(key, known_));
  }
}

}  // namespace vedette
