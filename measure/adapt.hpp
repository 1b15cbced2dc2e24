#pragma once

#include <stdexcept>

#include "measure/mechanism.hpp"

namespace inturn::measure {

namespace detail {

template <class End>
concept shares = requires(End& e) {
  e.lock_shared();
  e.unlock_shared();
};
template <class End>
concept converts = requires(End& e) {
  e.convert();
};
template <class End>
concept locks_bytes = requires(End& e) {
  e.lock_byte(std::uint64_t{});
  e.unlock_byte(std::uint64_t{});
};
template <class End>
concept pairs = requires(End& e) {
  e.pair();
};
template <class End>
concept pairs_shared = requires(End& e) {
  e.shared_pair();
};
template <class End>
concept pairs_bytes = requires(End& e) {
  e.byte_pair(std::uint64_t{});
};
template <class End>
concept has_descriptor = requires(End& e) {
  { e.descriptor() } -> std::same_as<int>;
};
template <class Place>
concept has_file = requires(const Place& p) {
  { p.file() } -> std::convertible_to<std::string>;
};

[[noreturn]] inline void cannot() { throw std::logic_error("the mechanism cannot be asked that"); }

}  // namespace detail

template <mechanism_kind M>
class adapted_end final : public lock_end {
  using end_type = typename M::end;

 public:
  explicit adapted_end(typename M::place& place) : end_(place) {}

  void lock() override { end_.lock(); }
  void unlock() override { end_.unlock(); }
  void lock_shared() override {
    if constexpr (detail::shares<end_type>)
      end_.lock_shared();
    else
      detail::cannot();
  }
  void unlock_shared() override {
    if constexpr (detail::shares<end_type>)
      end_.unlock_shared();
    else
      detail::cannot();
  }
  void convert() override {
    if constexpr (detail::converts<end_type>)
      end_.convert();
    else
      detail::cannot();
  }
  void lock_byte(std::uint64_t byte) override {
    if constexpr (detail::locks_bytes<end_type>)
      end_.lock_byte(byte);
    else
      detail::cannot();
  }
  void unlock_byte(std::uint64_t byte) override {
    if constexpr (detail::locks_bytes<end_type>)
      end_.unlock_byte(byte);
    else
      detail::cannot();
  }
  int descriptor() override {
    if constexpr (detail::has_descriptor<end_type>)
      return end_.descriptor();
    else
      detail::cannot();
  }

  void pairs(std::uint64_t many) override {
    if constexpr (detail::pairs<end_type>) {
      for (; many > 0; --many) end_.pair();
    } else {
      for (; many > 0; --many) {
        end_.lock();
        end_.unlock();
      }
    }
  }
  void shared_pairs(std::uint64_t many) override {
    if constexpr (detail::pairs_shared<end_type>) {
      for (; many > 0; --many) end_.shared_pair();
    } else if constexpr (detail::shares<end_type>) {
      for (; many > 0; --many) {
        end_.lock_shared();
        end_.unlock_shared();
      }
    } else {
      detail::cannot();
    }
  }
  void byte_pairs(std::uint64_t byte, std::uint64_t many) override {
    if constexpr (detail::pairs_bytes<end_type>) {
      for (; many > 0; --many) end_.byte_pair(byte);
    } else if constexpr (detail::locks_bytes<end_type>) {
      for (; many > 0; --many) {
        end_.lock_byte(byte);
        end_.unlock_byte(byte);
      }
    } else {
      detail::cannot();
    }
  }

 private:
  end_type end_;
};

template <mechanism_kind M>
class adapted_place final : public lock_place {
 public:
  explicit adapted_place(const site& where) : place_(where) {}

  std::unique_ptr<lock_end> open() override { return std::make_unique<adapted_end<M>>(place_); }
  std::string file() const override {
    if constexpr (detail::has_file<typename M::place>)
      return place_.file();
    else
      return {};
  }

 private:
  typename M::place place_;
};

/// The entry of a mechanism in a catalogue.
template <mechanism_kind M>
constexpr mechanism entry() {
  using end = typename M::end;
  return {M::name,
          M::what,
          M::is,
          {detail::shares<end>, detail::converts<end>, detail::locks_bytes<end>,
           detail::has_descriptor<end>, detail::has_file<typename M::place>},
          [](const site& where) -> std::unique_ptr<lock_place> {
            return std::make_unique<adapted_place<M>>(where);
          }};
}

}  // namespace inturn::measure
