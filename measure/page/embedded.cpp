#include "measure/page/embedded.hpp"

#ifdef INTURN_PAGE_FILE

// The assembler puts the file in as it is; a compiler takes seconds over an array of that size.
asm(R"(
  .section .rodata
  .global inturn_page_begin
  .hidden inturn_page_begin
  .global inturn_page_end
  .hidden inturn_page_end
inturn_page_begin:
  .incbin ")" INTURN_PAGE_FILE R"("
inturn_page_end:
  .previous
)");

extern "C" const char inturn_page_begin[];
extern "C" const char inturn_page_end[];

namespace inturn::measure {

std::string_view page() { return {inturn_page_begin, inturn_page_end}; }

}  // namespace inturn::measure

#else

// A build without the page (INTURN_PAGE).
std::string_view inturn::measure::page() { return {}; }

#endif
