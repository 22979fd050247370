// The Schema is the vocabulary: every field and event type by name and small id, as
// `content/schema/` declares them.
//
//   const Schema::Field* user = schema.FindField("user");      // any case; nullptr when there is none
//   EventTypeId type = schema.FindEventType("usb-write")->id;
//
// Built once by the content loader, then read-only and shared by all threads. Look-ups by name are
// for load time; the hot path carries ids.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostics.h"
#include "event/value.h"

namespace vedette {

using FieldId = uint8_t;
using EventTypeId = uint16_t;
using ProductId = uint16_t;

inline constexpr size_t kMaxFields = 192;
inline constexpr FieldId kNoField = 255;
inline constexpr EventTypeId kNoEventType = 0xffff;
inline constexpr ProductId kNoProduct = 0xffff;

enum class FieldType : uint8_t { kString, kInteger, kDecimal, kBoolean, kIp, kTime, kList };

// Fields that the engine itself reads or writes; content has to declare each of them.
struct KnownFields {
  FieldId user, user_email, user_upn, user_sid, account, domain, dest_user;
  FieldId department, title, manager, location, peer_group, executive, personal_email, user_active;
  FieldId user_entity, dest_user_entity, asset_entity, src_device_entity, dest_device_entity;
  FieldId host, src_host, dest_host, src_ip, dest_ip, src_zone, dest_zone, src_country,
      dest_country;
  FieldId file_name, file_path, file_dir, file_ext, process_name, process_path, process_dir;
  FieldId url, web_domain, top_domain, uri_path, uri_query;
  FieldId sender, sender_domain, recipient, recipients, recipient_domain, num_recipients,
      external_address, external_domain;
  FieldId attachment, attachments, attachment_count;
};

class Schema {
 public:
  struct Field {
    std::string name;
    FieldType type = FieldType::kString;
    std::string unit;
    std::string about;
    std::string example;
    std::string ecs;
    std::string ocsf;
    FieldId id = kNoField;
    Place place;
  };
  struct EventType {
    std::string name;
    std::string about;
    std::string subject;
    std::string activity;
    std::string outcome;
    std::string activity_type;      // "<subject>-<activity>"
    std::vector<std::string> also;  // further activity types that mean this one
    std::string ecs_category, ecs_type, ocsf_class, ocsf_activity;
    EventTypeId id = kNoEventType;
    Place place;
  };
  struct Product {
    std::string vendor;
    std::string product;
  };

  // Each takes a declaration and gives it an id; a second one of the same name is a fault.
  void AddField(Field field, Diagnostics& faults);
  void AddEventType(EventType type, Diagnostics& faults);
  // Resolves KnownFields; every missing name is a fault. Call once, after the last AddField.
  void Finish(Diagnostics& faults);

  // The id of a vendor and product, adding it when new. Load time only.
  ProductId InternProduct(std::string_view vendor, std::string_view product);

  const Field* FindField(std::string_view name) const;
  const EventType* FindEventType(std::string_view name) const;
  const Field& field(FieldId id) const { return fields_[id]; }
  const EventType& event_type(EventTypeId id) const { return event_types_[id]; }
  const Product& product(ProductId id) const { return products_[id]; }
  size_t field_count() const { return fields_.size(); }
  size_t event_type_count() const { return event_types_.size(); }
  size_t product_count() const { return products_.size(); }
  const KnownFields& known() const { return known_; }

  std::vector<std::string_view> FieldNames() const;
  std::vector<std::string_view> EventTypeNames() const;

 private:
  std::vector<Field> fields_;
  std::vector<EventType> event_types_;
  std::vector<Product> products_;
  std::map<std::string, FieldId, std::less<>> field_ids_;  // lower case
  std::map<std::string, EventTypeId, std::less<>> event_type_ids_;
  KnownFields known_{};
};

// The word of a field type in YAML, and back.
std::string_view FieldTypeName(FieldType type);
bool ParseFieldType(std::string_view word, FieldType* type);

}  // namespace vedette
