#include <algorithm>

#include <fmt/format.h>

#include "core/json_writer.h"
#include "library/content_files.h"
#include "library/html_assets.h"
#include "library/html_parts.h"

namespace vedette::site {
namespace {

std::string Badge(std::string_view text, std::string_view kind = {}) {
  return fmt::format("<span class=\"badge {}\">{}</span>", HtmlText(kind), HtmlText(text));
}

std::string TextList(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts) items.push_back(HtmlAddress(text));
  return List(items);
}

// What a rule or model is made of: a list of names and values; empty values are left out.
class Properties {
 public:
  void Add(std::string_view name, const std::string& html) {
    if (!html.empty() && html != List({}))
      html_ += fmt::format("<dt>{}</dt><dd>{}</dd>", name, html);
  }
  std::string Render() const { return "<dl>" + html_ + "</dl>"; }

 private:
  std::string html_;
};

std::string EventTypes(const LibraryFacts& facts, const std::vector<EventTypeId>& types) {
  std::string html;
  for (const EventTypeId type : types) html += Badge(facts.event_type(type));
  return html;
}

std::string FeedingProducts(const LibraryFacts& facts, const std::string& up, uint32_t rule) {
  std::string html;
  for (const ProductFacts& p : facts.products()) {
    const auto& rules = p.content.rules;
    if (std::find(rules.begin(), rules.end(), rule) != rules.end())
      html += HtmlLink(up + ProductPath(p), p.vendor + " " + p.product) + "<br>";
  }
  return html;
}

std::string Rule(const LibraryFacts& facts, const std::string& up, uint32_t index) {
  const RuleSpec& rule = facts.rule(index);
  Properties properties;
  properties.Add("Event types", EventTypes(facts, facts.EventTypesOfRule(index)));
  std::string links;
  for (const std::string& id : facts.Headings(index))
    links += TechniqueLink(facts, up, id) + "<br>";
  properties.Add("Techniques", links);
  links.clear();
  for (const std::string& name : rule.use_cases)
    links += (facts.FindUseCase(name) ? HtmlLink(up + UseCasePath(name), name) : HtmlText(name)) +
             "<br>";
  properties.Add("Use cases", links);
  links.clear();
  for (const uint32_t m : facts.ModelsOfRule(index)) links += ModelLink(up, facts.model(m)) + " ";
  properties.Add("Models", links);
  links.clear();
  for (const std::string& id : rule.unless_ids) {
    const int other = facts.content().rules.FindRule(id);
    links +=
        (other < 0 ? HtmlText(id) : RuleLink(up, facts.rule(static_cast<uint32_t>(other)))) + " ";
  }
  properties.Add("Quiet when", links);
  properties.Add("Fed by", FeedingProducts(facts, up, index));
  properties.Add("Points",
                 fmt::format("{:g}{}", static_cast<double>(rule.score_micro) / 1e6,
                             rule.score_reason.empty() ? "" : ". " + HtmlText(rule.score_reason)));
  properties.Add("Innocent causes", TextList(rule.false_positives));
  properties.Add("Cannot see", HtmlText(rule.blind_spots));
  properties.Add("First steps", TextList(rule.first_steps));
  properties.Add("References", TextList(rule.references));
  properties.Add("Author", HtmlText(CreditOf(rule)));
  properties.Add("Content",
                 rule.imported ? HtmlText(rule.place.ToString()) : SourceLink(up, rule.place));
  return fmt::format(
      "<section class=\"rule\" id=\"rule-{}\"><h3><span class=\"id\">{}</span> "
      "{}</h3>\n<p>{}{}{}{}</p>\n<p>{}</p>\n{}</section>\n",
      FileName(rule.id), HtmlText(rule.id), HtmlText(rule.title),
      Badge(rule.level, "level-" + rule.level), Badge(VerdictName(rule.verdict)),
      Badge(rule.status), rule.test_mode ? Badge("test mode") : "", HtmlText(rule.description),
      properties.Render());
}

std::string Model(const LibraryFacts& facts, const std::string& up, uint32_t index) {
  const ModelSpec& model = facts.model(index);
  Properties properties;
  properties.Add("Learns from", EventTypes(facts, facts.EventTypesOfModel(index)));
  properties.Add("Per", fmt::format("<code>{}</code>", HtmlText(model.scope_text)));
  if (!model.value_text.empty())
    properties.Add("What", fmt::format("<code>{}</code>", HtmlText(model.value_text)));
  std::string readers;
  for (const uint32_t r : facts.RulesOfModel(index)) readers += RuleLink(up, facts.rule(r)) + " ";
  properties.Add("Read by", readers);
  properties.Add("Content", SourceLink(up, model.place));
  return fmt::format(
      "<section class=\"rule\" id=\"model-{}\"><h3><span class=\"id\">{}</span> "
      "{}</h3>\n<p>{}</p>\n{}</section>\n",
      FileName(model.id), HtmlText(model.id), HtmlText(model.title),
      Badge(ModelKindName(model.kind)), properties.Render());
}

}  // namespace

void WriteBehaviours(const LibraryFacts& facts, OutputFolder& out) {
  for (const Behaviour& behaviour : facts.content().rules.behaviours()) {
    const std::string path = BehaviourPath(behaviour.name);
    const std::string up = UpToRoot(path);
    std::string title = behaviour.name;
    std::replace(title.begin(), title.end(), '_', ' ');
    std::string body =
        fmt::format("<p class=\"crumbs\">Behaviour</p>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n",
                    HtmlText(title), HtmlText(behaviour.about));
    const bool imported = !behaviour.rules.empty() && facts.rule(behaviour.rules[0]).imported;
    body += "<p>";
    if (!imported) body += SourceLink(up, {behaviour.file});
    if (const std::string test = facts.TestOf(behaviour.file); !test.empty())
      body += " · " + SourceLink(up, {test});
    body += "</p>\n";
    if (!behaviour.rules.empty()) body += "<h2>Rules</h2>\n";
    for (const uint32_t r : behaviour.rules) body += Rule(facts, up, r);
    if (!behaviour.models.empty()) body += "<h2>Models</h2>\n";
    for (const uint32_t m : behaviour.models) body += Model(facts, up, m);
    Add(out, path, title, body, {behaviour.file},
        fmt::format("the behaviour '{}'", behaviour.name));
  }
}

void WriteParsers(const LibraryFacts& facts, OutputFolder& out) {
  for (const ProductFacts& product : facts.products()) {
    for (const uint32_t p : product.content.parsers) {
      const ParserSpec& parser = facts.parser(p);
      const std::string path = ParserPath(parser);
      const std::string up = UpToRoot(path);
      std::string body = fmt::format(
          "<p class=\"crumbs\">{} › {} › Parser</p>\n<h1>{}</h1>\n<p class=\"lead\"><b>{}.</b> "
          "{}</p>\n",
          HtmlText(product.vendor), HtmlLink(up + ProductPath(product), product.product),
          HtmlText(parser.id), HtmlText(parser.title), HtmlText(parser.about));
      const std::set<EventTypeId> types = facts.EventTypesOfParser(p);
      std::vector<std::vector<std::string>> rows;
      for (const EventTypeRow& row : product.content.rows) {
        if (!types.contains(row.type)) continue;
        rows.push_back({HtmlText(facts.event_type(row.type)),
                        HtmlText(facts.content().library.schema.event_type(row.type).about),
                        std::to_string(row.rules.size())});
      }
      body += "<h2>Event types</h2>\n" + Table({"Event type", "What happened", "Rules"}, rows);
      if (!parser.covers.empty()) body += "<h2>Also published as</h2>\n" + TextList(parser.covers);
      body += fmt::format("<h2>Content</h2>\n<p>{}", SourceLink(up, {parser.file}));
      if (const std::string test = facts.TestOf(parser.file); !test.empty())
        body += " · " + SourceLink(up, {test});
      Add(out, path, parser.id, body + "</p>\n", parser.place,
          fmt::format("the parser '{}'", parser.id));
    }
  }
}

void WriteSources(const LibraryFacts& facts, OutputFolder& out) {
  for (const ContentText& file : ReadContentFiles(facts.content().library)) {
    std::string lines;
    std::string_view rest = file.text;
    for (int number = 1; !rest.empty(); ++number) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      lines += fmt::format("<span class=\"line\" id=\"L{}\">{}</span>", number,
                           HtmlText(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    Add(out, SourcePath(file.path), file.path,
        fmt::format(
            "<p class=\"crumbs\">Content file</p>\n<h1>{}</h1>\n<pre class=\"source\">{}</pre>\n",
            HtmlText(file.path), lines),
        {file.path}, fmt::format("the content file '{}'", file.path));
  }
}

void WriteSearch(const LibraryFacts& facts, OutputFolder& out) {
  std::string index;
  JsonWriter json(index);
  json.BeginArray();
  const auto add = [&](std::string_view kind, const std::string& name, const std::string& title,
                       const std::string& href, const std::string& words) {
    json.BeginArray().String(kind).String(name).String(title).String(href).String(words).EndArray();
  };
  for (const uint32_t r : facts.rules()) {
    const RuleSpec& rule = facts.rule(r);
    std::string words = rule.description;
    for (const std::string& id : facts.Headings(r))
      words += " " + id + " " + facts.attack().FullName(id);
    for (const std::string& name : rule.use_cases) words += " " + name;
    for (const EventTypeId type : facts.EventTypesOfRule(r)) words += " " + facts.event_type(type);
    add("rule", rule.id, rule.title, RulePath(rule), words);
  }
  for (const uint32_t m : facts.models())
    add("model", facts.model(m).id, facts.model(m).title, ModelPath(facts.model(m)),
        std::string(ModelKindName(facts.model(m).kind)));
  for (const UseCase& u : facts.use_cases())
    add("use case", u.name, u.question, UseCasePath(u.name), u.about);
  for (const ProductFacts& p : facts.products())
    add("product", p.product, p.vendor, ProductPath(p), "");
  for (const uint32_t p : facts.parsers()) {
    const ParserSpec& parser = facts.parser(p);
    std::string words = parser.about;
    for (const std::string& name : parser.covers) words += " " + name;
    add("parser", parser.id, parser.title, ParserPath(parser), words);
  }
  for (const std::string& id : facts.TechniquesOf(facts.rules()))
    add("technique", id, facts.attack().FullName(id), TechniquePath(id), "");
  json.EndArray();
  out.Add("html/search.js",
          "'use strict';\nconst INDEX = " + index + ";\n" + std::string(kSiteSearch));
  out.Add("html/style.css", std::string(kSiteStyle));
}

}  // namespace vedette::site
