#include "simulate/world.h"

#include <unordered_set>

#include <fmt/format.h>

#include "core/text.h"
#include "simulate/addresses.h"
#include "simulate/names.h"
#include "simulate/random.h"

namespace vedette::simulate {
namespace {

constexpr uint64_t kWorldStream = 0x776f726c;

// The intranet is visited like any site.
constexpr std::string_view kCommon[] = {
    "intranet.halden.example",   "www.google.com",       "outlook.office.com",
    "teams.microsoft.com",       "share.halden.example", "www.bing.com",
    "login.microsoftonline.com", "www.linkedin.com",     "www.wikipedia.org",
    "www.youtube.com",           "translate.google.com", "maps.google.com",
    "time.halden.example",       "www.deepl.com",        "zoom.us",
    "news.ycombinator.com",      "www.amazon.com",       "www.booking.com",
    "stackoverflow.com",         "www.reuters.com",
};
// In the order of locations.
constexpr std::string_view kLocal[][4] = {
    {"www.spiegel.de", "www.tagesschau.de", "www.bahn.de", "www.derstandard.at"},
    {"www.nu.nl", "www.ns.nl", "www.buienradar.nl", "www.vrt.be"},
    {"www.bbc.co.uk", "www.theguardian.com", "www.nationalrail.co.uk", "www.metoffice.gov.uk"},
    {"www.nytimes.com", "weather.com", "www.mbta.com", "www.espn.com"},
};
constexpr std::string_view kSharing[] = {"www.dropbox.com", "wetransfer.com", "drive.google.com",
                                         "www.mediafire.com"};
constexpr std::string_view kForDepartment[kDepartments][6] = {
    {"www.salesforce.com", "www.hubspot.com", "www.northdata.com", "www.xing.com", "calendly.com",
     "www.crunchbase.com"},
    {"github.com", "stackoverflow.com", "docs.python.org", "learn.microsoft.com", "www.npmjs.com",
     "cppreference.com"},
    {"www.ecb.europa.eu", "www.datev.de", "www.bloomberg.com", "www.xe.com", "www.elster.de",
     "www.concursolutions.com"},
    {"arxiv.org", "pubmed.ncbi.nlm.nih.gov", "www.nature.com", "www.sciencedirect.com",
     "www.kaggle.com", "scholar.google.com"},
    {"www.dhl.com", "www.maersk.com", "www.mcmaster.com", "www.portofrotterdam.com",
     "www.rs-online.com", "www.ups.com"},
    {"www.canva.com", "fonts.google.com", "unsplash.com", "www.facebook.com", "www.instagram.com",
     "www.adobe.com"},
    {"www.atlassian.com", "www.ifixit.com", "www.zendesk.com", "docs.halden.example",
     "www.teamviewer.com", "www.manualslib.com"},
    {"portal.azure.com", "www.cisco.com", "access.redhat.com", "www.vmware.com", "nvd.nist.gov",
     "www.wireshark.org"},
    {"www.stepstone.de", "www.indeed.com", "www.kununu.com", "www.personio.com", "www.workday.com",
     "www.udemy.com"},
    {"eur-lex.europa.eu", "www.juris.de", "www.gov.uk", "www.wipo.int", "www.epo.org",
     "www.law.cornell.edu"},
};
// Where partners are, most of them near.
constexpr std::string_view kTlds[] = {"de", "nl", "com", "co.uk", "de", "com", "fr",
                                      "be", "at", "ch",  "dk",    "pl", "it",  "se",
                                      "us", "es", "cz",  "no",    "ie", "fi"};
constexpr std::string_view kRestTlds[] = {"com",   "de", "nl", "org",  "net",
                                          "co.uk", "io", "fr", "info", "eu"};

std::string CompanyName(Random& random) {
  return fmt::format("{}{}{}", random.Pick(NameStarts()), random.Pick(NameEnds()),
                     random.Pick(Branches()));
}

Site MakeSite(std::string_view host) { return {std::string(host), AddressOf(host)}; }

}  // namespace

World World::Make(const Organisation& organisation) {
  World world;
  Random random = Random::Of(organisation.seed, kWorldStream);
  for (std::string_view host : kCommon) world.common.push_back(MakeSite(host));
  for (const auto& hosts : kLocal) {
    std::vector<Site>& sites = world.local.emplace_back();
    for (std::string_view host : hosts) sites.push_back(MakeSite(host));
  }
  for (int i = 0; i < 60; ++i) {
    world.customers.push_back(
        MakeSite(fmt::format("client{}.{}", i, i % 4 == 0 ? "access.co.uk" : "access.de")));
  }
  for (std::string_view host : kSharing) world.sharing.push_back(MakeSite(host));
  world.by_department.resize(kDepartments);
  for (int i = 0; i < kDepartments; ++i) {
    for (std::string_view host : kForDepartment[i])
      world.by_department[static_cast<size_t>(i)].push_back(MakeSite(host));
  }
  const int rest = 400 + organisation.users * 4;
  for (int i = 0; i < rest; ++i) {
    world.rest.push_back(
        MakeSite(fmt::format("www.{}{}.{}", CompanyName(random), i % 7 == 0 ? "-online" : "",
                             random.PickHabitual(kRestTlds))));
  }
  std::unordered_set<std::string> taken;
  const int partners = 30 + organisation.users / 3;
  while (static_cast<int>(world.partners.size()) < partners) {
    const std::string company = CompanyName(random);
    if (!taken.insert(company).second) continue;
    Partner partner;
    partner.domain = fmt::format("{}.{}", company, random.PickHabitual(kTlds));
    const int contacts = static_cast<int>(random.Between(1, 5));
    for (int i = 0; i < contacts; ++i) {
      partner.contacts.push_back(fmt::format("{}.{}@{}", ToLower(random.Pick(FirstNames())),
                                             ToLower(random.Pick(LastNames())), partner.domain));
    }
    world.partners.push_back(std::move(partner));
  }
  for (int i = 0; i < 40; ++i) {
    world.newsletters.push_back(fmt::format("news@{}.com", CompanyName(random)));
  }
  for (int i = 0; i < 25; ++i) {
    world.freelancers.push_back(fmt::format("{}.{}.studio@{}", ToLower(random.Pick(FirstNames())),
                                            ToLower(random.Pick(LastNames())),
                                            i % 3 == 0 ? "gmx.de" : "gmail.com"));
  }
  return world;
}

}  // namespace vedette::simulate
