#include "enrich/suffixes.h"

#include <cstring>

#include <libpsl.h>

#include "core/ip.h"
#include "core/text.h"

namespace vedette {

std::string_view RegistrableDomain(std::string_view host) {
  static const psl_ctx_t* list = psl_builtin();
  if (EndsWith(host, ".")) host.remove_suffix(1);
  char lower[256];
  if (list == nullptr || host.empty() || host.size() >= sizeof(lower) || ParseIp(host)) return {};
  for (size_t i = 0; i < host.size(); ++i) lower[i] = ToLowerAscii(host[i]);
  lower[host.size()] = '\0';
  if (std::strlen(lower) != host.size()) return {};
  const char* domain = psl_registrable_domain(list, lower);
  if (domain == nullptr) return {};
  return host.substr(static_cast<size_t>(domain - lower));
}

std::string SuffixListVersion() {
  const char* sum = psl_builtin_sha1sum();
  return sum == nullptr ? "unknown" : std::string(sum).substr(0, 12);
}

}  // namespace vedette
