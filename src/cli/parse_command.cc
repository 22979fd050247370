#include <cstdio>
#include <map>

#include <fmt/format.h>

#include "cli/cli.h"
#include "core/file_system.h"
#include "core/json_writer.h"
#include "engine/content_set.h"
#include "event/event_json.h"
#include "ingest/discover.h"
#include "ingest/line_reader.h"
#include "parse/line_parser.h"

namespace vedette {
namespace {

constexpr size_t kShownRaw = 400;

struct ParseArguments {
  std::vector<std::string> inputs = {"-"};
  ContentSet::Options content{.content_folder = DefaultContentFolder()};
};

// Writes one line of JSON per record, and counts.
class RecordWriter : public ParseObserver {
 public:
  RecordWriter(const ContentSet& content, WritableFile& file) : content_(content), file_(file) {}

  void BeginLine(const std::string& source, const RawLine& line) {
    source_ = &source;
    line_ = &line;
    ++lines_;
    first_ = true;
  }

  void Parsed(const Event& event) override {
    Count(fmt::format("parsed    {}", content_.parsers.parsers()[event.parser].id));
    JsonWriter json(out_);
    json.BeginObject().Key("status").String("parsed");
    WriteParser(json, event.parser);
    json.Key("event_type").String(content_.library.schema.event_type(event.type).name);
    json.Key("time").String(FormatIso8601(event.time));
    std::string fields;
    AppendFieldsJson(fields, event, content_.library.schema);
    json.Key("fields").Raw(fields).EndObject();
    out_ += '\n';
  }
  void Dropped(ParserId parser, std::string_view reason, uint32_t) override {
    Bad("dropped", parser, reason);
  }
  void Unmatched(std::string_view reason, uint32_t) override {
    Bad("unmatched", kNoParser, reason);
  }
  void Malformed(ParserId parser, std::string_view reason, uint32_t) override {
    Bad("malformed", parser, reason);
  }

  void TooLong() { Bad("malformed", kNoParser, "line-too-long"); }

  Result<void> Flush(bool always) {
    if (!always && out_.size() < (1 << 16)) return {};
    Result<void> written = file_.Append(out_);
    out_.clear();
    return written;
  }

  void PrintSummary() const {
    uint64_t sum = 0;
    for (const auto& [what, count] : counts_) sum += count;
    fmt::print(stderr, "{:>12}  lines\n{:>12}  + further records of lines that hold several\n",
               lines_, extra_);
    for (const auto& [what, count] : counts_) fmt::print(stderr, "{:>12}  {}\n", count, what);
    fmt::print(stderr, "{:>12}  in all{}\n", sum,
               sum == lines_ + extra_ ? "" : ", which does not add up: please report this");
  }

 private:
  void Count(std::string what) {
    ++counts_[std::move(what)];
    if (!first_) ++extra_;
    first_ = false;
  }

  void WriteParser(JsonWriter& json, ParserId id) {
    if (id == kNoParser) return;
    const ParserSpec& parser = content_.parsers.parsers()[id];
    const Schema::Product& product = content_.library.schema.product(parser.product);
    json.Key("parser")
        .String(parser.id)
        .Key("vendor")
        .String(product.vendor)
        .Key("product")
        .String(product.product);
  }

  void Bad(std::string_view status, ParserId parser, std::string_view reason) {
    Count(
        fmt::format("{:<9} {}{}", status, reason,
                    parser == kNoParser ? "" : " (" + content_.parsers.parsers()[parser].id + ")"));
    JsonWriter json(out_);
    json.BeginObject().Key("status").String(status);
    WriteParser(json, parser);
    json.Key("reason").String(reason).Key("source").String(*source_).Key("offset").UInt(
        line_->offset);
    json.Key("raw").String(line_->text.substr(0, kShownRaw)).EndObject();
    out_ += '\n';
  }

  const ContentSet& content_;
  WritableFile& file_;
  const std::string* source_ = nullptr;
  const RawLine* line_ = nullptr;
  bool first_ = true;
  uint64_t lines_ = 0;
  uint64_t extra_ = 0;
  std::map<std::string, uint64_t> counts_;
  std::string out_;
};

int RunParse(const ParseArguments& arguments) {
  Diagnostics faults;
  const std::unique_ptr<ContentSet> content = ContentSet::Load(arguments.content, faults);
  const std::vector<SourceFile> sources = DiscoverSources(arguments.inputs, faults);
  LineParser parser(content->parsers, content->library.schema, content->compiler.program(),
                    content->tables);
  const std::unique_ptr<WritableFile> out = StandardOutput();
  RecordWriter writer(*content, *out);
  const Timestamp now{
      std::chrono::duration_cast<Nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
  Batch batch;
  for (const SourceFile& source : sources) {
    Result<LineReader> reader = LineReader::OpenAt(source.path);
    if (!reader) {
      faults.Error(reader.error().place, reader.error().code, reader.error().message);
      continue;
    }
    for (LineBlock block; reader->Next(block);) {
      for (const RawLine& line : block.lines) {
        batch.Clear();
        writer.BeginLine(source.path, line);
        if (line.too_long) {
          writer.TooLong();
        } else {
          parser.Parse(line.text, now, batch, writer);
        }
      }
      if (Result<void> written = writer.Flush(false); !written) return EndOfOutput(written.error());
    }
    if (reader->error())
      faults.Error({source.path}, reader->error()->code, reader->error()->message);
  }
  if (Result<void> written = writer.Flush(true); !written) return EndOfOutput(written.error());
  faults.Sort();
  fmt::print(stderr, "{}", faults.Render());
  writer.PrintSummary();
  return faults.has_errors() ? kExitFaults : kExitDone;
}

}  // namespace

void AddParseCommand(CLI::App& app, int& status) {
  auto arguments = std::make_shared<ParseArguments>();
  CLI::App* command =
      app.add_subcommand("parse", "Turn raw logs into events, one line of JSON each");
  command
      ->add_option("INPUT", arguments->inputs,
                   "Files and folders of raw logs, gzip and zstd too; - is standard input")
      ->capture_default_str();
  command->add_option("--content", arguments->content.content_folder, "Content folder")
      ->capture_default_str();
  command->add_option("--context", arguments->content.context_folder,
                      "The organisation's own tables, for parsers that ask lists");
  command->footer(
      "Example:\n  vedette parse logs/defender.ndjson | jq 'select(.status != \"parsed\")'");
  command->callback([arguments, &status] { status = RunParse(*arguments); });
}

}  // namespace vedette
