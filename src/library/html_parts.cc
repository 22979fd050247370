#include "library/html_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "library/matrix.h"

namespace vedette::site {

std::string ProductPath(const ProductFacts& product) {
  return fmt::format("products/{}_{}.html", LowerFileName(product.vendor),
                     LowerFileName(product.product));
}
std::string ProductUseCasePath(const ProductFacts& product, const UseCase& use_case) {
  return fmt::format("products/{}_{}/{}.html", LowerFileName(product.vendor),
                     LowerFileName(product.product), LowerFileName(use_case.name));
}
std::string UseCasePath(std::string_view name) {
  return fmt::format("use_cases/{}.html", LowerFileName(name));
}
std::string BehaviourPath(std::string_view name) {
  return fmt::format("behaviours/{}.html", LowerFileName(name));
}
std::string RulePath(const RuleSpec& rule) {
  return fmt::format("{}#rule-{}", BehaviourPath(rule.behaviour), FileName(rule.id));
}
std::string ModelPath(const ModelSpec& model) {
  return fmt::format("{}#model-{}", BehaviourPath(model.behaviour), FileName(model.id));
}
std::string ParserPath(const ParserSpec& parser) {
  return fmt::format("parsers/{}.html", LowerFileName(parser.id));
}
std::string SourcePath(std::string_view file, int line) {
  std::string path = "content";
  for (std::string_view rest = file; !rest.empty();) {
    const size_t end = std::min(rest.find('/'), rest.size());
    path += '/' + FileName(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return path + ".html" + (line > 0 ? fmt::format("#L{}", line) : "");
}
std::string TechniquePath(std::string_view id) {
  return fmt::format("matrix.html#{}", FileName(id));
}

std::string RuleLink(const std::string& up, const RuleSpec& rule) {
  return fmt::format("<a class=\"id\" href=\"{}\" title=\"{}\">{}</a>",
                     HtmlText(up + RulePath(rule)), HtmlText(rule.title), HtmlText(rule.id));
}
std::string ModelLink(const std::string& up, const ModelSpec& model) {
  return fmt::format("<a class=\"id\" href=\"{}\" title=\"{}\">{}</a>",
                     HtmlText(up + ModelPath(model)), HtmlText(model.title), HtmlText(model.id));
}
std::string TechniqueLink(const LibraryFacts& facts, const std::string& up, const std::string& id) {
  return HtmlLink(up + TechniquePath(id), id + " " + facts.attack().FullName(id));
}
std::string SourceLink(const std::string& up, const Place& place) {
  return fmt::format("<span class=\"no-print\">{}</span>",
                     HtmlLink(up + SourcePath(place.file, place.line), place.file));
}

std::string Numbers(const Counts& c) {
  std::string html = "<ul class=\"numbers\">";
  const auto add = [&](size_t number, std::string_view one) {
    html += fmt::format("<li><b>{}</b>{}{}</li>", number, one, number == 1 ? "" : "s");
  };
  add(c.rules, "rule");
  add(c.models, "model");
  add(c.techniques, "technique");
  add(c.event_types, "event type");
  add(c.parsers, "parser");
  return html + "</ul>\n";
}

std::string Table(const std::vector<std::string_view>& head,
                  const std::vector<std::vector<std::string>>& rows) {
  std::string html = "<div class=\"scroll\"><table><thead><tr>";
  for (const std::string_view title : head) html += fmt::format("<th>{}</th>", HtmlText(title));
  html += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    html += "<tr>";
    for (const std::string& cell : row) html += fmt::format("<td>{}</td>", cell);
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string List(const std::vector<std::string>& items) {
  std::string html = "<ul>";
  for (const std::string& item : items) html += fmt::format("<li>{}</li>", item);
  return html + "</ul>";
}

std::string Matrix(const LibraryFacts& facts, const std::string& up,
                   const std::vector<uint32_t>& rules) {
  std::map<std::string, size_t> counts;
  for (const uint32_t r : rules) {
    for (const std::string& id : facts.TechniquesOf({r})) ++counts[id];
  }
  const auto heat = [](size_t n) { return n >= 10 ? 4 : n >= 5 ? 3 : n >= 2 ? 2 : 1; };
  std::string head, cells;
  for (const MatrixColumn& column : MakeMatrix(facts.attack(), facts.TechniquesOf(rules))) {
    head += fmt::format("<th>{}</th>", HtmlText(column.tactic->name));
    cells += "<td>";
    for (const std::string& id : column.techniques) {
      cells += fmt::format(
          "<a class=\"tech heat-{}\" href=\"{}\">{}<span>{} · {} rule{}</span></a>",
          heat(counts[id]), HtmlText(up + TechniquePath(id)), HtmlText(facts.attack().FullName(id)),
          HtmlText(id), counts[id], counts[id] == 1 ? "" : "s");
    }
    cells += "</td>";
  }
  return fmt::format(
      "<div class=\"scroll\"><table "
      "class=\"matrix\"><thead><tr>{}</tr></thead><tbody><tr>{}</tr></tbody></table></div>\n",
      head, cells);
}

void Add(OutputFolder& out, const std::string& path, std::string_view title, std::string_view body,
         const Place& place, const std::string& owner) {
  out.Add("html/" + path, HtmlPage(path, title, body), place, owner);
}

}  // namespace vedette::site
