#include "simulate/formats/format.h"

#include <fmt/format.h>

#include "core/check.h"

namespace vedette::simulate {
namespace {

constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void AppendDigits(std::string& out, int64_t value, int digits) {
  char text[20];
  for (int i = digits; i-- > 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
  out.append(text, static_cast<size_t>(digits));
}

void AppendClock(std::string& out, const CivilTime& civil) {
  AppendDigits(out, civil.hour, 2);
  out += ':';
  AppendDigits(out, civil.minute, 2);
  out += ':';
  AppendDigits(out, civil.second, 2);
}

bool IsMail(What what) { return what >= What::kMailIn && what <= What::kAttachmentInside; }

}  // namespace

Formats::Formats(const Organisation& organisation)
    : context_{organisation, std::vector<uint32_t>(organisation.machines.size(), 1000), 70000, {}} {
}

void Formats::Append(const Record& record, std::string& line, LineMark* mark) {
  switch (record.product) {
    case Product::kDefenderAtp:
      return AppendDefender(context_, record, line, mark);
    case Product::kDefender365:
      if (IsMail(record.what)) return AppendDefenderMail(context_, record, line, mark);
      if (record.what == What::kAlert || record.what == What::kAlertEvidence) {
        return AppendDefenderAlert(context_, record, line, mark);
      }
      return AppendDefender(context_, record, line, mark);
    case Product::kDtex:
      return AppendDtex(context_, record, line, mark);
    case Product::kSymantecEdr:
      return AppendSymantec(context_, record, line, mark);
    case Product::kOfficeScan:
      return AppendApexCentral(context_, record, line, mark);
  }
  CHECK(false);
}

void AppendIsoTime(std::string& out, Timestamp time, int digits) {
  const CivilTime civil = ToCivil(time);
  AppendDigits(out, civil.year, 4);
  out += '-';
  AppendDigits(out, civil.month, 2);
  out += '-';
  AppendDigits(out, civil.day, 2);
  out += 'T';
  AppendClock(out, civil);
  if (digits > 0) {
    out += '.';
    int64_t fraction = civil.nanosecond;
    for (int i = digits; i < 9; ++i) fraction /= 10;
    AppendDigits(out, fraction, digits);
  }
  out += 'Z';
}

void AppendSyslogTime(std::string& out, Timestamp time) {
  const CivilTime civil = ToCivil(time);
  out += kMonths[civil.month - 1];
  out += civil.day < 10 ? "  " : " ";
  out += fmt::format_int(civil.day).c_str();
  out += ' ';
  AppendClock(out, civil);
}

void AppendCefTime(std::string& out, Timestamp time) {
  const CivilTime civil = ToCivil(time);
  out += kMonths[civil.month - 1];
  out += ' ';
  AppendDigits(out, civil.day, 2);
  out += ' ';
  AppendDigits(out, civil.year, 4);
  out += ' ';
  AppendClock(out, civil);
}

void AppendCefValue(std::string& out, std::string_view value) {
  for (char c : value) {
    if (c == '\\' || c == '=') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out += c;
    }
  }
}

void AppendCefHeader(std::string& out, std::string_view value) {
  for (char c : value) {
    if (c == '\\' || c == '|') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
}

std::string PathOf(const Program& program, const Person* person) {
  std::string path;
  AppendFolder(path, program, person == nullptr ? "Default" : std::string_view(person->user));
  path += '\\';
  path += program.name;
  return path;
}

std::string CommandLine(const Program& program, const Person* person, std::string_view arguments) {
  const std::string path = PathOf(program, person);
  const bool quote = path.find(' ') != std::string::npos;
  std::string line = quote ? "\"" + path + "\"" : path;
  if (!arguments.empty()) {
    line += ' ';
    line += arguments;
  }
  return line;
}

std::string JoinPath(std::string_view folder, std::string_view name) {
  std::string path(folder);
  path += '\\';
  path += name;
  return path;
}

}  // namespace vedette::simulate
