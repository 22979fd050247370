// Turns one item of a detection, `field|modifier|modifier: values`, into a node of the expressions.
//
//   std::optional<NodeId> node = CompileItem({key, place, values}, context);
//
// What is wrong becomes one fault with its place, and no node. Source: Sigma specification,
// appendix on modifiers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "content/node.h"
#include "core/result.h"
#include "sigma/collection.h"
#include "sigma/expressions.h"

namespace vedette::sigma {

struct ItemContext {
  Expressions& expressions;
  FieldNames& fields;
  const LoadOptions& options;
};

// `key` is "CommandLine|contains|all", or "" and its modifiers for keywords; `value` a scalar, a
// list of scalars, or nothing.
Result<NodeId> CompileItem(std::string_view key, const Place& key_place, const Node& value,
                           const ItemContext& context);

// A keyword that stands alone.
Result<NodeId> CompileKeyword(const Node& value, const ItemContext& context);

}  // namespace vedette::sigma
