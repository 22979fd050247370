#include <set>

#include <fmt/format.h>

#include "library/html_parts.h"
#include "library/navigator.h"

namespace vedette::site {
namespace {

std::string Parsers(const LibraryFacts& facts, const std::string& up,
                    const std::vector<uint32_t>& parsers) {
  std::vector<std::string> links;
  for (const uint32_t p : parsers)
    links.push_back(HtmlLink(up + ParserPath(facts.parser(p)), facts.parser(p).id));
  return List(links);
}

std::string Techniques(const LibraryFacts& facts, const std::string& up,
                       const std::vector<std::string>& ids) {
  std::vector<std::string> links;
  for (const std::string& id : ids) links.push_back(TechniqueLink(facts, up, id));
  return List(links);
}

// The files that declare what a page shows.
std::string ContentFiles(const LibraryFacts& facts, const std::string& up,
                         const ContentTable& table) {
  std::set<std::string> files;
  for (const uint32_t r : table.rules) {
    if (!facts.rule(r).imported) files.insert(facts.rule(r).file);  // the site has no copy of it
  }
  for (const uint32_t m : table.models) files.insert(facts.model(m).file);
  for (const uint32_t p : table.parsers) files.insert(facts.parser(p).file);
  std::vector<std::string> links;
  for (const std::string& file : files) links.push_back(SourceLink(up, {file}));
  return "<div class=\"no-print\"><h2>Content</h2>\n" + List(links) + "</div>\n";
}

void WriteProduct(const LibraryFacts& facts, const ProductFacts& p, OutputFolder& out) {
  const std::string path = ProductPath(p);
  const std::string up = UpToRoot(path);
  std::string body = fmt::format("<p class=\"crumbs\">{}</p>\n<h1>{}</h1>\n", HtmlText(p.vendor),
                                 HtmlText(p.product));
  body += Numbers(p.content.counts);
  body += "<h2>Use cases</h2>\n";
  std::vector<std::vector<std::string>> rows;
  for (const ProductUseCase& u : p.use_cases) {
    const UseCase& use_case = facts.use_cases()[u.use_case];
    std::vector<std::string> types;
    for (const EventTypeRow& row : u.content.rows)
      types.push_back(HtmlText(facts.event_type(row.type)));
    rows.push_back({HtmlLink(up + ProductUseCasePath(p, use_case), use_case.name),
                    std::to_string(u.content.counts.rules), std::to_string(u.content.counts.models),
                    List(types), Techniques(facts, up, u.content.techniques)});
  }
  body += Table({"Use case", "Rules", "Models", "Event types", "Techniques"}, rows);
  body += "<h2>Event types and parsers</h2>\n";
  rows.clear();
  for (const EventTypeRow& row : p.content.rows) {
    rows.push_back({HtmlText(facts.event_type(row.type)),
                    HtmlText(facts.content().library.schema.event_type(row.type).about),
                    Parsers(facts, up, row.parsers), std::to_string(row.rules.size()),
                    std::to_string(row.models.size())});
  }
  body += Table({"Event type", "What happened", "Parsers", "Rules", "Models"}, rows);
  body += fmt::format(
      "<h2>ATT&amp;CK matrix</h2>\n<p class=\"no-print\"><a href=\"{}\" download>Layer for the "
      "ATT&amp;CK Navigator</a></p>\n",
      HtmlText(up + LayerFile(p)));
  body += Matrix(facts, up, p.content.rules) + ContentFiles(facts, up, p.content);
  const Place place =
      p.content.parsers.empty() ? Place{} : facts.parser(p.content.parsers[0]).place;
  Add(out, path, p.vendor + " " + p.product, body, place,
      fmt::format("the product '{} {}'", p.vendor, p.product));
}

void WriteProductUseCase(const LibraryFacts& facts, const ProductFacts& p, const ProductUseCase& u,
                         OutputFolder& out) {
  const UseCase& use_case = facts.use_cases()[u.use_case];
  const std::string path = ProductUseCasePath(p, use_case);
  const std::string up = UpToRoot(path);
  std::string body = fmt::format(
      "<p class=\"crumbs\">{} › {}</p>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n",
      HtmlText(p.vendor), HtmlLink(up + ProductPath(p), p.product),
      HtmlLink(up + UseCasePath(use_case.name), use_case.name), HtmlText(use_case.question));
  body += Numbers(u.content.counts);
  for (const EventTypeRow& row : u.content.rows) {
    body += fmt::format("<h2>{}</h2>\n<p class=\"quiet\">{}</p>\n",
                        HtmlText(facts.event_type(row.type)),
                        HtmlText(facts.content().library.schema.event_type(row.type).about));
    std::vector<std::vector<std::string>> rows;
    for (const uint32_t r : row.rules) {
      rows.push_back({RuleLink(up, facts.rule(r)), HtmlText(facts.rule(r).title),
                      Techniques(facts, up, facts.Headings(r))});
    }
    if (!rows.empty()) body += Table({"Rule", "Title", "Techniques"}, rows);
    rows.clear();
    for (const uint32_t m : row.models) {
      rows.push_back({ModelLink(up, facts.model(m)), HtmlText(facts.model(m).title),
                      HtmlText(ModelKindName(facts.model(m).kind))});
    }
    if (!rows.empty()) body += Table({"Model", "Title", "Kind"}, rows);
  }
  body += "<h2>ATT&amp;CK matrix</h2>\n" + Matrix(facts, up, u.content.rules) +
          ContentFiles(facts, up, u.content);
  Add(out, path, use_case.name + " · " + p.vendor + " " + p.product, body, use_case.place,
      fmt::format("the use case '{}' of the product '{} {}'", use_case.name, p.vendor, p.product));
}

}  // namespace

void WriteProducts(const LibraryFacts& facts, OutputFolder& out) {
  for (const ProductFacts& product : facts.products()) {
    WriteProduct(facts, product, out);
    for (const ProductUseCase& use_case : product.use_cases)
      WriteProductUseCase(facts, product, use_case, out);
  }
}

void WriteUseCases(const LibraryFacts& facts, OutputFolder& out) {
  for (const UseCase& use_case : facts.use_cases()) {
    const std::string path = UseCasePath(use_case.name);
    const std::string up = UpToRoot(path);
    const std::vector<uint32_t> rules = facts.RulesOfUseCase(use_case.name);
    std::string body = fmt::format(
        "<p class=\"crumbs\">Use case</p>\n<h1>{}</h1>\n<p class=\"lead\"><b>{}</b> {}</p>\n",
        HtmlText(use_case.name), HtmlText(use_case.question), HtmlText(use_case.about));
    if (!use_case.limits.empty())
      body += fmt::format("<h2>What it cannot tell</h2>\n<p>{}</p>\n", HtmlText(use_case.limits));
    if (!use_case.first_steps.empty()) {
      body += "<h2>First steps</h2>\n<ol>";
      for (const std::string& step : use_case.first_steps)
        body += fmt::format("<li>{}</li>", HtmlText(step));
      body += "</ol>\n";
    }
    body += "<h2>Products</h2>\n";
    std::vector<std::vector<std::string>> rows;
    for (const ProductFacts& p : facts.products()) {
      for (const ProductUseCase& u : p.use_cases) {
        if (&facts.use_cases()[u.use_case] != &use_case) continue;
        rows.push_back(
            {HtmlText(p.vendor), HtmlLink(up + ProductUseCasePath(p, use_case), p.product),
             std::to_string(u.content.counts.rules), std::to_string(u.content.counts.models),
             std::to_string(u.content.counts.event_types)});
      }
    }
    body += rows.empty() ? "<p>No product feeds a rule of this use case yet.</p>\n"
                         : Table({"Vendor", "Product", "Rules", "Models", "Event types"}, rows);
    body += "<h2>Rules</h2>\n";
    rows.clear();
    for (const uint32_t r : rules)
      rows.push_back({RuleLink(up, facts.rule(r)), HtmlText(facts.rule(r).title),
                      Techniques(facts, up, facts.Headings(r))});
    body += Table({"Rule", "Title", "Techniques"}, rows);
    body += fmt::format(
        "<h2>ATT&amp;CK matrix</h2>\n<p class=\"no-print\"><a href=\"{}\" download>Layer for the "
        "ATT&amp;CK Navigator</a></p>\n",
        HtmlText(up + LayerFile(use_case)));
    body += Matrix(facts, up, rules) +
            fmt::format("<h2>Content</h2>\n<p>{}</p>\n", SourceLink(up, {use_case.file}));
    Add(out, path, use_case.name, body, use_case.place,
        fmt::format("the use case '{}'", use_case.name));
  }
}

}  // namespace vedette::site
