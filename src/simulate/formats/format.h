// Formats turn records into raw lines: one function per product, which knows the product's wire
// format and nothing of how the lines are read later.
//
//   Formats formats(organisation);
//   formats.Append(record, line, nullptr);
//
// Products number their records as they write them, so records have to come in the order in which
// they are written. One thread. No line ends in a line break.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_writer.h"
#include "simulate/organisation.h"
#include "simulate/record.h"
#include "simulate/software.h"

namespace vedette::simulate {

// How a line is found again: its kind, and texts that together occur in it and in no other line of
// its file.
struct LineMark {
  std::string kind;
  std::string id;  // the record's own unique id; empty when its product gives none
  std::vector<std::string> contains;
};

// What the functions of all products share.
struct FormatContext {
  const Organisation& organisation;
  std::vector<uint32_t> next_report;  // by machine: Defender's ReportId
  uint64_t next_payload = 0;          // Apex Central's own numbers
  std::string scratch;

  const Machine& MachineOf(const Record& record) const {
    return organisation.machines[record.machine];
  }
  const Person* PersonOf(const Record& record) const {
    return record.person == kNobody ? nullptr : &organisation.people[record.person];
  }
};

// Each appends one line and, where `mark` is given, says how to find it. Requires a record that the
// product can see.
void AppendDefender(FormatContext& context, const Record& record, std::string& line,
                    LineMark* mark);
void AppendDefenderMail(FormatContext& context, const Record& record, std::string& line,
                        LineMark* mark);
void AppendDefenderAlert(FormatContext& context, const Record& record, std::string& line,
                         LineMark* mark);
void AppendDtex(FormatContext& context, const Record& record, std::string& line, LineMark* mark);
void AppendSymantec(FormatContext& context, const Record& record, std::string& line,
                    LineMark* mark);
void AppendApexCentral(FormatContext& context, const Record& record, std::string& line,
                       LineMark* mark);

class Formats {
 public:
  explicit Formats(const Organisation& organisation);
  void Append(const Record& record, std::string& line, LineMark* mark);

 private:
  FormatContext context_;
};

// 2026-03-07T14:05:09.1234567Z, always with `digits` digits of a second's fraction.
void AppendIsoTime(std::string& out, Timestamp time, int digits);
// Mar  7 14:05:09, the year-less time of BSD syslog.
void AppendSyslogTime(std::string& out, Timestamp time);
// Mar 07 2026 14:05:09
void AppendCefTime(std::string& out, Timestamp time);
// An extension value of CEF: backslash, equals sign and line breaks are escaped.
void AppendCefValue(std::string& out, std::string_view value);
// A header field of CEF: pipe and backslash are escaped.
void AppendCefHeader(std::string& out, std::string_view value);

// "C:\Program Files\7-Zip\7z.exe"
std::string PathOf(const Program& program, const Person* person);
// The command line with which the program was started: the quoted path, then the arguments.
std::string CommandLine(const Program& program, const Person* person, std::string_view arguments);
// A file's path: folder, backslash, name.
std::string JoinPath(std::string_view folder, std::string_view name);

}  // namespace vedette::simulate
