#include "measure/catalogue.hpp"

#include "measure/mechanisms/eventfd.hpp"
#include "measure/mechanisms/flock.hpp"
#include "measure/mechanisms/futex.hpp"
#include "measure/mechanisms/inturn.hpp"
#include "measure/mechanisms/lockf.hpp"
#include "measure/mechanisms/mkdir.hpp"
#include "measure/mechanisms/record.hpp"
#include "measure/mechanisms/robust_mutex.hpp"
#include "measure/mechanisms/rwlock.hpp"
#include "measure/mechanisms/semaphore.hpp"
#include "measure/mechanisms/turnstile.hpp"

namespace inturn::measure {

const std::vector<mechanism>& catalogue() {
  static const std::vector<mechanism> all{
      entry<flock_lock>(),  entry<posix_lock>(),    entry<lockf_lock>(),   entry<ofd_lock>(),
      entry<ofd_shared>(),  entry<flock_shared>(),  entry<mkdir_lock>(),   entry<robust_mutex>(),
      entry<rwlock>(),      entry<semaphore>(),     entry<eventfd_lock>(), entry<futex_lock>(),
      entry<inturn_lock>(), entry<turnstile_lock>()};
  return all;
}

}  // namespace inturn::measure
