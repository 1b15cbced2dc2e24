#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "measure/broken.hpp"
#include "measure/catalogue.hpp"
#include "measure/experiments/all.hpp"
#include "measure/report_json.hpp"
#include "measure/report_text.hpp"
#include "measure/run.hpp"

// The form of --json, as docs/laboratory.md promises it.

namespace inturn::test {
namespace {

using json = nlohmann::json;

const std::vector<measure::mechanism>& some() {
  static const std::vector<measure::mechanism> chosen = [] {
    std::vector<measure::mechanism> all{broken[2]};
    for (const measure::mechanism& m : measure::catalogue())
      if (m.name == "flock" || m.name == "semaphore" || m.name == "inturn" ||
          m.name == "ofd-shared")
        all.push_back(m);
    return all;
  }();
  return chosen;
}

const measure::report& report() {
  static const measure::report found =
      run_laboratory({"queue", "barge", "starve", "inherit", "contention"}, some()).found;
  return found;
}
const json& parsed() {
  static const json all = json::parse(measure::as_json(report()));
  return all;
}

std::set<std::string> keys(const json& object) {
  std::set<std::string> names;
  for (const auto& item : object.items()) names.insert(item.key());
  return names;
}

TEST(Json, TopLevelAndMachine) {
  EXPECT_EQ(keys(parsed()), (std::set<std::string>{"machine", "mechanisms", "not_excluding",
                                                   "claims", "results", "traces", "waits"}));
  const json& m = parsed()["machine"];
  EXPECT_TRUE(m["kernel"].get<std::string>().starts_with("Linux "));
  EXPECT_GE(m["cpus"].get<int>(), 1);
  EXPECT_LE(m["usable_cpus"], m["cpus"]);
  EXPECT_FALSE(m["file_system"].get<std::string>().empty());
  EXPECT_FALSE(m["mount_options"].get<std::string>().empty());
  EXPECT_GE(m["cpu_of_others"].get<double>(), 0);
  EXPECT_LE(m["cpu_of_others"].get<double>(), 1);
  EXPECT_GT(m["seconds"].get<double>(), 0);
}

TEST(Json, Mechanisms) {
  ASSERT_EQ(parsed()["mechanisms"].size(), 5U);
  const json& missing = parsed()["mechanisms"][0];
  EXPECT_EQ(missing["name"], "missing");
  EXPECT_TRUE(missing["missing"].is_string());
  for (const json& each : parsed()["mechanisms"]) {
    if (each["name"] == "inturn") {
      EXPECT_TRUE(each["missing"].is_null());
    }
    EXPECT_EQ(each["excludes"], each["name"] != "ofd-shared") << each;
  }
  EXPECT_EQ(parsed()["not_excluding"], json::array());
}

TEST(Json, Rows) {
  const std::set<std::string> parameters{"waiters",   "readers",    "cap_s",  "capped",
                                         "processes", "section_us", "held",   "rounds",
                                         "low",       "high",       "skipped"};
  const std::set<std::string> units{"ns", "s", "count", "per_second", "ratio", "bool"};
  std::set<std::string> asked;
  for (const json& row : parsed()["results"]) {
    for (const char* key : {"experiment", "mechanism", "metric", "value", "unit"})
      ASSERT_TRUE(row.contains(key)) << row;
    asked.insert(row["experiment"]);
    EXPECT_TRUE(units.contains(row["unit"])) << row;
    for (const std::string& key : keys(row))
      EXPECT_TRUE(parameters.contains(key) || key == "experiment" || key == "mechanism" ||
                  key == "metric" || key == "value" || key == "unit")
          << key;
    EXPECT_EQ(row["value"].is_null(), row.contains("skipped")) << row;
    if (row["value"].is_boolean()) {
      EXPECT_EQ(row["unit"], "bool");
    } else if (row["value"].is_number()) {
      EXPECT_NE(row["unit"], "bool");
    }
    EXPECT_EQ(row["metric"] == "writer_wait", row["unit"] == "s") << "only that one is in seconds";
    if (row["experiment"] == "contention" && !row.contains("skipped")) {
      EXPECT_TRUE(row.contains("processes") && row.contains("section_us")) << row;
    }
  }
  EXPECT_EQ(asked, (std::set<std::string>{"queue", "barge", "starve", "inherit", "contention"}));
}

TEST(Json, Traces) {
  std::set<std::string> seen;
  for (const json& t : parsed()["traces"]) {
    seen.insert(t["experiment"].get<std::string>() + " " + t["mechanism"].get<std::string>());
    EXPECT_EQ(t["start_ns"], 0);
    const auto end = t["end_ns"].get<std::uint64_t>();
    EXPECT_GT(end, 0U);
    ASSERT_GE(t["processes"].size(), 4U);
    for (const json& p : t["processes"]) {
      EXPECT_FALSE(p["name"].get<std::string>().empty());
      EXPECT_FALSE(p["role"].get<std::string>().empty());
      EXPECT_GE(p["holds_per_span"].get<int>(), 1);
      for (const char* list : {"spans", "waits"}) {
        EXPECT_LE(p[list].size(), 400U);
        for (const json& span : p[list]) {
          ASSERT_EQ(span.size(), 2U);
          EXPECT_LE(span[0].get<std::uint64_t>(), span[1].get<std::uint64_t>());
          EXPECT_LE(span[1].get<std::uint64_t>(), end);
        }
      }
    }
  }
  EXPECT_EQ(seen, (std::set<std::string>{"barge flock", "barge semaphore", "barge inturn",
                                         "starve flock", "starve inturn", "starve ofd-shared"}));
}

TEST(Json, TraceOfInturnShowsTheWaitersServedInTurn) {
  for (const json& t : parsed()["traces"])
    if (t["experiment"] == "barge" && t["mechanism"] == "inturn") {
      std::uint64_t before = 0;
      for (std::size_t i = 1; i < 4; ++i) {
        ASSERT_EQ(t["processes"][i]["spans"].size(), 1U);
        EXPECT_EQ(t["processes"][i]["waits"].size(), 1U);
        const auto granted = t["processes"][i]["spans"][0][0].get<std::uint64_t>();
        EXPECT_GT(granted, before);
        before = granted;
      }
    }
}

TEST(Json, Waits) {
  EXPECT_EQ(parsed()["waits"].size(), 3 * 12U);
  for (const json& w : parsed()["waits"]) {
    EXPECT_EQ(w["experiment"], "contention");
    ASSERT_EQ(w["quantiles"].size(), 5U);
    EXPECT_EQ(w["quantiles"][4][0], 1);
  }
}

TEST(Json, Claims) {
  EXPECT_FALSE(parsed()["claims"].empty());
  for (const json& c : parsed()["claims"]) {
    EXPECT_EQ(keys(c), (std::set<std::string>{"id", "source", "text", "experiment", "value",
                                              "verdict", "why"}));
    const std::set<std::string> verdicts{"holds", "in_part", "does_not_hold"};
    EXPECT_TRUE(verdicts.contains(c["verdict"])) << c;
  }
}

TEST(Text, SaysTheSameForPeople) {
  const std::string text = measure::as_text(report(), false);
  for (const char* word :
       {"queue: ", "barge: ", "inverted_pairs", "inturn", "missing: no such lock here",
        "it has no shared mode", "What the two texts say"})
    EXPECT_NE(text.find(word), std::string::npos) << word << " is not in\n" << text;
  EXPECT_EQ(text.find('\033'), std::string::npos) << "no colours where there is no terminal";
  EXPECT_NE(measure::as_text(report(), true).find("\033[31m"), std::string::npos);
}

}  // namespace
}  // namespace inturn::test
