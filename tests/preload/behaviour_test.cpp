#include <sys/wait.h>

#include "preload/under_shim.hpp"

// Everything is as without the library: one table of calls, made by two processes, one of them under it.

namespace inturn::test {
namespace {

using names = std::vector<std::string>;

void note(const names& given, const char* what, int result) {
  const int error = errno;
  say(given[1], std::string(what) + " " + std::to_string(result) + " " +
                    std::to_string(result < 0 ? error : 0));
}

/// Another process that holds the file exclusively in the two ways, until the pipe is closed.
struct neighbour {
  explicit neighbour(const std::string& file) {
    int ready[2], end[2];
    require(::pipe(ready) == 0 && ::pipe(end) == 0);
    pid = ::fork();
    if (pid == 0) {
      ::close(end[1]);
      const int fd = ::open(file.c_str(), O_RDWR);
      auto all = record(F_WRLCK, 100, 10);
      require(::flock(fd, LOCK_EX) == 0 && ::fcntl(fd, F_SETLK, &all) == 0);
      char byte = 0;
      require(::write(ready[1], &byte, 1) == 1);
      [[maybe_unused]] const auto n = ::read(end[0], &byte, 1);
      ::_exit(0);
    }
    char byte = 0;
    ::close(end[0]);
    require(::read(ready[0], &byte, 1) == 1);
    leave = end[1];
  }
  void end() const {
    ::close(leave);
    ::waitpid(pid, nullptr, 0);
  }
  pid_t pid;
  int leave;
};

int answer_all(const names& given) {
  const int fd = ::open(given[0].c_str(), O_RDWR);
  const int reader = ::open(given[0].c_str(), O_RDONLY);
  const int path = ::open(given[0].c_str(), O_PATH);
  auto* const no_memory = reinterpret_cast<struct flock*>(8);
  const auto fcntl_as = [&](const char* what, int on, int command, struct flock arguments) {
    note(given, what, ::fcntl(on, command, &arguments));
    return arguments;
  };
  for (int round = 0; round < 3; ++round) {  // the first time, the second, and when all is known
    errno = 77;
    note(given, "flock", ::flock(fd, LOCK_EX));
    say(given[1], "errno " + std::to_string(errno));
    note(given, "flock again", ::flock(fd, LOCK_EX));
    note(given, "another description", ::flock(reader, LOCK_SH | LOCK_NB));
    note(given, "downgrade", ::flock(fd, LOCK_SH));
    note(given, "shared", ::flock(reader, LOCK_SH | LOCK_NB));
    note(given, "upgrade", ::flock(fd, LOCK_EX | LOCK_NB));
    note(given, "unlock", ::flock(reader, LOCK_UN));
    note(given, "unlock", ::flock(fd, LOCK_UN));
    note(given, "nonsense", ::flock(fd, 99));
    note(given, "closed", ::flock(-1, LOCK_EX));
    note(given, "path", ::flock(path, LOCK_EX));
    for (int command : {F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW}) {
      errno = 77;
      fcntl_as("set", fd, command, record(F_WRLCK, 0, 10));
      say(given[1], "errno " + std::to_string(errno));
      fcntl_as("to read", fd, command, record(F_RDLCK, 0, 10));
      fcntl_as("read-only", reader, command, record(F_WRLCK, 50, 1));
      fcntl_as("negative", fd, command, record(F_WRLCK, 0, -1));
      fcntl_as("backwards", fd, command, record(F_WRLCK, 60, -5));
      fcntl_as("no type", fd, command, record(99));
      fcntl_as("closed", -1, command, record(F_WRLCK));
      note(given, "no memory", ::fcntl(fd, command, no_memory));
      fcntl_as("unlock", fd, command, record(F_UNLCK));
    }
    note(given, "lockf", ::lockf(fd, F_LOCK, 10));
    note(given, "tlock", ::lockf(fd, F_TLOCK, 10));
    note(given, "test", ::lockf(fd, F_TEST, 10));
    note(given, "ulock", ::lockf(fd, F_ULOCK, 0));
    note(given, "lockf64", ::lockf64(fd, F_TLOCK, 10));
    note(given, "lockf64", ::lockf64(fd, F_ULOCK, 10));
    note(given, "lockf nonsense", ::lockf(fd, 99, 10));
    note(given, "dup", ::fcntl(fd, F_DUPFD, 40));
    note(given, "flags", ::fcntl(40, F_SETFD, FD_CLOEXEC));
    note(given, "flags", ::fcntl(40, F_GETFD));
    ::close(40);
    const neighbour other(given[0]);
    note(given, "held", ::flock(fd, LOCK_EX | LOCK_NB));
    note(given, "held", ::flock(fd, LOCK_SH | LOCK_NB));
    fcntl_as("held", fd, F_SETLK, record(F_WRLCK, 105, 1));
    fcntl_as("held", fd, F_OFD_SETLK, record(F_RDLCK, 105, 1));
    fcntl_as("beside", fd, F_SETLK, record(F_WRLCK, 0, 100));
    const auto found = fcntl_as("who", fd, F_GETLK, record(F_WRLCK));
    say(given[1], std::to_string(found.l_type) + " " + std::to_string(found.l_start) + " " +
                      std::to_string(found.l_len) + " " + std::to_string(found.l_pid == other.pid));
    ::lseek(fd, 100, SEEK_SET);
    note(given, "held", ::lockf(fd, F_TLOCK, 10));
    note(given, "held", ::lockf(fd, F_TEST, 10));
    ::lseek(fd, 0, SEEK_SET);
    other.end();
    const int another = ::open(given[0].c_str(), O_RDWR);
    ::close(another);  // drops the process's POSIX locks
    const neighbour next(given[0]);
    next.end();
  }
  return 0;
}
const role answers("answers", answer_all);

using Preload = preload_test;

TEST_F(Preload, EveryCallAnswersAsThePlainOne) {
  child without = plain(answers);
  ASSERT_EQ(without.wait(), 0);
  const std::string expected = contents(lines);
  ASSERT_GT(expected.size(), 2000U);
  write_file(lines, "");
  child with = in_turn(answers);
  ASSERT_EQ(with.wait(), 0);
  EXPECT_EQ(contents(lines), expected);
}

const role is_loaded("is-loaded", [](const names& given) {
  const int fd = ::open(given[0].c_str(), O_RDWR);
  for (int i = 0; i < 4; ++i) require(::flock(fd, LOCK_EX) == 0 && ::flock(fd, LOCK_UN) == 0);
  int below = 0, above = 0;
  for (const int each : open_descriptors()) ++(each < 512 ? below : above);
  say(given[1], std::to_string(below) + " " + std::to_string(above));
  return 0;
});

TEST_F(Preload, KeepsNoDescriptorThatProgramsUse) {
  child without = plain(is_loaded);
  ASSERT_EQ(without.wait(), 0);
  std::string expected = contents(lines);
  ASSERT_EQ(expected.substr(expected.find(' ')), " 0\n");
  write_file(lines, "");
  child with = in_turn(is_loaded);
  ASSERT_EQ(with.wait(), 0);
  EXPECT_EQ(contents(lines), expected.substr(0, expected.find(' ')) + " 1\n");
}

}  // namespace
}  // namespace inturn::test
