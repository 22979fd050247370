// The floor that JSON parsing is measured against: a bare walk of simdjson's on-demand parser over
// every value of an object.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace vedette {

class JsonFloor {
 public:
  JsonFloor();
  ~JsonFloor();

  // Visits every key and scalar, at every depth. `text` must be followed by 64 readable bytes.
  // Returns how many values there were; 0 when the text is no object.
  uint64_t Walk(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vedette
