#include "library/facts.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>

namespace vedette {
namespace {

template <typename T>
bool Has(const std::vector<T>& list, const T& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// Indices of `specs`, in the order of their ids.
template <typename Spec>
std::vector<uint32_t> ById(const std::vector<Spec>& specs) {
  std::vector<uint32_t> order(specs.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return specs[a].id < specs[b].id; });
  return order;
}

// The members of `order` that are in `wanted`.
std::vector<uint32_t> InOrder(const std::vector<uint32_t>& order,
                              const std::set<uint32_t>& wanted) {
  std::vector<uint32_t> sorted;
  std::copy_if(order.begin(), order.end(), std::back_inserter(sorted),
               [&](uint32_t i) { return wanted.contains(i); });
  return sorted;
}

}  // namespace

LibraryFacts LibraryFacts::Load(const ContentSet& content, Diagnostics& faults) {
  LibraryFacts facts;
  facts.content_ = &content;
  facts.attack_ = AttackTable::Load(content.library.folder, faults);
  facts.use_cases_ = ReadUseCases(content.library, faults);
  facts.rules_ = ById(content.rules.rules());
  facts.models_ = ById(content.rules.models());
  facts.parsers_ = ById(content.parsers.parsers());
  for (const RuleSpec& rule : content.rules.rules())
    facts.types_of_rule_.push_back(content.rules.FedBy(rule.events));
  for (const ModelSpec& model : content.rules.models())
    facts.types_of_model_.push_back(content.rules.FedBy(model.events));
  facts.LinkModels();
  std::set<ProductId> products;
  for (const ParserSpec& parser : content.parsers.parsers()) {
    if (parser.product != kNoProduct) products.insert(parser.product);
  }
  for (const ProductId id : products) facts.AddProduct(id);
  std::sort(facts.products_.begin(), facts.products_.end(),
            [](const ProductFacts& a, const ProductFacts& b) {
              return std::tie(a.vendor, a.product) < std::tie(b.vendor, b.product);
            });
  return facts;
}

void LibraryFacts::LinkModels() {
  const std::vector<RuleSpec>& rules = content_->rules.rules();
  std::vector<std::set<uint32_t>> rules_of_model(content_->rules.models().size());
  for (uint32_t i = 0; i < rules.size(); ++i) {
    const RuleSpec& rule = rules[i];
    std::vector<int> open = {rule.model, rule.if_seen_model, rule.while_learning_model};
    open.insert(open.end(), rule.models_read.begin(), rule.models_read.end());
    std::set<uint32_t> read;
    while (!open.empty()) {
      const int index = open.back();
      open.pop_back();
      if (index < 0 || !read.insert(static_cast<uint32_t>(index)).second) continue;
      open.push_back(model(static_cast<uint32_t>(index)).if_seen_model);
    }
    for (const uint32_t index : read) rules_of_model[index].insert(i);
    models_of_rule_.push_back(InOrder(models_, read));
  }
  for (const std::set<uint32_t>& readers : rules_of_model)
    rules_of_model_.push_back(InOrder(rules_, readers));
}

std::set<EventTypeId> LibraryFacts::EventTypesOfParser(uint32_t index) const {
  std::set<EventTypeId> types;
  for (const EventChoice& choice : parser(index).events) {
    if (!choice.drop && choice.type != kNoEventType) types.insert(choice.type);
  }
  return types;
}

void LibraryFacts::AddProduct(ProductId id) {
  const Schema::Product& name = content_->library.schema.product(id);
  ProductFacts product{name.vendor, name.product};
  std::map<std::string, EventTypeRow> rows;
  for (const uint32_t index : parsers_) {
    if (parser(index).product != id) continue;
    for (const EventTypeId type : EventTypesOfParser(index)) {
      EventTypeRow& row = rows[event_type(type)];
      row.type = type;
      row.parsers.push_back(index);
    }
  }
  for (auto& [type, row] : rows) product.content.rows.push_back(std::move(row));
  product.content = MakeTable(product, nullptr);
  for (uint32_t i = 0; i < use_cases_.size(); ++i) {
    ProductUseCase use_case{i, MakeTable(product, &use_cases_[i])};
    if (!use_case.content.rules.empty()) product.use_cases.push_back(std::move(use_case));
  }
  products_.push_back(std::move(product));
}

// The rows of the product that the use case fills; without a use case all of them, filled by every
// rule.
ContentTable LibraryFacts::MakeTable(const ProductFacts& product, const UseCase* use_case) const {
  ContentTable table;
  std::set<EventTypeId> yielded;
  for (const EventTypeRow& row : product.content.rows) yielded.insert(row.type);
  std::set<uint32_t> active_rules;
  std::set<uint32_t> active_models;
  for (const uint32_t r : rules_) {
    if (use_case != nullptr && !Has(rule(r).use_cases, use_case->name)) continue;
    const auto& events = types_of_rule_[r];
    if (std::none_of(events.begin(), events.end(),
                     [&](EventTypeId type) { return yielded.contains(type); }))
      continue;
    active_rules.insert(r);
    active_models.insert(models_of_rule_[r].begin(), models_of_rule_[r].end());
  }
  for (const EventTypeRow& feed : product.content.rows) {
    EventTypeRow row{feed.type, feed.parsers};
    std::set<uint32_t> models;
    for (const uint32_t r : rules_) {
      if (!active_rules.contains(r) || !Has(types_of_rule_[r], feed.type)) continue;
      row.rules.push_back(r);
      models.insert(models_of_rule_[r].begin(), models_of_rule_[r].end());
    }
    for (const uint32_t m : active_models) {
      if (Has(types_of_model_[m], feed.type)) models.insert(m);
    }
    row.models = InOrder(models_, models);
    if (use_case == nullptr || !row.rules.empty() || !row.models.empty())
      table.rows.push_back(std::move(row));
  }
  CountTable(table);
  return table;
}

void LibraryFacts::CountTable(ContentTable& table) const {
  std::set<uint32_t> rules, models, parsers;
  for (const EventTypeRow& row : table.rows) {
    rules.insert(row.rules.begin(), row.rules.end());
    models.insert(row.models.begin(), row.models.end());
    parsers.insert(row.parsers.begin(), row.parsers.end());
  }
  table.rules = InOrder(rules_, rules);
  table.models = InOrder(models_, models);
  table.parsers = InOrder(parsers_, parsers);
  table.techniques = TechniquesOf(table.rules);
  table.counts = {table.rules.size(), table.models.size(), table.techniques.size(),
                  table.rows.size(), table.parsers.size()};
}

std::vector<std::string> LibraryFacts::TechniquesOf(const std::vector<uint32_t>& rules) const {
  std::set<std::string> techniques;
  for (const uint32_t r : rules)
    techniques.insert(rule(r).techniques.begin(), rule(r).techniques.end());
  return {techniques.begin(), techniques.end()};
}

std::vector<std::string> LibraryFacts::Headings(uint32_t index) const {
  std::set<std::string> headings(rule(index).techniques.begin(), rule(index).techniques.end());
  if (headings.empty()) {
    for (const std::string& name : rule(index).tactics) {
      if (const Tactic* tactic = attack_.FindTactic(name)) headings.insert(tactic->id);
    }
  }
  return {headings.begin(), headings.end()};
}

std::vector<uint32_t> LibraryFacts::RulesOfUseCase(std::string_view name) const {
  std::vector<uint32_t> rules;
  for (const uint32_t r : rules_) {
    if (Has(rule(r).use_cases, std::string(name))) rules.push_back(r);
  }
  return rules;
}

const UseCase* LibraryFacts::FindUseCase(std::string_view name) const {
  const auto found = std::find_if(use_cases_.begin(), use_cases_.end(),
                                  [&](const UseCase& u) { return u.name == name; });
  return found == use_cases_.end() ? nullptr : &*found;
}

std::string LibraryFacts::TestOf(std::string_view file) const {
  const std::string test = std::string(file.substr(0, file.rfind(".yaml"))) + ".test.yaml";
  for (const auto* tests : {&content_->library.parser_tests, &content_->library.rule_tests}) {
    for (const ContentFile& candidate : *tests) {
      if (candidate.path == test) return test;
    }
  }
  return {};
}

}  // namespace vedette
