// Stories of USB sticks: who uses which on which machine for the first time.
#include "simulate/story_list.h"

namespace vedette::simulate {
namespace {

// One copy to a stick.
constexpr Step Copy(int day, std::string_view at, std::string_view on, std::string_view device,
                    std::string_view expect, std::string_view by = "") {
  return {.day = day,
          .at = at,
          .seen_by = "A",
          .what = What::kUsbWrite,
          .by = by,
          .on = on,
          .program = "explorer.exe",
          .name = "handbook-{n}.pdf",
          .folder = "E:\\copy",
          .old_folder = "{work}",
          .text = "Ultra Fit",
          .device = device,
          .bytes = 700'000,
          .expect = expect};
}

}  // namespace

std::span<const Step> OwnerOfSticksSteps() {
  static const Step kSteps[] = {
      Copy(0, "11:05", "", "{borrowed_stick}", "UW-UD-F UW-DH-F"),
      Copy(1, "11:15", "", "{borrowed_stick}", "UW-UD-A UW-DH-A"),
      Copy(2, "14:20", "stick_owner", "{own_stick}", "UW-UH-F"),
      Copy(3, "14:22", "stick_owner", "{own_stick}", "UW-UH-A"),
      Copy(4, "15:40", "quiet", "{own_stick}", "UW-UHD-101"),
      Copy(5, "10:31", "quiet2", "{stick}", "UW-UHD-100"),
      Copy(6, "10:50", "", "{stick2}", "UW-UHD-110"),
  };
  return kSteps;
}

std::span<const Step> NewToSticksSteps() {
  static const Step kSteps[] = {
      Copy(0, "10:12", "", "{borrowed_stick}", "UW-UHD-001"),
      Copy(1, "16:40", "stick_owner", "{stick}", "UW-UHD-010", "second"),
  };
  return kSteps;
}

std::span<const Step> OldStickNewHandSteps() {
  static const Step kSteps[] = {
      Copy(0, "09:48", "stick_owner", "{borrowed_stick}", "UW-UHD-011"),
  };
  return kSteps;
}

}  // namespace vedette::simulate
