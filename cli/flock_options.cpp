#include "cli/flock_options.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <climits>
#include <cstdio>
#include <system_error>

#include "cli/command.hpp"
#include "cli/failure.hpp"
#include "cli/flock_numbers.hpp"

namespace inturn::cli {
namespace {

enum long_only : int { verbose = CHAR_MAX + 1, record_lock, start, length, descriptor };

// Order matters: a message about an ambiguous abbreviation lists them in it.
constexpr option long_options[] = {
    {"shared", no_argument, nullptr, 's'},
    {"exclusive", no_argument, nullptr, 'x'},
    {"unlock", no_argument, nullptr, 'u'},
    {"nonblocking", no_argument, nullptr, 'n'},
    {"nb", no_argument, nullptr, 'n'},
    {"timeout", required_argument, nullptr, 'w'},
    {"wait", required_argument, nullptr, 'w'},
    {"conflict-exit-code", required_argument, nullptr, 'E'},
    {"close", no_argument, nullptr, 'o'},
    {"no-fork", no_argument, nullptr, 'F'},
    {"verbose", no_argument, nullptr, long_only::verbose},
    {"fcntl", no_argument, nullptr, long_only::record_lock},
    {"start", required_argument, nullptr, long_only::start},
    {"length", required_argument, nullptr, long_only::length},
    {"fd", required_argument, nullptr, long_only::descriptor},
    {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, 'V'},
    {nullptr, 0, nullptr, 0},
};

[[noreturn]] void misuse(const std::string& what) { throw failure(status::usage, what); }

template <class Number>
Number value_of(const reading<Number>& read, const char* complaint, const std::string& text) {
  if (read.value) return *read.value;
  std::string what = fmt::format("{}: '{}'", complaint, text);
  if (read.error != 0) what += ": " + std::generic_category().message(read.error);
  misuse(what);
}

int descriptor_in(const std::string& text) {
  return value_of(read_integer(text), "bad file descriptor", text);
}

int exit_status_in(const std::string& text) {
  const int number = value_of(read_integer(text), "invalid exit code", text);
  if (number < 0 || number > 255) misuse("exit code out of range (expected 0 to 255)");
  return number;
}

inturn::range& bytes_of(flock_options& out) {
  if (!out.bytes) out.bytes.emplace();
  return *out.bytes;
}

bool is_command_option(const std::string& word) { return word == "-c" || word == "--command"; }

class parser {
 public:
  parser(const std::string& name, const arguments& given) : name_(name), words_{name} {
    words_.insert(words_.end(), given.begin(), given.end());
    for (std::string& each : words_) argv_.push_back(each.data());
    argv_.push_back(nullptr);
    out_.conflict_status = status::conflict;
  }

  flock_options parse() {
    if (words_.size() < 2) {
      complain("not enough arguments", name_);
      advise();
    }
    while (out_.what == flock_options::what::lock && read_option()) {
    }
    if (out_.what != flock_options::what::lock) return out_;
    if (out_.no_fork && out_.close) misuse("the --no-fork and --close options are incompatible");
    read_operands({words_.begin() + optind, words_.end()});
    return out_;
  }

 private:
  [[noreturn]] void advise() const {
    std::fputs(fmt::format("Try '{} --help' for more information.\n", name_).c_str(), stderr);
    throw failure(status::usage, "");  // all is said
  }

  /// False: no more of them.
  bool read_option() {
    const auto next = static_cast<std::size_t>(optind);
    if (has_fd_ && next < words_.size() && is_command_option(words_[next])) return false;
    const int argc = static_cast<int>(words_.size());
    const int letter = ::getopt_long(argc, argv_.data(), "+sexnoFuw:E:hV?", long_options, nullptr);
    if (letter < 0) return false;
    take(letter, optarg != nullptr ? optarg : "");
    return true;
  }

  void take(int letter, const std::string& value) {
    using what = enum flock_options::what;
    switch (letter) {
      case 's':
        out_.operation = LOCK_SH;
        break;
      case 'e':
      case 'x':
        out_.operation = LOCK_EX;
        break;
      case 'u':
        out_.operation = LOCK_UN;
        break;
      case 'n':
        out_.nonblock = true;
        break;
      case 'w':
        out_.seconds = value_of(read_real(value), "invalid timeout value", value);
        break;
      case 'E':
        out_.conflict_status = exit_status_in(value);
        break;
      case 'o':
        out_.close = true;
        break;
      case 'F':
        out_.no_fork = true;
        break;
      case long_only::verbose:
        out_.verbose = true;
        break;
      case long_only::record_lock:
        bytes_of(out_);
        break;
      case long_only::start:
        bytes_of(out_).start = value_of(read_size(value), "invalid as start offset", value);
        break;
      case long_only::length:
        bytes_of(out_).length =
            value_of(read_size(value), "invalid as length of lock range", value);
        break;
      case long_only::descriptor:
        out_.fd = descriptor_in(value);
        has_fd_ = true;
        break;
      case 'h':
        out_.what = what::help;
        break;
      case 'V':
        out_.what = what::version;
        break;
      default:
        advise();  // getopt has said what is wrong
    }
  }

  /// FILE COMMAND [ARGUMENT...], or DESCRIPTOR; with --fd: COMMAND [ARGUMENT...].
  void read_operands(std::vector<std::string> rest) {
    if (!has_fd_ && rest.empty()) misuse("requires file descriptor, file or directory");
    if (!has_fd_ && rest.size() == 1) {
      out_.fd = descriptor_in(rest[0]);
      return;
    }
    if (!has_fd_) {
      out_.file = rest[0];
      rest.erase(rest.begin());
    }
    if (rest.empty()) misuse("missing command");
    if (is_command_option(rest[0])) {
      if (rest.size() != 2) misuse(rest[0] + " requires exactly one command argument");
      rest = shell_command(rest[1]);
    }
    out_.command = std::move(rest);
  }

  const std::string& name_;
  std::vector<std::string> words_;
  std::vector<char*> argv_;
  bool has_fd_ = false;
  flock_options out_;
};

}  // namespace

flock_options parse_flock(const std::string& name, const arguments& given) {
  return parser(name, given).parse();
}

}  // namespace inturn::cli
