#include "content/node.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "content/scalar_places.h"
#include "core/text.h"

namespace vedette {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr size_t kMostCopies = 100'000;  // of values, by aliases

struct Fault {
  std::string code;
  std::string message;
  Place place;
};

Place At(const YAML::Mark& mark, const std::string& name, int line_offset) {
  return mark.is_null() ? Place{name} : Place{name, mark.line + 1 + line_offset, mark.column + 1};
}

// Builds our tree from what the library's scanner tells, so that no other file depends on it and
// no tree of the library is made. Throws Fault.
class NodeBuilder : public YAML::EventHandler {
 public:
  NodeBuilder(std::string_view text, const std::string& name, int line_offset)
      : text_(text), name_(name), line_offset_(line_offset) {}

  Node Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.place = At(mark);
    Finish(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw Fault{"yaml-alias", "an alias that stands for itself", At(mark)};
    copies_ += found->second.second;
    if (copies_ > kMostCopies)
      throw Fault{"yaml-too-large",
                  fmt::format("aliases stand for more than {} values", kMostCopies), At(mark)};
    count_ += found->second.second;
    Finish(Node(found->second.first), 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    RefuseTag(tag, mark);
    ++count_;
    Node node;
    node.kind = Node::Kind::kScalar;
    node.place = At(mark);
    node.scalar = value;
    node.quoted = tag == "!";
    if (node.quoted || value.find_first_of(" \n") != std::string::npos) {
      TextPlaces places = PlacesOfScalar(text_, static_cast<size_t>(std::max(mark.pos, 0)),
                                         node.place, node.scalar);
      if (!places.plain()) node.text_places = std::make_shared<const TextPlaces>(std::move(places));
    }
    Finish(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Node::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(Node::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Level {
    Node node;
    YAML::anchor_t anchor = 0;
    size_t count_before = 0;
    bool has_key = false;
    std::string key;
    Place key_place;
    std::unordered_set<std::string> keys;
  };

  Place At(const YAML::Mark& mark) const { return vedette::At(mark, name_, line_offset_); }

  void RefuseTag(const std::string& tag, const YAML::Mark& mark) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Fault{"yaml-tag", fmt::format("tags such as '{}' are not supported", tag), At(mark)};
  }

  void Open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    RefuseTag(tag, mark);
    if (levels_.size() > kMaxDepth)
      throw Fault{"yaml-too-deep", fmt::format("nested deeper than {} levels", kMaxDepth),
                  At(mark)};
    if (!levels_.empty() && levels_.back().node.is_map() && !levels_.back().has_key)
      throw Fault{"yaml-key", "a key must be a plain text", At(mark)};
    ++count_;
    Level level;
    level.node.kind = kind;
    level.node.place = At(mark);
    level.anchor = anchor;
    level.count_before = count_ - 1;
    levels_.push_back(std::move(level));
  }

  void Close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    const size_t before = level.count_before;
    Finish(std::move(level.node), level.anchor, count_ - before);
  }

  void Finish(Node node, YAML::anchor_t anchor, size_t nodes = 1) {
    if (anchor != 0) anchors_[anchor] = {node, nodes};
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.is_list()) {
      level.node.items.push_back(std::move(node));
    } else if (!level.has_key) {
      if (!node.is_scalar())
        throw Fault{"yaml-key", "a key must be a plain text", std::move(node.place)};
      if (!level.keys.insert(node.scalar).second) {
        throw Fault{"yaml-duplicate-key", fmt::format("the key '{}' stands twice", node.scalar),
                    std::move(node.place)};
      }
      level.has_key = true;
      level.key = std::move(node.scalar);
      level.key_place = std::move(node.place);
    } else {
      level.has_key = false;
      level.node.pairs.push_back({std::move(level.key), std::move(node)});
      level.node.key_places.push_back(std::move(level.key_place));
    }
  }

  std::string_view text_;
  const std::string& name_;
  int line_offset_;
  Node root_;
  size_t count_ = 0;   // values so far
  size_t copies_ = 0;  // of these by aliases
  std::vector<Level> levels_;
  std::unordered_map<YAML::anchor_t, std::pair<Node, size_t>> anchors_;
};

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

Result<Node> ParseYaml(std::string_view text, const std::string& name, int line_offset) {
  if (text.find('\0') != std::string_view::npos)
    return Fail("yaml-binary", "not a text file", {name});
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    NodeBuilder builder(text, name, line_offset);
    parser.HandleNextDocument(builder);
    return builder.Take();
  } catch (const Fault& fault) {
    return Fail(fault.code, fault.message, fault.place);
  } catch (const YAML::Exception& error) {
    return Fail("yaml-syntax", error.msg, At(error.mark, name, line_offset));
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
    const std::string& key = node_.pairs[i].key;
    if (StartsWith(key, "x-") || std::find(known_.begin(), known_.end(), key) != known_.end())
      continue;
    faults_.Error(node_.key_places[i], "content-unknown-key",
                  fmt::format("a {} has no key '{}'", what_, key), DidYouMean(key, known_));
  }
}

}  // namespace vedette
