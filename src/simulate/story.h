// A Story is something bad, or something good that only looks bad, that a few people do over a few
// days. It is data: a table of steps; the Cast says who plays it, and PlayStories turns it into
// records that are mixed into the finished background.
//
// To add a story: write its table in a story_<name>.cc, and name it in story_list.cc. Texts of a
// step may hold
//   {user} {email} {personal} {name} {work}     of the person who plays; {work} is a folder of the
//   person's own {stick}          the serial number of a USB stick that nobody else has {own_stick}
//   one that the person has used all along {partner} {colleague} {colleague_name}      an address
//   the person often writes to; a person next door {boss}           the address of a director
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "simulate/record.h"

namespace vedette::simulate {

struct Step {
  int day = 0;               // working days after the story's first
  std::string_view at;       // "22:14" on the person's wall clock
  std::string_view seen_by;  // one letter per product: A Defender ATP, M 365 Defender, D DTEX, S
                             // Symantec, O OfficeScan
  What what{};
  std::string_view program;
  std::string_view parent;
  std::string_view command;
  std::string_view parent_command;
  std::string_view name;
  std::string_view folder;
  std::string_view old_name;
  std::string_view old_folder;
  std::string_view target;
  std::string_view peer;
  std::string_view text;
  std::string_view device;
  std::string_view ip;  // of the other side; empty: that of `target`
  uint16_t port = 0;
  int64_t bytes = 0;
  int count = 0;
  int times = 1;  // as often, some `every` seconds apart
  int every = 90;
  std::string_view
      on;  // a server's role; "shared": a shared machine; empty: the person's own machine
  bool system = false;      // the system's account acts
  std::string_view expect;  // ids of rules that are to fire on it, separated by blanks
};

// What kind of person a story needs.
struct Cast {
  std::string_view departments;  // letters, see LetterOf; empty: any
  bool owns_stick = false;       // else one who never used any
  bool shares_files = false;
  bool with_office_scan = true;  // else at a place with Symantec EDR
  bool has_left = false;         // an account that is no longer active
  bool sets_autostart = true;    // false: one whose programs never set a Run key
};

struct Story {
  std::string_view id;
  std::string_view title;
  std::string_view use_case;
  std::string_view about;
  bool malicious = true;
  Cast cast;
  int ends_before = 1;  // working days between its last step and the last day
  std::span<const Step> steps;

  int working_days() const {
    int last = 0;
    for (const Step& step : steps) last = step.day > last ? step.day : last;
    return last + 1;
  }
};

// All stories, in the order in which they are labelled.
std::span<const Story> Stories();

}  // namespace vedette::simulate
