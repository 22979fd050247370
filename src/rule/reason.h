// A ReasonTemplate is the sentence that a detection carries, with places to fill in: "First mail to
// ${event.dest_country}".
//
//   ReasonTemplate reason = ReasonTemplate::Parse(text, schema, place, faults);
//   std::string sentence = reason.Render(facts);
//
// Places: ${event.<field>}, ${trigger.<word>}, ${entity.<user|device>.<source|dest>}, the printed
// variant c${…}, and {default|event.<field>}. What is missing reads "unknown", lists show five
// items and "+n". The sentence is cut to 256 characters after filling in, control characters become
// U+FFFD, and filled-in text is never expanded again. Immutable, thread-safe. Source: semantics
// section 9.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostics.h"
#include "event/event.h"

namespace vedette {

// What the ${trigger.…} places read; empty texts count as missing.
struct TriggerFacts {
  const Event* event = nullptr;
  std::string rule;
  std::string scope_value;
  std::string feature_value;
  std::string numeric_value;
  std::string value;
  std::string last_seen;
  std::string days_since;
  std::string count;
  std::string threshold;
  std::string boundary;
  std::string window;
};

// A sentence as it is shown: control characters replaced, cut to 256 characters.
std::string TidyReason(std::string_view text);

class ReasonTemplate {
 public:
  static ReasonTemplate Parse(std::string_view text, const Schema& schema, const Place& place,
                              Diagnostics& faults);

  std::string Render(const TriggerFacts& facts) const;
  const std::string& text() const { return text_; }

 private:
  using Member = std::string TriggerFacts::*;
  struct Part {
    std::string literal;  // the part itself, or what to say when the place is empty
    FieldId field = kNoField;
    Member member = nullptr;
    bool is_place = false;
  };

  static bool ParsePlace(std::string_view name, const Schema& schema, Part* part);

  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace vedette
