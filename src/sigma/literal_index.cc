#include "sigma/literal_index.h"

#include <algorithm>
#include <bit>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/check.h"

namespace vedette::sigma {

void LiteralIndex::Add(Kind kind, std::string_view literal, uint32_t id) {
  CHECK(kind == Kind::kWhole || !literal.empty());
  CHECK(kind != Kind::kInside || literal.size() >= kLeastInside);
  literals_.push_back(
      {static_cast<uint32_t>(texts_.size()), static_cast<uint32_t>(literal.size()), id});
  kinds_.push_back(kind);
  least_ = std::min(least_, literal.size());
  texts_ += literal;
}

void LiteralIndex::Grams::Reserve(size_t count) {
  if (count == 0) return;
  const size_t size = std::clamp(std::bit_ceil(32 * count), size_t{1} << 10, size_t{1} << 19);
  bits.assign(size / 32, 0);
  shift = 32 - std::countr_zero(size);
}

template <size_t kSize>
void LiteralIndex::FileInside(Grams& grams, size_t least, size_t most) {
  std::vector<uint32_t> inside;
  // How many literals have a gram; a gram that many have is likely frequent in texts, too.
  boost::unordered_flat_map<uint32_t, uint32_t> popularity;
  for (uint32_t i = 0; i < literals_.size(); ++i) {
    const std::string_view text = TextOf(literals_[i]);
    if (kinds_[i] != Kind::kInside || text.size() < least || text.size() > most) continue;
    inside.push_back(i);
    for (size_t at = 0; at + kSize <= text.size(); ++at) ++popularity[Gram<kSize>(&text[at])];
  }
  grams.Reserve(inside.size());
  for (const uint32_t i : inside) {
    Literal& literal = literals_[i];
    const std::string_view text = TextOf(literal);
    literal.last = Gram<kSize>(&text[text.size() - kSize]);
    uint32_t fewest = UINT32_MAX;
    for (size_t at = 0; at + kSize <= text.size(); ++at) {
      const uint32_t count = popularity[Gram<kSize>(&text[at])];
      if (count >= fewest) continue;
      fewest = count;
      literal.gram_at = static_cast<uint32_t>(at);
    }
    const uint32_t gram = Gram<kSize>(&text[literal.gram_at]);
    grams.literals.Add(gram, i);
    grams.bits[grams.BitOf(gram) / 32] |= uint32_t{1} << (grams.BitOf(gram) % 32);
  }
  grams.literals.Build();
}

void LiteralIndex::Build() {
  for (uint32_t i = 0; i < literals_.size(); ++i) {
    const std::string_view text = TextOf(literals_[i]);
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
      case Kind::kInside:
        if (text.size() == 1) bytes_.emplace_back(text[0], literals_[i].id);
        break;
    }
  }
  for (WordTable* table : {&whole_, &prefixes_, &suffixes_}) table->Build();
  FileInside<kGram>(long_, kGram, SIZE_MAX);
  FileInside<3>(of_three_, 3, 3);
  FileInside<2>(of_two_, 2, 2);
}

}  // namespace vedette::sigma
