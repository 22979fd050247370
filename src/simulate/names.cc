#include "simulate/names.h"

namespace vedette::simulate {
namespace {

constexpr std::string_view kFirst[] = {
    "Anna",   "Jonas",  "Lena",  "Felix",  "Mila",   "Paul",   "Clara",  "Emil",  "Greta",
    "Oskar",  "Hanna",  "Anton", "Ida",    "Theo",   "Nora",   "Jakob",  "Sofie", "Bram",
    "Fleur",  "Daan",   "Sanne", "Joris",  "Lotte",  "Ruben",  "Femke",  "Thijs", "Amber",
    "George", "Alice",  "Harry", "Poppy",  "Arthur", "Isla",   "Oliver", "Freya", "Callum",
    "Erin",   "Noah",   "Grace", "Ethan",  "Olivia", "Mason",  "Chloe",  "Logan", "Hailey",
    "Caleb",  "Naomi",  "Elias", "Yasmin", "Omar",   "Leyla",  "Priya",  "Arjun", "Mei",
    "Hiro",   "Sakura", "Mateo", "Lucia",  "Diego",  "Camila", "Ivan",   "Petra", "Zofia",
    "Marek",  "Ingrid", "Sven",  "Astrid", "Lars",   "Chiara", "Marco",
};
constexpr std::string_view kLast[] = {
    "Albers",   "Brandt",   "Claasen",  "Dahl",      "Ehlers",   "Falk",     "Gerdes",  "Hagen",
    "Iversen",  "Jansen",   "Kroll",    "Lindner",   "Mertens",  "Nolte",    "Ohlsen",  "Petersen",
    "Quandt",   "Reuter",   "Sommer",   "Thiel",     "Ulrich",   "Vogt",     "Winkler", "Zander",
    "Bakker",   "Dekker",   "Hendriks", "Kuiper",    "Mulder",   "Postma",   "Smit",    "Visser",
    "Barker",   "Cooper",   "Dawson",   "Ellis",     "Fletcher", "Gibson",   "Hughes",  "Ingram",
    "Jarvis",   "Kendall",  "Lawson",   "Marsh",     "Norris",   "Osborne",  "Palmer",  "Quinn",
    "Rhodes",   "Saunders", "Tanner",   "Underhill", "Vaughn",   "Whitaker", "Young",   "Abbott",
    "Brewer",   "Carver",   "Dalton",   "Emerson",   "Foster",   "Grady",    "Holt",    "Irwin",
    "Jennings", "Keller",   "Lambert",  "Monroe",    "Nash",     "Orozco",   "Patel",   "Rao",
    "Sato",     "Tanaka",   "Ortega",   "Vargas",    "Kowalski", "Novak",    "Horvat",  "Larsen",
    "Rossi",    "Moretti",  "Demir",    "Yilmaz",    "Haddad",   "Nasser",   "Okafor",  "Mensah",
    "Nguyen",   "Tran",
};
constexpr std::string_view kStarts[] = {
    "vel", "bran", "cor", "dex", "ald",  "fer", "gal",  "hel",  "ion", "jur",
    "kel", "lum",  "mar", "nor", "oril", "pal", "quin", "rost", "sil", "tor",
    "ulm", "ver",  "wal", "xan", "yor",  "zel", "bor",  "cas",  "dor", "esk",
};
constexpr std::string_view kEnds[] = {
    "mora", "tek", "via", "dane", "lund", "matic", "sera", "nova", "tal",  "form", "gard", "holm",
    "ix",   "kor", "lia", "mund", "nex",  "onda",  "pro",  "rion", "sted", "tron", "ura",  "wick",
};
constexpr std::string_view kBranches[] = {
    "",       "",        "",        "-systems",  "-logistics", "-group",
    "-parts", "-energy", "-pharma", "-software", "-trading",   "-foods",
    "-media", "-labs",   "-bank",   "-law",      "-travel",    "-print",
};
constexpr std::string_view kKinds[] = {
    "offer",     "report",   "minutes",  "plan",    "invoice",  "order",
    "summary",   "draft",    "review",   "drawing", "schedule", "contract",
    "checklist", "overview", "analysis", "agenda",  "proposal", "notes",
};
constexpr std::string_view kTopics[] = {
    "quarter",    "site visit",  "spare parts", "delivery", "audit",     "training",
    "supplier",   "travel",      "workshop",    "roadmap",  "release",   "maintenance",
    "warranty",   "campaign",    "survey",      "safety",   "warehouse", "onboarding",
    "test bench", "pump series", "valve",       "tender",   "milestone", "handover",
};
constexpr std::string_view kPaths[] = {
    "/",
    "/search",
    "/news",
    "/login",
    "/account",
    "/help/articles",
    "/docs/guide",
    "/products",
    "/downloads",
    "/api/v1/items",
    "/static/app.js",
    "/images/header.jpg",
    "/calendar",
    "/mail/inbox",
    "/watch",
    "/forum/thread",
    "/wiki/Main_Page",
    "/dashboard",
};

}  // namespace

std::span<const std::string_view> FirstNames() { return kFirst; }
std::span<const std::string_view> LastNames() { return kLast; }
std::span<const std::string_view> NameStarts() { return kStarts; }
std::span<const std::string_view> NameEnds() { return kEnds; }
std::span<const std::string_view> Branches() { return kBranches; }
std::span<const std::string_view> DocumentKinds() { return kKinds; }
std::span<const std::string_view> DocumentTopics() { return kTopics; }
std::span<const std::string_view> PagePaths() { return kPaths; }

}  // namespace vedette::simulate
