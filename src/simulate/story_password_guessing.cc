#include "simulate/story_list.h"

namespace vedette::simulate {

std::span<const Step> PasswordGuessingSteps() {
  static const Step kSteps[] = {
      // Mistypes most mornings: the habit that the night is compared with.
      {.day = 0,
       .for_days = 8,
       .at = "07:41",
       .seen_by = "A",
       .what = What::kLogonFailed,
       .program = "lsass.exe",
       .text = "InvalidUserNameOrPassword",
       .times = 2,
       .every = 20},
      // Somebody tries a colleague first, and gives up.
      {.day = 8,
       .at = "21:12",
       .seen_by = "A",
       .what = What::kLogonFailed,
       .by = "second",
       .program = "lsass.exe",
       .text = "InvalidUserNameOrPassword",
       .times = 14,
       .every = 25,
       .expect = "SEQ-U-Many"},
      // Then finds out what this account may do, and locks it.
      {.day = 8,
       .at = "21:40",
       .seen_by = "A",
       .what = What::kLogonFailed,
       .program = "lsass.exe",
       .text = "LogonTypeNotGranted",
       .times = 2},
      {.day = 8,
       .at = "21:46",
       .seen_by = "A",
       .what = What::kLogonFailed,
       .program = "lsass.exe",
       .text = "InvalidUserNameOrPassword",
       .times = 3,
       .every = 20},
      {.day = 8,
       .at = "21:49",
       .seen_by = "A",
       .what = What::kLogonFailed,
       .program = "lsass.exe",
       .text = "AccountLockedOut",
       .expect = "SEQ-UH-10 SEQ-U-Lockout"},
      // The next night it goes slower, and the password is found.
      {.day = 9,
       .at = "22:05",
       .seen_by = "A",
       .what = What::kLogonFailed,
       .program = "lsass.exe",
       .text = "InvalidUserNameOrPassword",
       .times = 26,
       .every = 70},
      {.day = 9,
       .at = "22:41",
       .seen_by = "A",
       .what = What::kLogon,
       .program = "lsass.exe",
       .expect = "SEQ-UH-08 SEQ-U-Guessed"},
  };
  return kSteps;
}

}  // namespace vedette::simulate
