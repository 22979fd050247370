#include "store/pseudonyms.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "core/file_system.h"
#include "core/redact.h"
#include "core/siphash.h"
#include "core/text.h"

namespace vedette {
namespace {

constexpr size_t kLeastKeyBytes = 16;
constexpr std::string_view kPersonFields[] = {
    "user",       "user_full_name", "user_email",  "user_upn",
    "user_sid",   "account",        "dest_user",   "dest_user_sid",
    "manager",    "personal_email", "user_entity", "dest_user_entity",
    "sender",     "recipient",      "recipients",  "external_address",
    "return_path"};
// Shorter ones stand in too many texts by accident; in fields of their own they are hidden all the
// same.
constexpr size_t kLeastNameInText = 3;

Result<void> CheckPrivate(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return {};
  if ((info.st_mode & 077) == 0) return {};
  return Fail("key-not-private",
              fmt::format("{} may be read by others than its owner; chmod 600 {}", path, path),
              Place{path});
}

std::string CsvText(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

}  // namespace

Result<Pseudonyms> Pseudonyms::Load(const std::string& key_file, const Schema& schema) {
  Result<std::string> bytes = ReadFile(FileSystem::Real(), key_file);
  if (!bytes) return Fail(bytes.error());
  for (const std::string& path : {key_file, key_file + ".names.csv"}) {
    if (Result<void> checked = CheckPrivate(path); !checked) return Fail(checked.error());
  }
  if (bytes->size() < kLeastKeyBytes) {
    return Fail("key-too-short",
                fmt::format("{} holds {} bytes; a key needs at least {}", key_file, bytes->size(),
                            kLeastKeyBytes),
                Place{key_file});
  }
  Pseudonyms pseudonyms;
  pseudonyms.key_file_ = key_file;
  for (uint64_t half = 0; half < 2; ++half)
    pseudonyms.key_[half] = SipHash({half, 0x70736575646f}, *bytes);
  for (std::string_view name : kPersonFields) {
    if (const Schema::Field* field = schema.FindField(name))
      pseudonyms.fields_.push_back(field->id);
  }
  return pseudonyms;
}

const std::string& Pseudonyms::Of(std::string_view name) {
  std::string key(NormalizeKey(name, false, scratch_));
  const auto [at, added] = names_.try_emplace(std::move(key));
  if (added) at->second = fmt::format("person-{:016x}", SipHash(key_, at->first));
  return at->second;
}

Hash128 Pseudonyms::Keyed(const Hash128& id) const {
  const std::string_view bytes(reinterpret_cast<const char*>(&id), sizeof(id));
  return {SipHash(key_, bytes), SipHash({key_[1], key_[0]}, bytes)};
}

void Pseudonyms::Hide(const Event& event, Detection& d) {
  std::set<std::string> names;
  const auto add = [&](const Value& value) {
    if (value.is_text() && value.size() > 0) names.insert(std::string(value.text()));
  };
  for (FieldId field : fields_) {
    const Value value = event.Get(field);
    add(value);
    if (!value.is_list()) continue;
    for (uint32_t i = 0; i < value.size(); ++i) add(value.items()[i]);
  }
  // Longest first: an address before the name that it begins with.
  std::vector<std::string> ordered(names.begin(), names.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const std::string& name : ordered) {
    const std::string& pseudonym = Of(name);
    for (std::string* text : {&d.scope, &d.value}) {
      if (*text == name) {
        *text = pseudonym;
      } else if (name.size() >= kLeastNameInText) {
        ReplaceWord(*text, name, pseudonym);
      }
    }
    ReplaceWord(d.reason, name, pseudonym);
    std::string in_json;
    AppendJsonEscaped(in_json, name);
    for (std::string* json : {&d.event_fields, &d.matched}) {
      if (name.size() >= kLeastNameInText) {
        ReplaceWord(*json, in_json, pseudonym);
      } else {
        ReplaceWord(*json, "\"" + in_json + "\"", "\"" + pseudonym + "\"");
      }
    }
  }
  d.id = Keyed(d.id);
}

void Pseudonyms::Hide(Session& session) {
  if (session.entity_kind != EntityKind::kUser) return;
  session.entity = Of(session.entity);
  session.id = Keyed(session.id);
}

Result<void> Pseudonyms::SaveTable() const {
  std::map<std::string, std::string> rows;  // pseudonym -> name
  std::ifstream old(table_path());
  std::string line;
  for (std::getline(old, line); std::getline(old, line);) {
    if (const size_t comma = line.find(','); comma != std::string::npos)
      rows[line.substr(0, comma)] = line.substr(comma + 1);
  }
  for (const auto& [name, pseudonym] : names_) rows[pseudonym] = CsvText(name);
  std::string text = "pseudonym,name\n";
  for (const auto& [pseudonym, name] : rows) text += pseudonym + "," + name + "\n";
  // Private from its first moment on.
  const std::string path = table_path() + ".new";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Fail(FileError("write", path, errno));
  ::close(fd);
  Result<std::unique_ptr<WritableFile>> file =
      FileSystem::Real().OpenWritable(path, OpenMode::kAppend);
  if (!file) return Fail(file.error());
  if (Result<void> done = (*file)->Append(text); !done) return done;
  if (Result<void> done = (*file)->Sync(); !done) return done;
  if (Result<void> done = (*file)->Close(); !done) return done;
  if (Result<void> done = FileSystem::Real().Rename(path, table_path()); !done) return done;
  return FileSystem::Real().SyncFolder(ParentFolder(path));
}

}  // namespace vedette
