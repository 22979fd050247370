// A WordTable maps 64-bit keys to short lists of numbers: built once, asked often.
//
//   WordTable table;
//   table.Add(key, 7);  …  table.Build();
//   for (uint32_t item : table.Find(key)) …
//
// Open addressing at a load of at most one half; a miss costs one cache line. Immutable and
// thread-safe after Build.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace vedette::sigma {

class WordTable {
 public:
  void Add(uint64_t key, uint32_t item) { pairs_.emplace_back(key, item); }

  void Build() {
    std::sort(pairs_.begin(), pairs_.end());
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    if (pairs_.empty()) return;
    const size_t size = std::bit_ceil(2 * pairs_.size());
    shift_ = 64 - std::countr_zero(size);
    slots_.resize(size);
    for (size_t i = 0; i < pairs_.size();) {
      size_t end = i;
      while (end < pairs_.size() && pairs_[end].first == pairs_[i].first)
        items_.push_back(pairs_[end++].second);
      size_t at = SlotOf(pairs_[i].first);
      while (slots_[at].count != 0) at = (at + 1) & (size - 1);
      slots_[at] = {pairs_[i].first, static_cast<uint32_t>(items_.size() - (end - i)),
                    static_cast<uint32_t>(end - i)};
      i = end;
    }
    pairs_ = {};
  }

  bool empty() const { return slots_.empty(); }

  std::span<const uint32_t> Find(uint64_t key) const {
    if (slots_.empty()) return {};
    for (size_t at = SlotOf(key);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.count == 0) return {};
      if (slot.key == key) return {items_.data() + slot.first, slot.count};
    }
  }

 private:
  struct Slot {
    uint64_t key = 0;
    uint32_t first = 0;
    uint32_t count = 0;
  };

  // Fibonacci hashing.
  size_t SlotOf(uint64_t key) const {
    key ^= key >> 32;
    return shift_ == 64 ? 0 : static_cast<size_t>(key * 0x9E3779B97F4A7C15ULL >> shift_);
  }

  std::vector<std::pair<uint64_t, uint32_t>> pairs_;  // until Build
  std::vector<Slot> slots_;
  std::vector<uint32_t> items_;
  int shift_ = 64;
};

}  // namespace vedette::sigma
