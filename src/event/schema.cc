#include "event/schema.h"

#include <iterator>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {
namespace {

constexpr std::string_view kTypeNames[] = {"string", "integer", "decimal", "boolean",
                                           "ip",     "time",    "list"};

struct KnownField {
  std::string_view name;
  FieldId KnownFields::*member;
};
#define KNOWN(name) \
  { #name, &KnownFields::name }
constexpr KnownField kKnownFields[] = {KNOWN(user),
                                       KNOWN(user_email),
                                       KNOWN(user_upn),
                                       KNOWN(user_sid),
                                       KNOWN(account),
                                       KNOWN(domain),
                                       KNOWN(dest_user),
                                       KNOWN(department),
                                       KNOWN(title),
                                       KNOWN(manager),
                                       KNOWN(location),
                                       KNOWN(peer_group),
                                       KNOWN(executive),
                                       KNOWN(personal_email),
                                       KNOWN(user_active),
                                       KNOWN(user_entity),
                                       KNOWN(dest_user_entity),
                                       KNOWN(asset_entity),
                                       KNOWN(src_device_entity),
                                       KNOWN(dest_device_entity),
                                       KNOWN(host),
                                       KNOWN(src_host),
                                       KNOWN(dest_host),
                                       KNOWN(src_ip),
                                       KNOWN(dest_ip),
                                       KNOWN(src_zone),
                                       KNOWN(dest_zone),
                                       KNOWN(src_country),
                                       KNOWN(dest_country),
                                       KNOWN(file_name),
                                       KNOWN(file_path),
                                       KNOWN(file_dir),
                                       KNOWN(file_ext),
                                       KNOWN(process_name),
                                       KNOWN(process_path),
                                       KNOWN(process_dir),
                                       KNOWN(url),
                                       KNOWN(web_domain),
                                       KNOWN(top_domain),
                                       KNOWN(uri_path),
                                       KNOWN(uri_query),
                                       KNOWN(sender),
                                       KNOWN(sender_domain),
                                       KNOWN(recipient),
                                       KNOWN(recipients),
                                       KNOWN(recipient_domain),
                                       KNOWN(num_recipients),
                                       KNOWN(external_address),
                                       KNOWN(external_domain),
                                       KNOWN(attachment),
                                       KNOWN(attachments),
                                       KNOWN(attachment_count)};
#undef KNOWN

}  // namespace

std::string_view FieldTypeName(FieldType type) { return kTypeNames[static_cast<size_t>(type)]; }

bool ParseFieldType(std::string_view word, FieldType* type) {
  for (size_t i = 0; i < std::size(kTypeNames); ++i) {
    if (kTypeNames[i] == word) {
      *type = static_cast<FieldType>(i);
      return true;
    }
  }
  return false;
}

void Schema::AddField(Field field, Diagnostics& faults) {
  if (fields_.size() == kMaxFields) {
    faults.Error(field.place, "schema-too-many-fields",
                 fmt::format("more than {} fields; '{}' has no room", kMaxFields, field.name));
    return;
  }
  field.id = static_cast<FieldId>(fields_.size());
  const auto [at, added] = field_ids_.emplace(ToLower(field.name), field.id);
  if (!added) {
    faults.Error(field.place, "schema-duplicate-field",
                 fmt::format("the field '{}' is already declared at {}", field.name,
                             fields_[at->second].place.ToString()));
    return;
  }
  fields_.push_back(std::move(field));
}

void Schema::AddEventType(EventType type, Diagnostics& faults) {
  type.id = static_cast<EventTypeId>(event_types_.size());
  const auto [at, added] = event_type_ids_.emplace(type.name, type.id);
  if (!added) {
    faults.Error(type.place, "schema-duplicate-event-type",
                 fmt::format("the event type '{}' is already declared at {}", type.name,
                             event_types_[at->second].place.ToString()));
    return;
  }
  type.activity_type = type.subject + "-" + type.activity;
  event_types_.push_back(std::move(type));
}

void Schema::Finish(Diagnostics& faults) {
  for (const KnownField& known : kKnownFields) {
    const Field* field = FindField(known.name);
    known_.*known.member = field == nullptr ? kNoField : field->id;
    if (field == nullptr) {
      faults.Error(
          {"schema/fields.yaml"}, "schema-missing-field",
          fmt::format("the engine needs the field '{}', which is not declared", known.name));
    }
  }
}

ProductId Schema::InternProduct(std::string_view vendor, std::string_view product) {
  for (size_t i = 0; i < products_.size(); ++i) {
    if (products_[i].vendor == vendor && products_[i].product == product)
      return static_cast<ProductId>(i);
  }
  products_.push_back({std::string(vendor), std::string(product)});
  return static_cast<ProductId>(products_.size() - 1);
}

const Schema::Field* Schema::FindField(std::string_view name) const {
  const auto found = field_ids_.find(ToLower(name));
  return found == field_ids_.end() ? nullptr : &fields_[found->second];
}

const Schema::EventType* Schema::FindEventType(std::string_view name) const {
  const auto found = event_type_ids_.find(name);
  return found == event_type_ids_.end() ? nullptr : &event_types_[found->second];
}

std::vector<std::string_view> Schema::FieldNames() const {
  std::vector<std::string_view> names;
  for (const Field& field : fields_) names.push_back(field.name);
  return names;
}

std::vector<std::string_view> Schema::EventTypeNames() const {
  std::vector<std::string_view> names;
  for (const EventType& type : event_types_) names.push_back(type.name);
  return names;
}

}  // namespace vedette
