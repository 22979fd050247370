#include "simulate/addresses.h"

#include <array>
#include <iterator>
#include <vector>

#include "core/hash.h"
#include "core/text.h"

namespace vedette::simulate {
namespace {

constexpr uint32_t kFirst = 198u << 24 | 18u << 16;
constexpr uint32_t kBlockBits = 11;  // addresses per country

struct Country {
  std::string_view code;
  std::string_view tld;
};
// Those that `com`, `org` and the like fall into come first.
constexpr Country kCountries[] = {
    {"US", "us"}, {"IE", "ie"}, {"NL", "nl"}, {"DE", "de"}, {"GB", "uk"}, {"FR", "fr"},
    {"BE", "be"}, {"AT", "at"}, {"CH", "ch"}, {"DK", "dk"}, {"PL", "pl"}, {"IT", "it"},
    {"SE", "se"}, {"ES", "es"}, {"CZ", "cz"}, {"NO", "no"}, {"FI", "fi"}, {"RU", "ru"},
    {"BR", "br"}, {"CN", "cn"}, {"IN", "in"}, {"VN", "vn"}, {"UA", "ua"}, {"ZA", "za"},
};

size_t CountryOfHost(std::string_view host, uint64_t hash) {
  const std::string_view tld = host.substr(host.rfind('.') + 1);
  for (size_t i = 0; i < std::size(kCountries); ++i) {
    if (kCountries[i].tld == tld) return i;
  }
  constexpr size_t kElsewhere[] = {0, 0, 0, 0, 0, 1, 1, 2, 3, 4};
  return kElsewhere[hash % std::size(kElsewhere)];
}

// Values of the database format: a control byte with type and size, then the bytes.
void PutControl(std::string& out, int type, size_t size) {
  if (type <= 7) {
    out += static_cast<char>(type << 5 | static_cast<int>(size));
  } else {  // extended types: the first byte has type 0, the second the type minus 7
    out += static_cast<char>(size);
    out += static_cast<char>(type - 7);
  }
}
void PutText(std::string& out, std::string_view text) {
  PutControl(out, 2, text.size());
  out += text;
}
void PutMap(std::string& out, size_t pairs) { PutControl(out, 7, pairs); }
void PutNumber(std::string& out, int type, uint64_t value) {
  std::string bytes;
  for (; value > 0; value >>= 8) bytes.insert(bytes.begin(), static_cast<char>(value & 255));
  PutControl(out, type, bytes.size());
  out += bytes;
}
constexpr int kUint16 = 5, kUint32 = 6, kUint64 = 9, kArray = 11;

void PutBigEndian(std::string& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 255);
}

// A binary tree over the bits of addresses. A child is 0 (nothing), a node, or a country marked by
// kLeaf.
class Tree {
 public:
  static constexpr uint32_t kLeaf = 1u << 31;

  Tree() : nodes_(1) {}

  void Add(uint32_t network, int bits, uint32_t country) {
    uint32_t node = 0;
    for (int bit = 0; bit < bits; ++bit) {
      const uint32_t side = network >> (31 - bit) & 1;
      if (bit == bits - 1) {
        nodes_[node][side] = kLeaf | country;
        return;
      }
      if (nodes_[node][side] == 0) {
        nodes_[node][side] = static_cast<uint32_t>(nodes_.size());
        nodes_.push_back({});
      }
      node = nodes_[node][side];
    }
  }
  const std::vector<std::array<uint32_t, 2>>& nodes() const { return nodes_; }

 private:
  std::vector<std::array<uint32_t, 2>> nodes_;
};

}  // namespace

uint32_t AddressOf(std::string_view host) {
  const uint64_t hash = HashBytes64(ToLower(host), 0x686f7374);
  const uint32_t block = static_cast<uint32_t>(CountryOfHost(host, hash >> 32));
  return kFirst + (block << kBlockBits) + 1 +
         static_cast<uint32_t>(hash % ((1u << kBlockBits) - 2));
}

std::string_view CountryOf(uint32_t ip) {
  const uint32_t block = (ip - kFirst) >> kBlockBits;
  return ip >= kFirst && block < std::size(kCountries) ? kCountries[block].code
                                                       : std::string_view();
}

std::string CountryDatabase() {
  Tree tree;
  std::string data;
  std::vector<uint32_t> offsets;
  for (uint32_t i = 0; i < std::size(kCountries); ++i) {
    tree.Add(kFirst + (i << kBlockBits), 32 - static_cast<int>(kBlockBits), i);
    offsets.push_back(static_cast<uint32_t>(data.size()));
    PutMap(data, 1);
    PutText(data, "country");
    PutMap(data, 1);
    PutText(data, "iso_code");
    PutText(data, kCountries[i].code);
  }
  const uint32_t count = static_cast<uint32_t>(tree.nodes().size());
  std::string out;
  for (const std::array<uint32_t, 2>& node : tree.nodes()) {
    for (uint32_t child : node) {
      PutBigEndian(out, child == 0            ? count
                        : child & Tree::kLeaf ? count + 16 + offsets[child & ~Tree::kLeaf]
                                              : child);
    }
  }
  out.append(16, '\0');
  out += data;
  out += "\xab\xcd\xefMaxMind.com";
  PutMap(out, 9);
  PutText(out, "binary_format_major_version");
  PutNumber(out, kUint16, 2);
  PutText(out, "binary_format_minor_version");
  PutNumber(out, kUint16, 0);
  PutText(out, "build_epoch");
  PutNumber(out, kUint64, 1'767'571'200);
  PutText(out, "database_type");
  PutText(out, "Simulated-Country");
  PutText(out, "description");
  PutMap(out, 0);
  PutText(out, "ip_version");
  PutNumber(out, kUint16, 4);
  PutText(out, "languages");
  PutControl(out, kArray, 0);
  PutText(out, "node_count");
  PutNumber(out, kUint32, count);
  PutText(out, "record_size");
  PutNumber(out, kUint16, 32);
  return out;
}

}  // namespace vedette::simulate
