#include "measure/claim.hpp"

#include "measure/claims/all.hpp"

namespace inturn::measure {

const std::vector<claim>& claims() {
  static const std::vector<claim> all = [] {
    std::vector<claim> both = blog_claims();
    for (const claim& each : book_claims()) both.push_back(each);
    return both;
  }();
  return all;
}

std::vector<verdict> judge_all(const results& found) {
  std::vector<verdict> judged;
  for (const claim& each : claims())
    if (auto finding = each.judge(found)) judged.push_back({&each, *std::move(finding)});
  return judged;
}

}  // namespace inturn::measure
