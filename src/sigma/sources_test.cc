// What content/sigma/ makes of recorded columns: the shipped sources over rows as products write
// them.
#include "sigma/sources.h"

#include <map>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expr/fake_lookups.h"
#include "sigma/policy.h"

namespace vedette::sigma {
namespace {

using Row = std::map<std::string, std::string>;

class ShippedSources : public ::testing::Test {
 protected:
  ShippedSources()
      : library_(ContentLibrary::Load(VEDETTE_SOURCE_DIR "/content", faults_)),
        compiler_(library_.schema, raw_names_, lookups_),
        sources_(Sources::Load(library_.sigma, library_.schema, faults_)) {
    sources_.CompileAll(compiler_, faults_);
    EXPECT_FALSE(faults_.has_errors()) << faults_.Render();
  }

  const Source& Find(const std::string& id) {
    for (const Source& source : sources_.all()) {
      if (source.id == id) return source;
    }
    ADD_FAILURE() << "there is no source " << id;
    return sources_.all().front();
  }

  // The text of a field of a raw row; "(absent)" and "(absent or empty)" when there is none.
  std::string Get(const std::string& source, const std::string& field, const Row& row,
                  size_t platform = 0) {
    FieldNames names;
    const FieldId id = names.Intern(field);
    Event event;
    std::vector<Event::RawEntry> entries;
    for (RawId raw = 0; raw < raw_names_.size(); ++raw) {
      const auto at = row.find(raw_names_.path(raw));
      if (at != row.end()) entries.push_back({raw, Value::String(at->second)});
    }
    event.SetRaw(entries.data(), static_cast<uint16_t>(entries.size()));
    Evaluator evaluator(compiler_.program(), lookups_);
    evaluator.Reset(event);
    SourceView view(Find(source), platform, names);
    view.Open(evaluator);
    const Leaves leaves = view.Get(id);
    if (leaves.presence == Presence::kAbsent) return "(absent)";
    if (leaves.presence == Presence::kAbsentOrEmpty) return "(absent or empty)";
    return leaves.values.empty() ? "(empty list)" : leaves.values[0].ToText();
  }

  // The platform that a raw row is of.
  std::string Platform(const std::string& source, const Row& row) {
    FieldNames names;
    Event event;
    std::vector<Event::RawEntry> entries;
    for (RawId raw = 0; raw < raw_names_.size(); ++raw) {
      const auto at = row.find(raw_names_.path(raw));
      if (at != row.end()) entries.push_back({raw, Value::String(at->second)});
    }
    event.SetRaw(entries.data(), static_cast<uint16_t>(entries.size()));
    Evaluator evaluator(compiler_.program(), lookups_);
    evaluator.Reset(event);
    return evaluator.Evaluate(Find(source).platform).ToText();
  }

  Diagnostics faults_;
  ContentLibrary library_;
  RawNames raw_names_;
  FakeLookups lookups_;
  Compiler compiler_;
  Sources sources_;
};

TEST_F(ShippedSources, ProcessPathsHoldTheNameOnce) {
  const Row full = {{"FolderPath", R"(C:\Windows\System32\cmd.exe)"}, {"FileName", "cmd.exe"}};
  EXPECT_EQ(Get("defender-process", "Image", full), R"(C:\Windows\System32\cmd.exe)");
  const Row folder = {{"FolderPath", R"(C:\Windows\System32)"}, {"FileName", "cmd.exe"}};
  EXPECT_EQ(Get("defender-process", "Image", folder), R"(C:\Windows\System32\cmd.exe)");
  const Row lower = {{"InitiatingProcessFolderPath", R"(c:\windows\explorer.exe)"},
                     {"InitiatingProcessFileName", "Explorer.EXE"}};
  EXPECT_EQ(Get("defender-process", "ParentImage", lower), R"(c:\windows\explorer.exe)");
}

TEST_F(ShippedSources, UsersAreDomainAndNameOrNameAlone) {
  EXPECT_EQ(Get("defender-process", "User", {{"AccountDomain", "CORP"}, {"AccountName", "ada"}}),
            R"(CORP\ada)");
  EXPECT_EQ(Get("defender-process", "User", {{"AccountDomain", ""}, {"AccountName", "ada"}}),
            "ada");
  EXPECT_EQ(Get("defender-process", "User", {{"AccountDomain", "CORP"}}), "(absent or empty)");
}

TEST_F(ShippedSources, HashesAreThoseThatAreThere) {
  EXPECT_EQ(Get("defender-process", "Hashes", {{"MD5", "aa"}, {"SHA1", ""}, {"SHA256", "cc"}}),
            "MD5=aa,SHA256=cc");
  EXPECT_EQ(Get("defender-process", "Hashes", {}), "(absent or empty)");
}

TEST_F(ShippedSources, AGrandparentIsANameBehindABackslash) {
  EXPECT_EQ(Get("defender-process", "GrandParentImage",
                {{"InitiatingProcessParentFileName", "winword.exe"}}),
            R"(\winword.exe)");
}

TEST_F(ShippedSources, EmptyTextsAndDashesAreAbsentButMayEqualTheEmptyText) {
  for (const char* nothing : {"", "-"}) {
    EXPECT_EQ(Get("defender-process", "CommandLine", {{"ProcessCommandLine", nothing}}),
              "(absent or empty)");
  }
}

TEST_F(ShippedSources, WhatASourceDoesNotSupplyIsAbsent) {
  EXPECT_EQ(Get("defender-image-load", "Signed", {{"Signed", "true"}}), "(absent)");
  const Row row = {{"AdditionalFields.ProcessCurrentWorkingDirectory", "/tmp"}};
  EXPECT_EQ(Get("defender-process", "CurrentDirectory", row, 0), "(absent)");  // Windows
  EXPECT_EQ(Get("defender-process", "CurrentDirectory", row, 1), "/tmp");      // Linux
}

struct KeyCase {
  const char* key;
  const char* value;
  const char* target;
};

TEST_F(ShippedSources, RegistryKeysHaveShortHivesAndTheNameOfTheValue) {
  const KeyCase cases[] = {
      {R"(HKEY_LOCAL_MACHINE\SOFTWARE\X)", "Run", R"(HKLM\SOFTWARE\X\Run)"},
      {R"(HKEY_LOCAL_MACHINE\SOFTWARE\X)", "", R"(HKLM\SOFTWARE\X)"},
      {R"(HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\x)", "Start",
       R"(HKLM\System\CurrentControlSet\Services\x\Start)"},
      {R"(HKEY_CURRENT_USER\S-1-5-21-1-2-3-1001\Software)", "a",
       R"(HKU\S-1-5-21-1-2-3-1001\Software\a)"},
      {R"(HKEY_CURRENT_USER\Software)", "a", R"(HKCU\Software\a)"},
      {R"(HKEY_USERS\.DEFAULT)", "a", R"(HKU\.DEFAULT\a)"},
      {R"(HKEY_CLASSES_ROOT\exefile)", "a", R"(HKCR\exefile\a)"},
  };
  for (const KeyCase& c : cases) {
    EXPECT_EQ(Get("defender-registry-set", "TargetObject",
                  {{"RegistryKey", c.key}, {"RegistryValueName", c.value}}),
              c.target);
  }
  EXPECT_EQ(Get("defender-registry-delete", "TargetObject",
                {{"RegistryKey", ""},
                 {"PreviousRegistryKey", R"(HKEY_LOCAL_MACHINE\SOFTWARE\X)"},
                 {"PreviousRegistryValueName", "old"}}),
            R"(HKLM\SOFTWARE\X\old)");
}

TEST_F(ShippedSources, RegistryDataIsWrittenAsSysmonWritesIt) {
  const auto details = [&](const char* type, const char* data) {
    return Get("defender-registry-set", "Details",
               {{"RegistryValueType", type}, {"RegistryValueData", data}});
  };
  EXPECT_EQ(details("Dword", "1"), "DWORD (0x00000001)");
  EXPECT_EQ(details("Dword", "4294967295"), "DWORD (0xffffffff)");
  EXPECT_EQ(details("Qword", "4294967298"), "QWORD (0x00000001-0x00000002)");
  EXPECT_EQ(details("Binary", "0102"), "Binary Data");
  EXPECT_EQ(details("String", R"(C:\x.exe)"), R"(C:\x.exe)");
  EXPECT_EQ(details("Dword", "not a number"), "not a number");
}

TEST_F(ShippedSources, RegistryActionsHaveSysmonsNames) {
  EXPECT_EQ(Get("defender-registry-set", "EventType", {{"ActionType", "RegistryValueSet"}}),
            "SetValue");
  EXPECT_EQ(Get("defender-registry-delete", "EventType", {{"ActionType", "RegistryKeyDeleted"}}),
            "DeleteKey");
}

TEST_F(ShippedSources, ConnectionsInAreTurnedRound) {
  const Row row = {{"LocalIP", "10.0.0.5"},  {"LocalPort", "3389"},
                   {"RemoteIP", "10.0.0.9"}, {"RemotePort", "50123"},
                   {"Protocol", "Tcp"},      {"RemoteUrl", "https://files.example:8443/a?b"}};
  EXPECT_EQ(Get("defender-network-outbound", "DestinationIp", row), "10.0.0.9");
  EXPECT_EQ(Get("defender-network-outbound", "Initiated", row), "true");
  EXPECT_EQ(Get("defender-network-outbound", "DestinationHostname", row), "files.example");
  EXPECT_EQ(Get("defender-network-outbound", "Protocol", row), "tcp");
  EXPECT_EQ(Get("defender-network-outbound", "DestinationIsIpv6", row), "false");
  EXPECT_EQ(Get("defender-network-inbound", "DestinationIp", row), "10.0.0.5");
  EXPECT_EQ(Get("defender-network-inbound", "DestinationPort", row), "3389");
  EXPECT_EQ(Get("defender-network-inbound", "Initiated", row), "false");
}

TEST_F(ShippedSources, TheActorOfAFileIsTheInitiatingProcess) {
  const Row row = {{"FolderPath", R"(C:\Users\ada\a.zip)"},
                   {"FileName", "a.zip"},
                   {"InitiatingProcessFolderPath", R"(c:\tools\7z.exe)"},
                   {"InitiatingProcessAccountDomain", "corp"},
                   {"InitiatingProcessAccountName", "ada"},
                   {"PreviousFolderPath", R"(C:\Temp)"},
                   {"PreviousFileName", "b.zip"}};
  EXPECT_EQ(Get("defender-file-create", "TargetFilename", row), R"(C:\Users\ada\a.zip)");
  EXPECT_EQ(Get("defender-file-create", "Image", row), R"(c:\tools\7z.exe)");
  EXPECT_EQ(Get("defender-file-create", "User", row), R"(corp\ada)");
  EXPECT_EQ(Get("defender-file-rename", "SourceFilename", row), R"(C:\Temp\b.zip)");
}

TEST_F(ShippedSources, PipesLoseTheirDevice) {
  EXPECT_EQ(Get("defender-pipe", "PipeName",
                {{"AdditionalFields.PipeName", R"(\Device\NamedPipe\msagent_1)"}}),
            R"(\msagent_1)");
}

TEST_F(ShippedSources, ThePlatformComesFromTheColumnOrFromThePaths) {
  EXPECT_EQ(Platform("defender-process", {{"FolderPath", R"(C:\x.exe)"}}), "windows");
  EXPECT_EQ(Platform("defender-process", {{"FolderPath", "/usr/bin/curl"}}), "linux");
  EXPECT_EQ(Platform("defender-process", {{"FolderPath", "/usr/bin/curl"},
                                          {"InitiatingProcessFolderPath", "/system/library/x"}}),
            "macos");
  EXPECT_EQ(
      Platform("defender-process", {{"OSPlatform", "macOS"}, {"FolderPath", "/usr/bin/curl"}}),
      "macos");
  EXPECT_EQ(Platform("defender-process", {{"OSPlatform", "Windows11"}}), "windows");
  EXPECT_EQ(Platform("defender-process", {}), "windows");
}

TEST_F(ShippedSources, EverySourceHasARealProductAndCompiles) {
  for (const Source& source : sources_.all()) {
    SCOPED_TRACE(source.id);
    EXPECT_FALSE(source.log_sources.empty());
    EXPECT_FALSE(source.fields.empty());
    for (const SourceField& field : source.fields) EXPECT_NE(field.value, kNoExpr) << field.name;
  }
}

// Faults of sources, with their places.

Diagnostics FaultsOf(const std::string& yaml) {
  Diagnostics faults;
  ContentLibrary library = ContentLibrary::Load(VEDETTE_SOURCE_DIR "/content", faults);
  library.sigma.clear();
  const Result<Node> root = ParseYaml(yaml, "sigma/sources/x.yaml");
  if (!root) {
    faults.Error(root.error().place, root.error().code, root.error().message);
    return faults;
  }
  library.sigma.push_back({"sigma/sources/x.yaml", *root});
  RawNames raw_names;
  FakeLookups lookups;
  Compiler compiler(library.schema, raw_names, lookups);
  Sources sources = Sources::Load(library.sigma, library.schema, faults);
  sources.CompileAll(compiler, faults);
  return faults;
}

TEST(Sources, FaultsHaveTheirPlaces) {
  const std::string text = FaultsOf(R"(sources:
  - id: a
    about: x
    vendor: v
    product: p
    events: [process-create]
    log_sources: [{}]
    platform: "'windows'"
    platforms: [windows]
    wen: "true"
    fields:
      Image: toLowr(process_path)
      CurrentDirectory: {value: process_dir, platforms: [linus]}
  - id: a
    about: x
    vendor: v
    product: p
    events: [process-created]
    log_sources: [{category: c}]
    platform: "'windows'"
    fields: {}
)")
                               .Render();
  for (const char* part :
       {"sigma/sources/x.yaml:6:14: error: there is no event type 'process-create'",
        "sigma/sources/x.yaml:7:19: error: a log source needs",
        "sigma/sources/x.yaml:10:5: error: a Sigma source has no key 'wen'",
        "sigma/sources/x.yaml:12:14: error: there is no function 'toLowr'",
        "sigma/sources/x.yaml:13:33: error: the source has no platform 'linus'",
        "sigma/sources/x.yaml:14:5: error: the Sigma source 'a' is already defined",
        "'platform' says which of 'platforms'"}) {
    EXPECT_THAT(text, ::testing::HasSubstr(part));
  }
}

// The policy.

class ShippedPolicy : public ::testing::Test {
 protected:
  ShippedPolicy() {
    const ContentLibrary library = ContentLibrary::Load(VEDETTE_SOURCE_DIR "/content", faults_);
    policy_ = Policy::Load(library.sigma, faults_);
    EXPECT_FALSE(faults_.has_errors()) << faults_.Render();
  }
  Diagnostics faults_;
  Policy policy_;
};

using Texts = std::vector<std::string>;

TEST_F(ShippedPolicy, TagsOfBothEditionsBecomeOneTechnique) {
  const AttackTags newer = policy_.Attack({"attack.t1685.005", "attack.stealth", "attack.g0049",
                                           "attack.s0002", "cve.2024-1234", "car.2016-04-002"});
  const AttackTags older = policy_.Attack({"attack.t1070.001", "attack.defense_evasion"});
  EXPECT_EQ(newer.techniques, Texts{"T1070.001"});
  EXPECT_EQ(newer.tactics, Texts{"defense-evasion"});
  EXPECT_EQ(older.techniques, newer.techniques);
  EXPECT_EQ(older.tactics, newer.tactics);
}

TEST_F(ShippedPolicy, TheTableOfChangesIsReadInBothDirections) {
  EXPECT_EQ(policy_.Attack({"attack.t1685"}).techniques, Texts{"T1562.001"});
  EXPECT_EQ(policy_.NewerTechniques("T1562.001"), Texts{"T1685"});
  EXPECT_EQ(policy_.NewerTechniques("T1562.004"), (Texts{"T1686", "T1686.001", "T1686.003"}));
  EXPECT_EQ(policy_.NewerTechniques("T1059"), Texts{"T1059"});
  // What nobody knows is kept.
  EXPECT_EQ(policy_.Attack({"attack.t9999.001", "attack.T1059"}).techniques,
            (Texts{"T9999.001", "T1059"}));
}

TEST_F(ShippedPolicy, UseCasesGoByTechniqueAndElseByTactic) {
  EXPECT_EQ(policy_.UseCases(policy_.Attack({"attack.t1486", "attack.impact"})),
            Texts{"Ransomware"});
  EXPECT_EQ(policy_.UseCases(policy_.Attack({"attack.t1021.002", "attack.lateral-movement"})),
            Texts{"Lateral Movement"});
  EXPECT_EQ(policy_.UseCases(policy_.Attack({"attack.t1112", "attack.stealth"})), Texts{"Evasion"});
  EXPECT_EQ(policy_.UseCases({}), Texts{});
}

TEST_F(ShippedPolicy, PointsGrowWithTheLevelAndInformationalHasNone) {
  EXPECT_EQ(policy_.PointsMicro(Level::kInformational), 0);
  EXPECT_LT(policy_.PointsMicro(Level::kLow), policy_.PointsMicro(Level::kMedium));
  EXPECT_LT(policy_.PointsMicro(Level::kMedium), policy_.PointsMicro(Level::kHigh));
  EXPECT_LT(policy_.PointsMicro(Level::kHigh), policy_.PointsMicro(Level::kCritical));
  EXPECT_GT(policy_.PointsMicro(Level::kNone), 0);
}

}  // namespace
}  // namespace vedette::sigma
