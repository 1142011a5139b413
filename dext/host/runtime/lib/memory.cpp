// memory.cpp — IOMalloc and its kin.

#include <DriverKit/IOLib.h>

#include <cstdlib>

void * IOMalloc(size_t length) { return std::malloc(length ? length : 1); }

void * IOMallocZero(size_t length) { return std::calloc(1, length ? length : 1); }

void IOFree(void * address, size_t) { std::free(address); }

#if !defined(__GLIBC__) || !__GLIBC_PREREQ(2, 38)
size_t strlcpy(char * to, const char * from, size_t size) {
  size_t length = strlen(from);
  if (size > 0) {
    size_t copied = length < size ? length : size - 1;
    memcpy(to, from, copied);
    to[copied] = 0;
  }
  return length;
}
#endif

bool IOParseBootArgNumber(const char * name, void * value, int size) {
  auto * arguments = getenv("MULTIPORT_BOOT_ARGS");
  size_t length = strlen(name);
  for (auto * at = arguments; at && (at = strstr(at, name)); at += length) {
    bool isWord = (at == arguments || at[-1] == ' ') && at[length] == '=';
    if (!isWord) continue;
    uint64_t number = strtoull(at + length + 1, nullptr, 0);
    memcpy(value, &number,
           size < 0                                    ? 0
           : static_cast<size_t>(size) < sizeof number ? static_cast<size_t>(size)
                                                       : sizeof number);
    return true;
  }
  return false;
}
