// A Node is one value of a YAML file, with its place: what every definition type (parser, rule,
// list …) is read from.
//
//   Result<Node> root = LoadYaml(path, "content/rules/email/x.yaml");
//   MapReader map(*root, "rule", faults);
//   std::string id = map.RequiredText("id");
//   bool on = map.Bool("enabled", true);
//   map.Finish();                       // names every key that nobody asked for, with the nearest known one
//
// Nodes own their content and copy cheaply enough for load time. Read-only after loading.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostics.h"
#include "core/result.h"
#include "core/text_places.h"
#include "core/time.h"

namespace vedette {

class Node {
 public:
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  Place place;
  std::string scalar;
  bool quoted = false;  // the scalar stood in quotes, so it is text and nothing else
  // Of a scalar that does not stand on one line as it is; otherwise empty.
  std::shared_ptr<const TextPlaces> text_places;
  struct Pair;
  std::vector<Node> items;        // of a list
  std::vector<Pair> pairs;        // of a map, in the order of the file
  std::vector<Place> key_places;  // of each pair

  bool is_null() const { return kind == Kind::kNull; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }

  // Where each character of the scalar stands.
  TextPlaces places() const { return text_places == nullptr ? TextPlaces(place) : *text_places; }

  // The value of a key, or nullptr.
  const Node* Find(std::string_view key) const;

  // "a map", "a list", "a text": for messages.
  std::string_view KindName() const;
};

struct Node::Pair {
  std::string key;
  Node value;
};

// Reads one YAML document. `name` is how the file is called in messages, `line_offset` how many of
// its lines stand before `text`. Broken YAML, tags, duplicate keys, aliases that loop or
// multiply, and nesting deeper than 64 are errors with a place.
Result<Node> ParseYaml(std::string_view text, const std::string& name, int line_offset = 0);
Result<Node> LoadYaml(const std::string& path, const std::string& name);

// Reads the keys of a map with their types. Every fault goes to `faults`, and reading goes on with
// a default.
class MapReader {
 public:
  // `what` names the thing in messages: "rule", "parser".
  MapReader(const Node& node, std::string_view what, Diagnostics& faults);

  bool Has(std::string_view key) { return Get(key) != nullptr; }
  // The node of a key, or nullptr; marks the key as known.
  const Node* Get(std::string_view key);
  // As Get, but its absence is a fault.
  const Node* Required(std::string_view key);

  std::string Text(std::string_view key, std::string_view fallback = {});
  std::string RequiredText(std::string_view key);
  int64_t Int(std::string_view key, int64_t fallback, int64_t least = INT64_MIN,
              int64_t most = INT64_MAX);
  double Decimal(std::string_view key, double fallback);
  bool Bool(std::string_view key, bool fallback);
  Nanoseconds Duration(std::string_view key, Nanoseconds fallback);
  // A list of texts; a single text counts as a list of one.
  std::vector<std::string> Texts(std::string_view key);
  // One of `words`; anything else is a fault and gives `fallback`'s index.
  size_t Word(std::string_view key, const std::vector<std::string_view>& words, size_t fallback);

  // Place of a key's value, or of the map.
  Place PlaceOf(std::string_view key) const;
  const Place& place() const { return node_.place; }

  // Reports unknown keys; those that start with "x-" are free.
  void Finish();

 private:
  void Wrong(std::string_view key, const Node& node, std::string_view expected);

  const Node& node_;
  std::string what_;
  Diagnostics& faults_;
  std::vector<std::string_view> known_;
};

}  // namespace vedette
