// Stories of data loss prevention.
#include "simulate/story_list.h"

namespace vedette::simulate {
namespace {

constexpr Step Alert(int day, std::string_view at, What what, std::string_view rule,
                     std::string_view expect, std::string_view program = "OUTLOOK.EXE") {
  return {.day = day,
          .at = at,
          .seen_by = "O",
          .what = what,
          .program = program,
          .name = "extract.xlsx",
          .folder = "{work}",
          .target = "Data handling",
          .text = rule,
          .bytes = 60'000,
          .expect = expect};
}

}  // namespace

// A department that never met the policy, and a rule that never fired.
std::span<const Step> FirstOfTheDepartmentSteps() {
  static const Step kSteps[] = {
      Alert(0, "10:40", What::kDlp, "Source code", "DLP-ON-ALERT-F DLP-OG-ALERT-F DLP-OA-ALERT-F"),
      Alert(1, "11:02", What::kDlp, "Source code", "DLP-ON-ALERT-A DLP-OG-ALERT-A"),
  };
  return kSteps;
}

// In America, where payment data is not watched: the rule fires there all the same.
std::span<const Step> PaymentDataAbroadSteps() {
  static const Step kSteps[] = {
      {.day = 0,
       .for_days = 16,
       .at = "10:15",
       .seen_by = "O",
       .what = What::kDlp,
       .by = "second",
       .program = "OUTLOOK.EXE",
       .name = "team.xlsx",
       .folder = "{work}",
       .target = "Data handling",
       .text = "Personal data in mail",
       .bytes = 40'000},
      Alert(16, "13:20", What::kDlp, "Payment data", "DLP-ZN-ALERT-F DLP-OU-ALERT-F"),
      Alert(17, "13:25", What::kDlp, "Payment data", "DLP-ZN-ALERT-A DLP-OU-ALERT-A"),
      {.day = 17,
       .at = "14:10",
       .seen_by = "A",
       .what = What::kConnection,
       .program = "msedge.exe",
       .target = "www.derstandard.at",
       .port = 443,
       .bytes = 9'000,
       .expect = "A-NET-ZCountry-Outbound-F"},
  };
  return kSteps;
}

// A device is refused without naming a policy; a day later a policy is named.
std::span<const Step> RefusedDeviceSteps() {
  static const Step kSteps[] = {
      {.day = 0,
       .at = "09:31",
       .seen_by = "A",
       .what = What::kDeviceRefused,
       .program = "explorer.exe",
       .text = "Generic Flash Disk USB Device",
       .device = "{stick}",
       .expect = "DLP-OA-ALERT-F"},
      Alert(1, "09:40", What::kDlp, "Design files", "DLP-OA-F"),
  };
  return kSteps;
}

// Somebody who is used to the policy meets it in new ways.
std::span<const Step> UsedToThePolicySteps() {
  static const Step kSteps[] = {
      {.day = 0,
       .for_days = 14,
       .at = "09:50",
       .seen_by = "O",
       .what = What::kDlpRefused,
       .program = "OUTLOOK.EXE",
       .name = "payroll.xlsx",
       .folder = "{work}",
       .target = "Data handling",
       .text = "Personal data in mail",
       .bytes = 40'000},
      {.day = 0,
       .for_days = 16,
       .at = "15:10",
       .seen_by = "A",
       .what = What::kUsbRefused,
       .program = "explorer.exe",
       .name = "payroll.xlsx",
       .folder = "E:",
       .text = "Removable storage",
       .device = "{own_stick}",
       .bytes = 40'000},
      Alert(14, "10:10", What::kDlpRefused, "Removable storage", "DLP-HN-ALERT-F DLP-UBp-F",
            "rclone.exe"),
      Alert(15, "10:30", What::kDlpRefused, "Removable storage", "DLP-HN-ALERT-A"),
      Alert(15, "11:40", What::kDlp, "Design files", "DLP-AN-ALERT-F"),
      Alert(16, "11:45", What::kDlp, "Design files", "DLP-AN-ALERT-A"),
  };
  return kSteps;
}

}  // namespace vedette::simulate
