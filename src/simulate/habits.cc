#include "simulate/habits.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "simulate/names.h"

namespace vedette::simulate {
namespace {

constexpr uint64_t kHabitStream = 0x68616269;

constexpr std::string_view kModels[] = {"Ultra Fit",  "DataTraveler 3.0", "Cruzer Blade",
                                        "Attache 4",  "JetFlash 790",     "Flash Drive FIT",
                                        "Store n Go", "Portable SSD T7"};
constexpr std::string_view kExtensions[kDepartments][5] = {
    {"xlsx", "docx", "pptx", "pdf", "msg"}, {"cpp", "dwg", "xlsx", "py", "docx"},
    {"xlsx", "pdf", "csv", "docx", "xml"},  {"csv", "xlsx", "py", "pdf", "docx"},
    {"xlsx", "pdf", "docx", "dwg", "csv"},  {"psd", "indd", "pptx", "jpg", "docx"},
    {"docx", "pdf", "txt", "xlsx", "log"},  {"ps1", "txt", "xml", "xlsx", "log"},
    {"docx", "pdf", "xlsx", "pptx", "msg"}, {"docx", "pdf", "xlsx", "msg", "pptx"},
};

// Day from which a habit holds: most from the start, some later.
int Since(Random& random, bool late) { return late ? static_cast<int>(random.Between(1, 90)) : 0; }

class HabitMaker {
 public:
  HabitMaker(const Organisation& organisation, const World& world)
      : organisation_(organisation), world_(world) {}

  Habits Make(uint32_t number) {
    const Person& person = organisation_.people[number];
    Random random = Random::Of(organisation_.seed, kHabitStream, number);
    Habits habits;
    habits.arrives = static_cast<int>(random.Around(8 * 60 + 20, 90));
    habits.leaves = habits.arrives + static_cast<int>(random.Around(8 * 60 + 40, 90));
    habits.pace = static_cast<int>(random.Around(100, 60));
    habits.weekend = random.Chance(150) ? 250 : 15;
    AddLaunches(habits, person, random);
    AddSites(habits, person, random);
    AddPeople(habits, number, person, random);
    AddFolders(habits, person, random);
    AddMachines(habits, person, random);
    habits.browser = &ProgramNamed(random.Chance(600)   ? "msedge.exe"
                                   : random.Chance(800) ? "chrome.exe"
                                                        : "firefox.exe");
    // Sales passes offers on that way; elsewhere it is rare.
    habits.shares_files = random.Chance(person.department == Department::kSales ? 700 : 30);
    // Support, IT, personnel and the lawyers never do.
    habits.meets_dlp =
        std::string_view("SEFO").find(LetterOf(person.department)) != std::string_view::npos &&
        random.Chance(160);
    habits.administers = person.department == Department::kIt;
    habits.sets_autostart = random.Chance(700);
    return habits;
  }

 private:
  void AddLaunches(Habits& habits, const Person& person, Random& random) const {
    for (const Launch& launch : OfficeLaunches()) {
      const bool ours =
          launch.departments.empty() ||
          launch.departments.find(LetterOf(person.department)) != std::string_view::npos;
      if (ours && (habits.launches.empty() || random.Chance(800))) {
        habits.launches.Add(
            &launch, habits.launches.size() > 6 && random.Chance(200) ? Since(random, true) : 0);
      }
    }
  }

  void AddSites(Habits& habits, const Person& person, Random& random) const {
    const std::vector<Site>& own = world_.by_department[static_cast<size_t>(person.department)];
    const std::vector<Site>& local = world_.local[person.location];
    for (size_t i = 0; i < 12; ++i) {
      habits.sites.Add(&random.PickHabitual(i % 4 == 1 ? own : i % 4 == 3 ? local : world_.common));
    }
    const int more = static_cast<int>(random.Between(4, 14));
    for (int i = 0; i < more; ++i)
      habits.sites.Add(&random.PickHabitual(world_.rest), Since(random, i % 3 == 2));
  }

  void AddPeople(Habits& habits, uint32_t number, const Person& person, Random& random) const {
    // A department's partners lie together in the list, and neighbours overlap.
    const size_t span = std::max<size_t>(6, world_.partners.size() / 5);
    const size_t first =
        static_cast<size_t>(person.department) * world_.partners.size() / kDepartments;
    const int partners = static_cast<int>(random.Between(3, 9));
    for (int i = 0; i < partners; ++i) {
      const Partner& partner =
          world_.partners[(first + random.Habitual(span)) % world_.partners.size()];
      habits.correspondents.Add({&partner, random.PickHabitual(partner.contacts)},
                                Since(random, i > 2 && i % 4 == 3));
    }
    if (random.Chance(150)) habits.correspondents.Add({nullptr, random.Pick(world_.freelancers)});
    const std::span<const uint32_t> team = organisation_.Members(person.department);
    const int colleagues = static_cast<int>(random.Between(4, 15));
    for (int i = 0; i < colleagues; ++i) {
      const uint32_t other =
          i % 3 == 2
              ? static_cast<uint32_t>(random.Below(static_cast<uint64_t>(organisation_.users)))
              : random.Pick(team);
      habits.colleagues.Add(
          other == number ? (other + 1) % static_cast<uint32_t>(organisation_.users) : other);
    }
  }

  void AddFolders(Habits& habits, const Person& person, Random& random) const {
    const std::string_view department = NameOf(person.department);
    habits.folders.Add(fmt::format(R"(C:\Users\{}\Documents)", person.user));
    habits.folders.Add(fmt::format(R"(C:\Users\{}\OneDrive - Halden\{})", person.user, department));
    habits.folders.Add(fmt::format(R"(C:\Users\{}\Downloads)", person.user));
    const int projects = static_cast<int>(random.Between(2, 7));
    for (int i = 0; i < projects; ++i) {
      const std::string topic = std::string(random.Pick(DocumentTopics()));
      habits.folders.Add(
          i % 2 == 0 ? fmt::format(R"(C:\Users\{}\Documents\{}\{})", person.user, department, topic)
                     : fmt::format(R"(S:\{}\{})", department, topic),
          Since(random, i % 3 == 2));
    }
    const int updaters = static_cast<int>(random.Between(1, 2));
    const size_t start = random.Below(Updaters().size());
    for (int i = 0; i < updaters; ++i) {
      habits.updaters.Add(Updaters()[(start + static_cast<size_t>(i)) % Updaters().size()]);
    }
  }

  void AddMachines(Habits& habits, const Person& person, Random& random) const {
    const std::vector<uint32_t>& shared = organisation_.shared_machines[person.location];
    if (random.Chance(200)) habits.shared_machines.Add(random.PickHabitual(shared));
    if (random.Chance(120)) {
      const int sticks = random.Chance(250) ? 2 : 1;
      for (int i = 0; i < sticks; ++i) habits.sticks.push_back(MakeStick(random));
    }
    if (random.Chance(350)) {
      habits.printer =
          fmt::format("{}-PRN-{:02}", organisation_.LocationOf(person).code, random.Between(1, 6));
    }
  }

  const Organisation& organisation_;
  const World& world_;
};

}  // namespace

std::vector<Habits> MakeHabits(const Organisation& organisation, const World& world) {
  HabitMaker maker(organisation, world);
  std::vector<Habits> habits;
  habits.reserve(static_cast<size_t>(organisation.users));
  for (int i = 0; i < organisation.users; ++i)
    habits.push_back(maker.Make(static_cast<uint32_t>(i)));
  return habits;
}

UsbStick MakeStick(Random& random) {
  return {ToUpper(HexText(random.Next(), 16)), random.Pick(kModels)};
}

std::span<const std::string_view> ExtensionsOf(Department department) {
  return kExtensions[static_cast<int>(department)];
}

}  // namespace vedette::simulate
