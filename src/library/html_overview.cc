#include <fmt/format.h>
#include <fmt/ranges.h>

#include "library/html_parts.h"

namespace vedette::site {
namespace {

std::string Number(size_t n) { return std::to_string(n); }

Counts Totals(const LibraryFacts& facts) {
  std::set<EventTypeId> types;
  for (const uint32_t p : facts.parsers()) types.merge(facts.EventTypesOfParser(p));
  return {facts.rules().size(), facts.models().size(), facts.TechniquesOf(facts.rules()).size(),
          types.size(), facts.parsers().size()};
}

void WriteIndex(const LibraryFacts& facts, OutputFolder& out) {
  std::string body =
      "<h1>Content library</h1>\n<p class=\"lead\">Everything that Vedette knows about products "
      "and behaviour: which logs it reads, "
      "what it learns from them, which rules judge that, and which techniques of MITRE ATT&amp;CK "
      "they show.</p>\n";
  body += Numbers(Totals(facts));
  body += "<h2 id=\"products\">Products</h2>\n";
  std::vector<std::vector<std::string>> rows;
  for (const ProductFacts& p : facts.products()) {
    const Counts& c = p.content.counts;
    rows.push_back({HtmlText(p.vendor), HtmlLink(ProductPath(p), p.product),
                    Number(p.use_cases.size()), Number(c.rules), Number(c.models),
                    Number(c.techniques), Number(c.event_types), Number(c.parsers)});
  }
  body += Table(
      {"Vendor", "Product", "Use cases", "Rules", "Models", "Techniques", "Event types", "Parsers"},
      rows);
  body += "<h2 id=\"use-cases\">Use cases</h2>\n";
  rows.clear();
  for (const UseCase& u : facts.use_cases()) {
    const std::vector<uint32_t> rules = facts.RulesOfUseCase(u.name);
    rows.push_back({HtmlLink(UseCasePath(u.name), u.name), HtmlText(u.question),
                    Number(rules.size()), Number(facts.TechniquesOf(rules).size())});
  }
  body += Table({"Use case", "The question", "Rules", "Techniques"}, rows);
  body += "<h2>ATT&amp;CK</h2>\n" + Matrix(facts, "", facts.rules());
  Add(out, "index.html", "Overview", body);
}

void WriteRuleIndex(const LibraryFacts& facts, OutputFolder& out) {
  std::vector<std::vector<std::string>> rows;
  for (const uint32_t r : facts.rules()) {
    const RuleSpec& rule = facts.rule(r);
    std::set<std::string> types;
    for (const EventTypeId type : facts.EventTypesOfRule(r)) types.insert(facts.event_type(type));
    const std::string credit = CreditOf(rule);
    rows.push_back(
        {RuleLink("", rule),
         HtmlText(rule.title) +
             (credit.empty() ? "" : "<br><span class=\"quiet\">by " + HtmlText(credit) + "</span>"),
         HtmlText(VerdictName(rule.verdict)),
         HtmlText(fmt::format("{}", fmt::join(rule.use_cases, ", "))),
         HtmlText(fmt::format("{}", fmt::join(facts.Headings(r), ", "))),
         HtmlText(fmt::format("{}", fmt::join(types, ", ")))});
  }
  std::string body =
      fmt::format("<h1>Rules</h1>\n<p class=\"quiet\">{} rules.</p>\n", facts.rules().size());
  body += Table({"Rule", "Title", "Kind", "Use cases", "Techniques", "Event types"}, rows);
  rows.clear();
  for (const uint32_t m : facts.models()) {
    std::string readers;
    for (const uint32_t r : facts.RulesOfModel(m)) readers += RuleLink("", facts.rule(r)) + " ";
    rows.push_back({ModelLink("", facts.model(m)), HtmlText(facts.model(m).title),
                    HtmlText(ModelKindName(facts.model(m).kind)), readers});
  }
  body += fmt::format("<h1 id=\"models\">Models</h1>\n<p class=\"quiet\">{} models.</p>\n",
                      facts.models().size());
  body += Table({"Model", "Title", "Kind", "Rules that read it"}, rows);
  Add(out, "rules.html", "Rules and models", body);
}

void WriteMatrix(const LibraryFacts& facts, OutputFolder& out) {
  std::string body =
      "<h1 class=\"wide\">ATT&amp;CK matrix</h1>\n<p class=\"quiet\">What the rules of all "
      "products show. "
      "<a class=\"no-print\" href=\"navigator/all.json\" download>Layer for the ATT&amp;CK "
      "Navigator</a></p>\n";
  body += Matrix(facts, "", facts.rules()) +
          "<h2>Techniques and their rules</h2>\n<div class=\"scroll\"><table><thead><tr><th>Id</th>"
          "<th>Technique</th><th>Tactics</th><th>Rules</th></tr></thead><tbody>\n";
  std::map<std::string, std::string>
      links;  // by technique, or by tactic where a rule has no technique
  for (const uint32_t r : facts.rules()) {
    for (const std::string& id : facts.Headings(r)) links[id] += RuleLink("", facts.rule(r)) + " ";
  }
  for (const auto& [id, rules] : links) {
    std::vector<std::string> tactics;
    if (const Technique* technique = facts.attack().Find(id)) {
      for (const std::string& tactic : technique->tactics)
        tactics.push_back(facts.attack().FullName(tactic));
    }
    body += fmt::format("<tr id=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        FileName(id), HtmlLink(AttackTable::Link(id), id),
                        HtmlText(facts.attack().FullName(id)),
                        HtmlText(fmt::format("{}", fmt::join(tactics, ", "))), rules);
  }
  Add(out, "matrix.html", "ATT&CK matrix", body + "</tbody></table></div>\n");
}

}  // namespace

void WriteOverview(const LibraryFacts& facts, OutputFolder& out) {
  WriteIndex(facts, out);
  WriteRuleIndex(facts, out);
  WriteMatrix(facts, out);
}

}  // namespace vedette::site
