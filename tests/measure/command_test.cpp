#include "cli/command_test.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "support/until.hpp"

// `inturn measure` as its users see it.

namespace inturn::test {
namespace {

class MeasureTest : public CommandTest {
 protected:
  MeasureTest() { std::filesystem::create_directory(here); }
  outcome measure(words more) const {
    more.insert(more.begin(), {"measure", "--dir", here});
    return run(more);
  }
  bool directory_is_empty() const { return std::filesystem::is_empty(here); }
  const std::string here = at("here");
};

TEST_F(MeasureTest, WrongArgumentsAreRefused) {
  for (const words& wrong : std::vector<words>{{"nonsense"},
                                               {"--mechanism", "nonsense"},
                                               {"--mechanism"},
                                               {"--nonsense"},
                                               {"--quick=maybe"},
                                               {"queue", "flock"}}) {
    const outcome o = measure(wrong);
    EXPECT_EQ(o.status, 64) << wrong.back() << o.err;
    EXPECT_TRUE(o.err.starts_with("inturn: measure: ")) << o.err;
    EXPECT_EQ(o.out, "");
  }
  EXPECT_NE(measure({"nonsense"}).err.find("there are: queue, barge"), std::string::npos);
}

TEST_F(MeasureTest, ADirectoryInWhichNothingCanBeMade) {
  const outcome o = run({"measure", "queue", "--dir", at("nowhere")});
  EXPECT_EQ(o.status, 69);
  EXPECT_TRUE(o.err.starts_with("inturn: " + at("nowhere") + ": cannot make a directory")) << o.err;
}

TEST_F(MeasureTest, HelpNamesEverything) {
  const outcome o = run({"measure", "--help"});
  EXPECT_EQ(o.status, 0);
  for (const char* name : {"queue", "ranges", "robust-mutex", "--dir", "--json", "--quick"})
    EXPECT_NE(o.out.find(name), std::string::npos) << name;
}

TEST_F(MeasureTest, TablesForPeopleWithoutProgressWhereThereIsNoTerminal) {
  const outcome o =
      measure({"--quick", "mandatory", "--mechanism", "flock", "--mechanism", "inturn"});
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.err, "");
  EXPECT_NE(o.out.find("write_refused"), std::string::npos) << o.out;
  EXPECT_TRUE(o.out.starts_with("Linux ")) << o.out;
}

TEST_F(MeasureTest, JsonOfTheChosenOnes) {
  const outcome o =
      measure({"mandatory", "--quick", "--json", "--mechanism", "flock", "--mechanism", "eventfd"});
  EXPECT_EQ(o.status, 0) << o.err;
  const json all = json::parse(o.out);
  EXPECT_EQ(all["machine"]["directory"], std::filesystem::canonical(here).string());
  ASSERT_EQ(all["results"].size(), 2U);
  for (const json& row : all["results"]) EXPECT_EQ(row["experiment"], "mandatory");
  EXPECT_TRUE(directory_is_empty());
}

TEST_F(MeasureTest, InterruptedItLeavesNothingBehind) {
  for (const int signal : {SIGINT, SIGTERM}) {
    program p(inturn({"measure", "contention", "starve", "--dir", here}));
    ASSERT_TRUE(eventually([&] { return !directory_is_empty(); }));
    p.send(signal);
    const outcome o = p.wait();
    EXPECT_EQ(o.status, 128 + signal) << o.err;
    EXPECT_EQ(o.out, "");
    EXPECT_TRUE(directory_is_empty());
  }
}

}  // namespace
}  // namespace inturn::test
