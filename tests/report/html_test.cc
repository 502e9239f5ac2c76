#include "framework/report/html.h"

#include <gtest/gtest.h>

namespace crucible::report {
namespace {

TEST(HtmlTest, NoTextOfTheDataCanEndItsScript) {
  const std::string page = Page("<b>", R"({"name":"</script><script>alert(1)</script>"})", "[]");
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_NE(page.find(R"(\u003c/script>\u003cscript>alert)"), std::string::npos);
  EXPECT_NE(page.find("<title>&lt;b&gt;</title>"), std::string::npos);
}

TEST(HtmlTest, ThePageIsWholeAndAsksTheNetworkForNothing) {
  const std::string page = Page("a", "{}", "[]");
  for (const char* part : {"dygraphs", "Chart.js v3", "Report.render();"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  for (const char* mark : {"{{title}}", "{{style}}", "{{data}}", "{{causes}}", "{{script}}"}) {
    EXPECT_EQ(page.find(mark), std::string::npos) << mark;
  }
  for (const char* reference : {"src=\"http", "href=\"http", "url(http", "@import", "fetch("}) {
    EXPECT_EQ(page.find(reference), std::string::npos) << reference;
  }
}

TEST(HtmlTest, TextsBecomeEntities) { EXPECT_EQ(EscapeHtml("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;"); }

}  // namespace
}  // namespace crucible::report
