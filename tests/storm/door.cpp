#include "storm/door.hpp"

#include <sys/file.h>

#include <system_error>
#include <utility>

#include "base/clock.hpp"
#include "inturn/lock.hpp"
#include "inturn/turnstile.hpp"
#include "kernel/take.hpp"

namespace inturn::storm {
namespace {

class native_pass : public pass {
 public:
  explicit native_pass(hold h) : hold_(std::move(h)) {
    ticket = hold_.ticket();
    told_of_death = hold_.previous_owner_died();
  }
  void release() override { hold_.release(); }

 private:
  hold hold_;
};

class native_door : public door {
 public:
  native_door(const place& at, int memfd) : at_(at), memfd_(memfd) {}

  std::unique_ptr<pass> enter(const asking& how, std::uint32_t variant) override {
    if (!file_ || variant % 64 == 0) file_.emplace(open());  // holds outlive the lock_file
    try {
      std::optional<hold> got = ask(how);
      if (got) return std::make_unique<native_pass>(std::move(*got));
    } catch (const std::system_error& e) {
      if (e.code().value() != EDEADLK) throw;
    }
    return nullptr;
  }
  void close() override { file_.reset(); }

 private:
  lock_file open() const {
    return at_.path.empty() ? lock_file::adopt(memfd_) : lock_file(at_.path);
  }
  std::optional<hold> ask(const asking& how) {
    const mode m = how.exclusive ? mode::exclusive : mode::shared;
    switch (how.how) {
      case asking::how::wait:
        return file_->lock(m, how.where);
      case asking::how::attempt:
        return file_->try_lock(m, how.where);
      default:
        return file_->try_lock_for(std::chrono::nanoseconds(how.time_ns), m, how.where);
    }
  }

  const place at_;
  const int memfd_;
  std::optional<lock_file> file_;
};

/// A kernel lock belongs to its description, and ends with it.
class kernel_pass : public pass {
 public:
  explicit kernel_pass(base::unique_fd fd) : fd_(std::move(fd)) {}
  void release() override { fd_.reset(); }

 private:
  base::unique_fd fd_;
};

/// One that goes through a turnstile which stays.
class turnstile_pass : public pass {
 public:
  turnstile_pass(turnstile& through, bool is_flock, range where, bool& busy)
      : through_(through), is_flock_(is_flock), where_(where), busy_(busy) {
    busy_ = true;
    in_turn = false;  // the public interface does not say
  }
  ~turnstile_pass() override { turnstile_pass::release(); }
  void release() override {
    if (!std::exchange(busy_, false)) return;
    if (is_flock_)
      through_.flock(LOCK_UN);
    else
      through_.ofd(F_UNLCK, where_);
  }

 private:
  turnstile& through_;
  const bool is_flock_;
  const range where_;
  bool& busy_;
};

class kernel_door : public door {
 public:
  explicit kernel_door(const place& at) : at_(at) {}

  std::unique_ptr<pass> enter(const asking& how, std::uint32_t variant) override {
    return variant % 4 == 0 && !busy_ ? through_turnstile(how) : with_ticket(how);
  }
  void close() override {
    if (busy_) return;
    turnstile_.reset();
    fd_.reset();
  }

 private:
  bool is_flock() const { return at_.kind == lock_kind::flock; }
  static int operation(const asking& how) { return how.exclusive ? LOCK_EX : LOCK_SH; }
  static short type(const asking& how) { return how.exclusive ? F_WRLCK : F_RDLCK; }
  base::unique_fd open() const { return base::open_file(at_.path.c_str(), O_RDWR); }

  std::unique_ptr<pass> with_ticket(const asking& how) {
    using in_kernel = kernel::how_to_wait::how;
    kernel::how_to_wait wait;
    if (how.how == asking::how::attempt) wait.wait = in_kernel::never;
    if (how.how == asking::how::until)
      wait = {in_kernel::until, base::monotonic_ns() + how.time_ns};
    base::unique_fd fd = open();
    const kernel::taken got = is_flock() ? kernel::take_flock(fd.get(), operation(how), wait)
                                         : kernel::take_ofd(fd.get(), type(how), how.where, wait);
    if (!got.granted) return nullptr;
    auto in = std::make_unique<kernel_pass>(std::move(fd));
    in->ticket = got.ticket.value_or(0);
    in->in_turn = got.ticket.has_value();
    return in;
  }

  std::unique_ptr<pass> through_turnstile(const asking& how) {
    if (!turnstile_) {
      fd_ = open();
      turnstile_.emplace(fd_.get());
    }
    if (!pass_through(how)) return nullptr;
    return std::make_unique<turnstile_pass>(*turnstile_, is_flock(), how.where, busy_);
  }
  bool pass_through(const asking& how) {
    if (how.how == asking::how::wait) {
      is_flock() ? turnstile_->flock(operation(how)) : turnstile_->ofd(type(how), how.where);
      return true;
    }
    const std::chrono::nanoseconds time(how.how == asking::how::until ? how.time_ns : 0);
    return is_flock() ? turnstile_->flock_for(operation(how), time)
                      : turnstile_->ofd_for(type(how), how.where, time);
  }

  const place at_;
  base::unique_fd fd_;
  std::optional<turnstile> turnstile_;
  bool busy_ = false;
};

}  // namespace

std::unique_ptr<door> make_door(const place& at, int memfd) {
  if (at.kind == lock_kind::native) return std::make_unique<native_door>(at, memfd);
  return std::make_unique<kernel_door>(at);
}

}  // namespace inturn::storm
