// base.h — the attribute macros that Apple's own headers and dexts share with them are written with.
#pragma once

#include <stdint.h>
#include <sys/cdefs.h>

#define OS_STRINGIFY(name) #name
#define OS_CONCAT(one, other) one##other
#define OS_EXPORT extern __attribute__((__visibility__("default")))
#define OS_INLINE static __inline__
#define OS_ALWAYS_INLINE __attribute__((__always_inline__))
#define OS_NOINLINE __attribute__((__noinline__))
#define OS_NORETURN __attribute__((__noreturn__))
#define OS_NOTHROW __attribute__((__nothrow__))
#define OS_NOT_TAIL_CALLED __attribute__((__not_tail_called__))
#define OS_WARN_RESULT __attribute__((__warn_unused_result__))
#define OS_UNUSED __attribute__((__unused__))
#define OS_PURE __attribute__((__pure__))
#define OS_CONST __attribute__((__const__))
#define OS_PACKED __attribute__((__packed__))
#define OS_FORMAT_PRINTF(format, first) __attribute__((__format__(printf, format, first)))
#define OS_ENUM(name, type, ...) \
  enum : type { __VA_ARGS__ };   \
  typedef type name##_t
#define OS_OPTIONS(name, type, ...) OS_ENUM(name, type, __VA_ARGS__)
#define os_likely(condition) __builtin_expect(!!(condition), 1)
#define os_unlikely(condition) __builtin_expect(!!(condition), 0)
