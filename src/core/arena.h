// An Arena hands out memory that lives until the arena is reset or destroyed: one allocation
// lifetime per batch.
//
//   std::string_view kept = arena.Copy(text);
//   Value* slots = arena.Array<Value>(12);
//
// Nothing is freed singly and no destructor runs, so only trivially destructible types go in. Reset
// keeps the blocks: a batch that is reused allocates nothing in steady state. One thread at a time.
// Cost: a few instructions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace vedette {

class Arena {
 public:
  explicit Arena(size_t block_bytes = 256 * 1024) : block_bytes_(block_bytes) {}
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  // `align` is a power of two, at most 16.
  void* Allocate(size_t bytes, size_t align = 8) {
    uintptr_t at = (cursor_ + align - 1) & ~(align - 1);
    if (at + bytes > end_) {
      Grow(bytes + align);
      at = (cursor_ + align - 1) & ~(align - 1);
    }
    cursor_ = at + bytes;
    return reinterpret_cast<void*>(at);
  }

  // `count` default-initialised values.
  template <typename T>
  T* Array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(Allocate(count * sizeof(T), alignof(T)));
  }

  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(Allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  // Forgets everything that was handed out; keeps the blocks.
  void Reset() {
    next_block_ = 0;
    cursor_ = end_ = 0;
  }

  // Whether the arena handed out that memory since the last reset. Cost: a comparison per block in
  // use.
  bool Contains(const void* at) const {
    const auto address = reinterpret_cast<uintptr_t>(at);
    for (size_t i = next_block_; i-- > 0;) {
      const auto begin = reinterpret_cast<uintptr_t>(blocks_[i].data.get());
      if (address >= begin && address < begin + blocks_[i].bytes) return true;
    }
    return false;
  }

  size_t bytes_reserved() const {
    size_t sum = 0;
    for (const Block& block : blocks_) sum += block.bytes;
    return sum;
  }

 private:
  struct Block {
    std::unique_ptr<char[]> data;
    size_t bytes;
  };

  void Grow(size_t bytes) {
    while (next_block_ < blocks_.size() && blocks_[next_block_].bytes < bytes) ++next_block_;
    if (next_block_ == blocks_.size()) {
      const size_t size = bytes > block_bytes_ ? bytes : block_bytes_;
      blocks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
    }
    const Block& block = blocks_[next_block_++];
    cursor_ = reinterpret_cast<uintptr_t>(block.data.get());
    end_ = cursor_ + block.bytes;
  }

  size_t block_bytes_;
  std::vector<Block> blocks_;
  size_t next_block_ = 0;
  uintptr_t cursor_ = 0;
  uintptr_t end_ = 0;
};

}  // namespace vedette
