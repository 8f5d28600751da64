// In builds with the address sanitizer alone: it ends a process that loads a library with RTLD_DEEPBIND, as TBB, and so
// OpenVINO, does.

#include <dlfcn.h>

#include "rare/export.h"

extern "C" RARE_EXPORT void* dlopen(const char* file, int flags) noexcept {
  using Function = void*(const char*, int);
  static auto* const kNext = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, "dlopen"));
  return kNext(file, flags & ~RTLD_DEEPBIND);
}
