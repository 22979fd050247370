// A Story is something bad, or something good that only looks bad, that a few people do over a few
// days. It is data: a table of steps; the Cast says who plays it, and PlayStories turns it into
// records that are mixed into the finished background.
//
// To add a story: write its table in a story_<name>.cc, and name it in story_list.cc. Texts of a
// step may hold marks, which story_texts.h lists: {user}, {work}, {stick}, {personal} …
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "simulate/record.h"

namespace vedette::simulate {

struct Step {
  int day = 0;          // working days after the story's first
  int for_days = 1;     // again on each of so many working days
  std::string_view at;  // "22:14" on the person's wall clock
  // One letter per product: A Defender ATP, M 365 Defender, D DTEX, S Symantec, O OfficeScan.
  std::string_view seen_by;
  What what{};
  // Who acts: empty the one who plays, "second" another who fits the cast and works at the same
  // place, "boss" a director, "service" the account of the web servers, "system" the system.
  std::string_view by;
  // Where: empty the actor's own machine; a server's role; "shared"; "stick_owner" the machine of
  // somebody with a stick; "quiet", "quiet2" machines that never saw one; "loaner".
  std::string_view on;
  std::string_view local_ip;  // the machine's address, when it is not at its usual place
  std::string_view program;
  std::string_view parent;
  std::string_view command;
  std::string_view parent_command;
  std::string_view name;  // {n} stands for the round, see `times`
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
  // Ids of rules that are to fire, separated by blanks: on this step's records, or one of them when
  // the step has several.
  std::string_view expect;
};

// What a story asks of a habit.
enum class Must : uint8_t { kNot, kHave, kEither };

// What kind of person a story needs.
struct Cast {
  std::string_view departments;    // letters, see LetterOf; empty: any but administrators
  std::string_view location;       // code of the place; empty: any
  Must office_scan = Must::kHave;  // on the machine; else Symantec EDR
  Must stick = Must::kNot;         // owns one
  Must shares_files = Must::kNot;  // uses public file sharing
  Must meets_dlp = Must::kNot;     // trips over the data loss policy now and then
  Must autostart = Must::kEither;  // has programs that set a Run key
  bool has_left = false;           // an account that is no longer active
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
    int most = 0;
    for (const Step& step : steps) {
      most = step.day + step.for_days > most ? step.day + step.for_days : most;
    }
    return most;
  }
};

// All stories, in the order in which they are labelled.
std::span<const Story> Stories();

}  // namespace vedette::simulate
