#include "simulate/activities.h"

#include <utility>

#include <fmt/format.h>

#include "simulate/addresses.h"
#include "simulate/names.h"

namespace vedette::simulate {

Record& Scene::Add(Timestamp time, Product product, What what) {
  Record& record = records.emplace_back();
  record.time = time;
  record.noise = random.Next();
  record.serial = next_serial++;
  record.person = person;
  record.machine = machine;
  record.what = what;
  record.product = product;
  return record;
}

Record& Scene::Echo(Product product, What what) {
  Record copy = records.back();
  copy.time.ns += random.Between(1, 4'000'000) * 100;
  copy.noise = random.Next();
  copy.serial = next_serial++;
  copy.product = product;
  copy.what = what;
  return records.emplace_back(copy);
}

namespace {

// A file of the person's: one of the folders and a name that recurs.
struct Document {
  std::string_view folder;
  std::string_view stem;
  std::string_view extension;
};

Document DrawDocument(Scene& scene) {
  Random& random = scene.random;
  Document document;
  document.folder = scene.habits->folders.Pick(random, scene.day);
  document.extension = random.PickHabitual(ExtensionsOf(scene.who().department));
  document.stem =
      scene.Keep(fmt::format("{} {} {:02}", random.PickHabitual(DocumentTopics()),
                             random.PickHabitual(DocumentKinds()), 1 + random.Habitual(60)));
  return document;
}

std::string_view FileName(Scene& scene, const Document& document) {
  return scene.Keep(fmt::format("{}.{}", document.stem, document.extension));
}

const Program& EditorOf(std::string_view extension, const Habits& habits) {
  if (extension == "docx" || extension == "txt") return ProgramNamed("WINWORD.EXE");
  if (extension == "xlsx" || extension == "csv" || extension == "xml")
    return ProgramNamed("EXCEL.EXE");
  if (extension == "pptx") return ProgramNamed("POWERPNT.EXE");
  if (extension == "msg") return ProgramNamed("OUTLOOK.EXE");
  if (extension == "pdf") return *habits.browser;
  if (extension == "dwg") return ProgramNamed("acad.exe");
  if (extension == "psd" || extension == "jpg") return ProgramNamed("Photoshop.exe");
  if (extension == "indd") return ProgramNamed("InDesign.exe");
  if (extension == "cpp" || extension == "py" || extension == "ps1")
    return ProgramNamed("Code.exe");
  return ProgramNamed("explorer.exe");
}

// Fills {file}, {folder} and {n} of a launch's arguments.
std::string_view Arguments(Scene& scene, std::string_view pattern) {
  const size_t open = pattern.find('{');
  if (open == std::string_view::npos || pattern.find("{-") == open) return pattern;
  std::string text(pattern.substr(0, open));
  std::string_view rest = pattern.substr(open);
  const auto take = [&](std::string_view mark, std::string_view value) {
    if (!rest.starts_with(mark)) return false;
    text += value;
    rest.remove_prefix(mark.size());
    return true;
  };
  while (!rest.empty()) {
    if (rest.front() == '{') {
      if (take("{folder}", scene.habits == nullptr
                               ? "C:\\"
                               : scene.habits->folders.Pick(scene.random, scene.day)))
        continue;
      if (take("{n}", std::to_string(1 + scene.random.Habitual(30)))) continue;
      if (rest.starts_with("{file}")) {
        const Document document = DrawDocument(scene);
        take("{file}", fmt::format("{}\\{}", document.folder, document.stem));
        continue;
      }
    }
    text += rest.front();
    rest.remove_prefix(1);
  }
  return scene.Keep(text);
}

}  // namespace

void LogOn(Scene& scene, Timestamp time) {
  scene.Add(time, Product::kDefenderAtp, What::kLogon).program = &ProgramNamed("lsass.exe");
  if (scene.has_dtex()) scene.Echo(Product::kDtex, What::kLogon);
  if (scene.has_symantec()) scene.Echo(Product::kSymantecEdr, What::kLogon);
}

void Unlock(Scene& scene, Timestamp time) {
  scene.Add(time, Product::kDefenderAtp, What::kUnlock).program = &ProgramNamed("lsass.exe");
  if (scene.has_dtex()) scene.Echo(Product::kDtex, What::kUnlock);
}

void Lock(Scene& scene, Timestamp time) {
  if (scene.has_dtex()) scene.Add(time, Product::kDtex, What::kLock);
}

void FailLogOn(Scene& scene, Timestamp time) {
  Record& record = scene.Add(time, Product::kDefenderAtp, What::kLogonFailed);
  record.program = &ProgramNamed("lsass.exe");
  record.text = "InvalidUserNameOrPassword";
}

void LogOnToServer(Scene& scene, Timestamp time) {
  const Machine& own = scene.where();
  const uint32_t home = scene.machine;
  scene.machine = scene.random.PickHabitual(scene.organisation.servers);
  const bool remote_desktop = scene.random.Chance(400);
  Record& record = scene.Add(time, Product::kDefenderAtp,
                             remote_desktop ? What::kLogonRemote : What::kLogonNetwork);
  record.program = &ProgramNamed("lsass.exe");
  record.target = own.name;
  record.ip = own.ip;
  scene.machine = home;
}

void StartProgram(Scene& scene, Timestamp time) {
  const Launch& launch = *scene.habits->launches.Pick(scene.random, scene.day);
  const std::string_view arguments = Arguments(scene, launch.arguments);
  Record& record = scene.Add(time, Product::kDefenderAtp, What::kProcess);
  record.program = &ProgramNamed(launch.program);
  record.parent = &ProgramNamed(launch.parent);
  record.command = arguments;
  if (scene.has_dtex() && scene.random.Chance(300)) scene.Echo(Product::kDtex, What::kProcess);
  if (scene.has_symantec()) scene.Echo(Product::kSymantecEdr, What::kProcess);
}

void RunSystemTask(Scene& scene, Timestamp time) {
  const Launch& launch = scene.random.PickHabitual(SystemLaunches());
  const uint32_t person = std::exchange(scene.person, kNobody);
  Record& record = scene.Add(time, Product::kDefenderAtp, What::kProcess);
  record.program = &ProgramNamed(launch.program);
  record.parent = &ProgramNamed(launch.parent);
  record.command = Arguments(scene, launch.arguments);
  if (scene.has_symantec() && scene.random.Chance(400))
    scene.Echo(Product::kSymantecEdr, What::kProcess);
  scene.person = person;
}

void VisitSite(Scene& scene, Timestamp time) {
  Random& random = scene.random;
  const Site* site = scene.habits->sites.Pick(random, scene.day);
  if (random.Chance(25)) site = &random.PickHabitual(scene.world.rest);
  if (scene.habits->shares_files && random.Chance(15)) {
    site = &random.PickHabitual(scene.world.sharing);
  }
  const std::string_view path = random.PickHabitual(PagePaths());
  const std::string_view url = scene.Keep(fmt::format("https://{}{}", site->host, path));
  const Program* browser = scene.habits->browser;
  if (scene.has_dtex()) {
    Record& record = scene.Add(time, Product::kDtex, What::kWebPage);
    record.program = browser;
    record.target = url;
    record.port = 443;
  }
  Record& record = scene.Add(time, Product::kDefenderAtp, What::kConnection);
  record.time.ns += random.Between(1, 9'000'000) * 100;
  record.program = browser;
  record.target = site->host;
  record.ip = site->ip;
  record.port = 443;
  record.bytes = random.Size(9, 16);
  if (scene.has_symantec() && random.Chance(250))
    scene.Echo(Product::kSymantecEdr, What::kConnection);
  if (random.Chance(250)) {
    Record& inspected = scene.Echo(Product::kDefender365,
                                   random.Chance(500) ? What::kWebRequest : What::kTlsSession);
    inspected.name = path;
    inspected.count = random.Chance(930) ? 200 : 304;
    inspected.port = inspected.what == What::kWebRequest ? 80 : 443;
  }
  if (!scene.has_symantec() && random.Chance(60)) {
    Record& rated = scene.Echo(Product::kOfficeScan, What::kWebPage);
    rated.target = url;
    rated.text = "Uncategorized";
  }
}

void MeetBlockedSite(Scene& scene, Timestamp time) {
  Random& random = scene.random;
  const Site& site = random.Pick(scene.world.rest);
  Record& record = scene.Add(time,
                             random.Chance(400)     ? Product::kDefenderAtp
                             : scene.has_symantec() ? Product::kSymantecEdr
                                                    : Product::kOfficeScan,
                             What::kWebBlocked);
  record.program = scene.habits->browser;
  record.target = scene.Keep(fmt::format("http://{}{}", site.host, random.Pick(PagePaths())));
  record.ip = site.ip;
  record.port = 80;
  record.text = random.Chance(600) ? "CustomPolicy" : "Phishing";
}

void WorkOnFile(Scene& scene, Timestamp time) {
  Random& random = scene.random;
  const Document document = DrawDocument(scene);
  const uint64_t choice = random.Below(100);
  const What what = choice < 42   ? What::kFileModified
                    : choice < 74 ? What::kFileCreated
                    : choice < 84 ? What::kFileRenamed
                    : choice < 92 ? What::kFileCopied
                                  : What::kFileDeleted;
  // Defender has no copy: it sees a new file.
  Record& record =
      scene.Add(time, Product::kDefenderAtp, what == What::kFileCopied ? What::kFileCreated : what);
  record.program =
      what == What::kFileRenamed || what == What::kFileDeleted || what == What::kFileCopied
          ? &ProgramNamed("explorer.exe")
          : &EditorOf(document.extension, *scene.habits);
  record.name = FileName(scene, document);
  record.folder = document.folder;
  record.bytes = random.Size(12, 23);
  if (what == What::kFileRenamed || what == What::kFileCopied) {
    record.old_name = what == What::kFileCopied
                          ? record.name
                          : scene.Keep(fmt::format("{} old.{}", document.stem, document.extension));
    record.old_folder = what == What::kFileCopied ? scene.habits->folders[0] : record.folder;
  }
  if (scene.has_dtex() && random.Chance(450)) scene.Echo(Product::kDtex, what);
  if (scene.has_symantec() && random.Chance(300) && what != What::kFileRenamed &&
      what != What::kFileCopied) {
    scene.Echo(Product::kSymantecEdr, what);
  }
}

void RunUpdater(Scene& scene, Timestamp time) {
  const Program& updater = ProgramNamed(scene.habits->updaters.Pick(scene.random, scene.day));
  Record& record = scene.Add(time, Product::kDefenderAtp, What::kFileCreated);
  record.program = &updater;
  record.folder = scene.Keep(fmt::format(R"(C:\Users\{}\AppData\Local\Temp)", scene.who().user));
  record.name = scene.Keep(fmt::format("upd{:04x}.tmp", scene.random.Below(65536)));
  record.bytes = scene.random.Size(14, 22);
  if (scene.has_symantec()) scene.Echo(Product::kSymantecEdr, What::kFileCreated);
}

namespace {

const Partner& NearbyPartner(Scene& scene) {
  const std::vector<Partner>& partners = scene.world.partners;
  const Partner* own = scene.habits->correspondents[0].partner;
  const size_t at = own == nullptr ? 0 : static_cast<size_t>(own - partners.data());
  return partners[(at + scene.random.Below(5)) % partners.size()];
}

// Documents are mailed, source code hardly ever is.
std::string_view MailedName(Scene& scene) {
  Document document = DrawDocument(scene);
  if (document.extension == "cpp" || document.extension == "py" || document.extension == "ps1") {
    document.extension = "pdf";
  }
  return FileName(scene, document);
}

// An address with two letters swapped: nobody lives there.
std::string_view Mistyped(Scene& scene, std::string_view address) {
  std::string wrong(address);
  const size_t at = scene.random.Below(wrong.find('@') - 1);
  std::swap(wrong[at], wrong[at + 1]);
  return scene.Keep(wrong == address ? "x" + wrong : wrong);
}

}  // namespace

void ExchangeMail(Scene& scene, Timestamp time) {
  Random& random = scene.random;
  const uint64_t choice = random.Below(100);
  const bool out = choice < 26;
  const bool inside = choice >= 26 && choice < 62;
  Record& record = scene.Add(time, Product::kDefender365,
                             out      ? What::kMailOut
                             : inside ? What::kMailInside
                                      : What::kMailIn);
  record.mail = random.Next();
  record.text = scene.Keep(fmt::format("{}{} {}", random.Chance(450) ? "Re: " : "",
                                       random.PickHabitual(DocumentTopics()),
                                       random.PickHabitual(DocumentKinds())));
  record.bytes = random.Size(12, 16);
  if (inside) {
    record.other = scene.habits->colleagues.Pick(random, scene.day);
  } else if (out) {
    record.peer = scene.habits->correspondents.Pick(random, scene.day).address;
    // Now and then somebody new, near one of the person's own partners.
    if (random.Chance(8)) record.peer = random.Pick(NearbyPartner(scene).contacts);
  } else {
    record.peer = random.Chance(350)
                      ? std::string_view(random.PickHabitual(scene.world.newsletters))
                      : scene.habits->correspondents.Pick(random, scene.day).address;
  }
  if (!random.Chance(inside || out ? 300 : 150)) return;
  const int attachments = 1 + static_cast<int>(random.Habitual(3));
  record.count = attachments;
  const size_t mail = scene.records.size() - 1;
  int64_t sum = 0;
  for (int i = 0; i < attachments; ++i) {
    Record& attachment = scene.Echo(Product::kDefender365, out      ? What::kAttachmentOut
                                                           : inside ? What::kAttachmentInside
                                                                    : What::kAttachmentIn);
    attachment.name = MailedName(scene);
    attachment.bytes = random.Size(13, 18);
    sum += attachment.bytes;
  }
  scene.records[mail].bytes += sum;
}

void SendHeldBackMail(Scene& scene, Timestamp time) {
  Record& record = scene.Add(time, Product::kDefender365, What::kMailOutHeldBack);
  record.mail = scene.random.Next();
  record.text = "Re: order";
  record.peer = Mistyped(scene, scene.habits->correspondents.Pick(scene.random, scene.day).address);
  record.bytes = scene.random.Size(12, 16);
}

namespace {

std::string_view LetterSubject(Scene& scene, std::string_view before) {
  return scene.Keep(fmt::format("{}Letter to partners, week {}", before, scene.day / 7 + 1));
}

}  // namespace

void WriteLetter(Scene& scene, Timestamp time) {
  for (int i = 0; i < 3; ++i) {
    Record& record = scene.Add(time, Product::kDefender365, What::kMailInside);
    record.mail = scene.random.Next();
    record.text = LetterSubject(scene, "");
    record.other = scene.habits->colleagues.Pick(scene.random, scene.day);
    record.bytes = scene.random.Size(12, 15);
  }
}

void ForwardLetter(Scene& scene, Timestamp time) {
  Record& record = scene.Add(time, Product::kDefender365, What::kMailOut);
  record.mail = scene.random.Next();
  record.text = LetterSubject(scene, "Fw: ");
  record.peer = scene.habits->correspondents[0].address;
  record.bytes = scene.random.Size(12, 15);
}

void TouchRegistry(Scene& scene, Timestamp time) {
  Record& record = scene.Add(time, Product::kDefender365, What::kRegistrySet);
  record.program = &ProgramNamed(scene.habits->launches.Pick(scene.random, scene.day)->program);
  record.folder = R"(HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Common\Internet)";
  record.name = "UseRWHlinkNavigation";
  record.text =
      scene.Keep(fmt::format("https://share.halden.example/{}", scene.random.Habitual(40)));
  if (scene.has_symantec() && scene.random.Chance(500))
    scene.Echo(Product::kSymantecEdr, What::kRegistrySet);
}

void SetAutostart(Scene& scene, Timestamp time) {
  Record& record = scene.Add(time, Product::kDefender365, What::kRegistrySet);
  record.program = &ProgramNamed("OneDrive.exe");
  record.folder = R"(HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run)";
  record.name = "OneDrive";
  record.text = scene.Keep(
      fmt::format(R"("C:\Users\{}\AppData\Local\Microsoft\OneDrive\OneDrive.exe" /background)",
                  scene.who().user));
}

void UpdateService(Scene& scene, Timestamp time) {
  struct Service {
    std::string_view key, image;
  };
  constexpr Service kServices[] = {
      {"MonitorAgent", R"("C:\Program Files\Watchpost\Agent\MonitorAgent.exe" /service)"},
      {"gupdate", R"("C:\Program Files (x86)\Google\Update\GoogleUpdate.exe" /svc)"},
      {"KeepBackupAgent", R"("C:\Program Files\Keep Backup\Agent\BackupAgent.exe" -service)"},
      {"AdobeARMservice", R"("C:\Program Files (x86)\Common Files\Adobe\ARM\1.0\armsvc.exe")"},
  };
  const Service& service = scene.random.PickHabitual(kServices);
  const uint32_t person = std::exchange(scene.person, kNobody);
  Record& record = scene.Add(time, Product::kDefender365, What::kRegistrySet);
  record.program = &ProgramNamed("services.exe");
  record.folder = scene.Keep(
      fmt::format(R"(HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\{})", service.key));
  record.name = "ImagePath";
  record.text = service.image;
  scene.person = person;
}

void TalkInBackground(Scene& scene, Timestamp time) {
  Random& random = scene.random;
  struct Talk {
    std::string_view program, host;
    uint16_t port;
  };
  constexpr Talk kTalks[] = {
      {"Teams.exe", "teams.events.data.microsoft.com", 443},
      {"OUTLOOK.EXE", "outlook.office365.com", 443},
      {"OneDrive.exe", "halden-my.sharepoint.com", 443},
      {"svchost.exe", "settings-win.data.microsoft.com", 443},
      {"MsSense.exe", "winatp-gw-weu.microsoft.com", 443},
      {"explorer.exe", "files.halden.example", 445},
      {"svchost.exe", "dc1.halden.example", 389},
      {"MonitorAgent.exe", "monitor.halden.example", 8443},
      {"svchost.exe", "ctldl.windowsupdate.com", 80},
      {"spoolsv.exe", "print.halden.example", 9100},
  };
  const Talk& talk = random.PickHabitual(kTalks);
  const bool inside = talk.host.ends_with(kCompanyDomain);
  if (random.Chance(120)) {
    Record& lookup = scene.Add(time, Product::kDefender365, What::kNameLookup);
    lookup.target = talk.host;
    lookup.ip = scene.organisation.Server(scene.where().location, "files").ip;
    lookup.port = 53;
    return;
  }
  Record& record = scene.Add(time, Product::kDefenderAtp,
                             random.Chance(970) ? What::kConnection : What::kConnectionFailed);
  record.program = &ProgramNamed(talk.program);
  record.target = talk.host;
  record.ip =
      inside ? scene.organisation.Server(scene.where().location, "files").ip : AddressOf(talk.host);
  record.port = talk.port;
  record.bytes = random.Size(8, 14);
}

void UseStick(Scene& scene, Timestamp time) {
  Random& random = scene.random;
  const UsbStick& stick = random.PickHabitual(scene.habits->sticks);
  Record& mounted = scene.Add(time, Product::kDefenderAtp, What::kUsbMounted);
  mounted.program = &ProgramNamed("explorer.exe");
  mounted.device = stick.serial;
  mounted.text = stick.model;
  mounted.folder = "E:";
  const int files = 1 + static_cast<int>(random.Habitual(9));
  for (int i = 0; i < files; ++i) {
    time.ns += random.Between(8, 240) * kNanosPerSecond + random.Between(0, 9'999'999) * 100;
    const Document document = DrawDocument(scene);
    Record& record = scene.Add(time, Product::kDefenderAtp, What::kUsbWrite);
    record.program = &ProgramNamed("explorer.exe");
    record.device = stick.serial;
    record.text = stick.model;
    record.name = FileName(scene, document);
    record.folder = "E:\\work";
    record.old_folder = document.folder;
    record.bytes = random.Size(13, 22);
    if (scene.has_dtex()) scene.Echo(Product::kDtex, What::kUsbWrite);
    if (!scene.has_symantec() && random.Chance(300))
      scene.Echo(Product::kOfficeScan, What::kUsbWrite);
  }
}

void Print(Scene& scene, Timestamp time) {
  const Document document = DrawDocument(scene);
  Record& record =
      scene.Add(time, scene.has_dtex() ? Product::kDtex : Product::kDefenderAtp, What::kPrint);
  record.program = &EditorOf(document.extension, *scene.habits);
  record.name = FileName(scene, document);
  record.folder = document.folder;
  record.target = scene.habits->printer;
  record.count = 1 + static_cast<int32_t>(scene.random.Habitual(40));
  record.bytes = record.count * scene.random.Size(14, 16);
}

void TripDlp(Scene& scene, Timestamp time) {
  if (scene.has_symantec()) return;
  Random& random = scene.random;
  const Document document = DrawDocument(scene);
  // Each rule makes up about a quarter; payment data is watched in Europe only.
  constexpr std::string_view kRules[] = {"Personal data in mail", "Design files", "Payment data"};
  const uint64_t rule = random.Below(4);
  const bool device = rule == 3;
  const bool america = scene.organisation.LocationOf(scene.where()).region == Region::kUnitedStates;
  Record& record = device ? scene.Add(time, Product::kDefenderAtp, What::kUsbRefused)
                          : scene.Add(time, Product::kOfficeScan,
                                      random.Chance(300) ? What::kDlpRefused : What::kDlp);
  record.program = device ? &ProgramNamed("explorer.exe") : &ProgramNamed("OUTLOOK.EXE");
  record.text = device ? "Removable storage" : kRules[rule == 2 && america ? 0 : rule];
  record.target = "Data handling";
  record.name = FileName(scene, document);
  record.folder = device ? "E:" : document.folder;
  record.bytes = random.Size(13, 20);
}

void MeetAlert(Scene& scene, Timestamp time) {
  struct Alert {
    std::string_view title, category;
  };
  constexpr Alert kAlerts[] = {
      {"Unusual number of failed sign-in attempts", "CredentialAccess"},
      {"Email reported by user as malware or phish", "InitialAccess"},
      {"Suspicious PowerShell command line", "Execution"},
      {"Potentially unwanted application was prevented", "UnwantedSoftware"},
  };
  const Alert& alert = scene.random.PickHabitual(kAlerts);
  Record& record = scene.Add(time, Product::kDefender365, What::kAlert);
  record.mail = scene.random.Next();
  record.text = alert.title;
  record.target = alert.category;
  scene.Echo(Product::kDefender365, What::kAlertEvidence);
}

void MeetMalware(Scene& scene, Timestamp time) {
  constexpr std::string_view kThreats[] = {"PUA_BrowserBar.A", "ADW_OfferPop", "HTML_PHISH.SMA",
                                           "TROJ_GEN.R002C0"};
  Record& record = scene.Add(
      time, scene.has_symantec() ? Product::kSymantecEdr : Product::kOfficeScan, What::kMalware);
  record.program = scene.habits->browser;
  record.text = scene.random.PickHabitual(kThreats);
  record.folder = scene.habits->folders[2];
  record.name = scene.Keep(fmt::format("setup_{}.exe", scene.random.Below(900)));
  record.bytes = scene.random.Size(16, 22);
}

void UpdatePattern(Scene& scene, Timestamp time) {
  if (!scene.has_symantec()) scene.Add(time, Product::kOfficeScan, What::kPatternUpdate);
}

namespace {

// Some machine of the organisation, but no loaner: those lie in a drawer.
const Machine& PeerOf(Scene& scene) {
  const std::vector<Machine>& machines = scene.organisation.machines;
  const Machine& machine = machines[scene.random.Habitual(machines.size())];
  return machine.kind == MachineKind::kLoaner ? machines[0] : machine;
}

}  // namespace

void AcceptConnection(Scene& scene, Timestamp time) {
  Random& random = scene.random;
  const Machine& server = scene.where();
  struct Port {
    std::string_view role;
    uint16_t port;
    std::string_view program;
  };
  constexpr Port kPorts[] = {{"files", 445, "svchost.exe"},      {"build", 22, "svchost.exe"},
                             {"mail", 25, "svchost.exe"},        {"web", 443, "w3wp.exe"},
                             {"portal", 443, "w3wp.exe"},        {"database", 1433, "sqlservr.exe"},
                             {"backup", 9392, "BackupAgent.exe"}};
  for (const Port& port : kPorts) {
    if (port.role != server.role) continue;
    Record& record = scene.Add(time, Product::kDefenderAtp, What::kConnectionInbound);
    record.program = &ProgramNamed(port.program);
    record.port = port.port;
    record.ip = PeerOf(scene).ip;
    // The web is for everybody, the portal for customers at home, mail comes from partners.
    if (port.role == "web") record.ip = random.Pick(scene.world.rest).ip;
    if (port.role == "portal") record.ip = random.Pick(scene.world.customers).ip;
    if (port.role == "mail") record.ip = AddressOf(random.Pick(scene.world.partners).domain);
  }
}

void ReachOut(Scene& scene, Timestamp time) {
  Random& random = scene.random;
  const Machine& server = scene.where();
  Record& record = scene.Add(time, Product::kDefenderAtp, What::kConnection);
  record.program = &ProgramNamed(server.noisy ? "BackupAgent.exe" : "MonitorAgent.exe");
  const bool outside = server.role == "mail" || server.role == "build" || server.role == "web";
  if (outside && random.Chance(300)) {
    const Site& site = scene.world.rest[random.Habitual(40)];
    record.target = site.host;
    record.ip = site.ip;
    record.port = server.role == "mail" ? 25 : 443;
  } else {
    const Machine& other = PeerOf(scene);
    record.target = other.host;
    record.ip = other.ip;
    record.port = server.noisy ? 9395 : 8443;
  }
  record.bytes = random.Size(8, 18);
}

}  // namespace vedette::simulate
