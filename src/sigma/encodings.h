// Texts as attackers hide them: UTF-16, Base64, and Base64 at an unknown offset. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace vedette::sigma {

enum class Utf16 { kLittleEndian, kBigEndian, kMarked };  // kMarked: FF FE, then little-endian

// The bytes of a UTF-8 text in UTF-16. A byte that is no UTF-8 becomes U+FFFD.
std::string EncodeUtf16(std::string_view text, Utf16 form);

// Standard alphabet, padded.
std::string EncodeBase64(std::string_view bytes);

// The characters that every Base64 text shows which has `bytes` somewhere inside, when they begin
// at a multiple of three bytes, one after it, or two after it. Characters that also carry bits of
// neighbours are left out. For "foobar": Zm9vYmFy, Zvb2Jhc, mb29iYX.
std::array<std::string, 3> EncodeBase64Offsets(std::string_view bytes);

}  // namespace vedette::sigma
