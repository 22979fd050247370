#include "expr/selector.h"

#include <string>

#include "core/text.h"

namespace vedette {
namespace {

struct SelectorField {
  std::string_view type;
  bool dest;
  std::string_view field;
};
constexpr SelectorField kFields[] = {
    {"user", false, "user_entity"},
    {"user", true, "dest_user_entity"},
    {"device", false, "src_device_entity"},
    {"device", true, "dest_device_entity"},
    {"group", false, "peer_group"},
    {"group", true, "peer_group"},
    {"zone", false, "src_zone"},
    {"zone", true, "dest_zone"},
    {"emaildomain", false, "sender_domain"},
    {"emaildomain", true, "recipient_domain"},
    {"usbdevice", false, "usb_device"},
    {"usbdevice", true, "usb_device"},
    {"app", false, "app"},
    {"app", true, "app"},
};

}  // namespace

std::optional<EntitySelector> ParseSelector(std::string_view text, const Schema& schema) {
  std::string lower = ToLower(text);
  for (size_t at; (at = lower.find(" and ")) != std::string::npos;) lower.replace(at, 5, "&");
  std::string type;
  std::string direction = "source";
  std::string_view rest = lower;
  while (!rest.empty()) {
    const size_t end = rest.find('&');
    const std::string_view part = Trim(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (part.empty()) continue;  // the second & of &&
    const size_t colon = part.find(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view key = Trim(part.substr(0, colon));
    const std::string_view value = Trim(part.substr(colon + 1));
    if (key == "type") {
      type = std::string(value);
    } else if (key == "direction") {
      direction = std::string(value);
    } else {
      return {};
    }
  }
  const bool dest = direction == "dest" || direction == "destination";
  if (!dest && direction != "source") return {};
  for (const SelectorField& row : kFields) {
    if (row.type != type || row.dest != dest) continue;
    const Schema::Field* field = schema.FindField(row.field);
    if (field == nullptr) return {};
    return EntitySelector{type == "user", field->id};
  }
  return {};
}

}  // namespace vedette
