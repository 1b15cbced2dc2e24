#include "measure/interruption.hpp"

#include <signal.h>

#include <array>

namespace inturn::measure {
namespace {

constexpr std::array noted{SIGINT, SIGTERM, SIGHUP};
volatile sig_atomic_t came = 0;
std::array<struct sigaction, noted.size()> before;
bool active = false;

void note(int signal_number) { came = signal_number; }

}  // namespace

interruptible::interruptible() {
  struct sigaction how {};
  how.sa_handler = note;
  for (std::size_t i = 0; i < noted.size(); ++i) {
    ::sigaction(noted[i], nullptr, &before[i]);
    if (before[i].sa_handler != SIG_IGN) ::sigaction(noted[i], &how, nullptr);
  }
  active = true;
}

interruptible::~interruptible() {
  forget_interruption();
  active = false;
}

void stop_if_interrupted() {
  if (came != 0) throw interrupted(came);
}

void forget_interruption() {
  if (!active) return;
  for (std::size_t i = 0; i < noted.size(); ++i) ::sigaction(noted[i], &before[i], nullptr);
}

}  // namespace inturn::measure
