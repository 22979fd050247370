// A TextMemo remembers what was found out about texts that come again and again: accounts, hosts,
// addresses, domains.
//
//   const Host& host = memo.Get(text, [&] { return FindOut(text); });
//
// What is found out must depend on the text alone: only speed depends on what is remembered. Fixed
// size: texts that fall on one slot push each other out, and those of more than kLongest bytes are
// found out each time. The answer holds until the next Get. No allocation after construction. One
// thread. Memory: kSlots times 48 bytes and T. Cost of a known text: one short hash, one compare.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/hash.h"

namespace vedette {

template <typename T>
class TextMemo {
 public:
  static constexpr size_t kLongest = 47;
  static constexpr size_t kSlots = 4096;

  template <typename FindOut>
  const T& Get(std::string_view text, FindOut find_out) {
    const bool fits = !text.empty() && text.size() <= kLongest;
    Slot& slot = fits ? slots_[HashBytes64(text, 0) & (kSlots - 1)] : unkept_;
    if (fits && slot.size == text.size() && std::memcmp(slot.text, text.data(), text.size()) == 0)
      return slot.found;
    slot.found = find_out();
    slot.size = fits ? static_cast<uint8_t>(text.size()) : uint8_t{0};
    if (fits) std::memcpy(slot.text, text.data(), text.size());
    return slot.found;
  }

 private:
  struct Slot {
    uint8_t size = 0;
    char text[kLongest];
    T found{};
  };
  std::vector<Slot> slots_{kSlots};
  Slot unkept_;
};

}  // namespace vedette
