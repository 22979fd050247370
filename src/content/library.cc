#include "content/library.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {
namespace {

namespace fs = std::filesystem;

// Relative paths of all .yaml files below folder/sub, sorted.
std::vector<std::string> YamlFiles(const std::string& folder, std::string_view sub) {
  std::vector<std::string> paths;
  std::error_code error;
  const fs::path base = fs::path(folder) / sub;
  for (fs::recursive_directory_iterator at(base, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file(error) && at->path().extension() == ".yaml") {
      paths.push_back(fs::relative(at->path(), folder, error).generic_string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// One part of the content folder and where its files go.
struct Part {
  std::string_view folder;
  std::vector<ContentFile> ContentLibrary::*files;
  std::vector<ContentFile> ContentLibrary::*tests;  // null when the part has none
};
constexpr Part kParts[] = {
    {"parsers", &ContentLibrary::parsers, &ContentLibrary::parser_tests},
    {"context", &ContentLibrary::context, nullptr},
    {"rules", &ContentLibrary::rules, &ContentLibrary::rule_tests},
    {"scoring", &ContentLibrary::scoring, nullptr},
    {"use_cases", &ContentLibrary::use_cases, nullptr},
    {"sigma", &ContentLibrary::sigma, nullptr},
};

void ReadField(const Node& node, Schema& schema, Diagnostics& faults) {
  MapReader map(node, "field", faults);
  Schema::Field field;
  field.place = node.place;
  field.name = map.RequiredText("name");
  const std::string type = map.RequiredText("type");
  if (!type.empty() && !ParseFieldType(type, &field.type)) {
    faults.Error(map.PlaceOf("type"), "schema-type",
                 fmt::format("there is no field type '{}'", type),
                 "one of: string, integer, decimal, boolean, ip, time, list");
  }
  field.unit = map.Text("unit");
  field.about = map.RequiredText("about");
  field.example = map.Text("example");
  field.ecs = map.Text("ecs");
  field.ocsf = map.Text("ocsf");
  map.Finish();
  if (!field.name.empty()) schema.AddField(std::move(field), faults);
}

void ReadEventType(const Node& node, Schema& schema, Diagnostics& faults) {
  MapReader map(node, "event type", faults);
  Schema::EventType type;
  type.place = node.place;
  type.name = map.RequiredText("name");
  type.about = map.RequiredText("about");
  type.subject = map.RequiredText("subject");
  type.activity = map.RequiredText("activity");
  type.outcome = map.RequiredText("outcome");
  type.also = map.Texts("also");
  if (const Node* ecs = map.Get("ecs")) {
    MapReader names(*ecs, "name in ECS", faults);
    type.ecs_category = names.Text("category");
    type.ecs_type = names.Text("type");
    names.Finish();
  }
  if (const Node* ocsf = map.Get("ocsf")) {
    MapReader names(*ocsf, "name in OCSF", faults);
    type.ocsf_class = names.Text("class");
    type.ocsf_activity = names.Text("activity");
    names.Finish();
  }
  map.Finish();
  if (!type.name.empty()) schema.AddEventType(std::move(type), faults);
}

void ReadSchema(const std::string& folder, Schema& schema, Diagnostics& faults) {
  for (const std::string& path : YamlFiles(folder, "schema")) {
    const Result<Node> root = LoadYaml(folder + "/" + path, path);
    if (!root) {
      faults.Error(root.error().place, root.error().code, root.error().message);
      continue;
    }
    MapReader map(*root, "schema file", faults);
    if (const Node* fields = map.Get("fields")) {
      for (const Node& item : fields->items) ReadField(item, schema, faults);
    }
    if (const Node* types = map.Get("event_types")) {
      for (const Node& item : types->items) ReadEventType(item, schema, faults);
    }
    map.Finish();
  }
  schema.Finish(faults);
}

}  // namespace

ContentLibrary ContentLibrary::Load(const std::string& folder, Diagnostics& faults) {
  ContentLibrary library;
  library.folder = folder;
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    faults.Error({folder}, "content-folder-missing", "there is no such content folder",
                 "name it with --content, or run from where 'content/' is");
    return library;
  }
  ReadSchema(folder, library.schema, faults);
  for (const Part& part : kParts) {
    for (const std::string& path : YamlFiles(folder, part.folder)) {
      Result<Node> root = LoadYaml(folder + "/" + path, path);
      if (!root) {
        faults.Error(root.error().place, root.error().code, root.error().message);
        continue;
      }
      const bool is_test = EndsWith(path, ".test.yaml");
      if (is_test && part.tests == nullptr) {
        faults.Error({path}, "content-stray-test",
                     fmt::format("'{}' has no tests of this form", part.folder));
        continue;
      }
      (library.*(is_test ? part.tests : part.files)).push_back({path, std::move(*root)});
    }
  }
  return library;
}

}  // namespace vedette
