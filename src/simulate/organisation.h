// An Organisation is who works where, on which machine: the fixed stage on which days and stories
// play.
//
//   Organisation organisation = Organisation::Make({.users = 200, .seed = 7});
//   const Person& person = organisation.people[3];
//   const Machine& machine = organisation.machines[person.machine];
//
// Made from the seed alone. The first `users` people work; a few more have left and keep an account
// in the directory. Never changes afterwards, so that threads may share it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/zone.h"
#include "simulate/calendar.h"

namespace vedette::simulate {

inline constexpr std::string_view kCompanyDomain = "halden.example";
inline constexpr std::string_view kWindowsDomain = "HALDEN";
inline constexpr std::string_view kTenantId = "6f1d7c1e-52f4-4b8a-9c57-2a90e8d4b316";

struct Location {
  std::string_view code;  // three letters, as in host names
  std::string_view city;
  std::string_view zone_name;
  Region region;
  int share;      // of the people, in percent
  int network;    // second octet of its addresses: 10.<network>.0.0/16
  bool symantec;  // endpoints run Symantec EDR instead of OfficeScan
  const Zone* zone;
};

enum class Department : uint8_t {
  kSales,
  kEngineering,
  kFinance,
  kResearch,
  kOperations,
  kMarketing,
  kSupport,
  kIt,
  kPersonnel,
  kLegal
};
inline constexpr int kDepartments = 10;
std::string_view NameOf(Department department);

// A loaner is a laptop that lies in a drawer: in no zone of its own, used by nobody on ordinary
// days.
enum class MachineKind : uint8_t {
  kLaptop,
  kShared,
  kServer,
  kDmzServer,
  kDatabaseServer,
  kLoaner
};

struct Machine {
  std::string name;        // HAM-L-0042
  std::string host;        // ham-l-0042.halden.example
  std::string device_id;   // 40 hex digits
  std::string device_uid;  // as Symantec's agent calls itself
  uint32_t ip = 0;
  uint32_t owner = UINT32_MAX;
  uint16_t location = 0;
  MachineKind kind{};
  std::string_view role;  // of a server: files, build, web, mail, database, backup
  bool noisy = false;     // scans or polls others all day
};

struct Person {
  std::string user;  // account name
  std::string name;  // as shown
  std::string email;
  std::string personal_email;  // may be empty
  std::string sid;
  std::string object_id;
  std::string_view title;
  uint32_t manager = UINT32_MAX;
  uint32_t machine = 0;
  uint16_t location = 0;
  Department department{};
  bool executive = false;
  bool active = true;
};

struct OrganisationOptions {
  int users = 200;
  uint64_t seed = 1;
};

class Organisation {
 public:
  static Organisation Make(const OrganisationOptions& options);

  static std::span<const Location> Locations();

  const Location& LocationOf(const Person& person) const { return Locations()[person.location]; }
  const Location& LocationOf(const Machine& machine) const { return Locations()[machine.location]; }

  // People who work, by department, in order of their number.
  std::span<const uint32_t> Members(Department department) const {
    return members[static_cast<size_t>(department)];
  }
  // Servers of a role at a location; never empty for files, build, mail, web, database, backup.
  const Machine& Server(uint16_t location, std::string_view role) const;

  int users = 0;                 // people[0] to people[users - 1] work here
  uint32_t service_account = 0;  // of people: what the web servers run as
  uint64_t seed = 0;
  std::vector<Person> people;
  std::vector<Machine> machines;
  std::array<std::vector<uint32_t>, kDepartments> members;
  std::vector<uint32_t> servers;                       // indices into machines
  std::vector<std::vector<uint32_t>> shared_machines;  // by location
  std::vector<uint32_t> loaners;                       // by location
};

// 198.18.4.7, from the number.
void AppendIp(std::string& out, uint32_t ip);
std::string IpText(uint32_t ip);

// `digits` lower-case hex digits that depend on `seed` only.
std::string HexText(uint64_t seed, int digits);
// 8-4-4-4-12 hex digits that depend on `seed` only.
std::string GuidText(uint64_t seed);

}  // namespace vedette::simulate
