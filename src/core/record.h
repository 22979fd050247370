// How values are laid out in the bytes of a stored record.
//
//   std::string bytes;
//   RecordWriter(bytes).U32(7).Text("ada").Hash(id);
//   RecordReader reader(bytes);
//   const uint32_t n = reader.U32();
//   const std::string_view name = reader.Text();   // into `bytes`
//   if (!reader.done()) …                          // too short, too long, or not what it should be
//
// Numbers are little-endian and of fixed width, or varying (LEB128; signed ones zigzag). A reader
// never reads beyond its bytes: from the first thing that is missing on it answers zeros and empty
// texts, and done() is false.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/hash.h"
#include "core/time.h"

namespace vedette {

class RecordWriter {
 public:
  explicit RecordWriter(std::string& out) : out_(out) {}

  RecordWriter& U8(uint8_t v) {
    out_.push_back(static_cast<char>(v));
    return *this;
  }
  RecordWriter& U32(uint32_t v) { return Fixed(v); }
  RecordWriter& U64(uint64_t v) { return Fixed(v); }
  RecordWriter& I64(int64_t v) { return Fixed(v); }
  RecordWriter& Time(Timestamp t) { return Fixed(t.ns); }
  RecordWriter& Hash(const Hash128& h) { return Fixed(h.high).Fixed(h.low); }
  RecordWriter& I128(__int128 v) { return Fixed(v); }
  RecordWriter& Var(uint64_t v) {
    for (; v >= 0x80; v >>= 7) out_.push_back(static_cast<char>(v | 0x80));
    out_.push_back(static_cast<char>(v));
    return *this;
  }
  RecordWriter& Signed(int64_t v) {
    return Var((static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63));
  }
  RecordWriter& Text(std::string_view text) {
    Var(text.size());
    out_.append(text);
    return *this;
  }

 private:
  template <typename T>
  RecordWriter& Fixed(T v) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &v, sizeof(T));
    out_.append(bytes, sizeof(T));
    return *this;
  }

  std::string& out_;
};

class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : bytes_(bytes) {}

  uint8_t U8() { return Fixed<uint8_t>(); }
  uint32_t U32() { return Fixed<uint32_t>(); }
  uint64_t U64() { return Fixed<uint64_t>(); }
  int64_t I64() { return Fixed<int64_t>(); }
  // Times and days of what was judged lie between 1970 and 2260, so that their distances fit; or
  // they are INT64_MIN, for none. Anything else was damaged.
  Timestamp Time() { return {Checked(I64(), INT64_MAX)}; }
  int64_t Day() { return Checked(I64(), kLastDay); }
  int64_t SignedDay() { return Checked(Signed(), kLastDay); }
  int64_t SignedHour() { return Checked(Signed(), 24 * kLastDay); }
  __int128 I128() { return Fixed<__int128>(); }
  Hash128 Hash() {
    const uint64_t high = U64();
    return {high, U64()};
  }
  uint64_t Var() {
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = U8();
      v |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return v;
    }
    Break();
    return 0;
  }
  int64_t Signed() {
    const uint64_t v = Var();
    return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1);
  }
  std::string_view Text() {
    const uint64_t size = Var();
    if (size > bytes_.size()) {
      Break();
      return {};
    }
    const std::string_view text = bytes_.substr(0, static_cast<size_t>(size));
    bytes_.remove_prefix(text.size());
    return text;
  }
  // A number of things that follow, each of at least one byte.
  size_t Count() {
    const uint64_t count = Var();
    if (count <= bytes_.size()) return static_cast<size_t>(count);
    Break();
    return 0;
  }

  // What was not read yet.
  std::string_view rest() const { return bytes_; }
  // Nothing was missing so far.
  bool good() const { return good_; }
  // Nothing was missing, and nothing is left.
  bool done() const { return good_ && bytes_.empty(); }

 private:
  static constexpr int64_t kLastDay = 106'000;

  int64_t Checked(int64_t v, int64_t most) {
    if ((v >= 0 && v <= most) || v == INT64_MIN) return v;
    Break();
    return 0;
  }
  void Break() {
    good_ = false;
    bytes_ = {};
  }
  template <typename T>
  T Fixed() {
    T v{};
    if (bytes_.size() < sizeof(T)) {
      Break();
      return v;
    }
    std::memcpy(&v, bytes_.data(), sizeof(T));
    bytes_.remove_prefix(sizeof(T));
    return v;
  }

  std::string_view bytes_;
  bool good_ = true;
};

// Keys sort as bytes, so numbers in keys are big-endian.
inline void AppendKeyNumber(std::string& key, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
}
inline void AppendKeyHash(std::string& key, const Hash128& hash) {
  for (uint64_t half : {hash.high, hash.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(half >> shift));
  }
}
// Of exactly 4 and 16 bytes; anything else is zero.
inline uint32_t KeyNumber(std::string_view key) {
  uint32_t number = 0;
  if (key.size() != 4) return 0;
  for (char c : key) number = number << 8 | static_cast<uint8_t>(c);
  return number;
}
inline Hash128 KeyHash(std::string_view key) {
  if (key.size() != 16) return {};
  Hash128 hash;
  for (size_t i = 0; i < 8; ++i) hash.high = hash.high << 8 | static_cast<uint8_t>(key[i]);
  for (size_t i = 8; i < 16; ++i) hash.low = hash.low << 8 | static_cast<uint8_t>(key[i]);
  return hash;
}

}  // namespace vedette
