#include "core/url.h"

#include <gtest/gtest.h>

namespace vedette {
namespace {

TEST(Url, HasItsParts) {
  const UrlParts parts = SplitUrl("https://ada@files.example:8443/a/b?c=d#e");
  EXPECT_EQ(parts.scheme, "https");
  EXPECT_EQ(parts.host, "files.example");
  EXPECT_EQ(parts.path, "/a/b");
  EXPECT_EQ(parts.query, "c=d");
}

TEST(Url, MayLackParts) {
  EXPECT_EQ(SplitUrl("").host, "");
  EXPECT_EQ(SplitUrl("files.example").host, "files.example");
  EXPECT_EQ(SplitUrl("files.example").path, "");
  EXPECT_EQ(SplitUrl("files.example?a=://b").query, "a=://b");
  EXPECT_EQ(SplitUrl("http://[2001:db8::1]:80/x").host, "2001:db8::1");
  EXPECT_EQ(SplitUrl("http://[2001:db8").host, "2001:db8");
  EXPECT_EQ(SplitUrl("http://host#/no/path?no=query").path, "");
  EXPECT_EQ(SplitUrl("http://host#/no/path?no=query").query, "");
}

TEST(FileName, IsWhatStandsBehindTheLastSlashOfEitherKind) {
  EXPECT_EQ(FileName("C:\\temp/a.zip"), "a.zip");
  EXPECT_EQ(FileName("a.zip"), "a.zip");
  EXPECT_EQ(FileName("/tmp/"), "");
  EXPECT_EQ(LastSlash("a.zip"), std::string_view::npos);
}

}  // namespace
}  // namespace vedette
