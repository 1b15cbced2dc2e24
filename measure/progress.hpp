#pragma once

#include <string>

namespace inturn::measure {

/// One line on standard error, if that is a terminal, that says what is being done.
class progress {
 public:
  progress();
  ~progress() { clear(); }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void show(const std::string& now);
  void clear();

 private:
  bool on_terminal_;
  bool shown_ = false;
};

}  // namespace inturn::measure
