#include "sigma/encodings.h"

#include <cstdint>

#include "core/text.h"

namespace vedette::sigma {
namespace {

char32_t DecodeOne(std::string_view sequence) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(sequence[i]); };
  switch (sequence.size()) {
    case 1:
      return byte(0) < 0x80 ? byte(0) : U'\uFFFD';
    case 2:
      return static_cast<char32_t>((byte(0) & 0x1F) << 6 | (byte(1) & 0x3F));
    case 3:
      return static_cast<char32_t>((byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 |
                                   (byte(2) & 0x3F));
    default:
      return static_cast<char32_t>((byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 |
                                   (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F));
  }
}

}  // namespace

std::string EncodeUtf16(std::string_view text, Utf16 form) {
  std::string out;
  const auto unit = [&](uint32_t value) {
    const char low = static_cast<char>(value & 0xFF);
    const char high = static_cast<char>(value >> 8);
    out += form == Utf16::kBigEndian ? high : low;
    out += form == Utf16::kBigEndian ? low : high;
  };
  if (form == Utf16::kMarked) unit(0xFEFF);
  for (size_t i = 0; i < text.size();) {
    const size_t length = CharacterLength(text, i);
    const char32_t code = DecodeOne(text.substr(i, length));
    if (code < 0x10000) {
      unit(code);
    } else {
      unit(0xD800 + ((code - 0x10000) >> 10));
      unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    }
    i += length;
  }
  return out;
}

std::string EncodeBase64(std::string_view bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<uint8_t>(bytes[i + j]) : 0);
    for (size_t j = 0; j < 4; ++j)
      out += i + j > bytes.size() ? '=' : kAlphabet[group >> (18 - 6 * j) & 63];
  }
  return out;
}

std::array<std::string, 3> EncodeBase64Offsets(std::string_view bytes) {
  constexpr size_t kForeignHead[] = {0, 2, 3};  // characters that mix in bits before
  constexpr size_t kForeignTail[] = {0, 3, 2};  // … and after, padding included
  std::array<std::string, 3> forms;
  for (size_t offset = 0; offset < 3; ++offset) {
    const std::string whole = EncodeBase64(std::string(offset, '\0') + std::string(bytes));
    const size_t tail = kForeignTail[(bytes.size() + offset) % 3];
    const size_t head = kForeignHead[offset];
    if (whole.size() > head + tail) forms[offset] = whole.substr(head, whole.size() - head - tail);
  }
  return forms;
}

}  // namespace vedette::sigma
