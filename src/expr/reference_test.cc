// Random expressions over random events, against a plain evaluator of their trees that shares no
// code with the real one: no folding, no sharing, no prepared literals, copies everywhere.
#include <cmath>
#include <random>
#include <variant>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "expr/sample_world.h"

namespace vedette {
namespace {

struct Plain;
using PlainList = std::vector<Plain>;
struct Plain : std::variant<std::monostate, bool, int64_t, double, std::string, PlainList> {
  using variant::variant;
  bool null() const { return index() == 0; }
  template <typename T>
  const T* as() const {
    return std::get_if<T>(this);
  }
};

std::string PlainText(const Plain& p) {
  if (p.null()) return "";
  if (auto* b = p.as<bool>()) return *b ? "true" : "false";
  if (auto* i = p.as<int64_t>()) return std::to_string(*i);
  if (auto* d = p.as<double>()) return fmt::format("{}", *d);
  if (auto* s = p.as<std::string>()) return *s;
  std::string out;
  for (const Plain& item : *p.as<PlainList>())
    out += (out.empty() && &item == p.as<PlainList>()->data() ? "" : ", ") + PlainText(item);
  return out;
}

std::string Show(const Plain& p) { return fmt::format("{}:{}", p.index(), PlainText(p)); }

Plain FromValue(const Value& v) {
  switch (v.kind()) {
    case ValueKind::kBool:
      return v.boolean();
    case ValueKind::kInt:
      return v.integer();
    case ValueKind::kDouble:
      return v.decimal();
    case ValueKind::kString:
      return std::string(v.text());
    case ValueKind::kList: {
      PlainList list;
      for (uint32_t i = 0; i < v.size(); ++i) list.push_back(FromValue(v.items()[i]));
      return list;
    }
    default:
      return {};
  }
}

// A tree as its author means it.
struct Tree {
  enum Kind { kLiteral, kField, kCall, kInfix, kNot, kNegative } kind = kLiteral;
  Plain literal;
  std::string name;  // field, function in lower case, or operator
  std::vector<Tree> args;
};

Plain ToNum(const Plain& p) {
  if (p.as<int64_t>() || p.as<double>()) return p;
  auto* s = p.as<std::string>();
  if (s == nullptr) return {};
  const size_t from = s->find_first_not_of(' ');
  if (from == std::string::npos) return {};
  const std::string text = s->substr(from, s->find_last_not_of(' ') + 1 - from);
  if (text.find_first_not_of("0123456789.-") != std::string::npos) return {};
  char* end = nullptr;
  if (text.find('.') == std::string::npos) {
    const long long whole = std::strtoll(text.c_str(), &end, 10);
    return *end == '\0' ? Plain(int64_t{whole}) : Plain();
  }
  const double decimal = std::strtod(text.c_str(), &end);
  return *end == '\0' ? Plain(decimal) : Plain();
}

double Dbl(const Plain& p) {
  return p.as<int64_t>() ? static_cast<double>(*p.as<int64_t>()) : *p.as<double>();
}
Plain Num(double d) {
  if (!std::isfinite(d)) return {};
  if (std::trunc(d) == d && std::fabs(d) < 9e15) return static_cast<int64_t>(d);
  return d;
}

bool Holds(const Plain& p) {
  if (p.null()) return false;
  if (auto* b = p.as<bool>()) return *b;
  if (auto* l = p.as<PlainList>()) return !l->empty();
  if (auto* s = p.as<std::string>()) return !s->empty() && ToLower(*s) != "false";
  return Dbl(p) != 0;
}

bool Same(const Plain& a, const Plain& b) {
  if (a.null() || b.null()) return a.null() && b.null();
  if (a.as<std::string>() && b.as<std::string>())
    return *a.as<std::string>() == *b.as<std::string>();
  const bool number = a.as<int64_t>() || a.as<double>() || b.as<int64_t>() || b.as<double>();
  if (number) {
    const Plain x = ToNum(a), y = ToNum(b);
    if (x.null() || y.null()) return false;
    if (x.as<int64_t>() && y.as<int64_t>()) return *x.as<int64_t>() == *y.as<int64_t>();
    return Dbl(x) == Dbl(y);
  }
  if (a.as<bool>() || b.as<bool>()) {
    const bool lists = a.as<PlainList>() || b.as<PlainList>();
    return !lists && ToLower(PlainText(a)) == ToLower(PlainText(b));
  }
  return PlainText(a) == PlainText(b);
}

std::vector<std::string> Characters(const std::string& text) {
  std::vector<std::string> out;
  for (char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !out.empty()) {
      out.back() += c;
    } else {
      out.emplace_back(1, c);
    }
  }
  return out;
}

std::string Slice(const std::string& text, int64_t from, int64_t to) {
  const auto all = Characters(text);
  std::string out;
  for (int64_t i = 0; i < static_cast<int64_t>(all.size()); ++i) {
    if (i >= from && i < to) out += all[static_cast<size_t>(i)];
  }
  return out;
}

std::string Cased(std::string text, bool lower) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z' && lower) c = static_cast<char>(c - 'A' + 'a');
    if (c >= 'a' && c <= 'z' && !lower) c = static_cast<char>(c - 'a' + 'A');
  }
  const std::string from = lower ? "\xC3\x89" : "\xC3\xA9", to = lower ? "\xC3\xA9" : "\xC3\x89";
  for (size_t at; (at = text.find(from)) != std::string::npos;) text.replace(at, 2, to);
  return text;
}

class Reference {
 public:
  explicit Reference(const std::map<std::string, Plain>& fields) : fields_(fields) {}

  Plain Eval(const Tree& tree) const {
    switch (tree.kind) {
      case Tree::kLiteral:
        return tree.literal;
      case Tree::kField: {
        const auto found = fields_.find(tree.name);
        return found == fields_.end() ? Plain() : found->second;
      }
      case Tree::kNot:
        return !Holds(Eval(tree.args[0]));
      case Tree::kNegative: {
        const Plain n = ToNum(Eval(tree.args[0]));
        if (n.null()) return {};
        return n.as<int64_t>() ? Plain(-*n.as<int64_t>()) : Num(-Dbl(n));
      }
      case Tree::kInfix:
        return Infix(tree);
      case Tree::kCall:
        return Call(tree);
    }
    return {};
  }

 private:
  Plain Infix(const Tree& tree) const {
    const Plain a = Eval(tree.args[0]), b = Eval(tree.args[1]);
    const std::string& op = tree.name;
    if (op == "&&") return Holds(a) && Holds(b);
    if (op == "||") return Holds(a) || Holds(b);
    if (op == "=") return Same(a, b);
    if (op == "!=") return !Same(a, b);
    const Plain x = ToNum(a), y = ToNum(b);
    if (op[0] == '<' || op[0] == '>') {
      if (x.null() || y.null()) return false;
      const double p = Dbl(x), q = Dbl(y);  // small numbers only
      return op == "<" ? p < q : op == "<=" ? p <= q : op == ">" ? p > q : p >= q;
    }
    if (x.null() || y.null()) return {};
    const double p = Dbl(x), q = Dbl(y);
    if (op == "+") return Num(p + q);
    if (op == "-") return Num(p - q);
    if (op == "*") return Num(p * q);
    if (q == 0) return {};
    return op == "/" ? Num(p / q) : Num(std::fmod(p, q));
  }

  // Any item of a list, or the value itself, as text.
  template <typename Test>
  static bool Any(const Plain& subject, Test test) {
    if (subject.null()) return false;
    if (auto* list = subject.as<PlainList>()) {
      return std::any_of(list->begin(), list->end(),
                         [&](const Plain& item) { return !item.null() && test(PlainText(item)); });
    }
    return test(PlainText(subject));
  }

  static Plain EachText(const Plain& p, const std::function<Plain(const std::string&)>& change) {
    if (auto* list = p.as<PlainList>()) {
      PlainList out;
      for (const Plain& item : *list)
        out.push_back(item.null() ? Plain() : change(PlainText(item)));
      return out;
    }
    return change(PlainText(p));
  }

  Plain Call(const Tree& tree) const {
    const std::string& f = tree.name;
    std::vector<Plain> a;
    for (const Tree& arg : tree.args) a.push_back(Eval(arg));
    if (f == "exists") {
      return std::all_of(a.begin(), a.end(), [](const Plain& p) {
        return !p.null() && !(p.as<std::string>() && p.as<std::string>()->empty()) &&
               !(p.as<PlainList>() && p.as<PlainList>()->empty());
      });
    }
    if (f == "isnull") return a[0].null();
    if (f == "if") return Holds(a[0]) ? a[1] : a[2];
    if (f == "first") {
      for (const Plain& p : a) {
        if (p.as<std::string>() ? !p.as<std::string>()->empty() : Holds(p)) return p;
      }
      return {};
    }
    if (f == "in") {
      if (a[0].null()) return false;
      const PlainList subjects = a[0].as<PlainList>() ? *a[0].as<PlainList>() : PlainList{a[0]};
      for (const Plain& s : subjects) {
        for (size_t i = 1; i < a.size(); ++i) {
          if (!a[i].null() && !s.null() && Same(s, a[i])) return true;
        }
      }
      return false;
    }
    if (f == "startswithany" || f == "endswithany" || f == "containsany" || f == "containsall") {
      return Any(a[0], [&](const std::string& s) {
        size_t hits = 0;
        for (size_t i = 1; i < a.size(); ++i) {
          const std::string part = PlainText(a[i]);
          if (a[i].null()) continue;
          hits += f == "startswithany" ? s.rfind(part, 0) == 0
                  : f == "endswithany"
                      ? s.size() >= part.size() &&
                            s.compare(s.size() - part.size(), part.size(), part) == 0
                      : s.find(part) != std::string::npos;
        }
        return f == "containsall" ? hits == a.size() - 1 : hits > 0;
      });
    }
    if (f == "concat" || f == "joinifexists") {
      std::string out;
      bool any = false;
      for (const Plain& p : a) {
        if (p.null()) continue;
        if (any && f == "joinifexists") out += '|';
        out += PlainText(p);
        any = true;
      }
      return any || f == "concat" ? Plain(out) : Plain();
    }
    if (f == "max" || f == "min") {
      Plain best;
      for (const Plain& p : a) {
        const Plain n = ToNum(p);
        if (!n.null() && (best.null() || (f == "max" ? Dbl(n) > Dbl(best) : Dbl(n) < Dbl(best))))
          best = n;
      }
      return best;
    }
    if (a[0].null()) return {};
    if (f == "tonumber") return ToNum(a[0]);
    if (f == "abs" || f == "ceil" || f == "floor" || f == "round") {
      const Plain n = ToNum(a[0]);
      if (n.null()) return {};
      const double d = Dbl(n);
      if (f == "abs") return d < 0 ? Num(-d) : n;
      if (n.as<int64_t>()) return n;
      return Num(f == "ceil" ? std::ceil(d) : f == "floor" ? std::floor(d) : std::round(d));
    }
    if (f == "tolower")
      return EachText(a[0], [](const std::string& s) { return Plain(Cased(s, true)); });
    if (f == "toupper")
      return EachText(a[0], [](const std::string& s) { return Plain(Cased(s, false)); });
    const std::string s = PlainText(a[0]);
    if (f == "tostring") return s;
    if (f == "length") return static_cast<int64_t>(Characters(s).size());
    if (f == "trim") {
      const size_t from = s.find_first_not_of(' ');
      return from == std::string::npos ? std::string()
                                       : s.substr(from, s.find_last_not_of(' ') + 1 - from);
    }
    if (f == "replace") {
      if (a[1].null() || a[2].null()) return {};
      const std::string from = PlainText(a[1]), to = PlainText(a[2]);
      std::string out;
      for (size_t i = 0; i < s.size();) {
        if (!from.empty() && s.compare(i, from.size(), from) == 0) {
          out += to;
          i += from.size();
        } else {
          out += s[i++];
        }
      }
      return out;
    }
    if (f == "lcp" || f == "lcs") {
      const bool prefix = f == "lcp";
      std::vector<std::string> common = Characters(s);
      if (!prefix) std::reverse(common.begin(), common.end());
      for (size_t i = 1; i < a.size(); ++i) {
        if (a[i].null()) return {};
        std::vector<std::string> other = Characters(PlainText(a[i]));
        if (!prefix) std::reverse(other.begin(), other.end());
        size_t n = 0;
        while (n < common.size() && n < other.size() && common[n] == other[n]) ++n;
        common.resize(n);
      }
      if (!prefix) std::reverse(common.begin(), common.end());
      std::string out;
      for (const auto& c : common) out += c;
      return out;
    }
    if (f == "indexof") {
      if (a[1].null()) return {};
      const size_t at = s.find(PlainText(a[1]));
      return at == std::string::npos ? int64_t{-1}
                                     : static_cast<int64_t>(Characters(s.substr(0, at)).size());
    }
    // The rest counts.
    const Plain n = ToNum(a[f == "drop" || f == "dropright" || f == "substring" ? 1 : 2]);
    if (n.null()) return {};
    const auto k = static_cast<int64_t>(Dbl(n));
    const auto size = static_cast<int64_t>(Characters(s).size());
    if (f == "drop") return Slice(s, k, size);
    if (f == "dropright") return Slice(s, 0, size - std::max<int64_t>(k, 0));
    if (f == "substring") {
      const Plain m = ToNum(a[2]);
      return m.null() ? Plain()
                      : Plain(Slice(s, k, std::max<int64_t>(k, 0) + static_cast<int64_t>(Dbl(m))));
    }
    if (a[1].null()) return {};
    const std::string part = PlainText(a[1]);
    std::vector<size_t> found;
    for (size_t at = 0; !part.empty() && (at = s.find(part, at)) != std::string::npos;
         at += part.size())
      found.push_back(at);
    const auto index = static_cast<size_t>(k);
    if (f == "split") {
      if (part.empty() || k < 0 || index > found.size()) return {};
      const size_t from = k == 0 ? 0 : found[index - 1] + part.size();
      return s.substr(from, index < found.size() ? found[index] - from : std::string::npos);
    }
    if (k < 1 || index > found.size()) return s;
    return f == "chopafter" ? s.substr(0, found[index - 1])
                            : s.substr(found[index - 1] + part.size());
  }

  const std::map<std::string, Plain>& fields_;
};

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  size_t Below(size_t n) { return static_cast<size_t>(random_() % n); }

  Plain Scalar() {
    static const std::vector<std::string> kTexts = {
        "",     "a",     "A",     "ab",   "abc",   "a.b.c", "b.a", "10",       " 10 ",
        "2.5",  "-7",    "True",  "x y",  "false", "0",     "aaa", "\xC3\xA9", "x\xC3\x89y",
        "it's", "\"q\"", "C:\\d", "10.0", "1.50",  "ABBA",  "."};
    switch (Below(8)) {
      case 0:
        return {};
      case 1:
        return Below(2) == 0;
      case 2:
      case 3:
        return static_cast<int64_t>(Below(25)) - 5;
      case 4:
        return static_cast<double>(Below(80)) / 8.0 - 2.0;
      default:
        return kTexts[Below(kTexts.size())];
    }
  }

  // The event of one round, in both worlds.
  std::map<std::string, Plain> Fill(SampleWorld& world) {
    std::map<std::string, Plain> fields;
    world.event = Event();
    world.arena.Reset();
    for (const char* name : {"user", "os", "bytes", "ratio", "executive"}) {
      if (Below(4) == 0) continue;
      const Plain value = Scalar();
      if (value.null()) continue;
      fields[name] = value;
      world.Set(name, ToValue(world, value));
    }
    PlainList list;
    for (size_t n = Below(4); n > 0; --n) {
      const Plain item = Scalar();
      if (!item.null()) list.push_back(item);
    }
    world.Set("recipients", ToValue(world, list));
    fields["recipients"] = std::move(list);
    return fields;
  }

  Tree Make(int depth) {
    Tree tree;
    if (depth == 0 || Below(8) == 0) {
      static const char* kFields[] = {"user",      "os",         "bytes", "ratio",
                                      "executive", "recipients", "app"};
      if (Below(2) == 0) {
        tree.literal = Scalar();
        if (const auto* d = tree.literal.as<double>(); d != nullptr && *d < 0)
          tree.literal = -*d;  // literals have no sign
        if (const auto* i = tree.literal.as<int64_t>(); i != nullptr && *i < 0) tree.literal = -*i;
      } else {
        tree.kind = Tree::kField;
        tree.name = kFields[Below(7)];
      }
      return tree;
    }
    switch (Below(6)) {
      case 0:
      case 1: {
        static const char* kOperators[] = {"&&", "||", "=", "!=", "<", "<=", ">",
                                           ">=", "+",  "-", "*",  "/", "%"};
        tree.kind = Tree::kInfix;
        tree.name = kOperators[Below(13)];
        tree.args = {Make(depth - 1), Make(depth - 1)};
        return tree;
      }
      case 2:
        tree.kind = Below(4) == 0 ? Tree::kNegative : Tree::kNot;
        tree.args = {Make(depth - 1)};
        return tree;
      default:
        break;
    }
    struct Function {
      const char* name;
      size_t least, most;
    };
    static constexpr Function kFunctions[] = {
        {"exists", 1, 3},      {"isnull", 1, 1},       {"if", 3, 3},
        {"first", 1, 4},       {"in", 2, 10},          {"startswithany", 2, 8},
        {"endswithany", 2, 8}, {"containsany", 2, 8},  {"containsall", 2, 4},
        {"concat", 1, 4},      {"joinifexists", 1, 4}, {"max", 1, 3},
        {"min", 1, 3},         {"tonumber", 1, 1},     {"abs", 1, 1},
        {"ceil", 1, 1},        {"floor", 1, 1},        {"round", 1, 1},
        {"tolower", 1, 1},     {"toupper", 1, 1},      {"tostring", 1, 1},
        {"length", 1, 1},      {"trim", 1, 1},         {"replace", 3, 3},
        {"lcp", 1, 3},         {"lcs", 1, 3},          {"indexof", 2, 2},
        {"drop", 2, 2},        {"dropright", 2, 2},    {"substring", 3, 3},
        {"split", 3, 3},       {"chopafter", 3, 3},    {"chopbefore", 3, 3}};
    const Function& function = kFunctions[Below(std::size(kFunctions))];
    tree.kind = Tree::kCall;
    tree.name = function.name;
    const bool literals = Below(2) == 0;  // so that lists of literals are prepared
    for (size_t n = function.least + Below(function.most - function.least + 1); n > 0; --n) {
      tree.args.push_back(Make(literals && !tree.args.empty() ? 0 : depth - 1));
      if (literals && tree.args.size() > 1)
        tree.args.back() =
            Tree{.kind = Tree::kLiteral, .literal = Below(3) == 0 ? Plain(int64_t{1}) : Scalar()};
      if (auto& last = tree.args.back(); last.kind == Tree::kLiteral) {
        if (const auto* d = last.literal.as<double>(); d != nullptr && *d < 0) last.literal = -*d;
        if (const auto* i = last.literal.as<int64_t>(); i != nullptr && *i < 0) last.literal = -*i;
      }
    }
    return tree;
  }

  // The tree as text, with only the parentheses that precedence asks for.
  std::string Render(const Tree& tree, int around = 0) {
    const int own = Level(tree);
    std::string out;
    switch (tree.kind) {
      case Tree::kLiteral:
        out = Literal(tree.literal);
        break;
      case Tree::kField:
        out = Below(4) == 0 ? ToUpper(tree.name) : tree.name;
        break;
      case Tree::kNot:
        out = (Below(2) == 0 ? "!" : "NOT ") + Render(tree.args[0], own);
        break;
      case Tree::kNegative:
        out = "-" + Render(tree.args[0], 7);
        break;
      case Tree::kInfix: {
        const bool comparison = own == 4;
        std::string op = tree.name;
        if (op == "&&" && Below(2) == 0) op = "and";
        if (op == "||" && Below(2) == 0) op = "OR";
        if (op == "=" && Below(2) == 0) op = "==";
        out = Render(tree.args[0], comparison ? own + 1 : own) + " " + op + " " +
              Render(tree.args[1], own + 1);
        break;
      }
      case Tree::kCall: {
        out = (Below(3) == 0 ? ToUpper(tree.name) : tree.name) + "(";
        for (size_t i = 0; i < tree.args.size(); ++i)
          out += (i > 0 ? ", " : "") + Render(tree.args[i]);
        out += ")";
        break;
      }
    }
    return own < around || Below(20) == 0 ? "(" + out + ")" : out;
  }

 private:
  static int Level(const Tree& tree) {
    if (tree.kind == Tree::kNot) return 3;
    if (tree.kind != Tree::kInfix) return 7;
    if (tree.name == "||") return 1;
    if (tree.name == "&&") return 2;
    if (tree.name == "+" || tree.name == "-") return 5;
    return tree.name == "*" || tree.name == "/" || tree.name == "%" ? 6 : 4;
  }

  std::string Literal(const Plain& p) {
    if (p.null()) return "null";
    if (const auto* s = p.as<std::string>()) {
      const char quote = Below(2) == 0 ? '\'' : '"';
      std::string out(1, quote);
      for (char c : *s) {
        if (c == '\\' || c == quote) out += c == '\\' || Below(2) == 0 ? '\\' : quote;
        out += c;
      }
      return out + quote;
    }
    if (const auto* d = p.as<double>()) return fmt::format("{:.4f}", *d);
    return PlainText(p);
  }

  static Value ToValue(SampleWorld& world, const Plain& p) {
    if (auto* b = p.as<bool>()) return Value::Bool(*b);
    if (auto* i = p.as<int64_t>()) return Value::Int(*i);
    if (auto* d = p.as<double>()) return Value::Double(*d);
    if (auto* s = p.as<std::string>()) return Value::String(world.arena.Copy(*s));
    auto* list = p.as<PlainList>();
    if (list == nullptr) return {};
    Value* items = world.arena.Array<Value>(list->size());
    for (size_t i = 0; i < list->size(); ++i) items[i] = ToValue(world, (*list)[i]);
    return Value::List(items, static_cast<uint32_t>(list->size()));
  }

  std::mt19937 random_;
};

TEST(ExpressionProperty, AgreesWithAPlainEvaluatorOfItsTree) {
  for (uint32_t round = 0; round < 150; ++round) {
    Generator generator(round);
    SampleWorld world;
    std::vector<Tree> trees;
    std::vector<std::string> texts;
    std::vector<ExprId> ids;
    for (int i = 0; i < 60; ++i) {
      trees.push_back(generator.Make(static_cast<int>(1 + generator.Below(5))));
      texts.push_back(generator.Render(trees.back()));
      const auto id = world.Compile(texts.back());
      ASSERT_TRUE(id) << texts.back() << "\n" << world.faults.Render();
      ids.push_back(*id);
    }
    Evaluator evaluator(world.compiler.program(), world.lookups);
    // Texts come again, so that most tests are answered from what is remembered of them.
    for (int event = 0; event < 12; ++event) {
      const std::map<std::string, Plain> fields = generator.Fill(world);
      const Reference reference(fields);
      evaluator.Reset(world.event);
      for (int i = 0; i < 120; ++i) {
        const size_t pick = generator.Below(ids.size());
        const Plain expected = reference.Eval(trees[pick]);
        std::string around;
        for (const auto& [name, value] : fields) around += fmt::format(" {}={}", name, Show(value));
        ASSERT_EQ(Show(FromValue(evaluator.Evaluate(ids[pick]))), Show(expected))
            << "round " << round << ": " << texts[pick] << "\nover" << around;
        ASSERT_EQ(evaluator.Test(ids[pick]), Holds(expected)) << texts[pick];
      }
    }
  }
}

}  // namespace
}  // namespace vedette
