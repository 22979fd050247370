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

void LiteralIndex::Grams::Reserve(size_t count) {
  if (count == 0) return;
  const size_t size = std::clamp(std::bit_ceil(32 * count), size_t{1} << 10, size_t{1} << 19);
  bits.assign(size / 64, 0);
  shift = 32 - std::countr_zero(size);
}

void LiteralIndex::Grams::Add(uint32_t gram, uint32_t literal) {
  literals.Add(gram, literal);
  bits[BitOf(gram) / 64] |= uint64_t{1} << (BitOf(gram) % 64);
}

void LiteralIndex::Build() {
  // How many literals have a gram; a gram that many have is likely frequent in texts, too.
  std::unordered_map<uint32_t, uint32_t> popularity;
  size_t long_count = 0;
  size_t three_count = 0;
  size_t two_count = 0;
  for (size_t i = 0; i < literals_.size(); ++i) {
    if (kinds_[i] != Kind::kInside) continue;
    const std::string_view text = TextOf(literals_[i]);
    ++(text.size() == 2 ? two_count : text.size() == 3 ? three_count : long_count);
    for (size_t at = 0; at + kGram <= text.size(); ++at) ++popularity[Gram<kGram>(&text[at])];
  }
  long_.Reserve(long_count);
  three_.Reserve(three_count);
  two_.Reserve(two_count);

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
        if (text.size() == 2) {
          two_.Add(Gram<2>(text.data()), i);
          break;
        }
        if (text.size() == 3) {
          three_.Add(Gram<3>(text.data()), i);
          break;
        }
        uint32_t least = UINT32_MAX;
        for (size_t at = 0; at + kGram <= text.size(); ++at) {
          const uint32_t count = popularity[Gram<kGram>(&text[at])];
          if (count >= least) continue;
          least = count;
          literal.gram_at = static_cast<uint32_t>(at);
        }
        long_.Add(Gram<kGram>(&text[literal.gram_at]), i);
        break;
      }
    }
  }
  for (WordTable* table :
       {&whole_, &prefixes_, &suffixes_, &long_.literals, &three_.literals, &two_.literals})
    table->Build();
}

}  // namespace vedette::sigma
