#include "simulate/software.h"

#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "core/check.h"
#include "core/hash.h"
#include "simulate/random.h"

namespace vedette::simulate {
namespace {

struct Row {
  std::string_view name, folder, company, product, description, original_name;
};

constexpr std::string_view kSystem32 = R"(C:\Windows\System32)";
constexpr std::string_view kOffice = R"(C:\Program Files\Microsoft Office\root\Office16)";
constexpr std::string_view kTemp = R"(C:\Users\{user}\AppData\Local\Temp)";
constexpr std::string_view kWindows = "Microsoft® Windows® Operating System";
constexpr std::string_view kMicrosoft = "Microsoft Corporation";

constexpr Row kRows[] = {
    // the system
    {"explorer.exe", R"(C:\Windows)", kMicrosoft, kWindows, "Windows Explorer", "EXPLORER.EXE"},
    {"svchost.exe", kSystem32, kMicrosoft, kWindows, "Host Process for Windows Services", ""},
    {"services.exe", kSystem32, kMicrosoft, kWindows, "Services and Controller app", ""},
    {"taskhostw.exe", kSystem32, kMicrosoft, kWindows, "Host Process for Windows Tasks", ""},
    {"lsass.exe", kSystem32, kMicrosoft, kWindows, "Local Security Authority Process", ""},
    {"winlogon.exe", kSystem32, kMicrosoft, kWindows, "Windows Logon Application", "WINLOGON.EXE"},
    {"dllhost.exe", kSystem32, kMicrosoft, kWindows, "COM Surrogate", ""},
    {"conhost.exe", kSystem32, kMicrosoft, kWindows, "Console Window Host", "CONHOST.EXE"},
    {"cmd.exe", kSystem32, kMicrosoft, kWindows, "Windows Command Processor", "Cmd.Exe"},
    {"powershell.exe", R"(C:\Windows\System32\WindowsPowerShell\v1.0)", kMicrosoft, kWindows,
     "Windows PowerShell", "PowerShell.EXE"},
    {"rundll32.exe", kSystem32, kMicrosoft, kWindows, "Windows host process (Rundll32)",
     "RUNDLL32.EXE"},
    {"regsvr32.exe", kSystem32, kMicrosoft, kWindows, "Microsoft(C) Register Server",
     "REGSVR32.EXE"},
    {"wuauclt.exe", kSystem32, kMicrosoft, kWindows, "Windows Update", ""},
    {"usoclient.exe", kSystem32, kMicrosoft, kWindows, "UsoClient", "UsoClient"},
    {"backgroundTaskHost.exe", kSystem32, kMicrosoft, kWindows, "Background Task Host", ""},
    {"SearchProtocolHost.exe", kSystem32, kMicrosoft, "Windows® Search",
     "Microsoft Windows Search Protocol Host", ""},
    {"spoolsv.exe", kSystem32, kMicrosoft, kWindows, "Spooler SubSystem App", ""},
    {"gpupdate.exe", kSystem32, kMicrosoft, kWindows, "Microsoft® Group Policy Update Utility",
     "GPUpdate.exe"},
    {"netsh.exe", kSystem32, kMicrosoft, kWindows, "Network Command Shell", ""},
    {"net.exe", kSystem32, kMicrosoft, kWindows, "Net Command", ""},
    {"whoami.exe", kSystem32, kMicrosoft, kWindows, "whoami - displays logged on user information",
     ""},
    {"ipconfig.exe", kSystem32, kMicrosoft, kWindows, "IP Configuration Utility", ""},
    {"ping.exe", kSystem32, kMicrosoft, kWindows, "TCP/IP Ping Command", ""},
    {"nslookup.exe", kSystem32, kMicrosoft, kWindows, "nslookup APP", ""},
    {"certutil.exe", kSystem32, kMicrosoft, kWindows, "CertUtil.exe", "CertUtil.exe"},
    {"reg.exe", kSystem32, kMicrosoft, kWindows, "Registry Console Tool", ""},
    {"robocopy.exe", kSystem32, kMicrosoft, kWindows, "Microsoft Robocopy", ""},
    {"csvde.exe", kSystem32, kMicrosoft, kWindows, "CSVDE Tool", ""},
    {"ftp.exe", kSystem32, kMicrosoft, kWindows, "File Transfer Program", ""},
    {"curl.exe", kSystem32, "curl, https://curl.se/", "The curl executable", "The curl executable",
     ""},
    {"schtasks.exe", kSystem32, kMicrosoft, kWindows, "Task Scheduler Configuration Tool",
     "sctasks.exe"},
    {"mstsc.exe", kSystem32, kMicrosoft, kWindows, "Remote Desktop Connection", ""},
    {"notepad.exe", kSystem32, kMicrosoft, kWindows, "Notepad", "NOTEPAD.EXE"},
    {"MsMpEng.exe", R"(C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.2511.7-0)",
     kMicrosoft, kWindows, "Antimalware Service Executable", ""},
    {"MsSense.exe", R"(C:\Program Files\Windows Defender Advanced Threat Protection)", kMicrosoft,
     kWindows, "Windows Defender Advanced Threat Protection Service Executable", ""},
    {"w3wp.exe", R"(C:\Windows\System32\inetsrv)", kMicrosoft, "Internet Information Services",
     "IIS Worker Process", ""},
    {"sqlservr.exe", R"(C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn)",
     kMicrosoft, "Microsoft SQL Server", "SQL Server Windows NT - 64 Bit", ""},
    {"BackupAgent.exe", R"(C:\Program Files\Keep Backup\Agent)", "Keep Software", "Keep Backup",
     "Backup agent", ""},
    {"MonitorAgent.exe", R"(C:\Program Files\Watchpost\Agent)", "Watchpost Ltd", "Watchpost",
     "Monitoring agent", ""},
    // the office
    {"OUTLOOK.EXE", kOffice, kMicrosoft, "Microsoft Outlook", "Microsoft Outlook", "Outlook.exe"},
    {"WINWORD.EXE", kOffice, kMicrosoft, "Microsoft Office", "Microsoft Word", "WinWord.exe"},
    {"EXCEL.EXE", kOffice, kMicrosoft, "Microsoft Office", "Microsoft Excel", "Excel.exe"},
    {"POWERPNT.EXE", kOffice, kMicrosoft, "Microsoft Office", "Microsoft PowerPoint",
     "POWERPNT.EXE"},
    {"ONENOTE.EXE", kOffice, kMicrosoft, "Microsoft OneNote", "Microsoft OneNote", "OneNote.exe"},
    {"OneDrive.exe", R"(C:\Users\{user}\AppData\Local\Microsoft\OneDrive)", kMicrosoft,
     "Microsoft OneDrive", "Microsoft OneDrive", ""},
    {"Teams.exe", R"(C:\Users\{user}\AppData\Local\Microsoft\Teams\current)", kMicrosoft,
     "Microsoft Teams", "Microsoft Teams", ""},
    {"msedge.exe", R"(C:\Program Files (x86)\Microsoft\Edge\Application)", kMicrosoft,
     "Microsoft Edge", "Microsoft Edge", ""},
    {"chrome.exe", R"(C:\Program Files\Google\Chrome\Application)", "Google LLC", "Google Chrome",
     "Google Chrome", ""},
    {"firefox.exe", R"(C:\Program Files\Mozilla Firefox)", "Mozilla Corporation", "Firefox",
     "Firefox", ""},
    {"Acrobat.exe", R"(C:\Program Files\Adobe\Acrobat DC\Acrobat)", "Adobe Inc.", "Adobe Acrobat",
     "Adobe Acrobat", ""},
    {"7zFM.exe", R"(C:\Program Files\7-Zip)", "Igor Pavlov", "7-Zip", "7-Zip File Manager", ""},
    {"7z.exe", R"(C:\Program Files\7-Zip)", "Igor Pavlov", "7-Zip", "7-Zip Console", ""},
    {"SnippingTool.exe", kSystem32, kMicrosoft, kWindows, "Snipping Tool", ""},
    {"CalculatorApp.exe", R"(C:\Program Files\WindowsApps\Calculator)", kMicrosoft, "Calculator",
     "Calculator", ""},
    // of departments
    {"Code.exe", R"(C:\Program Files\Microsoft VS Code)", kMicrosoft, "Visual Studio Code",
     "Visual Studio Code", "electron.exe"},
    {"git.exe", R"(C:\Program Files\Git\cmd)", "The Git Development Community", "Git",
     "Git for Windows", ""},
    {"ssh.exe", R"(C:\Windows\System32\OpenSSH)", "", "OpenSSH for Windows", "", ""},
    {"python.exe", R"(C:\Program Files\Python311)", "Python Software Foundation", "Python",
     "Python", ""},
    {"msbuild.exe", R"(C:\Program Files\Microsoft Visual Studio\2022\MSBuild\Current\Bin)",
     kMicrosoft, "MSBuild", "MSBuild.exe", ""},
    {"acad.exe", R"(C:\Program Files\Autodesk\AutoCAD 2025)", "Autodesk, Inc.", "AutoCAD",
     "AutoCAD Application", ""},
    {"MATLAB.exe", R"(C:\Program Files\MATLAB\R2025a\bin)", "The MathWorks, Inc.", "MATLAB",
     "MATLAB", ""},
    {"Rgui.exe", R"(C:\Program Files\R\R-4.4.1\bin\x64)", "R Core Team", "R for Windows",
     "R GUI front-end", ""},
    {"saplogon.exe", R"(C:\Program Files (x86)\SAP\FrontEnd\SAPgui)", "SAP SE", "SAP GUI",
     "SAP Logon", ""},
    {"Ledger.exe", R"(C:\Program Files\Tally Ledger)", "Tally Works", "Tally Ledger", "Bookkeeping",
     ""},
    {"Photoshop.exe", R"(C:\Program Files\Adobe\Adobe Photoshop 2025)", "Adobe Inc.",
     "Adobe Photoshop", "Adobe Photoshop", ""},
    {"InDesign.exe", R"(C:\Program Files\Adobe\Adobe InDesign 2025)", "Adobe Inc.",
     "Adobe InDesign", "Adobe InDesign", ""},
    {"Ticket.exe", R"(C:\Program Files\Deskline)", "Deskline GmbH", "Deskline", "Deskline client",
     ""},
    {"mmc.exe", kSystem32, kMicrosoft, kWindows, "Microsoft Management Console", ""},
    {"putty.exe", R"(C:\Program Files\PuTTY)", "Simon Tatham", "PuTTY suite",
     "SSH, Telnet, Rlogin, and SUPDUP client", "PuTTY"},
    {"WinSCP.exe", R"(C:\Program Files (x86)\WinSCP)", "Martin Prikryl", "WinSCP",
     "WinSCP: SFTP, FTP, WebDAV, S3 and SCP client", "winscp.exe"},
    // updaters in temporary folders
    {"TeamsUpdate.exe", kTemp, kMicrosoft, "Microsoft Teams", "Microsoft Teams Updater", ""},
    {"ZoomInstaller.exe", kTemp, "Zoom Video Communications, Inc.", "Zoom Installer",
     "Zoom Installer", ""},
    {"ChromeSetup.exe", kTemp, "Google LLC", "Google Update", "Google Update Setup",
     "GoogleUpdateSetup.exe"},
    {"AcroUpdate.exe", kTemp, "Adobe Inc.", "Adobe Acrobat", "Adobe Updater", ""},
    {"vcredist_x64.exe", kTemp, kMicrosoft, "Visual C++ Redistributable",
     "Visual C++ Redistributable Setup", ""},
    {"JetSetup.exe", kTemp, "Deskline GmbH", "Deskline", "Deskline Setup", ""},
    {"PrinterSetup.exe", kTemp, "Marlow Print", "Marlow Driver", "Driver Setup", ""},
    {"WebexSetup.exe", kTemp, "Cisco Systems, Inc.", "Webex", "Webex Setup", ""},
    // what only stories use
    {"rclone.exe", R"(C:\Users\{user}\AppData\Local\Temp\rc)", "https://rclone.org", "Rclone",
     "Rclone", "rclone.exe"},
    {"iodine.exe", R"(C:\Users\{user}\Downloads\net)", "", "", "", ""},
    {"dnscat2.exe", R"(C:\Users\{user}\Downloads\net)", "", "", "", ""},
    {"tapinstall.exe", R"(C:\Users\{user}\Downloads\net)", "Windows (R) Win 7 DDK provider",
     kWindows, "Windows Setup API", "devcon.exe"},
    {"helper.exe", R"(C:\Users\{user}\AppData\Local\Temp)", "", "", "", ""},
    {"photosync.exe", R"(C:\Users\{user}\AppData\Local\Temp)", "", "", "", ""},
    {"chisel.exe", R"(C:\Users\Public)", "", "", "", ""},
    {"Rubeus.exe", R"(C:\Users\Public)", "", "Rubeus", "Rubeus", "Rubeus.exe"},
    {"tshark.exe", R"(C:\Program Files\Wireshark)", "The Wireshark developer community", "TShark",
     "TShark", ""},
    {"Wireshark.exe", R"(C:\Program Files\Wireshark)", "The Wireshark developer community",
     "Wireshark", "Wireshark", ""},
    {"rar.exe", R"(C:\Users\Public)", "Alexander Roshal", "WinRAR", "Command line RAR", ""},
    {"Statement.pdf.exe", R"(C:\Users\{user}\Downloads)", "", "", "", ""},
};

constexpr Launch kOfficeLaunches[] = {
    {"msedge.exe", "explorer.exe", "--profile-directory=Default", ""},
    {"EXCEL.EXE", "explorer.exe", R"(/dde "{file}.xlsx")", ""},
    {"WINWORD.EXE", "explorer.exe", R"(/n "{file}.docx" /o "")", ""},
    {"Code.exe", "explorer.exe", R"("{folder}")", "ER"},
    {"git.exe", "Code.exe", "fetch --prune origin", "ER"},
    {"saplogon.exe", "explorer.exe", "", "FOS"},
    {"OUTLOOK.EXE", "explorer.exe", "/recycle", ""},
    {"Teams.exe", "explorer.exe", "--type=renderer --app-user-model-id=com.squirrel.Teams", ""},
    {"Acrobat.exe", "OUTLOOK.EXE", R"("{file}.pdf")", ""},
    {"python.exe", "cmd.exe", R"("{folder}\run_{n}.py" --quiet)", "ER"},
    {"acad.exe", "explorer.exe", R"("{file}.dwg" /nologo)", "EO"},
    {"Ledger.exe", "explorer.exe", R"(/book:{n})", "F"},
    {"Ticket.exe", "explorer.exe", "/queue:{n}", "HI"},
    {"Photoshop.exe", "explorer.exe", R"("{file}.psd")", "M"},
    {"MATLAB.exe", "explorer.exe", R"(-r "run {n}")", "R"},
    {"POWERPNT.EXE", "explorer.exe", R"("{file}.pptx")", "SMLP"},
    {"chrome.exe", "explorer.exe", "--single-argument", ""},
    {"mmc.exe", "explorer.exe", R"(C:\Windows\system32\services.msc)", "I"},
    {"powershell.exe", "explorer.exe", R"(-NoProfile -File C:\Admin\check_{n}.ps1)", "I"},
    {"mstsc.exe", "explorer.exe", "/v:ham-s-0001.halden.example", "I"},
    {"msbuild.exe", "Code.exe", R"("{folder}\pump.sln" /m /nologo)", "E"},
    {"InDesign.exe", "explorer.exe", R"("{file}.indd")", "M"},
    {"Rgui.exe", "explorer.exe", "--cd-to-userdocs", "R"},
    {"ssh.exe", "cmd.exe", "-l deploy build.halden.example", "EI"},
    {"7zFM.exe", "explorer.exe", R"("{file}.zip")", ""},
    {"notepad.exe", "explorer.exe", R"("{file}.txt")", ""},
    {"ONENOTE.EXE", "explorer.exe", "", ""},
    {"SnippingTool.exe", "explorer.exe", "", ""},
    {"CalculatorApp.exe", "svchost.exe", "-ServerName:App.AppX7y4nbzq37zn4ks9k7amqjywdat7d3j2z.mca",
     ""},
    {"putty.exe", "explorer.exe", "-load switch-{n}", "I"},
    {"cmd.exe", "explorer.exe", "", "EIR"},
    {"ipconfig.exe", "cmd.exe", "/all", "IH"},
    {"ping.exe", "cmd.exe", "-n 4 build.halden.example", "IHE"},
    {"WinSCP.exe", "explorer.exe", "sftp://deploy@build.halden.example", "IE"},
};

constexpr Launch kSystemLaunches[] = {
    {"svchost.exe", "services.exe", "-k netsvcs -p -s Schedule", ""},
    {"backgroundTaskHost.exe", "svchost.exe",
     "-ServerName:CortanaUI.AppXy7vb4pc2dr3kc93kfc509b1d0arkfb2x.mca", ""},
    {"taskhostw.exe", "svchost.exe", "Install $(Arg0)", ""},
    {"SearchProtocolHost.exe", "svchost.exe", "Global\\UsGthrFltPipeMssGthrPipe{n}_", ""},
    {"dllhost.exe", "svchost.exe", "/Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}", ""},
    {"MonitorAgent.exe", "services.exe", "/probe", ""},
    {"usoclient.exe", "svchost.exe", "StartScan", ""},
    {"gpupdate.exe", "svchost.exe", "/target:computer", ""},
    {"conhost.exe", "cmd.exe", "0xffffffff -ForceV1", ""},
    {"wuauclt.exe", "svchost.exe", "/RunHandlerComServer", ""},
};

constexpr std::string_view kUpdaters[] = {
    "TeamsUpdate.exe",   "ChromeSetup.exe",  "AcroUpdate.exe",   "JetSetup.exe",
    "ZoomInstaller.exe", "vcredist_x64.exe", "PrinterSetup.exe", "WebexSetup.exe"};

std::vector<Program> MakePrograms() {
  std::vector<Program> programs;
  for (const Row& row : kRows) {
    const uint64_t seed = HashBytes64(row.name, 0x70726f67);
    Random random(seed);
    Program program;
    program.name = row.name;
    program.folder = row.folder;
    program.company = row.company;
    program.product = row.product;
    program.description = row.description;
    program.original_name = row.company.empty() && row.product.empty() ? ""
                            : row.original_name.empty()                ? row.name
                                                                       : row.original_name;
    program.version = row.product == kWindows
                          ? fmt::format("10.0.19041.{}", random.Between(1, 3996))
                          : fmt::format("{}.{}.{}.{}", random.Between(1, 24), random.Between(0, 9),
                                        random.Between(100, 9000), random.Between(0, 300));
    program.md5 = HexText(seed + 1, 32);
    program.sha1 = HexText(seed + 2, 40);
    program.sha256 = HexText(seed + 3, 64);
    program.bytes = random.Size(15, 22);
    programs.push_back(std::move(program));
  }
  return programs;
}

}  // namespace

std::span<const Program> Programs() {
  static const std::vector<Program> programs = MakePrograms();
  return programs;
}

const Program& ProgramNamed(std::string_view name) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, const Program*> map;
    for (const Program& program : Programs()) map.emplace(program.name, &program);
    return map;
  }();
  const auto found = by_name.find(name);
  CHECK(found != by_name.end());
  return *found->second;
}

void AppendFolder(std::string& out, const Program& program, std::string_view user) {
  constexpr std::string_view kMark = "{user}";
  const size_t at = program.folder.find(kMark);
  if (at == std::string_view::npos) {
    out += program.folder;
    return;
  }
  out += program.folder.substr(0, at);
  out += user;
  out += program.folder.substr(at + kMark.size());
}

std::span<const Launch> OfficeLaunches() { return kOfficeLaunches; }
std::span<const Launch> SystemLaunches() { return kSystemLaunches; }
std::span<const std::string_view> Updaters() { return kUpdaters; }

char LetterOf(Department department) { return "SEFROMHIPL"[static_cast<int>(department)]; }

}  // namespace vedette::simulate
