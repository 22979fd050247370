#include "parse/json_floor.h"

#include <simdjson.h>

namespace vedette {
namespace {

namespace od = simdjson::ondemand;

uint64_t WalkValue(od::value value) {
  uint64_t count = 1;
  switch (value.type().value_unsafe()) {
    case od::json_type::object:
      for (auto field : value.get_object()) {
        std::string_view key;
        if (field.unescaped_key().get(key)) return count;
        od::value inner;
        if (field.value().get(inner)) return count;
        count += WalkValue(inner);
      }
      return count;
    case od::json_type::array:
      for (auto element : value.get_array()) {
        od::value inner;
        if (element.get(inner)) return count;
        count += WalkValue(inner);
      }
      return count;
    case od::json_type::string: {
      std::string_view text;
      if (!value.get_string().get(text)) count += text.size() == SIZE_MAX;
      return count;
    }
    case od::json_type::number: {
      od::number number;
      if (!value.get_number().get(number))
        count += number.is_double() && number.get_double() != number.get_double();
      return count;
    }
    default:
      return count;
  }
}

}  // namespace

struct JsonFloor::Impl {
  od::parser parser;
};

JsonFloor::JsonFloor() : impl_(std::make_unique<Impl>()) {}
JsonFloor::~JsonFloor() = default;

uint64_t JsonFloor::Walk(std::string_view text) {
  const simdjson::padded_string_view padded(text.data(), text.size(),
                                            text.size() + simdjson::SIMDJSON_PADDING);
  od::document document;
  od::object object;
  if (impl_->parser.iterate(padded).get(document) || document.get_object().get(object)) return 0;
  uint64_t count = 0;
  for (auto field : object) {
    std::string_view key;
    od::value value;
    if (field.unescaped_key().get(key) || field.value().get(value)) return count;
    count += WalkValue(value);
  }
  return count;
}

}  // namespace vedette
