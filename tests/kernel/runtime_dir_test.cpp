#include "kernel/runtime_dir.hpp"

#include <sys/stat.h>

#include "kernel/lock_file.hpp"

namespace inturn::test {
namespace {

namespace fs = std::filesystem;

struct RuntimeDir : ::testing::Test {
  mode_t mode_of(const fs::path& path) const {
    struct stat file {};
    return ::lstat(path.c_str(), &file) == 0 ? file.st_mode & 07777 : 0;
  }
  const temp_dir dir;
  const fs::path shared_one = dir / "inturn";
};

TEST_F(RuntimeDir, TheEnvironmentNamesIt) {
  ::setenv("INTURN_RUNTIME_DIR", shared_one.c_str(), 1);
  EXPECT_EQ(kernel::runtime_directory(), shared_one);
  EXPECT_EQ(kernel::ready_runtime_directory(), shared_one);
  EXPECT_FALSE(fs::exists(shared_one));  // whoever names one makes it
  ::setenv("INTURN_RUNTIME_DIR", "here", 1);
  EXPECT_EQ(kernel::runtime_directory(), fs::current_path() / "here");
}

TEST_F(RuntimeDir, ElseItIsTheSystemsOwn) {
  for (const char* nothing : {static_cast<const char*>(nullptr), ""}) {
    if (nothing == nullptr)
      ::unsetenv("INTURN_RUNTIME_DIR");
    else
      ::setenv("INTURN_RUNTIME_DIR", nothing, 1);
    EXPECT_EQ(kernel::runtime_directory(),
              fs::is_directory("/run/inturn") ? "/run/inturn" : "/dev/shm/inturn");
  }
  ::unsetenv("INTURN_RUNTIME_DIR");
}

TEST_F(RuntimeDir, TheFirstUserMakesItForAll) {
  const mode_t before = ::umask(077);
  kernel::make_shared_directory(shared_one);
  ::umask(before);
  EXPECT_EQ(mode_of(shared_one), 01777U);
  kernel::make_shared_directory(shared_one);  // the second one finds it
  EXPECT_EQ(std::distance(fs::directory_iterator(dir.path()), {}), 1);
}

TEST_F(RuntimeDir, ManyFirstUsersAtOnce) {
  shared<milestone> ready;
  std::vector<child> all;
  for (int i = 0; i < 6; ++i)
    all.emplace_back([&] {
      ready->reach();
      require(ready->wait(6));
      kernel::make_shared_directory(shared_one);
      require(mode_of(shared_one) == 01777);
    });
  for (child& c : all) EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir.path()), {}), 1);
}

TEST_F(RuntimeDir, ALinkOrAFileIsRefused) {
  fs::create_directory(dir / "elsewhere");
  fs::create_symlink(dir / "elsewhere", shared_one);
  EXPECT_EQ(error_of([&] { kernel::make_shared_directory(shared_one); }), ENOTDIR);
  fs::remove(shared_one);
  write_file(shared_one, "");
  const auto message = message_of([&] { kernel::make_shared_directory(shared_one); });
  EXPECT_NE(message.find(shared_one.string()), std::string::npos);
  EXPECT_NE(message.find("INTURN_RUNTIME_DIR"), std::string::npos) << message;
}

TEST_F(RuntimeDir, OneThatOthersCanBendIsRefused) {
  fs::create_directory(shared_one);
  ::chmod(shared_one.c_str(), 0777);
  EXPECT_EQ(error_of([&] { kernel::make_shared_directory(shared_one); }), EPERM);
  ::chmod(shared_one.c_str(), 0700);
  kernel::make_shared_directory(shared_one);  // ours alone: good enough for us
}

TEST_F(RuntimeDir, SomebodyElsesIsRefusedUnlessItIsForAll) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  fs::create_directory(shared_one);
  ASSERT_EQ(::chown(shared_one.c_str(), 65534, 65534), 0);
  ::chmod(shared_one.c_str(), 0755);
  const auto message = message_of([&] { kernel::make_shared_directory(shared_one); });
  EXPECT_NE(message.find("user 65534's"), std::string::npos) << message;
  EXPECT_NE(message.find("chmod 1777"), std::string::npos) << message;
  ::chmod(shared_one.c_str(), 01777);
  kernel::make_shared_directory(shared_one);
}

TEST_F(RuntimeDir, WhereNoneCanBeMadeThatIsSaid) {
  EXPECT_EQ(error_of([&] { kernel::make_shared_directory(dir / "missing" / "inturn"); }), ENOENT);
}

}  // namespace
}  // namespace inturn::test
