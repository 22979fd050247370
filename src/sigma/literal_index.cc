#include "sigma/literal_index.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "core/check.h"

namespace vedette::sigma {

void LiteralIndex::Add(Kind kind, std::string_view literal, uint32_t id) {
  CHECK(kind == Kind::kWhole || !literal.empty());
  CHECK(kind != Kind::kInside || literal.size() >= kLeastInside);
  literals_.push_back(
      {static_cast<uint32_t>(texts_.size()), static_cast<uint32_t>(literal.size()), id, 0});
  kinds_.push_back(kind);
  texts_ += literal;
}

void LiteralIndex::Build() {
  // How many literals have a gram; a gram that many have is likely frequent in texts, too.
  std::unordered_map<uint32_t, uint32_t> popularity;
  size_t inside = 0;
  for (size_t i = 0; i < literals_.size(); ++i) {
    if (kinds_[i] != Kind::kInside) continue;
    ++inside;
    const std::string_view text = TextOf(literals_[i]);
    for (size_t at = 0; at + kGram <= text.size(); ++at) ++popularity[Gram(text.data() + at)];
  }
  const size_t bits = std::clamp(std::bit_ceil(32 * inside), size_t{1} << 10, size_t{1} << 19);
  bits_.assign(inside == 0 ? 0 : bits / 64, 0);
  bit_shift_ = 32 - std::countr_zero(bits);

  for (uint32_t i = 0; i < literals_.size(); ++i) {
    Literal& literal = literals_[i];
    const std::string_view text = TextOf(literal);
    const size_t word = std::min(text.size(), kWord);
    switch (kinds_[i]) {
      case Kind::kWhole:
        whole_.Add(HashBytes64(text, 0), i);
        break;
      case Kind::kPrefix:
        prefix_lengths_ |= 1U << word;
        prefixes_.Add(Word(text.data(), word), i);
        break;
      case Kind::kSuffix:
        suffix_lengths_ |= 1U << word;
        suffixes_.Add(Word(text.data() + text.size() - word, word), i);
        break;
      case Kind::kInside: {
        uint32_t least = UINT32_MAX;
        for (size_t at = 0; at + kGram <= text.size(); ++at) {
          const uint32_t count = popularity[Gram(text.data() + at)];
          if (count >= least) continue;
          least = count;
          literal.gram_at = static_cast<uint32_t>(at);
        }
        const uint32_t gram = Gram(text.data() + literal.gram_at);
        grams_.Add(gram, i);
        bits_[BitOf(gram) / 64] |= uint64_t{1} << (BitOf(gram) % 64);
        break;
      }
    }
  }
  for (WordTable* table : {&whole_, &prefixes_, &suffixes_, &grams_}) table->Build();
}

}  // namespace vedette::sigma
