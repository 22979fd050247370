// A Record is one thing that a product saw, before the product writes it down in its own format.
//
// The background and the stories make records, the formats turn each into one raw line. A record is
// plain data; its views point into the organisation, the catalogue of programs, or the arena of the
// day or story that made it.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/time.h"

namespace vedette::simulate {

enum class Product : uint8_t { kDefenderAtp, kDefender365, kDtex, kSymantecEdr, kOfficeScan };
inline constexpr int kProducts = 5;

// What was seen. Not every product sees everything; each format says what it writes.
enum class What : uint8_t {
  kProcess,      // program, parent, command, parent_command
  kFileCreated,  // program, name, folder, bytes
  kFileModified,
  kFileRenamed,  // old_name, old_folder too
  kFileCopied,
  kFileDeleted,
  kFileRead,
  kConnection,  // program, target (host name), ip, port, bytes
  kConnectionFailed,
  kConnectionInbound,  // ip and port of the peer in ip, own port in port
  kWebRequest,         // target (host), name (path), bytes (sent), count (status)
  kTlsSession,         // target (host), bytes (sent)
  kNameLookup,         // target (name)
  kWebPage,            // program, target (whole URL)
  kWebBlocked,         // program, target (whole URL), text (category)
  kLogon,
  kLogonFailed,   // text (reason)
  kLogonRemote,   // target (client name), ip
  kLogonNetwork,  // target (client name), ip
  kLogonService,
  kLock,
  kUnlock,
  kRegistrySet,       // program, folder (key), name (value), text (data)
  kServiceInstalled,  // name (service), text (command)
  kTaskCreated,       // name, text (content)
  kUsbMounted,        // device, text (model), folder (drive)
  kUsbWrite,          // program, name, folder, old_folder (source), device, text (model), bytes
  kUsbRefused,        // as kUsbWrite, text is the policy
  kDeviceRefused,     // device, text (description); no policy is named
  kPrint,             // name (document), target (printer), count (pages), bytes
  kMailIn,            // peer (address), text (subject), bytes, count (attachments)
  kMailOut,
  kMailOutHeldBack,
  kMailInside,    // other (recipient)
  kAttachmentIn,  // peer, name, bytes, mail
  kAttachmentOut,
  kAttachmentOutHeldBack,
  kAttachmentInside,
  kAlert,  // text (title), name (file), folder, program, target (category), command
  kAlertEvidence,
  kDlp,  // text (rule), target (template), name, folder, bytes, program
  kDlpRefused,
  kDlpMail,  // peer, text (rule), old_name (subject), name
  kDlpMailHeldBack,
  kDeviceControl,  // program, name, folder
  kMalware,        // text (threat), name, folder
  kCallback,       // target (address or URL), ip, program
  kBehaviour,      // program, target (what was touched), text (policy)
  kPatternUpdate,
  kConsoleLogon,  // ip
};

struct Program;  // software.h

inline constexpr uint32_t kNobody = UINT32_MAX;

struct Record {
  Timestamp time;
  uint64_t noise = 0;   // the source of what is only there to fill columns: ids, ports, hashes
  uint32_t serial = 0;  // order among records of one time
  uint32_t person = kNobody;  // whose account; kNobody: the system's
  uint32_t other = kNobody;   // a second person: the colleague who gets the mail
  uint32_t machine = 0;
  uint32_t ip = 0;        // of the other side
  uint32_t local_ip = 0;  // the machine's address when it is not the usual one
  uint16_t port = 0;
  uint16_t story = 0;  // 0: background, else the story's number from 1
  uint16_t step = 0;   // row of the story's table
  What what{};
  Product product{};
  int32_t count = 0;
  int64_t bytes = 0;
  uint64_t mail = 0;  // joins the rows of one mail
  const Program* program = nullptr;
  const Program* parent = nullptr;
  std::string_view command;
  std::string_view parent_command;
  std::string_view name;
  std::string_view folder;  // of a file: without a final backslash
  std::string_view old_name;
  std::string_view old_folder;
  std::string_view target;
  std::string_view peer;
  std::string_view text;
  std::string_view device;

  friend bool operator<(const Record& a, const Record& b) {
    if (a.time != b.time) return a.time < b.time;
    if (a.person != b.person) return a.person < b.person;
    if (a.story != b.story) return a.story < b.story;
    if (a.machine != b.machine) return a.machine < b.machine;
    return a.serial < b.serial;
  }
};

}  // namespace vedette::simulate
