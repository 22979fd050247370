#include <filesystem>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/simulated_disk.h"
#include "library/html_site.h"
#include "library/html_text.h"
#include "library/library_json.h"
#include "library/markdown_pages.h"
#include "library/markdown_table.h"
#include "library/navigator.h"
#include "library/tiny_content.h"

namespace vedette {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Squeezed = MarkdownTable::Squeezed;

struct Pages {
  explicit Pages(const LibraryFacts& facts) {
    WriteMarkdownPages(facts, out);
    WriteNavigatorLayers(facts, "", out);
    WriteNavigatorLayers(facts, "html/", out);
    WriteHtmlSite(facts, out);
  }
  std::string Text(const std::string& path) const {
    const std::string* text = out.Find(path);
    return text == nullptr ? "there is no " + path : *text;
  }
  Diagnostics faults;
  OutputFolder out{faults};
};

TEST(OutputFolderTest, EndsAtTheFileThatDoesNotFitAndLeavesTheOthersWhole) {
  Diagnostics faults;
  OutputFolder out(faults);
  out.Add("a/one.md", std::string(600, '1'));
  out.Add("a/two.md", std::string(600, '2'));
  SimulatedDisk disk(1);
  ASSERT_TRUE(MakeFolders(disk, "library/a"));
  ASSERT_TRUE(ReplaceFile(disk, "library/a/two.md", "old"));
  disk.SetCapacity(1'000);
  const Result<size_t> written = out.Write(disk, "library");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().ToString(),
            "cannot write library/a/two.md.part: No space left on device; make room and "
            "run the same command again");
  EXPECT_EQ(*ReadFile(disk, "library/a/one.md"), std::string(600, '1'));
  EXPECT_EQ(*ReadFile(disk, "library/a/two.md"), "old");
  EXPECT_THAT(*disk.List("library/a"), ::testing::ElementsAre("one.md", "two.md"));

  disk.SetReadOnly(true);
  EXPECT_EQ(out.Write(disk, "library").error().code, "read-only");
  EXPECT_EQ(out.Write(disk, "other").error().ToString(),
            "cannot create the folder other: Read-only file system");
}

TEST(MarkdownTableTest, PadsCellsAndCentresWithTheSmallerHalfOnTheLeft) {
  MarkdownTable table({{"Rules", true}, {"Öl"}});
  table.AddRow({"8", "x"});
  table.AddRow({"10", "größer"});
  EXPECT_EQ(table.Render(Squeezed::kNo),
            "| Rules | Öl     |\n"
            "|:-----:| ------ |\n"
            "|   8   | x      |\n"
            "|  10   | größer |\n");
}

TEST(MarkdownTableTest, SqueezesRunsOfElevenOrMore) {
  MarkdownTable table({{"A"}});
  table.AddRow({"0123456789"});  // ten dashes and nine blanks stay
  table.AddRow({"x"});
  EXPECT_EQ(table.Render(Squeezed::kYes),
            "| A          |\n| ---------- |\n| 0123456789 |\n| x          |\n");
  table.AddRow({"0123456789ab"});  // twelve dashes; eleven blanks and one around
  EXPECT_EQ(table.Render(Squeezed::kYes),
            "| A    |\n| ---- |\n| 0123456789   |\n| x    |\n| 0123456789ab |\n");
}

TEST(MarkdownTextTest, EscapesWhatWouldBecomeMarkup) {
  EXPECT_EQ(MarkdownText("a|b <i>\n*c* [d] `e` \\f & g"),
            "a\\|b &lt;i&gt; \\*c\\* \\[d\\] \\`e\\` \\\\f & g");
  EXPECT_EQ(MarkdownTarget("a b/(c).md"), "a%20b/%28c%29.md");
}

TEST(MarkdownPagesTest, WritesARulePage) {
  TinyContent tiny;
  const Pages pages(tiny.Load());
  EXPECT_EQ(pages.Text("DataSources/Acme/EDR/RM/r_m_acme_edr_Evasion_&_More.md"),
            R"(Vendor: Acme
============
### Product: [EDR](../ds_acme_edr.md)
### Use-Case: [Evasion & More](../../../../UseCases/uc_evasion_&_more.md)

| Rules | Models | MITRE TTPs | Event Types | Parsers |
|:-----:|:------:|:----------:|:-----------:|:-------:|
|   1   |   0    |     2      |      2      |    2    |

| Event Type | Rules    | Models |
| ---------- | ---- | ------ |
| file-write | <b>T1048 - Exfiltration Over Alternative Protocol</b><br> ↳ <b>U-1</b>: The rule U-1<br><br><b>T1052.001 - Exfiltration Over Physical Medium: Exfiltration over USB</b><br> ↳ <b>U-1</b>: The rule U-1 |        |
| usb-write  | <b>T1048 - Exfiltration Over Alternative Protocol</b><br> ↳ <b>U-1</b>: The rule U-1<br><br><b>T1052.001 - Exfiltration Over Physical Medium: Exfiltration over USB</b><br> ↳ <b>U-1</b>: The rule U-1 |        |

### Content files

- rules of usb: [rules/usb.yaml](../../../../content/rules/usb.yaml)
)");
}

TEST(MarkdownPagesTest, WritesAProductPage) {
  TinyContent tiny;
  const Pages pages(tiny.Load());
  const std::string page = pages.Text("DataSources/Beta/Web_Proxy/ds_beta_web_proxy.md");
  EXPECT_THAT(page, HasSubstr(R"(Vendor: Beta
============
Product: Web Proxy
------------------
| Rules | Models | MITRE TTPs | Event Types | Parsers |
|:-----:|:------:|:----------:|:-----------:|:-------:|
|   1   |   0    |     0      |      1      |    1    |

|    Use-Case    | Event Types/Parsers    | MITRE TTP | Content    |
)"));
  EXPECT_THAT(page,
              HasSubstr("| [Data Leak](../../../UseCases/uc_data_leak.md) |  "
                        "web-activity-allowed<br> ↳[beta-web](Ps/pC_betaweb.md)<br> |    | "
                        "[<ul><li>1 Rules</li></ul>](RM/r_m_beta_web_proxy_Data_Leak.md) |\n\n"
                        "ATT&CK Matrix for Enterprise\n----------------------------\n| Initial "
                        "Access | Execution |"));
}

TEST(MarkdownPagesTest, LongRowsGoToASecondPage) {
  TinyContent tiny;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "acme-with-a-long-name-" + std::to_string(i);
    tiny.Write("parsers/acme/edr/" + id + ".yaml",
               TinyParser(id, "Acme", "EDR", "[{type: file-write}]"));
  }
  tiny.Write("use_cases/z.yaml", "name: Zeal\nabout: Out.\nquestion: Too much?\n");
  tiny.Write("rules/z.yaml",
             "behaviour: z\nabout: Z.\nrules:\n" +
                 TinyRule("Z-1", "    events: [file-write]\n    use_cases: [Zeal]\n"));
  const Pages pages(tiny.Load());
  EXPECT_THAT(pages.Text("DataSources/Acme/EDR/ds_acme_edr.md"),
              HasSubstr("\n[Next Page -->>](2_ds_acme_edr.md)\n\nATT&CK Matrix"));
  EXPECT_THAT(pages.Text("DataSources/Acme/EDR/ds_acme_edr.md"), Not(HasSubstr("uc_zeal")));
  EXPECT_THAT(pages.Text("DataSources/Acme/EDR/2_ds_acme_edr.md"), HasSubstr("uc_zeal"));
}

TEST(MarkdownPagesTest, WritesTheIndices) {
  TinyContent tiny;
  const Pages pages(tiny.Load());
  EXPECT_THAT(
      pages.Text("Data Sources.md"),
      HasSubstr(
          "| <b>Beta</b> | [Web Proxy](DataSources/Beta/Web_Proxy/ds_beta_web_proxy.md)<br> |\n"));
  EXPECT_THAT(pages.Text("Use Cases.md"),
              HasSubstr("| [Evasion & More](UseCases/uc_evasion_&_more.md)<br> | [Data "
                        "Leak](UseCases/uc_data_leak.md)<br> |"));
  EXPECT_THAT(pages.Text("MitreMap.md"),
              HasSubstr("### MITRE Techniques: 1\n### MITRE Sub-techniques: 1\n"));
  EXPECT_THAT(pages.Text("MitreMap.md"),
              HasSubstr("| T1052.001 | [Exfiltration Over Physical Medium: Exfiltration over USB]"
                        "(https://attack.mitre.org/techniques/T1052/001)<br><br> | 2     |"));
}

TEST(NavigatorTest, ScoresATechniqueByItsRules) {
  TinyContent tiny;
  const Pages pages(tiny.Load());
  EXPECT_EQ(
      pages.Text("navigator/use_case_data_leak.json"),
      R"({"name":"Vedette: Data Leak","versions":{"attack":"18","navigator":"5.1.0","layer":"4.5"},"domain":"enterprise-attack",)"
      R"("description":"Does it leak? The score is the number of rules.","sorting":3,)"
      R"("layout":{"layout":"side","showID":true,"showName":true},"hideDisabled":false,"techniques":[)"
      R"({"techniqueID":"T1048","score":1,"enabled":true,"comment":"U-1","showSubtechniques":false},)"
      R"({"techniqueID":"T1052.001","score":2,"enabled":true,"comment":"U-1, U-2","showSubtechniques":false},)"
      R"({"techniqueID":"T1052","enabled":true,"showSubtechniques":true}],)"
      R"("gradient":{"colors":["#dbeafe","#1d4ed8"],"minValue":1,"maxValue":2},)"
      R"("selectTechniquesAcrossTactics":true,"selectSubtechniquesWithParent":false})"
      "\n");
}

TEST(HtmlTextTest, Escapes) {
  EXPECT_EQ(HtmlText("<a href=\"x\" & 'y'>"), "&lt;a href=&quot;x&quot; &amp; &#39;y&#39;&gt;");
}

TEST(HtmlTextTest, LinksOnlyToTheWeb) {
  EXPECT_EQ(HtmlAddress("https://a.example/?b&c"),
            "<a href=\"https://a.example/?b&amp;c\">https://a.example/?b&amp;c</a>");
  EXPECT_EQ(HtmlAddress("javascript:alert(1)"), "javascript:alert(1)");
}

// Everything that an author can write, as markup that must not come through.
TEST(HtmlSiteTest, TextOfContentIsNeverMarkup) {
  const std::string evil = R"('<script>alert(1)</script>"><img src=x onerror=alert(2)>')";
  TinyContent tiny;
  tiny.Write("parsers/evil.yaml",
             "id: evil\nvendor: " + evil + "\nproduct: " + evil + "\ntitle: " + evil +
                 "\nabout: " + evil + "\nx-covers: [" + evil +
                 "]\nforms: [{format: json, match: {kind: evil}}]\ntime: {from: t, formats: "
                 "[epoch_s]}\nevents: [{type: file-write}]\n");
  tiny.Write("use_cases/evil.yaml", "name: " + evil + "\nabout: " + evil + "\nquestion: " + evil +
                                        "\nlimits: " + evil + "\nfirst_steps: [" + evil + "]\n");
  tiny.Write("rules/evil.yaml", "behaviour: " + evil + "\nabout: " + evil +
                                    "\nmodels:\n  - {id: " + evil + ", title: " + evil +
                                    ", kind: profile, events: [file-write], scope: user, value: "
                                    "file_name}\nrules:\n  - {id: " +
                                    evil + ", title: " + evil + ", description: " + evil +
                                    ", level: low, verdict: first, model: " + evil +
                                    ", use_cases: [" + evil + "], score: 1, score_reason: " + evil +
                                    ", reason: x, falsepositives: [" + evil + "], first_steps: [" +
                                    evil + "], references: [" + evil + "], blind_spots: " + evil +
                                    "}\n");
  const Pages pages(tiny.Load());
  ASSERT_EQ(tiny.faults().errors(), 0u) << tiny.faults().Render();
  size_t shown = 0;
  for (const auto& [key, file] : pages.out.files()) {
    const bool html = file.path.ends_with(".html");
    if (!html && (!file.path.ends_with(".md"))) continue;
    EXPECT_THAT(file.text, Not(HasSubstr("<script>alert"))) << file.path;
    EXPECT_THAT(file.text, Not(HasSubstr("<img"))) << file.path;
    shown += file.text.find("&lt;script&gt;alert(1)") != std::string::npos;
  }
  EXPECT_GT(shown, 10u);
}

TEST(HtmlSiteTest, ShowsARuleWithWhatFeedsIt) {
  TinyContent tiny;
  const Pages pages(tiny.Load());
  const std::string page = pages.Text("html/behaviours/usb.html");
  EXPECT_THAT(page, HasSubstr("<section class=\"rule\" id=\"rule-U-2\">"));
  EXPECT_THAT(page, HasSubstr("<a href=\"../products/acme_edr.html\">Acme EDR</a>"));
  EXPECT_THAT(page, HasSubstr("<a href=\"../content/rules/usb.yaml.html#L16\">rules/usb.yaml</a>"));
}

TEST(HtmlSiteTest, TheSearchKnowsEveryRule) {
  TinyContent tiny;
  const std::string search = Pages(tiny.Load()).Text("html/search.js");
  EXPECT_THAT(
      search,
      HasSubstr(
          R"(["rule","U-2","A first file","behaviours/usb.html#rule-U-2","First. T1052.001 )"));
}

// Follows every link of every page: the file has to be there, and the anchor in it.
void ExpectSoundLinks(const Pages& pages) {
  const std::regex html_link(R"re((?:href|src)="([^"]*)")re");
  const std::regex markdown_link(R"re(\]\(([^)\s]*)\))re");
  std::set<std::string> broken;
  size_t followed = 0;
  for (const auto& [key, file] : pages.out.files()) {
    if (!file.path.ends_with(".html") && !file.path.ends_with(".md")) continue;
    const std::regex& link = file.path.ends_with(".html") ? html_link : markdown_link;
    for (std::sregex_iterator it(file.text.begin(), file.text.end(), link), end; it != end; ++it) {
      std::string target = (*it)[1].str();
      if (target.starts_with("http") || target.starts_with("data:")) continue;
      for (size_t at; (at = target.find("&amp;")) != std::string::npos;) target.erase(at + 1, 4);
      for (size_t at; (at = target.find("%20")) != std::string::npos;) target.replace(at, 3, " ");
      const size_t hash = std::min(target.find('#'), target.size());
      const std::string anchor = target.substr(std::min(hash + 1, target.size()));
      const auto base = std::filesystem::path(file.path).parent_path();
      const std::string path =
          hash == 0 ? file.path
                    : (base / target.substr(0, hash)).lexically_normal().generic_string();
      const std::string* text = pages.out.Find(path);
      ++followed;
      if (text == nullptr ||
          (!anchor.empty() && text->find("id=\"" + anchor + "\"") == std::string::npos))
        broken.insert(file.path + " -> " + target);
    }
  }
  EXPECT_GT(followed, 100u);
  EXPECT_THAT(broken, ::testing::IsEmpty());
}

TEST(PagesTest, EveryLinkLeadsSomewhere) {
  TinyContent tiny;
  ExpectSoundLinks(Pages(tiny.Load()));
}

// Indices and the matrix of everything have no one file behind them.
void ExpectContentBehindEveryPage(const Pages& pages) {
  const std::set<std::string> kIndices = {"html/index.html", "html/matrix.html", "html/rules.html",
                                          "Data Sources.md", "Use Cases.md",     "MitreMap.md"};
  size_t looked = 0;
  for (const auto& [key, file] : pages.out.files()) {
    if (!file.path.ends_with(".html") && !file.path.ends_with(".md")) continue;
    if (kIndices.contains(file.path) || file.path.starts_with("html/content/")) continue;
    EXPECT_NE(file.text.find("content/"), std::string::npos) << file.path;
    ++looked;
  }
  EXPECT_GT(looked, 5u);
}

// Licences of shared rules ask for it.
TEST(PagesTest, NameTheAuthorOfAnImportedRuleWhereverTheyShowIt) {
  TinyContent tiny;
  tiny.Write("sigma/scoring.yaml",
             "levels: {informational: 0, low: 4, medium: 8, high: 16, critical: 30}\n"
             "no_level: 4\nsuppress: 10m\n");
  tiny.Write("sigma/use_cases.yaml", "techniques:\n  T1048: [Data Leak]\n");
  tiny.Write("sigma/sources/acme.yaml",
             "sources:\n  - id: acme-file\n    about: Files.\n    vendor: Acme\n    product: EDR\n"
             "    events: [file-write]\n    log_sources: [{category: file_event}]\n"
             "    fields: {TargetFilename: raw.name}\n");
  tiny.WriteSigma(
      "title: A Script\nid: 11111111-0000-0000-0000-000000000001\nauthor: Some <One>\n"
      "license: DRL 1.1\nlevel: high\ntags: [attack.exfiltration, attack.t1048]\n"
      "logsource: {category: file_event}\n"
      "detection: {s: {TargetFilename|endswith: .hta}, condition: s}\n");
  const LibraryFacts& facts = tiny.Load();
  ASSERT_EQ(tiny.faults().errors(), 0u) << tiny.faults().Render();
  const Pages pages(facts);
  const char* const shown[] = {"html/rules.html", "html/behaviours/sigma.html"};
  for (const char* path : shown)
    EXPECT_THAT(pages.Text(path), HasSubstr("Some &lt;One&gt;, DRL 1.1")) << path;
  EXPECT_THAT(pages.Text("DataSources/Acme/EDR/RM/r_m_acme_edr_Data_Leak.md"),
              HasSubstr("A Script (by Some &lt;One&gt;, DRL 1.1)"));
  EXPECT_THAT(RenderLibraryJson(facts), HasSubstr(R"("author":"Some <One>","license":"DRL 1.1")"));
  ExpectSoundLinks(pages);
}

TEST(PagesTest, EveryPageLinksToTheContentBehindIt) {
  TinyContent tiny;
  ExpectContentBehindEveryPage(Pages(tiny.Load()));
}

TEST(PagesTest, EveryLinkOfTheShippedLibraryLeadsSomewhere) {
  Diagnostics faults;
  ContentSet::Options options;
  options.content_folder = VEDETTE_SOURCE_DIR "/content";
  const std::unique_ptr<ContentSet> content = ContentSet::Load(options, faults);
  const Pages pages(LibraryFacts::Load(*content, faults));
  EXPECT_EQ(pages.faults.Render(), "");
  ExpectSoundLinks(pages);
  ExpectContentBehindEveryPage(pages);
}

}  // namespace
}  // namespace vedette
