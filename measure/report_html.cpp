#include "measure/report_html.hpp"

#include <stdexcept>
#include <string_view>

#include "measure/page/embedded.hpp"
#include "measure/report_json.hpp"

namespace inturn::measure {
namespace {

/// Whatever a path or a mount option contains, it does not end the element that the figures are in.
std::string without_tags(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  }
  return out;
}

}  // namespace

bool has_page() { return !page().empty(); }

std::string as_html(const report& r) {
  constexpr std::string_view place = "/*FIGURES*/";
  std::string text(page());
  const std::size_t at = text.find(place);
  if (at == std::string::npos) throw std::logic_error("the page has no place for the figures");
  return text.replace(at, place.size(), without_tags(as_json(r)));
}

}  // namespace inturn::measure
