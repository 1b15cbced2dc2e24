#include "measure/request.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "measure/broken.hpp"
#include "support/temp_dir.hpp"

namespace inturn::test {
namespace {

using words = std::vector<std::string>;

struct said {
  int status;
  std::string text;
};

said ask(const words& experiments, const words& mechanisms, bool json = false) {
  const temp_dir where;
  const measure::request what{where.path(), experiments, mechanisms, true, json, {}};
  said all{};
  all.status =
      measure::answer_request(what, broken, [&](const std::string& text) { all.text += text; });
  return all;
}

TEST(Request, ExclusionThatDoesNotHoldIsSaidFirstAndIsStatus3) {
  const said s = ask({"mandatory"}, {"no-lock", "random"});
  EXPECT_EQ(s.status, 3);
  EXPECT_TRUE(s.text.starts_with("EXCLUSION DOES NOT HOLD in ")) << s.text;
  EXPECT_NE(s.text.find("no-lock"), std::string::npos);
  EXPECT_LT(s.text.find("no-lock"), s.text.find('\n')) << "in the first line";
}

TEST(Request, ExclusionThatDoesNotHoldIsInTheJson) {
  const said s = ask({"queue"}, {"no-lock"}, true);
  EXPECT_EQ(s.status, 3);
  const auto breaches = nlohmann::json::parse(s.text)["not_excluding"];
  ASSERT_EQ(breaches.size(), 2U);
  EXPECT_EQ(breaches[0]["experiment"], "exclusion");
  EXPECT_EQ(breaches[1]["experiment"], "queue");
}

TEST(Request, ALockThatExcludesIsStatus0) {
  const said s = ask({"mandatory"}, {"random", "missing"});
  EXPECT_EQ(s.status, 0);
  EXPECT_EQ(s.text.find("EXCLUSION"), std::string::npos);
}

}  // namespace
}  // namespace inturn::test
