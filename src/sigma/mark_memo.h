// A MarkMemo remembers what the literals of a field's text say about the rules: programs, accounts
// and command lines come again and again.
//
//   MarkMemo::Marks& marks = memo.Get(text, [&](MarkMemo::Marks& fresh) { … });
//
// Whoever finds out more about the text later may add it to the marks.
//
// What is found out must depend on the text alone: only speed depends on what is remembered. Texts
// that fall on one slot push each other out; where that happens often, there are twice as many
// slots from then on, up to kMostSlots. Of texts of more than kLongest bytes nothing is remembered.
// The answer holds until the next Get. One thread. Memory: a text with its marks per slot;
// allocates until the slots have grown to what they hold. Cost of a known text: one hash, one
// compare.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/hash.h"

namespace vedette::sigma {

class MarkMemo {
 public:
  static constexpr size_t kLongest = 1024;

  struct Marks {
    std::vector<uint32_t> hits;   // what was found in the text
    std::vector<uint32_t> rules;  // that become candidates
    // Bits of rules that do not match whatever else the event holds, added as they are found out;
    // empty: none.
    std::vector<uint64_t> excluded;

    void Clear() {
      hits.clear();
      rules.clear();
      excluded.clear();
    }
  };

  template <typename FindOut>
  Marks& Get(std::string_view text, FindOut find_out) {
    if (text.size() > kLongest) return Fill(unkept_, find_out);
    if (pushed_out_ >= slots_.size() && slots_.size() < kMostSlots) {
      slots_ = std::vector<Slot>(std::max(kLeastSlots, 2 * slots_.size()));
      pushed_out_ = 0;
    }
    Slot& slot = slots_[HashBytes64(text, 0) & (slots_.size() - 1)];
    if (slot.known && slot.text == text) return slot.marks;
    pushed_out_ += slot.known;
    slot.text = text;
    slot.known = true;
    return Fill(slot.marks, find_out);
  }

 private:
  static constexpr size_t kLeastSlots = 64;
  static constexpr size_t kMostSlots = 8192;

  template <typename FindOut>
  static Marks& Fill(Marks& marks, FindOut find_out) {
    marks.Clear();
    find_out(marks);
    return marks;
  }

  struct Slot {
    bool known = false;
    std::string text;
    Marks marks;
  };

  std::vector<Slot> slots_;  // as many as a power of two
  size_t pushed_out_ = 0;
  Marks unkept_;
};

}  // namespace vedette::sigma
