// A CountHistogram knows how many values of one scope were seen how often, so that the threshold
// under which a value counts as abnormal is found in the number of distinct counts (at most about
// sqrt(2N)) instead of the number of values.
//
//   counts.Move(0, 1);                      // a new value
//   counts.Move(4, 5);                      // a value seen 4 times was seen again
//   uint64_t t = counts.Threshold(100000);  // q = 0.1, in millionths
//
// The threshold T: sort the values by count, smallest first, and add up; T is the first count at
// which the sum exceeds q times the total. A value seen 0 < n < T times is abnormal: together these
// make up at most the share q of the past. Values seen 60, 25, 8, 4 and 3 times, q = 0.1: 3, 7, 15
// > 10, so T = 8. One thread. 24 bytes plus 8 per distinct count. Cost: a binary search and a short
// move.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace vedette {

class CountHistogram {
 public:
  // A value that had been seen `from` times has now been seen `to` times; 0 means "not there".
  void Move(uint32_t from, uint32_t to) {
    if (from > 0) {
      const auto at = Lower(from);
      if (--at->values == 0) counts_.erase(at);
    }
    if (to > 0) {
      const auto at = Lower(to);
      if (at != counts_.end() && at->count == to) {
        ++at->values;
      } else {
        counts_.insert(at, {to, 1});
      }
    }
  }

  // `q_ppm` is q in millionths. 0 when nothing was seen.
  uint64_t Threshold(uint64_t q_ppm) const {
    uint64_t total = 0;
    for (const Bin& bin : counts_) total += uint64_t{bin.count} * bin.values;
    unsigned __int128 limit = static_cast<unsigned __int128>(q_ppm) * total;
    uint64_t sum = 0;
    for (const Bin& bin : counts_) {
      // The sum grows within a run of equal counts; whether it passes the limit there or at the
      // end, T is this count.
      sum += uint64_t{bin.count} * bin.values;
      if (static_cast<unsigned __int128>(sum) * 1'000'000 > limit) return bin.count;
    }
    return 0;
  }

  size_t bytes() const { return counts_.capacity() * sizeof(Bin); }
  void Clear() { counts_.clear(); }

 private:
  struct Bin {
    uint32_t count;
    uint32_t values;
  };
  std::vector<Bin>::iterator Lower(uint32_t count) {
    return std::lower_bound(counts_.begin(), counts_.end(), count,
                            [](const Bin& bin, uint32_t wanted) { return bin.count < wanted; });
  }

  std::vector<Bin> counts_;  // ascending by count
};

}  // namespace vedette
