// A MarkMemo remembers what the literals of a field's text say about the rules: programs, accounts
// and command lines come again and again.
//
//   const MarkMemo::Marks& marks = memo.Get(text, [&](MarkMemo::Marks& fresh) { … });
//
// What is found out must depend on the text alone: only speed depends on what is remembered. Fixed
// size: texts that fall on one slot push each other out. The answer holds until the next Get. One
// thread. Memory: kSlots texts with their marks; allocates until the slots have grown to what they
// hold. Cost of a known text: one hash, one compare.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/hash.h"

namespace vedette::sigma {

class MarkMemo {
 public:
  struct Marks {
    std::vector<uint32_t> nodes;  // 2 * node + whether it holds for certain
    std::vector<uint32_t> rules;  // that become candidates
  };

  template <typename FindOut>
  const Marks& Get(std::string_view text, FindOut find_out) {
    if (slots_.empty()) slots_.resize(kSlots);
    Slot& slot = slots_[HashBytes64(text, 0) % kSlots];
    if (slot.known && slot.text == text) return slot.marks;
    slot.text = text;
    slot.known = true;
    slot.marks.nodes.clear();
    slot.marks.rules.clear();
    find_out(slot.marks);
    return slot.marks;
  }

 private:
  static constexpr size_t kSlots = 1024;

  struct Slot {
    bool known = false;
    std::string text;
    Marks marks;
  };

  std::vector<Slot> slots_;
};

}  // namespace vedette::sigma
