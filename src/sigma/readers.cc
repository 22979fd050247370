#include "sigma/readers.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text.h"
#include "sigma/condition.h"
#include "sigma/scalar.h"

namespace vedette::sigma {
namespace {

// A text for people, whatever its YAML type; empty when there is none.
std::string TextOf(const Node& root, std::string_view key) {
  const Node* node = root.Find(key);
  return node != nullptr && node->is_scalar() ? node->scalar : std::string();
}

std::vector<std::string> TextsOf(const Node& root, std::string_view key) {
  const Node* node = root.Find(key);
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  if (node->is_scalar()) texts.push_back(node->scalar);
  for (const Node& item : node->items) {
    if (item.is_scalar()) texts.push_back(item.scalar);
  }
  return texts;
}

// --- Search identifiers ---

Result<NodeId> CompileMap(const Node& node, const ItemContext& context) {
  std::vector<NodeId> items;
  for (size_t i = 0; i < node.pairs.size(); ++i) {
    const auto& [key, value] = node.pairs[i];
    const auto item = CompileItem(key, node.key_places[i], value, context);
    if (!item) return item;
    items.push_back(*item);
  }
  return context.expressions.And(std::move(items));
}

Result<NodeId> CompileSearch(const Node& node, std::string_view name, const ItemContext& context) {
  const bool empty = node.is_null() || (node.is_map() && node.pairs.empty()) ||
                     (node.is_list() && node.items.empty());
  if (empty)
    return Fail("sigma-identifier-empty", fmt::format("'{}' says nothing", name), node.place);
  if (node.is_scalar()) return CompileKeyword(node, context);
  if (node.is_map()) return CompileMap(node, context);
  std::vector<NodeId> choices;
  for (const Node& item : node.items) {
    if (item.is_list())
      return Fail("sigma-value", fmt::format("'{}' has lists within lists", name), item.place);
    const auto choice =
        item.is_null() ? CompileKeyword(item, context) : CompileSearch(item, name, context);
    if (!choice) return choice;
    choices.push_back(*choice);
  }
  return context.expressions.Or(std::move(choices));
}

Result<NodeId> ReadCondition(const Node& node, const std::vector<Identifier>& identifiers,
                             Expressions& expressions) {
  const auto compile = [&](const Node& text) -> Result<NodeId> {
    if (!text.is_scalar())
      return Fail("sigma-condition-syntax",
                  fmt::format("a condition must be a text, not {}", text.KindName()), text.place);
    const Place place = text.quoted ? Within(text.place, 1) : text.place;
    return CompileCondition(text.scalar, place, identifiers, expressions);
  };
  if (!node.is_list()) return compile(node);
  std::vector<NodeId> choices;
  for (const Node& item : node.items) {
    const auto choice = compile(item);
    if (!choice) return choice;
    choices.push_back(*choice);
  }
  if (choices.empty())
    return Fail("sigma-condition-missing", "the list of conditions is empty", node.place);
  return expressions.Or(std::move(choices));
}

}  // namespace

Result<DocumentKind> KindOf(const Node& root) {
  if (!root.is_map()) {
    return Fail("sigma-document", fmt::format("a rule must be a map, not {}", root.KindName()),
                root.place);
  }
  if (const Node* action = root.Find("action")) {
    return Fail("sigma-action",
                "rule collections with 'action' are not supported; write each document in full",
                action->place);
  }
  if (root.Find("correlation") != nullptr) return DocumentKind::kCorrelation;
  if (root.Find("filter") != nullptr) return DocumentKind::kFilter;
  return DocumentKind::kRule;
}

Result<Metadata> ReadMetadata(const Node& root, Diagnostics& warnings) {
  Metadata meta;
  meta.place = root.place;
  const Node* title = root.Find("title");
  if (title == nullptr || !(title->is_scalar() || title->is_null()))
    return Fail("sigma-title", "the rule has no 'title'", title ? title->place : root.place);
  if (Scalar::Of(*title).kind != Scalar::Kind::kText || Trim(title->scalar).empty()) {
    return Fail("sigma-title",
                fmt::format("'title' must be a text, not {}",
                            title->scalar.empty() ? "empty" : Scalar::Of(*title).KindName()),
                title->place);
  }
  meta.title = title->scalar;
  for (const auto& [key, to] :
       {std::pair<const char*, std::string*>{"id", &meta.id}, {"name", &meta.name}}) {
    const Node* node = root.Find(key);
    if (node == nullptr || node->is_null()) continue;
    if (!node->is_scalar())
      return Fail("sigma-metadata", fmt::format("'{}' must be a text", key), node->place);
    *to = node->scalar;
  }
  meta.description = TextOf(root, "description");
  meta.license = TextOf(root, "license");
  meta.status = TextOf(root, "status");
  meta.date = TextOf(root, "date");
  meta.modified = TextOf(root, "modified");
  meta.tags = TextsOf(root, "tags");
  meta.references = TextsOf(root, "references");
  meta.falsepositives = TextsOf(root, "falsepositives");
  meta.fields = TextsOf(root, "fields");
  meta.author = fmt::format("{}", fmt::join(TextsOf(root, "author"), ", "));

  const std::string level = TextOf(root, "level");
  for (Level known :
       {Level::kInformational, Level::kLow, Level::kMedium, Level::kHigh, Level::kCritical}) {
    if (LevelName(known) == level) meta.level = known;
  }
  if (!level.empty() && meta.level == Level::kNone) {
    warnings.Warning(root.Find("level")->place, "sigma-level",
                     fmt::format("there is no level '{}'", level),
                     "one of: informational, low, medium, high, critical");
  }
  const std::string taxonomy = TextOf(root, "taxonomy");
  if (meta.status == "deprecated" || meta.status == "unsupported") {
    meta.inactive_reason = fmt::format("its status is '{}'", meta.status);
  } else if (!taxonomy.empty() && taxonomy != "sigma") {
    meta.inactive_reason = fmt::format("its taxonomy is '{}'", taxonomy);
  }
  return meta;
}

Result<LogSource> ReadLogSource(const Node& root) {
  const Node* node = root.Find("logsource");
  if (node == nullptr || !node->is_map())
    return Fail("sigma-logsource", "the rule has no 'logsource'", node ? node->place : root.place);
  LogSource source;
  for (const auto& [key, to] : {std::pair<const char*, std::string*>{"category", &source.category},
                                {"product", &source.product},
                                {"service", &source.service}}) {
    const Node* part = node->Find(key);
    if (part == nullptr || part->is_null()) continue;
    if (!part->is_scalar())
      return Fail("sigma-logsource",
                  fmt::format("'{}' must be a text, not {}", key, part->KindName()), part->place);
    *to = part->scalar;
  }
  if (source == LogSource()) {
    return Fail("sigma-logsource",
                "the log source names none of 'category', 'product' and 'service'", node->place);
  }
  return source;
}

Result<Detection> ReadDetection(const Node& node, std::string_view what,
                                const std::vector<std::string_view>& skip,
                                const ItemContext& context, Diagnostics& warnings) {
  if (!node.is_map())
    return Fail("sigma-detection", fmt::format("'{}' must be a map, not {}", what, node.KindName()),
                node.place);
  Detection detection;
  const Node* condition = nullptr;
  for (size_t i = 0; i < node.pairs.size(); ++i) {
    const auto& [key, value] = node.pairs[i];
    if (key == "condition") {
      condition = &value;
    } else if (key == "timeframe") {
      warnings.Warning(node.key_places[i], "sigma-timeframe",
                       "'timeframe' is of old times and means nothing here",
                       "write a correlation rule with 'timespan'");
    } else if (std::find(skip.begin(), skip.end(), key) == skip.end()) {
      const auto search = CompileSearch(value, key, context);
      if (!search) return Fail(search.error());
      detection.identifiers.push_back({key, *search});
    }
  }
  if (condition == nullptr || condition->is_null())
    return Fail("sigma-condition-missing", fmt::format("'{}' has no 'condition'", what),
                node.place);
  if (detection.identifiers.empty())
    return Fail("sigma-detection", fmt::format("'{}' has no search identifier", what), node.place);
  const auto root = ReadCondition(*condition, detection.identifiers, context.expressions);
  if (!root) return Fail(root.error());
  detection.condition = *root;
  return detection;
}

Result<std::vector<std::string>> ReadTexts(const Node& node, std::string_view what) {
  std::vector<std::string> texts;
  if (node.is_scalar()) return std::vector<std::string>{node.scalar};
  if (!node.is_list())
    return Fail("sigma-shape",
                fmt::format("'{}' must be a list of texts, not {}", what, node.KindName()),
                node.place);
  for (const Node& item : node.items) {
    if (!item.is_scalar())
      return Fail("sigma-shape", fmt::format("'{}' must be a list of texts", what), item.place);
    texts.push_back(item.scalar);
  }
  return texts;
}

}  // namespace vedette::sigma
