// How fast events pass all rules of a log source. Rules: those of VEDETTE_REFERENCE if it names a
// folder with sigma_rules.tar.gz, else made up in the same shape. Events are processes as Windows
// machines show them, with a made-up world's programs and command lines.
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "sigma/matcher.h"

namespace vedette::sigma {
namespace {

class Dice {
 public:
  size_t Below(size_t limit) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<size_t>((state_ * 0x2545F4914F6CDD1DULL) >> 33) % limit;
  }

 private:
  uint64_t state_ = 42;
};

std::string Letters(Dice& dice, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += static_cast<char>('a' + dice.Below(26));
  return text;
}

// Three images and four pieces of a command line per rule, a quarter with an exclusion.
std::vector<RuleFile> MadeUpRules(size_t count) {
  Dice dice;
  std::vector<RuleFile> files;
  for (size_t i = 0; i < count; ++i) {
    std::string text = fmt::format(
        "title: r{}\nid: {}\nlogsource: {{category: process_creation, product: windows}}\n"
        "detection:\n  selection_img:\n    - Image|endswith: ['\\{}.exe', '\\{}.exe']\n"
        "    - OriginalFileName: '{}.exe'\n  selection_cli:\n    CommandLine|contains: [' -{}', "
        "' /{}', '{}', '{}']\n  filter: {{ParentImage|endswith: '\\{}.exe'}}\n  condition: {}\n",
        i, i, Letters(dice, 6), dice.Below(3) == 0 ? "powershell" : Letters(dice, 5),
        Letters(dice, 6), Letters(dice, 4), Letters(dice, 4), Letters(dice, 9), Letters(dice, 12),
        Letters(dice, 6),
        dice.Below(4) == 0 ? "all of selection_* and not filter" : "all of selection_*");
    files.push_back({fmt::format("{:05}.yml", i), std::move(text)});
  }
  return files;
}

struct Process {
  const char* image;
  const char* original;
  const char* command;
  const char* parent;
};
constexpr Process kProcesses[] = {
    {R"(C:\Windows\System32\svchost.exe)", "svchost.exe",
     R"(C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule)",
     R"(c:\windows\system32\services.exe)"},
    {R"(C:\Program Files\Google\Chrome\Application\chrome.exe)", "chrome.exe",
     R"("C:\Program Files\Google\Chrome\Application\chrome.exe" --type=renderer --lang=en-US --field-trial-handle=1724,i,1453 --device-scale-factor=1 --num-raster-threads=4 --renderer-client-id=91)",
     R"(c:\program files\google\chrome\application\chrome.exe)"},
    {R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)", "PowerShell.EXE",
     R"(powershell.exe -NoProfile -ExecutionPolicy Bypass -File "C:\ProgramData\Agent\inventory.ps1")",
     R"(c:\program files\agent\agent.exe)"},
    {R"(C:\Windows\System32\cmd.exe)", "Cmd.Exe",
     R"(C:\Windows\system32\cmd.exe /d /c "C:\Program Files\Vendor\tool\check.cmd" --quiet)",
     R"(c:\windows\explorer.exe)"},
    {R"(C:\Windows\System32\conhost.exe)", "CONHOST.EXE",
     R"(\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1)",
     R"(c:\windows\system32\cmd.exe)"},
    {R"(C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE)", "Outlook.exe",
     R"("C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE" /recycle)",
     R"(c:\windows\explorer.exe)"},
    {R"(C:\Windows\System32\rundll32.exe)", "RUNDLL32.EXE",
     R"("C:\Windows\system32\rundll32.exe" C:\Windows\system32\PcaSvc.dll,PcaPatchSdbTask)",
     R"(c:\windows\system32\svchost.exe)"},
    {R"(C:\Windows\System32\taskhostw.exe)", "taskhostw.exe", "taskhostw.exe Install $(Arg0)",
     R"(c:\windows\system32\svchost.exe)"},
};

constexpr const char* kColumns[] = {
    "Image",          "OriginalFileName", "CommandLine", "ParentImage", "ParentCommandLine",
    "User",           "Hashes",           "ParentUser",  "Description", "Product",
    "IntegrityLevel", "Company",          "FileVersion"};

// Which value of a process stands for which field.
struct Columns {
  explicit Columns(const FieldNames& fields) : of_field(fields.size(), -1) {
    for (size_t i = 0; i < std::size(kColumns); ++i) {
      field_of.push_back(fields.Find(kColumns[i]));
      if (field_of[i] != kNoField) of_field[field_of[i]] = static_cast<int>(i);
    }
  }

  std::vector<int> of_field;
  std::vector<FieldId> field_of;
};

// One process under Sigma's names, as a view of Defender records has them. No two have the same
// command line or hashes, which is the worst case: nothing that is remembered of these comes again.
class ProcessView : public View {
 public:
  ProcessView(const Columns& columns, const Process& process, size_t number)
      : columns_(columns),
        command_(fmt::format("{} {}", process.command, number)),
        hashes_(fmt::format("MD5={:032x},SHA1={:040x},SHA256={:064x}", number * 7919, number,
                            number * 104729)) {
    for (const std::string_view text : std::initializer_list<std::string_view>{
             process.image, process.original, command_, process.parent, process.command,
             R"(HALDEN\ghaddad)", hashes_, R"(NT AUTHORITY\SYSTEM)",
             "Host Process for Windows Services", "Microsoft Windows Operating System", "Medium",
             "Microsoft Corporation", "10.0.19041.546"})
      values_.push_back(Value::String(text));
  }

  Leaves Get(FieldId field) override {
    const int column = columns_.of_field[field];
    if (column < 0) return {Presence::kAbsentOrEmpty, {}};
    return Leaves::Of({&values_[static_cast<size_t>(column)], 1});
  }
  void AppendEveryValue(std::vector<Value>& out) override {
    out.insert(out.end(), values_.begin(), values_.end());
  }
  void AppendValuesBeyond(const std::vector<bool>& known, std::vector<Value>& out) override {
    for (size_t i = 0; i < values_.size(); ++i) {
      const FieldId field = columns_.field_of[i];
      if (field == kNoField || !known[field]) out.push_back(values_[i]);
    }
  }

 private:
  const Columns& columns_;
  std::string command_;
  std::string hashes_;
  std::vector<Value> values_;
};

std::vector<RuleFile> Rules(size_t count) {
  const char* folder = std::getenv("VEDETTE_REFERENCE");
  if (folder == nullptr || count != 0) return MadeUpRules(count == 0 ? 3000 : count);
  Diagnostics faults;
  return ReadRuleFiles(std::string(folder) + "/sigma_rules.tar.gz", faults);
}

// More than what is remembered of a field's texts, so that none comes again in time.
constexpr size_t kEvents = 32'768;

void MatchProcesses(benchmark::State& state) {
  Diagnostics faults;
  const Collection rules = Collection::Load(Rules(static_cast<size_t>(state.range(0))), {}, faults);
  const std::vector<RuleIndex> which = rules.RulesFor({"process_creation", "windows", ""});
  const Matcher matcher(rules, which, nullptr, {.prune = state.range(1) != 0});
  const Columns columns(rules.fields());
  std::deque<ProcessView> events;  // whose texts do not move
  for (size_t i = 0; i < kEvents; ++i)
    events.emplace_back(columns, kProcesses[i % std::size(kProcesses)], i);
  MatchScratch scratch;
  std::vector<RuleIndex> matched;
  size_t matches = 0;
  for (auto _ : state) {
    for (ProcessView& event : events) {
      matcher.Match(event, scratch, matched);
      matches += matched.size();
    }
  }
  const auto seen = static_cast<double>(scratch.events());
  state.SetItemsProcessed(static_cast<int64_t>(scratch.events()));
  state.counters["rules"] = static_cast<double>(which.size());
  state.counters["looked_at"] = static_cast<double>(scratch.candidates()) / seen;
  state.counters["matches"] = static_cast<double>(matches) / seen;
}
// Number of made-up rules (0: the public ones, where there are any), and whether to prune.
BENCHMARK(MatchProcesses)->Args({0, 1})->Args({100, 1})->Args({1000, 1})->Args({3000, 1});
BENCHMARK(MatchProcesses)->Args({10000, 1})->Args({0, 0});

void LoadRules(benchmark::State& state) {
  const std::vector<RuleFile> files = Rules(0);
  for (auto _ : state) {
    Diagnostics faults;
    const Collection rules = Collection::Load(files, {}, faults);
    const Matcher matcher(rules, rules.RulesFor({"process_creation", "windows", ""}));
    benchmark::DoNotOptimize(matcher.coverage().size());
  }
  state.counters["rules"] = static_cast<double>(files.size());
}
BENCHMARK(LoadRules)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace vedette::sigma
