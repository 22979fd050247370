// A Pattern is a Sigma string as its rules write it, with wildcards: a sequence of literal pieces,
// "any text" (*), "any one character" (?) and "any dash" (from windash).
//
//   Pattern p = Pattern::Parse(R"(C:\data\\*)");    // C:\data\ and then anything
//   p.AnyBefore();                                  // the modifier `endswith`
//   p.Fold();
//   p.Matches(FoldCase(path));
//
// Matching is anchored at both ends. A character is a code point; a byte that is no UTF-8 counts as
// one. Plain data. Matching allocates nothing and is linear for practical purposes: one place to go
// back to, never recursion.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vedette::sigma {

class Pattern {
 public:
  enum class Kind : uint8_t { kLiteral, kAny, kOne, kDash };
  struct Piece {
    Kind kind = Kind::kLiteral;
    std::string text;  // of a literal, never empty

    friend bool operator==(const Piece&, const Piece&) = default;
  };

  // Undoes Sigma's escapes: \* \? \\ are literal, any other backslash stays.
  static Pattern Parse(std::string_view written);
  static Pattern Literal(std::string_view text);
  static Pattern Of(const Piece& piece);

  // Adds "any text" at an end, unless it is there.
  void AnyBefore();
  void AnyAfter();
  // Turns every - and / at the start of a word into "any dash".
  void Windash();
  // Folds the literals: matches are then without case, of folded texts.
  void Fold();
  void Append(const Pattern& other);

  bool has_wildcards() const;  // * or ?
  // The literal text; requires that there are neither wildcards nor dashes.
  std::string text() const;

  bool Matches(std::string_view text) const;

  const std::vector<Piece>& pieces() const { return pieces_; }
  // In Sigma's own writing; a dash place is shown as "-". Parses back to an equal pattern but for
  // dashes.
  std::string ToText() const;

  friend bool operator==(const Pattern&, const Pattern&) = default;

 private:
  void AddLiteral(std::string_view text);
  void AddPiece(Kind kind);

  std::vector<Piece> pieces_;
};

}  // namespace vedette::sigma
