#include "simulate/story_list.h"

namespace vedette::simulate {

std::span<const Story> Stories() {
  static const Story kStories[] = {
      {
          .id = "insider-at-night",
          .title = "An insider copies designs to a new USB stick at night and mails archives home",
          .use_case = "Data Leak",
          .about = "Looks at file sharing first, then stays late, packs a folder, fills a stick "
                   "that nobody has seen, and mails "
                   "the archives to a private mailbox after a first try was held back.",
          .cast = {.departments = "ERO"},
          .ends_before = 3,
          .steps = InsiderAtNightSteps(),
      },
      {
          .id = "slow-exfiltration",
          .title = "Two weeks of small uploads to a file-sharing site",
          .use_case = "Data Exfiltration",
          .about = "Fetches tools, packs with a password, uploads a little each day with rclone, "
                   "encodes files with certutil, and at "
                   "the end opens a tunnel over DNS.",
          .cast = {.departments = "FSOL"},
          .ends_before = 2,
          .steps = SlowExfiltrationSteps(),
      },
      {
          .id = "stick-of-the-fair",
          .title = "Marketing fills its own stick for a fair and mails the agency",
          .use_case = "Data Leak",
          .about = "The look-alike of the insider: many files late in the day, but the stick, the "
                   "machine and the recipient are old "
                   "acquaintances.",
          .malicious = false,
          .cast = {.departments = "MSEROFHP", .owns_stick = true},
          .ends_before = 4,
          .steps = StickOfTheFairSteps(),
      },
      {
          .id = "administrator-at-work",
          .title = "An administrator packs logs, hashes a download and copies to the file server",
          .use_case = "Data Exfiltration",
          .about = "The look-alike of the slow exfiltration: the same tools, used for work.",
          .malicious = false,
          .cast = {.departments = "I"},
          .ends_before = 5,
          .steps = AdministratorSteps(),
      },
  };
  return kStories;
}

}  // namespace vedette::simulate
