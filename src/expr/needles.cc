#include "expr/needles.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <deque>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace vedette {
namespace {

constexpr size_t kFew = 8;

// Whether the needle, which is not empty, stands in the text. Compares the first and the last byte
// at sixteen places at once; content's needles are short, and most texts do not have them.
bool Holds(std::string_view text, std::string_view needle) {
  if (needle.size() > text.size()) return false;
  const size_t places = text.size() - needle.size() + 1;
  const auto is_at = [&](size_t at) {
    return std::memcmp(text.data() + at, needle.data(), needle.size()) == 0;
  };
  size_t at = 0;
#ifdef __SSE2__
  const __m128i first = _mm_set1_epi8(needle.front());
  const __m128i last = _mm_set1_epi8(needle.back());
  const auto load = [&](size_t from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from));
  };
  for (; at + 16 <= places; at += 16) {
    const __m128i both = _mm_and_si128(_mm_cmpeq_epi8(load(at), first),
                                       _mm_cmpeq_epi8(load(at + needle.size() - 1), last));
    for (auto hits = static_cast<unsigned>(_mm_movemask_epi8(both)); hits != 0; hits &= hits - 1) {
      if (is_at(at + static_cast<size_t>(std::countr_zero(hits)))) return true;
    }
  }
#endif
  for (; at < places; ++at) {
    if (text[at] == needle.front() && is_at(at)) return true;
  }
  return false;
}

}  // namespace

NeedleSet::NeedleSet(std::vector<std::string> needles) : needles_(std::move(needles)) {
  for (const std::string& needle : needles_) matches_all_ |= needle.empty();
  if (!matches_all_ && needles_.size() > kFew) BuildAutomaton();
}

void NeedleSet::BuildAutomaton() {
  // Bytes that occur in no literal share class 0.
  class_count_ = 1;
  for (const std::string& needle : needles_) {
    for (char c : needle) {
      uint8_t& cls = classes_[static_cast<uint8_t>(c)];
      if (cls == 0 && class_count_ < 256) cls = static_cast<uint8_t>(class_count_++);
    }
  }
  constexpr uint32_t kNone = UINT32_MAX;
  const auto add_state = [&] {
    next_.resize(next_.size() + class_count_, kNone);
    accepts_.push_back(0);
    return static_cast<uint32_t>(accepts_.size() - 1);
  };
  add_state();
  for (const std::string& needle : needles_) {
    uint32_t state = 0;
    for (char c : needle) {
      const size_t slot = state * class_count_ + classes_[static_cast<uint8_t>(c)];
      if (next_[slot] == kNone) {
        const uint32_t added = add_state();
        next_[slot] = added;
      }
      state = next_[slot];
    }
    accepts_[state] = 1;
  }
  // Breadth first: what a state has no edge for is where its longest suffix goes.
  std::vector<uint32_t> suffix(accepts_.size(), 0);
  std::deque<uint32_t> queue = {0};
  while (!queue.empty()) {
    const uint32_t state = queue.front();
    queue.pop_front();
    for (uint32_t cls = 0; cls < class_count_; ++cls) {
      uint32_t& to = next_[state * class_count_ + cls];
      const uint32_t fallback = state == 0 ? 0 : next_[suffix[state] * class_count_ + cls];
      if (to == kNone) {
        to = fallback;
      } else {
        suffix[to] = fallback;
        accepts_[to] |= accepts_[fallback];
        queue.push_back(to);
      }
    }
  }
}

bool NeedleSet::FoundIn(std::string_view text) const {
  if (matches_all_) return true;
  if (next_.empty()) {
    return std::any_of(needles_.begin(), needles_.end(),
                       [&](const std::string& needle) { return Holds(text, needle); });
  }
  uint32_t state = 0;
  for (char c : text) {
    state = next_[state * class_count_ + classes_[static_cast<uint8_t>(c)]];
    if (accepts_[state]) return true;
  }
  return false;
}

}  // namespace vedette
