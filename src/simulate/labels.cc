#include "simulate/labels.h"

#include <fmt/format.h>

#include "core/json_writer.h"
#include "simulate/simulate.h"
#include "simulate/text_file.h"

namespace vedette::simulate {
namespace {

void WriteRuleIds(JsonWriter& json, std::string_view ids) {
  json.BeginArray();
  while (!ids.empty()) {
    const size_t blank = ids.find(' ');
    json.String(ids.substr(0, blank));
    ids = blank == std::string_view::npos ? std::string_view() : ids.substr(blank + 1);
  }
  json.EndArray();
}

void WriteEvent(JsonWriter& json, const Label& label, const Step& step, std::string_view file,
                const Organisation& organisation) {
  json.BeginObject().Key("time").String(FormatIso8601(label.record.time));
  json.Key("product")
      .String(FolderOf(label.record.product))
      .Key("file")
      .String(file)
      .Key("kind")
      .String(label.mark.kind);
  json.Key("host").String(organisation.machines[label.record.machine].name).Key("id");
  if (label.mark.id.empty()) {
    json.Null();
  } else {
    json.String(label.mark.id);
  }
  json.Key("contains").BeginArray();
  for (const std::string& text : label.mark.contains) json.String(text);
  json.EndArray().Key("step").Int(label.record.step).Key("expect");
  WriteRuleIds(json, step.expect);
  json.EndObject();
}

}  // namespace

Result<void> WriteLabels(const SimulationOptions& options, const Organisation& organisation,
                         const Playing& playing, const std::vector<Label>& labels,
                         const std::vector<std::string>& files) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject()
      .Key("seed")
      .UInt(options.seed)
      .Key("users")
      .Int(options.users)
      .Key("days")
      .Int(options.days);
  json.Key("start")
      .String(FormatDay(options.first_day))
      .Key("dirt")
      .Bool(options.dirty)
      .Key("stories")
      .BeginArray();
  for (size_t i = 0; i < playing.stories.size(); ++i) {
    const PlayedStory& played = playing.stories[i];
    if (!played.skipped.empty()) continue;
    const Story& story = *played.story;
    const Person& person = organisation.people[played.person];
    json.BeginObject()
        .Key("id")
        .String(story.id)
        .Key("title")
        .String(story.title)
        .Key("about")
        .String(story.about);
    json.Key("use_case").String(story.use_case).Key("malicious").Bool(story.malicious);
    json.Key("user")
        .String(person.user)
        .Key("host")
        .String(organisation.machines[played.machine].name);
    json.Key("days").BeginArray();
    for (int64_t day : played.days) json.String(FormatDay(day));
    json.EndArray().Key("events").BeginArray();
    for (size_t at = 0; at < labels.size(); ++at) {
      if (labels[at].record.story != i + 1 || at >= files.size() || files[at].empty()) continue;
      text += '\n';
      WriteEvent(json, labels[at], story.steps[labels[at].record.step], files[at], organisation);
    }
    json.EndArray().EndObject();
  }
  json.EndArray().EndObject();
  text += '\n';
  return WriteTextFile(*options.disk, options.folder / "labels.json", text);
}

}  // namespace vedette::simulate
