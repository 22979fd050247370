// For tests: a content folder with two products, three rules and two use cases, in a directory of
// its own.
//
//   TinyContent tiny;
//   tiny.Write("rules/x.yaml", …);      // adds or replaces a file
//   const LibraryFacts& facts = tiny.Load();
//
// Vocabulary and ATT&CK are those of the tree.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/scratch_dir.h"
#include "library/facts.h"

namespace vedette {

inline std::string TinyParser(const std::string& id, const std::string& vendor,
                              const std::string& product, const std::string& events) {
  return "id: " + id + "\nvendor: " + vendor + "\nproduct: " + product + "\ntitle: Files of " + id +
         "\nabout: What happened to files.\nforms: [{format: json, match: {kind: " + id +
         "}}]\ntime: {from: time, formats: [epoch_s]}\nfields: {user: who, file_name: "
         "name}\nevents: " +
         events + "\n";
}

inline std::string TinyRule(const std::string& id, const std::string& rest) {
  return "  - id: " + id + "\n    title: The rule " + id +
         "\n    description: What it sees.\n    score: 5\n    reason: seen\n    verdict: fact\n" +
         rest;
}

class TinyContent {
 public:
  TinyContent() {
    namespace fs = std::filesystem;
    for (const char* part : {"schema", "attack"}) {
      fs::create_directories(fs::path(folder_.path()) / part);
      fs::copy(fs::path(VEDETTE_SOURCE_DIR) / "content" / part, fs::path(folder_.path()) / part,
               fs::copy_options::recursive);
    }
    Write("parsers/acme/edr/usb.yaml",
          TinyParser("acme-usb", "Acme", "EDR",
                     "[{type: usb-write, when: \"raw.usb = 'yes'\"}, {type: file-write}, {type: "
                     "file-write, when: \"raw.a = 'b'\"}]"));
    Write("parsers/acme/edr/file.yaml",
          TinyParser("acme-file", "Acme", "EDR", "[{type: file-write}, {drop: no activity}]"));
    Write("parsers/beta/proxy.yaml",
          TinyParser("beta-web", "Beta", "Web Proxy", "[{type: web-activity-allowed}]"));
    Write("use_cases/leak.yaml",
          "name: Data Leak\nabout: Out.\nquestion: Does it leak?\nthreats: [Malicious Insiders]\n");
    Write("use_cases/other.yaml",
          "name: Evasion & More\nabout: Hidden.\nquestion: Is it hidden?\nthreats: [Compromised "
          "Insiders]\n");
    Write("rules/usb.yaml",
          "behaviour: usb\nabout: Devices.\nmodels:\n"
          "  - {id: UF, title: Files of a person, kind: profile, events: [usb-write], scope: user, "
          "value: file_name}\n"
          "  - {id: UD, title: Days of a person, kind: categorical, events: [usb-write], scope: "
          "user, value: file_name, if_seen: UF}\n"
          "rules:\n" +
              TinyRule("U-1",
                       "    events: [usb-write, file-write]\n    tags: [attack.t1052.001, "
                       "attack.t1048]\n    use_cases: [Data Leak, Evasion & More]\n") +
              "  - id: U-2\n    title: A first file\n    description: First.\n    score: 5\n    "
              "reason: first\n    verdict: abnormal\n    model: UD\n"
              "    tags: [attack.t1052.001]\n    use_cases: [Data Leak]\n");
    Write("rules/web.yaml", "behaviour: web\nabout: Sites.\nrules:\n" +
                                TinyRule("W-1",
                                         "    events: [web-activity-allowed]\n    tags: "
                                         "[attack.exfiltration]\n    use_cases: [Data Leak]\n"));
  }

  void Write(const std::string& path, const std::string& text) { folder_.Write(path, text); }
  // Sigma rules that are loaded beside the content.
  void WriteSigma(const std::string& rules) {
    foreign_.Write("rules.yml", rules);
    sigma_ = {foreign_.path() + "/rules.yml"};
  }

  // Everything that loading finds wrong is in `faults()`.
  const LibraryFacts& Load() {
    ContentSet::Options options;
    options.content_folder = folder_.path();
    options.sigma = sigma_;
    content_ = ContentSet::Load(options, faults_);
    facts_ = LibraryFacts::Load(*content_, faults_);
    return *facts_;
  }
  Diagnostics& faults() { return faults_; }

 private:
  ScratchDir folder_;
  ScratchDir foreign_;
  std::vector<std::string> sigma_;
  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  std::optional<LibraryFacts> facts_;
};

}  // namespace vedette
