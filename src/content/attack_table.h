// An AttackTable is MITRE ATT&CK as content/attack/ has it: techniques and tactics of the
// Enterprise matrix.
//
//   AttackTable attack = AttackTable::Load("content", faults);
//   attack.FullName("T1071.001");   // Application Layer Protocol: Web Protocols
//
// Read-only after loading. A missing file is a fault, and the table is empty.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostics.h"

namespace vedette {

struct Tactic {
  std::string id;          // TA0010
  std::string name;        // Exfiltration
  std::string short_name;  // exfiltration
};

struct Technique {
  std::string id;
  std::string name;                  // without its parent's
  std::vector<std::string> tactics;  // ids
  bool revoked = false;
  bool deprecated = false;
  std::string revoked_by;
};

class AttackTable {
 public:
  // The version of ATT&CK that content/attack/ holds.
  static constexpr std::string_view kVersion = "18";

  static AttackTable Load(const std::string& content_folder, Diagnostics& faults);

  const Technique* Find(std::string_view id) const;
  const Tactic* FindTactic(std::string_view id_or_short_name) const;
  // In the order of the matrix: from Reconnaissance to Impact.
  const std::vector<Tactic>& tactics() const { return tactics_; }
  std::vector<std::string_view> TechniqueIds() const;

  // "Parent: Sub-technique" of a technique, the name of a tactic; the id itself of anything
  // unknown.
  std::string FullName(std::string_view id) const;
  // Its page at attack.mitre.org.
  static std::string Link(std::string_view id);

 private:
  std::map<std::string, Technique, std::less<>> techniques_;
  std::vector<Tactic> tactics_;
};

}  // namespace vedette
