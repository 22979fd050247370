// Diagnostics collect what is wrong with content or configuration, with the place, so that an
// author sees every mistake of every file in one run.
//
//   Diagnostics faults;
//   faults.Error(place, "rule-unknown-field", "there is no field 'usr'", "did you mean 'user'?");
//   std::fputs(faults.Render().c_str(), stderr);
//
// Not thread-safe; give each thread its own and Append them in a fixed order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vedette {

// A place in a file. Lines and columns count from 1; 0 means "the whole file".
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  // "file:line:column", shortened when parts are unknown.
  std::string ToString() const;
};

enum class Severity : uint8_t { kNote, kWarning, kError };

struct Diagnostic {
  Severity severity = Severity::kError;
  Place place;
  std::string code;     // stable, kebab-case: what users search for
  std::string message;  // one sentence, no full stop
  std::string hint;     // a likely fix; may be empty
};

class Diagnostics {
 public:
  void Error(const Place& place, std::string_view code, std::string message, std::string hint = {});
  void Warning(const Place& place, std::string_view code, std::string message,
               std::string hint = {});
  void Note(const Place& place, std::string_view code, std::string message, std::string hint = {});
  void Append(const Diagnostics& other);

  bool has_errors() const { return errors_ > 0; }
  size_t errors() const { return errors_; }
  size_t warnings() const { return warnings_; }
  const std::vector<Diagnostic>& all() const { return all_; }

  // Orders by file, line, column, code, so that output does not depend on the order of discovery.
  void Sort();

  // One line per diagnostic: "file:line:column: error: message [code]; hint".
  std::string Render() const;

 private:
  void Add(Severity severity, const Place& place, std::string_view code, std::string message,
           std::string hint);

  std::vector<Diagnostic> all_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
};

// The name nearest to `wanted`, or an empty view when none is near (more than a third of it would
// have to change). Cost: length times length per name; for error paths only.
std::string_view NearestName(std::string_view wanted, const std::vector<std::string_view>& names);

// "did you mean 'x'?", or empty.
std::string DidYouMean(std::string_view wanted, const std::vector<std::string_view>& names);

}  // namespace vedette
