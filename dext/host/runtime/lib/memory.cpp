// memory.cpp — IOMalloc and its kin, boot arguments, and the rest of IOLib.h that needs no object.

#include <DriverKit/IOLib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
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

size_t strlcat(char * to, const char * from, size_t size) {
  size_t length = strnlen(to, size);
  return length + strlcpy(to + length, from, size - length);
}
#endif

uint64_t IOVMPageSize = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));

void OSSynchronizeIO(void) {
  static std::atomic<int> fence;
  fence.exchange(0, std::memory_order_seq_cst);
}

// The CRC of Ethernet and zlib: polynomial 0x04c11db7, bits reversed.
uint32_t crc32(uint32_t crc, const void * buffer, size_t size) {
  crc = ~crc;
  for (auto * at = static_cast<const uint8_t *>(buffer); size > 0; size--) {
    crc ^= *at++;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
  }
  return ~crc;
}

namespace {

// What stands behind `name=` among the boot arguments, up to a space; null without it.
const char * bootArgument(const char * name, size_t & length) {
  auto * arguments = getenv("MULTIPORT_BOOT_ARGS");
  size_t nameLength = strlen(name);
  for (auto * at = arguments; at && (at = strstr(at, name)); at += nameLength) {
    bool isWord = (at == arguments || at[-1] == ' ') && at[nameLength] == '=';
    if (!isWord) continue;
    at += nameLength + 1;
    length = strcspn(at, " ");
    return at;
  }
  return nullptr;
}

}  // namespace

bool IOParseBootArgNumber(const char * name, void * value, int size) {
  size_t length;
  auto * text = bootArgument(name, length);
  if (!text) return false;
  uint64_t number = strtoull(text, nullptr, 0);
  memcpy(value, &number, std::min(static_cast<size_t>(std::max(size, 0)), sizeof number));
  return true;
}

bool IOParseBootArgString(const char * name, char * value, int size) {
  size_t length;
  auto * text = bootArgument(name, length);
  if (!text || size < 1) return false;
  length = std::min(length, static_cast<size_t>(size) - 1);
  memcpy(value, text, length);
  value[length] = 0;
  return true;
}
