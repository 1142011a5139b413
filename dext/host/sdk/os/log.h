// log.h — os_log as DriverKit has it: one log, printf-like formats, %{public}s for strings.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct os_log_s * os_log_t;
#define OS_LOG_DEFAULT ((os_log_t)0)

typedef uint8_t os_log_type_t;
enum {
  OS_LOG_TYPE_DEFAULT = 0x00,
  OS_LOG_TYPE_INFO = 0x01,
  OS_LOG_TYPE_DEBUG = 0x02,
  OS_LOG_TYPE_ERROR = 0x10,
  OS_LOG_TYPE_FAULT = 0x11
};

// A plain %s is printed as <private>, as macOS does; %{public}s as it is. Formats are not checked: uint64_t is %llu on
// macOS and would have to be %lu here.
void multiport_os_log(os_log_t log, os_log_type_t type, const char * format, ...);

#ifdef __cplusplus
}
#endif

// Every type is kept.
#define os_log_type_enabled(log, type) ((void)(log), (void)(type), true)
#define os_log_info_enabled(log) os_log_type_enabled(log, OS_LOG_TYPE_INFO)
#define os_log_debug_enabled(log) os_log_type_enabled(log, OS_LOG_TYPE_DEBUG)

#define os_log_with_type(log, type, ...) multiport_os_log((log), (type), __VA_ARGS__)
#define os_log(log, ...) os_log_with_type((log), OS_LOG_TYPE_DEFAULT, __VA_ARGS__)
#define os_log_info(log, ...) os_log_with_type((log), OS_LOG_TYPE_INFO, __VA_ARGS__)
#define os_log_debug(log, ...) os_log_with_type((log), OS_LOG_TYPE_DEBUG, __VA_ARGS__)
#define os_log_error(log, ...) os_log_with_type((log), OS_LOG_TYPE_ERROR, __VA_ARGS__)
#define os_log_fault(log, ...) os_log_with_type((log), OS_LOG_TYPE_FAULT, __VA_ARGS__)
