#include "measure/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "measure/table.hpp"
#include "measure/trace.hpp"

namespace inturn::measure {
namespace {

TEST(Statistics, Quantile) {
  EXPECT_DOUBLE_EQ(quantile({3, 1, 2}, 0.5), 2);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 2, 3}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({1, 2, 3, 4, 5}, 0.25), 2);
  EXPECT_DOUBLE_EQ(quantile({7}, 0.95), 7);
  EXPECT_DOUBLE_EQ(quantile({1, 9}, 1), 9);
  EXPECT_DOUBLE_EQ(quantile({1, 9}, 0), 1);
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
}

TEST(Statistics, Spread) {
  const spread s = spread_of({10, 30, 20, 50, 40});
  EXPECT_DOUBLE_EQ(s.middle, 30);
  EXPECT_DOUBLE_EQ(s.low, 20);
  EXPECT_DOUBLE_EQ(s.high, 40);
  EXPECT_EQ(s.rounds, 5U);
}

TEST(Statistics, Jain) {
  EXPECT_DOUBLE_EQ(jain({5, 5, 5, 5}), 1);
  EXPECT_DOUBLE_EQ(jain({1, 0, 0, 0}), 0.25);
  EXPECT_NEAR(jain({3, 1}), 0.8, 1e-12);
  EXPECT_TRUE(std::isnan(jain({0, 0})));
}

TEST(Statistics, HistogramIsAsGoodAsItsBuckets) {
  std::mt19937_64 lot(1);
  std::vector<double> all;
  histogram h;
  for (int i = 0; i < 20'000; ++i) {
    const auto value =
        static_cast<std::uint64_t>(std::exp(std::uniform_real_distribution<>(0, 25)(lot)));
    all.push_back(static_cast<double>(value));
    h.add(value);
  }
  std::sort(all.begin(), all.end());
  for (const double q : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const double exact = all[static_cast<std::size_t>(std::ceil(q * 20'000)) - 1];
    EXPECT_NEAR(h.quantile(q), exact, exact / 32 + 1) << q;
  }
  EXPECT_EQ(h.quantile(1), all.back());
  EXPECT_EQ(h.total(), 20'000U);
}

TEST(Statistics, HistogramOfLittleAndOfTheLargest) {
  histogram h;
  EXPECT_EQ(h.quantile(0.5), 0);
  h.add(0);
  EXPECT_EQ(h.quantile(0.5), 0);
  h.add(~std::uint64_t{0});
  EXPECT_EQ(h.most(), ~std::uint64_t{0});
  EXPECT_EQ(h.quantile(0.5), 0);
  histogram other;
  for (int i = 0; i < 10; ++i) other.add(17);
  h.add(other);
  EXPECT_EQ(h.total(), 12U);
  EXPECT_EQ(h.quantile(0.5), 17);
}

TEST(Trace, FewSpansStayAsTheyAre) {
  span_log log;
  log.add(100, 150);
  log.add(160, 180);
  const std::vector<span> expected{{0, 50}, {60, 80}};
  EXPECT_EQ(log.between(100, 1000), expected);
  const std::vector<span> cut{{10, 40}};
  EXPECT_EQ(log.between(110, 140).front(), span(0, 30));
  EXPECT_EQ(log.between(110, 140).size(), cut.size()) << "what begins later is not in the picture";
  EXPECT_EQ(log.merged(), 1U);
}

TEST(Trace, ManySpansAreMergedAndNoneIsLost) {
  span_log log;
  for (std::uint64_t i = 0; i < 10'001; ++i) log.add(10 * i, 10 * i + 9);
  const std::vector<span> all = log.between(0, ~std::uint64_t{0});
  EXPECT_LE(all.size(), 400U);
  EXPECT_GE(all.size(), 200U);
  EXPECT_GE(log.merged() * all.size(), 10'001U);
  EXPECT_EQ(all.front().first, 0U);
  EXPECT_EQ(all.back().second, 100'009U);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i].first, all[i - 1].second + 1);
}

TEST(Table, ForPeople) {
  EXPECT_EQ(for_people(38.25, "ns"), "38.2 ns");
  EXPECT_EQ(for_people(326'000, "ns"), "326 us");
  EXPECT_EQ(for_people(0.0191, "s"), "19.1 ms");
  EXPECT_EQ(for_people(1234567, "per_second"), "1.23 M/s");
  EXPECT_EQ(for_people(10413, "count"), "10413");
  EXPECT_EQ(for_people(0.9876, "ratio"), "0.988");
  EXPECT_EQ(for_people(std::nan(""), "ns"), "?");
}

TEST(Table, ColoursOnlyIfAskedFor) {
  const std::vector<std::vector<cell>> rows{{{""}, {"n"}}, {{"a"}, {"1", tone::bad}}};
  EXPECT_EQ(table(rows, false), "     n\n  a  1\n");
  EXPECT_NE(table(rows, true).find("\033[31m1\033[0m"), std::string::npos);
}

}  // namespace
}  // namespace inturn::measure
