// A NeedleSet answers whether a text contains any of many literals, in one pass whose cost does not
// grow with their number.
//
//   NeedleSet needles({"rclone", "megacmd", "restic"});
//   needles.FoundIn(command_line);
//
// Immutable, thread-safe, no allocation per question. A few literals are searched one by one; more
// go through an automaton over byte classes. Memory: states times classes times 4 bytes. Source:
// Aho and Corasick 1975.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vedette {

class NeedleSet {
 public:
  explicit NeedleSet(std::vector<std::string> needles);

  bool FoundIn(std::string_view text) const;
  const std::vector<std::string>& needles() const { return needles_; }

 private:
  void BuildAutomaton();

  std::vector<std::string> needles_;
  bool matches_all_ = false;  // an empty literal
  std::array<uint8_t, 256> classes_{};
  uint32_t class_count_ = 0;
  std::vector<uint32_t> next_;  // by state and class; empty for few literals
  std::vector<char> accepts_;
};

}  // namespace vedette
