// Stories in which nothing bad happens.
#include "simulate/story_list.h"

namespace vedette::simulate {

std::span<const Step> StickOfTheFairSteps() {
  static const Step kSteps[] = {
      {.day = 0,
       .at = "17:20",
       .seen_by = "A",
       .what = What::kUsbMounted,
       .program = "explorer.exe",
       .folder = "E:",
       .text = "Ultra Fit",
       .device = "{own_stick}"},
      {.day = 0,
       .at = "17:21",
       .seen_by = "AD",
       .what = What::kUsbWrite,
       .program = "explorer.exe",
       .name = "stand-{n}.pdf",
       .folder = "E:\\work",
       .old_name = "stand-{n}.pdf",
       .old_folder = "{work}\\fair",
       .text = "Ultra Fit",
       .device = "{own_stick}",
       .bytes = 6'000'000,
       .times = 18,
       .every = 10},
      {.day = 0,
       .at = "17:40",
       .seen_by = "M",
       .what = What::kMailOut,
       .peer = "{partner}",
       .text = "drawings of the stand",
       .bytes = 900'000,
       .count = 1},
      {.day = 0,
       .at = "17:40",
       .seen_by = "M",
       .what = What::kAttachmentOut,
       .name = "stand.pdf",
       .peer = "{partner}",
       .bytes = 800'000},
  };
  return kSteps;
}

std::span<const Step> AdministratorSteps() {
  static const Step kSteps[] = {
      {.day = 0,
       .at = "10:05",
       .seen_by = "A",
       .what = What::kProcess,
       .program = "7z.exe",
       .parent = "powershell.exe",
       .command = R"(a C:\Admin\logs-week.zip C:\inetpub\logs)"},
      {.day = 0,
       .at = "10:12",
       .seen_by = "AD",
       .what = What::kProcess,
       .program = "certutil.exe",
       .parent = "cmd.exe",
       .command = R"(-hashfile C:\Users\{user}\Downloads\driver.msi SHA256)"},
      {.day = 0,
       .at = "10:30",
       .seen_by = "AD",
       .what = What::kProcess,
       .program = "robocopy.exe",
       .parent = "cmd.exe",
       .command = R"(C:\Admin\out \\files.halden.example\admin$ /mir /r:1)"},
      {.day = 0,
       .at = "10:44",
       .seen_by = "A",
       .what = What::kProcess,
       .program = "netsh.exe",
       .parent = "cmd.exe",
       .command = "interface ip show config"},
  };
  return kSteps;
}

}  // namespace vedette::simulate
