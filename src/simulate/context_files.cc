#include "simulate/context_files.h"

#include <string>

#include <fmt/format.h>

#include "simulate/addresses.h"
#include "simulate/text_file.h"

namespace vedette::simulate {
namespace {

std::string_view ZoneOf(const Machine& machine) {
  switch (machine.kind) {
    case MachineKind::kServer:
      return "servers";
    case MachineKind::kDatabaseServer:
      return "databases";
    case MachineKind::kDmzServer:
      return "dmz";
    case MachineKind::kShared:
    case MachineKind::kLoaner:
      return "";
    case MachineKind::kLaptop:
      break;
  }
  return "clients";
}

std::string Users(const Organisation& organisation) {
  std::string text =
      "user,email,department,title,manager,location,timezone,executive,personal_email,active,name,"
      "sid\n";
  for (const Person& person : organisation.people) {
    const Location& location = organisation.LocationOf(person);
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", person.user, person.email,
                        NameOf(person.department), person.title,
                        person.manager == UINT32_MAX
                            ? ""
                            : std::string_view(organisation.people[person.manager].user),
                        location.city, location.zone_name, person.executive, person.personal_email,
                        person.active, person.name, person.sid);
  }
  return text;
}

// Loaners and shared machines have no zone of their own: they lie where their address does.
std::string Assets(const Organisation& organisation) {
  std::string text = "host,ip,zone,owner,type\n";
  for (const Machine& machine : organisation.machines) {
    const std::string_view type = !machine.role.empty()                  ? machine.role
                                  : machine.kind == MachineKind::kShared ? "shared workstation"
                                                                         : "laptop";
    const std::string_view kind = ZoneOf(machine);
    const std::string zone =
        kind.empty() ? "" : fmt::format("{}-{}", organisation.LocationOf(machine).code, kind);
    const std::string_view owner = machine.owner == UINT32_MAX
                                       ? ""
                                       : std::string_view(organisation.people[machine.owner].user);
    text += fmt::format("{},{},{},{},{}\n", machine.name, IpText(machine.ip), zone, owner, type);
  }
  return text;
}

std::string Zones() {
  std::string text = "zone,cidr\n";
  for (const Location& location : Organisation::Locations()) {
    text += fmt::format(
        "{0}-servers,10.{1}.1.0/24\n{0}-databases,10.{1}.2.0/24\n{0}-shared,10.{1}.8.0/24\n"
        "{0}-guests,10.{1}.12.0/24\n{0}-clients,10.{1}.16.0/20\n{0}-dmz,172.20.{1}.0/24\n",
        location.code, location.network);
  }
  return text;
}

}  // namespace

Result<void> WriteContextFiles(const Organisation& organisation,
                               const std::filesystem::path& folder, FileSystem& disk) {
  const std::pair<std::string_view, std::string> files[] = {
      {"users.csv", Users(organisation)},
      {"assets.csv", Assets(organisation)},
      {"zones.csv", Zones()},
      {"company_domains.txt", std::string(kCompanyDomain) + "\n"},
      {"countries.mmdb", CountryDatabase()},
  };
  for (const auto& [name, text] : files) {
    if (Result<void> written = WriteTextFile(disk, folder / name, text); !written) return written;
  }
  return {};
}

}  // namespace vedette::simulate
