#include "enrich/enricher.h"

#include <gtest/gtest.h>

#include "enrich/suffixes.h"
#include "event/batch.h"

namespace vedette {
namespace {

// Read once for all tests; nobody changes it.
const ContentLibrary& ShippedContent() {
  static const ContentLibrary* library = [] {
    Diagnostics faults;
    return new ContentLibrary(
        ContentLibrary::Load(std::string(VEDETTE_SOURCE_DIR) + "/content", faults));
  }();
  return *library;
}

class EnricherTest : public ::testing::Test {
 protected:
  EnricherTest() : library_(ShippedContent()), tables_(library_.schema) {
    tables_.LoadShipped(library_, faults_);
    Load("users",
         "user,email,department,title,manager,location,timezone,executive,personal_email,active,"
         "user_sid\n"
         "ada,ada@corp.example,Finance,Analyst,grace,Berlin,Europe/"
         "Berlin,false,ada@mail.example,true,S-1-5-21-7\n"
         "grace,grace@corp.example,Board,CEO,,Berlin,Europe/Berlin,true,,true,\n"
         "old,old@corp.example,Finance,Clerk,ada,Berlin,,false,,false,\n");
    Load("assets",
         "host,ip,zone,owner,type\nws-17.corp.example,10.1.0.17,office,ada,workstation\nsrv-2,10.2."
         "0.2,servers,,server\n");
    Load("zones", "zone,cidr\ncorp,10.0.0.0/8\noffice,10.1.0.0/16\nlab,2001:db8:1::/48\n");
    Load("company_domains", "corp.example\n");
    EXPECT_FALSE(faults_.has_errors()) << faults_.Render();
  }

  void Load(const std::string& name, const std::string& text) {
    tables_.LoadText(name, text, name, faults_);
  }

  Event* Make(const std::map<std::string, std::string>& fields) {
    Event* event = batch_.Add();
    for (const auto& [name, text] : fields) {
      const Schema::Field* field = library_.schema.FindField(name);
      EXPECT_NE(field, nullptr) << name;
      event->Set(batch_.arena, field->id, Value::String(batch_.arena.Copy(text)));
    }
    return event;
  }

  std::string Get(const Event& event, std::string_view name) {
    return event.Get(library_.schema.FindField(name)->id).ToText();
  }

  Event* Enriched(const std::map<std::string, std::string>& fields) {
    Event* event = Make(fields);
    Enricher(library_.schema, tables_, nullptr).Enrich(*event, batch_.arena);
    return event;
  }

  Diagnostics faults_;
  const ContentLibrary& library_;
  ContextTables tables_;
  Batch batch_;
};

TEST_F(EnricherTest, EverySpellingOfAPersonIsOneIdentity) {
  for (const auto& [field, text] : {std::pair{"user", "ADA"},
                                    {"user", "CORP\\Ada"},
                                    {"user_upn", "Ada@corp.example"},
                                    {"user_email", "ada@CORP.example"},
                                    {"user_sid", "S-1-5-21-7"},
                                    {"account", "ada"}}) {
    const Event* event = Enriched({{field, text}});
    EXPECT_EQ(Get(*event, "user_entity"), "ada") << field << " " << text;
    EXPECT_EQ(Get(*event, "department"), "Finance");
    EXPECT_EQ(Get(*event, "peer_group"), "Finance");
    EXPECT_EQ(Get(*event, "personal_email"), "ada@mail.example");
  }
  EXPECT_EQ(Get(*Enriched({{"user", "Stranger"}}), "user_entity"), "stranger");
  EXPECT_EQ(Get(*Enriched({{"user_email", "new@corp.example"}}), "user_entity"), "new");
  EXPECT_EQ(Get(*Enriched({{"user", "grace"}}), "executive"), "true");
  EXPECT_EQ(Get(*Enriched({{"user", "old"}}), "user_active"), "false");
}

// There is no bucket for strangers: who cannot be told is nobody.
TEST_F(EnricherTest, SystemAndMachineAccountsAreNobody) {
  for (const char* user :
       {"SYSTEM", "NT AUTHORITY\\SYSTEM", "network service", "WS-17$", "-", "null", ""}) {
    EXPECT_EQ(Get(*Enriched({{"user", user}}), "user_entity"), "") << user;
  }
}

TEST_F(EnricherTest, MachinesByNameAndAddress) {
  EXPECT_EQ(Get(*Enriched({{"host", "WS-17.corp.example"}}), "asset_entity"), "ws-17");
  EXPECT_EQ(Get(*Enriched({{"host", "CORP\\WS-17"}}), "asset_entity"), "ws-17");
  EXPECT_EQ(Get(*Enriched({{"src_ip", "10.1.0.17"}}), "src_device_entity"), "ws-17");
  EXPECT_EQ(Get(*Enriched({{"src_ip", "10.1.0.99"}}), "src_device_entity"), "");
  EXPECT_EQ(Get(*Enriched({{"dest_host", "srv-2"}}), "dest_device_entity"), "srv-2");
}

TEST_F(EnricherTest, ZonesByAssetThenByTheLongestNetwork) {
  const Event* event = Enriched({{"src_ip", "10.1.9.9"}, {"dest_ip", "10.2.0.2"}});
  EXPECT_EQ(Get(*event, "src_zone"), "office");
  EXPECT_EQ(Get(*event, "dest_zone"), "servers");
  EXPECT_EQ(Get(*event, "direction"), "internal");
  EXPECT_EQ(Get(*Enriched({{"src_ip", "2001:db8:1::5"}}), "src_zone"), "lab");
  EXPECT_EQ(Get(*Enriched({{"host", "ws-17"}}), "src_zone"), "office");
  EXPECT_EQ(Get(*Enriched({{"src_ip", "10.1.0.1"}, {"dest_ip", "198.51.100.4"}}), "direction"),
            "outbound");
  EXPECT_EQ(Get(*Enriched({{"src_ip", "198.51.100.4"}, {"dest_ip", "10.1.0.1"}}), "direction"),
            "inbound");
  EXPECT_EQ(Get(*Enriched({{"src_zone", "given"}, {"src_ip", "10.1.9.9"}}), "src_zone"), "given");
}

TEST_F(EnricherTest, MailKnowsTheOutsideAndItsCountry) {
  const Event* out =
      Enriched({{"sender", "ada@corp.example"}, {"recipient", "Bo@Shop.example.de"}});
  EXPECT_EQ(Get(*out, "external_domain"), "shop.example.de");
  EXPECT_EQ(Get(*out, "external_address"), "Bo@Shop.example.de");
  EXPECT_EQ(Get(*out, "dest_country"), "DE");
  EXPECT_EQ(Get(*out, "user_entity"), "ada");
  EXPECT_EQ(Get(*out, "num_recipients"), "1");
  const Event* in =
      Enriched({{"sender", "bo@shop.example.de"}, {"recipient", "grace@corp.example"}});
  EXPECT_EQ(Get(*in, "external_domain"), "shop.example.de");
  EXPECT_EQ(Get(*in, "src_country"), "DE");
  EXPECT_EQ(Get(*in, "user_entity"), "grace");
  EXPECT_EQ(Get(*Enriched({{"sender", "ada@corp.example"}, {"recipient", "grace@corp.example"}}),
                "external_domain"),
            "");
}

TEST_F(EnricherTest, NamesAndAddressesAreSplitWhenTheParserDidNot) {
  const Event* event = Enriched({{"file_path", "E:\\out\\Plan.ZIP"},
                                 {"process_path", "/usr/bin/tar"},
                                 {"url", "https://ada@Up.Files.example.co.uk:8443/a/b?c=d#e"}});
  EXPECT_EQ(Get(*event, "file_name"), "Plan.ZIP");
  EXPECT_EQ(Get(*event, "file_dir"), "E:\\out");
  EXPECT_EQ(Get(*event, "file_ext"), "zip");
  EXPECT_EQ(Get(*event, "process_name"), "tar");
  EXPECT_EQ(Get(*event, "process_dir"), "/usr/bin");
  EXPECT_EQ(Get(*event, "web_domain"), "up.files.example.co.uk");
  EXPECT_EQ(Get(*event, "uri_path"), "/a/b");
  EXPECT_EQ(Get(*event, "uri_query"), "c=d");
}

TEST_F(EnricherTest, TheZoneOfAnEventIsThatOfItsPerson) {
  EXPECT_EQ(tables_.ZoneOf(*Enriched({{"user", "ada"}}))->name(), "Europe/Berlin");
  EXPECT_EQ(tables_.ZoneOf(*Enriched({{"user", "old"}}))->name(), "UTC");
}

TEST(Suffixes, FindTheRegistrableDomain) {
  EXPECT_EQ(RegistrableDomain("a.b.co.uk"), "b.co.uk");
  EXPECT_EQ(RegistrableDomain("WWW.Shop.COM."), "Shop.COM");
  for (const char* host : {"", "localhost", "co.uk", "10.1.2.3", "::1"})
    EXPECT_EQ(RegistrableDomain(host), "") << host;
}

TEST_F(EnricherTest, ListsMatchAsTheySay) {
  Load("bad_domains", "evil.example\n");
  const int domains = tables_.FindTable("bad_domains");
  for (const char* name : {"evil.example", "a.b.Evil.example", "x@evil.example", "evil.example."})
    EXPECT_TRUE(tables_.ListContains(domains, name)) << name;
  for (const char* name : {"notevil.example", "example", "evil.example.com", ""})
    EXPECT_FALSE(tables_.ListContains(domains, name)) << name;
  EXPECT_FALSE(tables_.ListContains(-1, "evil.example"));
  EXPECT_EQ(tables_.FindTable("no_such_list"), -1);
}

TEST_F(EnricherTest, OwnListsReplaceOrExtendShippedOnes) {
  const int table = tables_.FindTable("archive_extensions");
  ASSERT_GE(table, 0);
  EXPECT_TRUE(tables_.ListContains(table, "zip"));
  Load("archive_extensions", "# extend\nfoo\n");
  EXPECT_TRUE(tables_.ListContains(table, "zip"));
  EXPECT_TRUE(tables_.ListContains(table, "FOO"));
  Load("archive_extensions", "bar\n");
  EXPECT_FALSE(tables_.ListContains(table, "zip"));
  EXPECT_TRUE(tables_.ListContains(table, "bar"));
  EXPECT_EQ(tables_.FindTable("archive_extensions"), table);
}

TEST_F(EnricherTest, ATableAnswersByColumnAndByDefaultWithTheFirst) {
  const int shipped = tables_.FindTable("country_tlds");
  EXPECT_EQ(tables_.TableValue(shipped, "country", "de").ToText(), "DE");
  EXPECT_EQ(tables_.TableValue(shipped, "", "de").ToText(), "DE");
  EXPECT_TRUE(tables_.TableValue(shipped, "colour", "de").is_null());
  EXPECT_TRUE(tables_.TableValue(shipped, "", "no-such-tld").is_null());

  Load("owners", "# table\nhost,owner,site\nws-17,ada,Berlin\nws-18,,Paris\n");
  const int own = tables_.FindTable("owners");
  EXPECT_EQ(tables_.TableValue(own, "", "WS-17").ToText(), "ada");
  EXPECT_EQ(tables_.TableValue(own, "site", "ws-18").ToText(), "Paris");
  EXPECT_TRUE(tables_.TableValue(own, "owner", "ws-18").is_null());
  EXPECT_FALSE(tables_.TableHasKey(own, "host"));  // the row of names is no row

  // What ships as a table is replaced by a table, with or without the word.
  Load("country_tlds", "tld,country\nxx,ZZ\n");
  EXPECT_EQ(tables_.TableValue(shipped, "", "xx").ToText(), "ZZ");
  EXPECT_TRUE(tables_.TableValue(shipped, "", "de").is_null());
  EXPECT_EQ(faults_.errors(), 0u) << faults_.Render();

  Load("narrow", "# table\nhost\nws-17\n");
  EXPECT_NE(faults_.Render().find("narrow:1:1: error: the table 'narrow' needs a key and at least "
                                  "one more column [context-table]"),
            std::string::npos)
      << faults_.Render();
}

TEST_F(EnricherTest, FaultsOfTablesNameTheLine) {
  Load("users", "user,timezone\nada,Mars/Olympus\nada,UTC\nbob\n");
  Load("zones", "zone,cidr\nx,10.0.0.0/99\n");
  Load("assets", "name\nx\n");
  const std::string all = faults_.Render();
  for (const char* part :
       {"users:2:1: error: there is no time zone 'Mars/Olympus'",
        "users:3:1: error: the user 'ada' stands twice",
        "users:4:1: error: the row has 1 cells, the header 2", "zones:2:1", "assets:1:1"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
  }
}

}  // namespace
}  // namespace vedette
