#include "library/markdown_pages.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/text.h"
#include "library/content_files.h"
#include "library/markdown_table.h"
#include "library/matrix.h"

namespace vedette {
namespace {

using Squeezed = MarkdownTable::Squeezed;

std::string Join(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

// A title with a line of `mark` below it, as long as the title.
std::string Underlined(const std::string& title, char mark) {
  return title + '\n' + std::string(CodePoints(title), mark) + '\n';
}

std::string ParserFile(const ParserSpec& parser) {
  std::string name;
  for (const char c : ToLower(parser.id)) {
    if ((c >= 'a' && c <= 'z') || IsDigit(c) || c == '_') name += c;
  }
  return "Ps/pC_" + name + ".md";
}

// A content file that a page links to, once per page.
struct Source {
  std::string label, file;
  bool operator<(const Source& other) const {
    return std::tie(label, file) < std::tie(other.label, other.file);
  }
};

class MarkdownPages {
 public:
  MarkdownPages(const LibraryFacts& facts, OutputFolder& out) : facts_(facts), out_(out) {}

  void Write() {
    for (const ProductFacts& product : facts_.products()) WriteProduct(product);
    for (const UseCase& use_case : facts_.use_cases()) WriteUseCase(use_case);
    WriteDataSources();
    WriteUseCaseIndex();
    WriteAttackMap();
    for (ContentText& file : ReadContentFiles(facts_.content().library))
      out_.Add("content/" + file.path, std::move(file.text));
  }

 private:
  static std::string Slug(const ProductFacts& p) {
    return LowerFileName(p.vendor) + "_" + LowerFileName(p.product);
  }
  static std::string Folder(const ProductFacts& p) {
    return fmt::format("DataSources/{}/{}/", FileName(p.vendor), FileName(p.product));
  }
  static std::string ProductFile(const ProductFacts& p) {
    return Folder(p) + "ds_" + Slug(p) + ".md";
  }
  std::string RuleFile(const ProductFacts& p, const ProductUseCase& u) const {
    return fmt::format("RM/r_m_{}_{}.md", Slug(p), FileName(NameOf(u)));
  }
  static std::string UseCaseFile(const std::string& name) {
    return "UseCases/uc_" + LowerFileName(name) + ".md";
  }
  const std::string& NameOf(const ProductUseCase& u) const {
    return facts_.use_cases()[u.use_case].name;
  }

  static std::string Link(std::string_view text, std::string_view target) {
    return fmt::format("[{}]({})", MarkdownText(text), MarkdownTarget(target));
  }

  // "T1048 - Exfiltration Over Alternative Protocol".
  std::string Named(const std::string& id) const {
    return id + " - " + MarkdownText(facts_.attack().FullName(id));
  }

  static std::string CountTable(const Counts& c) {
    MarkdownTable table({{"Rules", true},
                         {"Models", true},
                         {"MITRE TTPs", true},
                         {"Event Types", true},
                         {"Parsers", true}});
    table.AddRow({std::to_string(c.rules), std::to_string(c.models), std::to_string(c.techniques),
                  std::to_string(c.event_types), std::to_string(c.parsers)});
    return table.Render(Squeezed::kNo);
  }

  static std::string ContentCell(const Counts& c, const std::string& target) {
    std::string numbers;
    if (c.rules > 0) numbers += fmt::format("<ul><li>{} Rules</li></ul>", c.rules);
    if (c.models > 0) numbers += fmt::format("<ul><li>{} Models</li></ul>", c.models);
    return fmt::format("[{}]({})", numbers, MarkdownTarget(target));
  }

  std::string TechniquesCell(const ContentTable& content) const {
    std::string cell;
    for (const std::string& id : content.techniques) cell += Named(id) + "<br>";
    return cell;
  }

  // Event types that feed rules, each with its parsers.
  std::string ParsersCell(const ContentTable& content) const {
    std::vector<std::string> types;
    for (const EventTypeRow& row : content.rows) {
      std::string type = " " + MarkdownText(facts_.event_type(row.type));
      for (const uint32_t p : row.parsers)
        type += "<br> ↳" + Link(facts_.parser(p).id, ParserFile(facts_.parser(p)));
      types.push_back(std::move(type));
    }
    return Join(types, "<br><br>") + "<br>";
  }

  std::string Matrix(const std::vector<std::string>& techniques) const {
    std::vector<MarkdownTable::Column> columns;
    std::vector<std::string> cells;
    for (const MatrixColumn& column : MakeMatrix(facts_.attack(), techniques)) {
      columns.push_back({column.tactic->name});
      std::string cell;
      for (const std::string& id : column.techniques)
        cell += Link(facts_.attack().FullName(id), AttackTable::Link(id)) + "<br><br>";
      cells.push_back(std::move(cell));
    }
    MarkdownTable table(std::move(columns));
    table.AddRow(std::move(cells));
    return table.Render(Squeezed::kNo);
  }

  // The last part of every page. `root` leads from the page to the output folder.
  static std::string Sources(const std::set<Source>& sources, std::string_view root) {
    std::string text = "\n### Content files\n\n";
    for (const Source& s : sources)
      text += fmt::format("- {}: {}\n", MarkdownText(s.label),
                          Link(s.file, fmt::format("{}content/{}", root, s.file)));
    return text;
  }

  // What others wrote is not part of the content folder.
  void AddRuleSource(uint32_t rule, std::set<Source>& sources) const {
    if (!facts_.rule(rule).imported)
      sources.insert({"rules of " + facts_.rule(rule).behaviour, facts_.rule(rule).file});
  }

  std::set<Source> SourcesOf(const ContentTable& content) const {
    std::set<Source> sources;
    for (const uint32_t r : content.rules) AddRuleSource(r, sources);
    for (const uint32_t m : content.models)
      sources.insert({"rules of " + facts_.model(m).behaviour, facts_.model(m).file});
    return sources;
  }

  std::set<Source> ParserSources(const ContentTable& content) const {
    std::set<Source> sources;
    for (const uint32_t p : content.parsers)
      sources.insert({"parser " + facts_.parser(p).id, facts_.parser(p).file});
    return sources;
  }

  void WriteProduct(const ProductFacts& product) {
    MarkdownTable::Column columns[] = {
        {"Use-Case", true}, {"Event Types/Parsers"}, {"MITRE TTP"}, {"Content"}};
    MarkdownTable first({columns, columns + 4});
    MarkdownTable second({columns, columns + 4});
    bool has_second = false;
    for (size_t i = 0; i < product.use_cases.size(); ++i) {
      const ProductUseCase& u = product.use_cases[i];
      std::string parsers = ParsersCell(u.content);
      constexpr size_t kAlwaysFirst = 2;
      constexpr size_t kLongestOnFirst = 500;
      const bool fits = i < kAlwaysFirst || CodePoints(parsers) <= kLongestOnFirst;
      has_second |= !fits;
      (fits ? first : second)
          .AddRow({Link(NameOf(u), "../../../" + UseCaseFile(NameOf(u))), std::move(parsers),
                   TechniquesCell(u.content), ContentCell(u.content.counts, RuleFile(product, u))});
    }
    const std::string owner = fmt::format("the product '{} {}'", product.vendor, product.product);
    const Place place =
        product.content.parsers.empty() ? Place{} : facts_.parser(product.content.parsers[0]).place;
    const std::string next = "2_ds_" + Slug(product) + ".md";
    std::string page = Underlined("Vendor: " + MarkdownText(product.vendor), '=') +
                       Underlined("Product: " + MarkdownText(product.product), '-') +
                       CountTable(product.content.counts) + '\n' + first.Render(Squeezed::kYes);
    if (has_second) page += fmt::format("[Next Page -->>]({})\n", MarkdownTarget(next));
    page +=
        '\n' + Underlined("ATT&CK Matrix for Enterprise", '-') + Matrix(product.content.techniques);
    out_.Add(ProductFile(product), page + Sources(ParserSources(product.content), "../../../"),
             place, owner);
    if (has_second) {
      out_.Add(Folder(product) + next,
               second.Render(Squeezed::kYes) + Sources(SourcesOf(product.content), "../../../"),
               place, owner + " (second page)");
    }
    for (const ProductUseCase& u : product.use_cases) WriteRules(product, u);
    for (const uint32_t p : product.content.parsers) WriteParser(product, facts_.parser(p), p);
  }

  // Rules of one event type, under each of their techniques.
  std::string RulesCell(const EventTypeRow& row) const {
    std::map<std::string, std::vector<uint32_t>> groups;
    std::vector<uint32_t> unmapped;
    for (const uint32_t r : row.rules) {
      const std::vector<std::string> headings = facts_.Headings(r);
      for (const std::string& heading : headings) groups[heading].push_back(r);
      if (headings.empty()) unmapped.push_back(r);
    }
    std::vector<std::string> cells;
    const auto add = [&](const std::string& heading, const std::vector<uint32_t>& rules) {
      std::string cell = fmt::format("<b>{}</b>", heading);
      for (const uint32_t r : rules) {
        cell += fmt::format("<br> ↳ <b>{}</b>: {}", MarkdownText(facts_.rule(r).id),
                            MarkdownText(facts_.rule(r).title));
        const std::string credit = CreditOf(facts_.rule(r));
        if (!credit.empty()) cell += fmt::format(" (by {})", MarkdownText(credit));
      }
      cells.push_back(std::move(cell));
    };
    for (const auto& [heading, rules] : groups) add(Named(heading), rules);
    if (!unmapped.empty()) add("No technique", unmapped);
    return Join(cells, "<br><br>");
  }

  std::string ModelsCell(const EventTypeRow& row) const {
    std::vector<std::string> cells;
    for (const uint32_t m : row.models) {
      cells.push_back(fmt::format(" • <b>{}</b>: {}", MarkdownText(facts_.model(m).id),
                                  MarkdownText(facts_.model(m).title)));
    }
    return Join(cells, "<br>");
  }

  void WriteRules(const ProductFacts& product, const ProductUseCase& u) {
    MarkdownTable table({{"Event Type"}, {"Rules"}, {"Models"}});
    for (const EventTypeRow& row : u.content.rows)
      table.AddRow({MarkdownText(facts_.event_type(row.type)), RulesCell(row), ModelsCell(row)});
    std::string page = Underlined("Vendor: " + MarkdownText(product.vendor), '=');
    page +=
        fmt::format("### Product: {}\n", Link(product.product, "../ds_" + Slug(product) + ".md"));
    page += fmt::format("### Use-Case: {}\n\n",
                        Link(NameOf(u), "../../../../" + UseCaseFile(NameOf(u))));
    page += CountTable(u.content.counts) + '\n' + table.Render(Squeezed::kYes);
    out_.Add(Folder(product) + RuleFile(product, u),
             page + Sources(SourcesOf(u.content), "../../../../"),
             facts_.use_cases()[u.use_case].place,
             fmt::format("the use case '{}' of the product '{} {}'", NameOf(u), product.vendor,
                         product.product));
  }

  void WriteParser(const ProductFacts& product, const ParserSpec& parser, uint32_t index) {
    std::string page = Underlined("Parser: " + MarkdownText(parser.id), '=');
    page += fmt::format("### Product: {}\n\n{}\n\n{}\n\n",
                        Link(product.product, "../ds_" + Slug(product) + ".md"),
                        MarkdownText(parser.title), MarkdownText(parser.about));
    MarkdownTable table({{"Event Type"}, {"Rules"}});
    const std::set<EventTypeId> types = facts_.EventTypesOfParser(index);
    for (const EventTypeRow& row : product.content.rows) {
      if (types.contains(row.type))
        table.AddRow({MarkdownText(facts_.event_type(row.type)), std::to_string(row.rules.size())});
    }
    page += table.Render(Squeezed::kNo);
    if (!parser.covers.empty()) {
      page += "\nAlso reads what is published as:\n\n";
      for (const std::string& name : parser.covers)
        page += fmt::format("- {}\n", MarkdownText(name));
    }
    std::set<Source> sources = {{"parser", parser.file}};
    if (const std::string test = facts_.TestOf(parser.file); !test.empty())
      sources.insert({"tests", test});
    page += Sources(sources, "../../../../");
    out_.Add(Folder(product) + ParserFile(parser), std::move(page), parser.place,
             fmt::format("the parser '{}'", parser.id));
  }

  void WriteUseCase(const UseCase& use_case) {
    std::string page = '\n' + Underlined("Use Case: " + MarkdownText(use_case.name), '=') + '\n';
    std::map<std::string, MarkdownTable> vendors;
    for (const ProductFacts& product : facts_.products()) {
      for (const ProductUseCase& u : product.use_cases) {
        if (NameOf(u) != use_case.name) continue;
        std::string types = "<ul>";
        for (const EventTypeRow& row : u.content.rows)
          types += fmt::format("<li>{}</li>", MarkdownText(facts_.event_type(row.type)));
        MarkdownTable empty({{"Product", true}, {"Event Types"}, {"MITRE TTP"}, {"Content"}});
        vendors.try_emplace(product.vendor, std::move(empty))
            .first->second.AddRow(
                {Link(product.product, "../" + ProductFile(product)), types + "</ul>",
                 TechniquesCell(u.content),
                 ContentCell(u.content.counts, "../" + Folder(product) + RuleFile(product, u))});
      }
    }
    for (const auto& [vendor, table] : vendors)
      page +=
          fmt::format("### Vendor: {}\n{}\n", MarkdownText(vendor), table.Render(Squeezed::kNo));
    if (vendors.empty()) page += "No product feeds a rule of this use case yet.\n";
    page += Sources({{"use case", use_case.file}}, "../").substr(vendors.empty() ? 0 : 1);
    out_.Add(UseCaseFile(use_case.name), std::move(page), use_case.place,
             fmt::format("the use case '{}'", use_case.name));
  }

  void WriteDataSources() {
    std::map<std::string, std::string> by_vendor;
    std::vector<const ProductFacts*> products;
    for (const ProductFacts& product : facts_.products()) products.push_back(&product);
    std::stable_sort(products.begin(), products.end(), [](const auto* a, const auto* b) {
      return std::pair(ToLower(a->vendor), ToLower(a->product)) <
             std::pair(ToLower(b->vendor), ToLower(b->product));
    });
    std::vector<std::string> order;
    for (const ProductFacts* product : products) {
      if (!by_vendor.contains(product->vendor)) order.push_back(product->vendor);
      by_vendor[product->vendor] += Link(product->product, ProductFile(*product)) + "<br>";
    }
    MarkdownTable table({{"Vendor"}, {"Product"}});
    for (const std::string& vendor : order)
      table.AddRow({fmt::format("<b>{}</b>", MarkdownText(vendor)), by_vendor[vendor]});
    std::set<Source> sources;
    for (const uint32_t p : facts_.parsers())
      sources.insert({"parser " + facts_.parser(p).id, facts_.parser(p).file});
    out_.Add("Data Sources.md", Underlined("Data Sources", '=') + '\n' +
                                    table.Render(Squeezed::kNo) + Sources(sources, ""));
  }

  void WriteUseCaseIndex() {
    MarkdownTable threats(
        {{std::string(kThreats[0])}, {std::string(kThreats[1])}, {std::string(kThreats[2])}});
    std::vector<std::string> cells(kThreats.size());
    for (const UseCase& use_case : facts_.use_cases()) {
      for (const std::string& threat : use_case.threats) {
        const auto at = std::find(kThreats.begin(), kThreats.end(), threat);
        if (at != kThreats.end())
          cells[static_cast<size_t>(at - kThreats.begin())] +=
              Link(use_case.name, UseCaseFile(use_case.name)) + "<br>";
      }
    }
    threats.AddRow(std::move(cells));
    MarkdownTable table({{"Use Case"}, {"Question"}, {"Products", true}, {"Rules", true}});
    std::set<Source> sources;
    for (const UseCase& use_case : facts_.use_cases()) {
      const auto products = std::count_if(
          facts_.products().begin(), facts_.products().end(), [&](const ProductFacts& p) {
            return std::any_of(p.use_cases.begin(), p.use_cases.end(),
                               [&](const ProductUseCase& u) { return NameOf(u) == use_case.name; });
          });
      table.AddRow({Link(use_case.name, UseCaseFile(use_case.name)),
                    MarkdownText(use_case.question), std::to_string(products),
                    std::to_string(facts_.RulesOfUseCase(use_case.name).size())});
      sources.insert({"use case " + use_case.name, use_case.file});
    }
    out_.Add("Use Cases.md", Underlined("Use Cases", '=') + '\n' + threats.Render(Squeezed::kNo) +
                                 '\n' + table.Render(Squeezed::kNo) + Sources(sources, ""));
  }

  void WriteAttackMap() {
    const std::vector<std::string> techniques = facts_.TechniquesOf(facts_.rules());
    const auto is_sub = [](const std::string& id) { return id.find('.') != std::string::npos; };
    const auto subs = std::count_if(techniques.begin(), techniques.end(), is_sub);
    MarkdownTable table({{"TTP Code"}, {"Technique: Sub-technique"}, {"Rules"}});
    std::set<Source> sources;
    for (const std::string& id : techniques) {
      size_t rules = 0;
      for (const uint32_t r : facts_.rules()) {
        const auto& of_rule = facts_.rule(r).techniques;
        rules += std::find(of_rule.begin(), of_rule.end(), id) != of_rule.end();
        AddRuleSource(r, sources);
      }
      table.AddRow({id, Link(facts_.attack().FullName(id), AttackTable::Link(id)) + "<br><br>",
                    std::to_string(rules)});
    }
    out_.Add("MitreMap.md",
             Underlined("MITRE ATT&CK Map", '=') +
                 fmt::format("### MITRE Techniques: {}\n### MITRE Sub-techniques: {}\n\n",
                             static_cast<std::ptrdiff_t>(techniques.size()) - subs, subs) +
                 Matrix(techniques) + '\n' + table.Render(Squeezed::kNo) + Sources(sources, ""));
  }

  const LibraryFacts& facts_;
  OutputFolder& out_;
};

}  // namespace

void WriteMarkdownPages(const LibraryFacts& facts, OutputFolder& out) {
  MarkdownPages(facts, out).Write();
}

}  // namespace vedette
