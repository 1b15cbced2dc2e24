#include "cli/loadable.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <paths.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <sstream>
#include <vector>

#include "base/fd.hpp"

namespace inturn::cli {
namespace {

constexpr int most_interpreters = 5;  // as many as the kernel follows

/// What of an executable file tells who will run it.
struct image {
  enum class form { unreadable, script, elf, other } is = form::unreadable;
  Elf64_Ehdr header{};      // of an ELF file; of one of 32 bits the first part is the same
  std::string interpreter;  // of a script: its program; of an ELF file: its loader, empty if static
  std::string first_argument;  // of a script's interpreter
};

void read_script(const std::string& start, image& out) {
  out.is = image::form::script;
  std::istringstream words(start.substr(2, start.find('\n') - 2));
  words >> out.interpreter >> out.first_argument;
}

void read_elf(int fd, image& out) {
  out.is = image::form::elf;
  if (out.header.e_ident[EI_CLASS] != ELFCLASS64) return;
  for (int i = 0; i < out.header.e_phnum; ++i) {
    Elf64_Phdr part{};
    const auto at = static_cast<off_t>(out.header.e_phoff + sizeof part * static_cast<unsigned>(i));
    if (::pread(fd, &part, sizeof part, at) != sizeof part) return;
    if (part.p_type != PT_INTERP || part.p_filesz > 4096) continue;
    out.interpreter.resize(part.p_filesz);
    const ssize_t n =
        ::pread(fd, out.interpreter.data(), part.p_filesz, static_cast<off_t>(part.p_offset));
    out.interpreter.resize(n > 0 ? ::strnlen(out.interpreter.data(), static_cast<size_t>(n)) : 0);
    return;
  }
}

image read_image(const std::string& program) {
  image out;
  const base::unique_fd fd = base::open_file(program.c_str(), O_RDONLY | O_NONBLOCK);
  std::string start(256, '\0');
  const ssize_t n = fd ? ::pread(fd.get(), start.data(), start.size(), 0) : -1;
  if (n < 0) return out;
  start.resize(static_cast<size_t>(n));
  if (start.starts_with("#!")) {
    read_script(start, out);
  } else if (start.size() >= sizeof out.header && start.starts_with(ELFMAG)) {
    std::memcpy(&out.header, start.data(), sizeof out.header);
    read_elf(fd.get(), out);
  } else {
    out.is = image::form::other;
  }
  return out;
}

/// Then the loader takes no libraries from the environment.
bool gains_rights(const std::string& program) {
  struct stat file {};
  struct statvfs where {};
  if (::stat(program.c_str(), &file) != 0 || ::statvfs(program.c_str(), &where) != 0) return false;
  const bool heeded =
      (where.f_flag & ST_NOSUID) == 0 && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
  const bool set_user = heeded && (file.st_mode & S_ISUID) != 0;
  const bool set_group = heeded && (file.st_mode & S_ISGID) != 0 && (file.st_mode & S_IXGRP) != 0;
  const bool capable = heeded && ::getxattr(program.c_str(), "security.capability", nullptr, 0) > 0;
  return (set_user ? file.st_uid : ::geteuid()) != ::getuid() ||
         (set_group ? file.st_gid : ::getegid()) != ::getgid() || (capable && ::getuid() != 0);
}

std::string why_not_loaded_into_elf(const std::string& program, const image& it,
                                    const image& library) {
  const bool same = it.header.e_ident[EI_CLASS] == library.header.e_ident[EI_CLASS] &&
                    it.header.e_ident[EI_DATA] == library.header.e_ident[EI_DATA] &&
                    it.header.e_machine == library.header.e_machine;
  if (!same) return program + ": made for another kind of machine than inturn (use one that is not";
  if (it.interpreter.empty())
    return program + ": statically linked, so nothing can be loaded into it (use one that is not";
  if (it.interpreter.find("/ld-linux") == std::string::npos)
    return fmt::format("{}: made for another C library, of {} (use one for glibc", program,
                       it.interpreter);
  if (gains_rights(program))
    return program +
           ": runs with more rights than you have (set-user-ID and the like), so nothing may "
           "be loaded into it (start it as the user whom it runs as";
  return {};
}

std::string why_not_loaded_into(const std::string& program, const image& library, int followed) {
  if (followed > most_interpreters)
    return program + ": its interpreters go round in a circle (mend it";
  const image it = read_image(program);
  switch (it.is) {
    case image::form::elf:
      return why_not_loaded_into_elf(program, it, library);
    case image::form::script: {
      std::string why = why_not_loaded_into(it.interpreter, library, followed + 1);
      if (!why.empty() || !it.interpreter.ends_with("/env")) return why;
      const auto found = find_program(it.first_argument);
      return found ? why_not_loaded_into(*found, library, followed + 1) : why;
    }
    case image::form::other:  // what execvp gives to the shell
      return why_not_loaded_into(_PATH_BSHELL, library, followed + 1);
    default:
      return program +
             ": not readable, so it cannot be told whether anything can be loaded into it (make "
             "it readable";
  }
}

bool is_program(const std::string& path) {
  struct stat file {};
  return ::stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return is_program(name) ? std::optional(name) : std::nullopt;
  const char* const given = std::getenv("PATH");
  std::istringstream directories(given != nullptr ? given : _PATH_DEFPATH);
  for (std::string each; std::getline(directories, each, ':');) {
    const std::string path = (each.empty() ? "." : each) + "/" + name;
    if (!name.empty() && is_program(path)) return path;
  }
  return {};
}

std::string why_not_loaded(const std::string& program, const std::string& library) {
  const image ours = read_image(library);
  const std::string why = why_not_loaded_into(program, ours, 0);
  return why.empty() ? why : why + ", or --best-effort to go on without order)";
}

}  // namespace inturn::cli
