// Stories of the web.
#include "simulate/story_list.h"

namespace vedette::simulate {

// Within a department that shares much, one who shares more than all others in it.
std::span<const Step> HeavySharerSteps() {
  static const Step kSteps[] = {
      {.day = 0,
       .for_days = 2,
       .at = "10:05",
       .seen_by = "D",
       .what = What::kWebPage,
       .program = "chrome.exe",
       .target = "https://www.dropbox.com/home",
       .port = 443,
       .times = 24,
       .every = 240,
       .expect = "WEB-FS WEB-OG-FS"},
  };
  return kSteps;
}

}  // namespace vedette::simulate
