#include "simulate/organisation.h"

#include <unordered_map>

#include <fmt/format.h>

#include "core/check.h"
#include "core/hash.h"
#include "core/text.h"
#include "simulate/names.h"
#include "simulate/random.h"

namespace vedette::simulate {
namespace {

constexpr uint64_t kPersonStream = 0x70657273;
constexpr uint64_t kMachineStream = 0x6d616368;

struct DepartmentRow {
  std::string_view name;
  int share;  // percent of the people
  std::string_view titles[4];
};
constexpr DepartmentRow kDepartmentRows[kDepartments] = {
    {"Sales", 18, {"Account Manager", "Sales Engineer", "Sales Assistant", "Key Account Manager"}},
    {"Engineering",
     20,
     {"Software Engineer", "Design Engineer", "Test Engineer", "Senior Engineer"}},
    {"Finance", 9, {"Accountant", "Controller", "Treasury Analyst", "Payroll Clerk"}},
    {"Research", 10, {"Scientist", "Laboratory Technician", "Data Scientist", "Senior Scientist"}},
    {"Operations", 15, {"Planner", "Buyer", "Shift Lead", "Quality Inspector"}},
    {"Marketing", 7, {"Designer", "Content Editor", "Event Manager", "Product Marketer"}},
    {"Support", 9, {"Support Agent", "Service Engineer", "Field Technician", "Support Lead"}},
    {"IT",
     6,
     {"System Administrator", "Network Engineer", "Help Desk Agent", "Database Administrator"}},
    {"Human Resources", 4, {"Recruiter", "HR Partner", "HR Assistant", "Trainer"}},
    {"Legal", 2, {"Counsel", "Paralegal", "Compliance Officer", "Contract Manager"}},
};

constexpr std::string_view kMailboxes[] = {"gmail.com", "gmx.de",     "outlook.com", "web.de",
                                           "yahoo.com", "icloud.com", "proton.me",   "hotmail.com"};

constexpr std::string_view kRoles[] = {"files",  "build", "mail",  "database",
                                       "backup", "web",   "portal"};

Department DrawDepartment(Random& random) {
  int64_t left = static_cast<int64_t>(random.Below(100));
  for (int i = 0; i < kDepartments; ++i) {
    left -= kDepartmentRows[i].share;
    if (left < 0) return static_cast<Department>(i);
  }
  return Department::kSales;
}

uint16_t DrawLocation(Random& random) {
  int64_t left = static_cast<int64_t>(random.Below(100));
  uint16_t at = 0;
  for (const Location& location : Organisation::Locations()) {
    left -= location.share;
    if (left < 0) return at;
    ++at;
  }
  return 0;
}

uint32_t Ip(int a, int b, int c, int d) {
  return static_cast<uint32_t>(a) << 24 | static_cast<uint32_t>(b) << 16 |
         static_cast<uint32_t>(c) << 8 | static_cast<uint32_t>(d);
}

// Builds an organisation step by step.
class Maker {
 public:
  Maker(Organisation& made, const OrganisationOptions& options) : made_(made), options_(options) {
    made_.users = options.users;
    made_.seed = options.seed;
    made_.shared_machines.resize(Organisation::Locations().size());
  }

  void Make() {
    const int leavers = options_.users / 60 + 1;
    for (int i = 0; i < options_.users + leavers; ++i) AddPerson(i);
    AddServiceAccount();
    for (uint16_t at = 0; at < Organisation::Locations().size(); ++at) {
      for (std::string_view role : kRoles) AddServer(at, role);
      const int shared = 1 + options_.users / 80;
      for (int i = 0; i < shared; ++i) {
        made_.shared_machines[at].push_back(AddMachine(at, MachineKind::kShared));
      }
      made_.loaners.push_back(AddMachine(at, MachineKind::kLoaner));
    }
    SetManagers();
  }

 private:
  void AddPerson(int number) {
    Random random = Random::Of(options_.seed, kPersonStream, static_cast<uint64_t>(number));
    Person person;
    const std::string_view first = random.Pick(FirstNames());
    const std::string_view last = random.Pick(LastNames());
    person.active = number < options_.users;
    person.department = DrawDepartment(random);
    person.location = DrawLocation(random);
    person.title = random.Pick(kDepartmentRows[static_cast<int>(person.department)].titles);
    person.name = fmt::format("{} {}", first, last);
    person.user = Unique(fmt::format("{}{}", ToLower(first.substr(0, 1)), ToLower(last)));
    person.email = Unique(fmt::format("{}.{}", ToLower(first), ToLower(last))) + "@" +
                   std::string(kCompanyDomain);
    if (random.Chance(600)) {
      person.personal_email = fmt::format("{}.{}{}@{}", ToLower(first), ToLower(last),
                                          random.Between(70, 99), random.PickHabitual(kMailboxes));
    }
    person.sid =
        fmt::format("S-1-5-21-{}-{}-{}-{}", 1085031214u, 1563985344u, 725345543u, 1104 + number);
    person.object_id = GuidText(random.Next());
    person.executive = person.active && number % 40 == 7;
    if (person.executive) person.title = "Director";
    if (person.active) {
      person.machine = AddMachine(person.location, MachineKind::kLaptop);
      made_.machines[person.machine].owner = static_cast<uint32_t>(number);
      made_.members[static_cast<size_t>(person.department)].push_back(
          static_cast<uint32_t>(number));
    }
    made_.people.push_back(std::move(person));
  }

  void AddServiceAccount() {
    Person account;
    account.user = "svc-web";
    account.name = "Web servers";
    account.email = "svc-web@" + std::string(kCompanyDomain);
    account.sid = "S-1-5-21-1085031214-1563985344-725345543-1099";
    account.object_id = GuidText(options_.seed);
    account.title = "Service Account";
    account.department = Department::kIt;
    made_.service_account = static_cast<uint32_t>(made_.people.size());
    made_.people.push_back(std::move(account));
  }

  void AddServer(uint16_t location, std::string_view role) {
    const MachineKind kind = role == "web" || role == "portal" ? MachineKind::kDmzServer
                             : role == "database"              ? MachineKind::kDatabaseServer
                                                               : MachineKind::kServer;
    const uint32_t index = AddMachine(location, kind);
    made_.machines[index].role = role;
    made_.machines[index].noisy = role == "backup";
    made_.servers.push_back(index);
  }

  // Each kind of machine has its own network, see context_files.cc.
  static uint32_t AddressFor(MachineKind kind, int network, int number) {
    const int last = 1 + number % 250;
    switch (kind) {
      case MachineKind::kServer:
        return Ip(10, network, 1, last);
      case MachineKind::kDatabaseServer:
        return Ip(10, network, 2, last);
      case MachineKind::kShared:
        return Ip(10, network, 8, last);
      case MachineKind::kDmzServer:
        return Ip(172, 20, network, last);
      case MachineKind::kLoaner:
        return Ip(10, network, 12, last);
      case MachineKind::kLaptop:
        break;
    }
    return Ip(10, network, 16 + number / 250, last);
  }

  uint32_t AddMachine(uint16_t at, MachineKind kind) {
    const Location& location = Organisation::Locations()[at];
    const uint32_t index = static_cast<uint32_t>(made_.machines.size());
    Random random = Random::Of(options_.seed, kMachineStream, index);
    Machine machine;
    const int number = ++numbers_[static_cast<int>(kind)][at];
    machine.name =
        fmt::format("{}-{}-{:04}", location.code, "LPSWDX"[static_cast<int>(kind)], number);
    machine.host = ToLower(machine.name) + "." + std::string(kCompanyDomain);
    machine.device_id = HexText(random.Next(), 40);
    machine.device_uid = GuidText(random.Next());
    machine.location = at;
    machine.kind = kind;
    machine.ip = AddressFor(kind, location.network, number);
    made_.machines.push_back(std::move(machine));
    return index;
  }

  // Each department's lowest number that is no director leads it and answers to the first director.
  void SetManagers() {
    uint32_t head = UINT32_MAX;
    for (int i = 0; i < made_.users && head == UINT32_MAX; ++i) {
      if (made_.people[i].executive) head = static_cast<uint32_t>(i);
    }
    for (const std::vector<uint32_t>& members : made_.members) {
      if (members.empty()) continue;
      for (uint32_t member : members) {
        made_.people[member].manager =
            member == members[0] ? (head == member ? UINT32_MAX : head) : members[0];
      }
    }
  }

  std::string Unique(std::string name) {
    const int seen = taken_[name]++;
    return seen == 0 ? name : fmt::format("{}{}", name, seen + 1);
  }

  Organisation& made_;
  const OrganisationOptions& options_;
  std::unordered_map<std::string, int> taken_;
  std::array<std::array<int, 8>, 6> numbers_{};
};

}  // namespace

std::string_view NameOf(Department department) {
  return kDepartmentRows[static_cast<int>(department)].name;
}

std::span<const Location> Organisation::Locations() {
  static const Location kLocations[] = {
      {"HAM", "Hamburg", "Europe/Berlin", Region::kGermany, 40, 10, false,
       Zone::Find("Europe/Berlin")},
      {"RTM", "Rotterdam", "Europe/Amsterdam", Region::kNetherlands, 20, 20, false,
       Zone::Find("Europe/Amsterdam")},
      {"LDS", "Leeds", "Europe/London", Region::kBritain, 20, 30, true,
       Zone::Find("Europe/London")},
      {"BOS", "Boston", "America/New_York", Region::kUnitedStates, 20, 40, false,
       Zone::Find("America/New_York")},
  };
  return kLocations;
}

Organisation Organisation::Make(const OrganisationOptions& options) {
  Organisation made;
  Maker(made, options).Make();
  return made;
}

const Machine& Organisation::Server(uint16_t location, std::string_view role) const {
  for (uint32_t index : servers) {
    if (machines[index].location == location && machines[index].role == role)
      return machines[index];
  }
  CHECK(false);
  return machines[0];
}

void AppendIp(std::string& out, uint32_t ip) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += fmt::format_int((ip >> shift) & 255).c_str();
    if (shift > 0) out += '.';
  }
}

std::string IpText(uint32_t ip) {
  std::string text;
  AppendIp(text, ip);
  return text;
}

std::string HexText(uint64_t seed, int digits) {
  std::string text;
  text.reserve(static_cast<size_t>(digits));
  uint64_t bits = 0;
  for (int i = 0; i < digits; ++i) {
    if (i % 16 == 0) bits = seed = Random::Mix(seed);
    text += "0123456789abcdef"[bits & 15];
    bits >>= 4;
  }
  return text;
}

std::string GuidText(uint64_t seed) {
  std::string text = HexText(seed, 32);
  for (size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}

}  // namespace vedette::simulate
