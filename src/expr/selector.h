// Selectors name an entity of an event: 'type: User && direction: Source'.
#pragma once

#include <optional>
#include <string_view>

#include "event/schema.h"

namespace vedette {

struct EntitySelector {
  bool is_user = true;
  FieldId field = kNoField;  // holds the entity's id
};

// Parts are joined by "&&", "&" or "AND"; case and blanks do not matter. Types: User, Device,
// Group, Zone, EmailDomain, UsbDevice, App; directions: Source (default), Dest. Nothing when a part
// is unknown.
std::optional<EntitySelector> ParseSelector(std::string_view text, const Schema& schema);

}  // namespace vedette
