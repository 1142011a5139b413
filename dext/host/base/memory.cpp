#include "host/base/memory.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <utility>

namespace multiport::host {

namespace {
constexpr int kSizeSeals = F_SEAL_SHRINK | F_SEAL_GROW;
}

SharedMemory::SharedMemory(SharedMemory && other) noexcept
    : fd_(std::move(other.fd_)), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SharedMemory & SharedMemory::operator=(SharedMemory && other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SharedMemory::~SharedMemory() {
  if (data_) ::munmap(data_, size_);
}

Result<SharedMemory> SharedMemory::create(const std::string & name, size_t size) {
  Fd descriptor(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!descriptor) return systemError("make shared memory " + name);
  if (::ftruncate(descriptor.get(), static_cast<off_t>(size)) != 0)
    return systemError("give shared memory " + name + " its " + std::to_string(size) + " bytes");
  if (::fcntl(descriptor.get(), F_ADD_SEALS, kSizeSeals) != 0) return systemError("seal shared memory " + name);
  return mapSealed(std::move(descriptor), size, PROT_READ | PROT_WRITE);
}

Result<SharedMemory> SharedMemory::map(Fd descriptor, Access access) {
  int seals = ::fcntl(descriptor.get(), F_GET_SEALS);
  if (seals < 0) return systemError("map shared memory: the descriptor is no memfd");
  if ((seals & kSizeSeals) != kSizeSeals)
    return Error{"map shared memory: its owner could still change its size (seals are missing)"};
  struct stat status{};
  if (::fstat(descriptor.get(), &status) != 0) return systemError("map shared memory: ask for its size");
  int protection = access == Access::ReadOnly ? PROT_READ : PROT_READ | PROT_WRITE;
  return mapSealed(std::move(descriptor), static_cast<size_t>(status.st_size), protection);
}

Result<SharedMemory> SharedMemory::mapSealed(Fd descriptor, size_t size, int protection) {
  void * data = ::mmap(nullptr, size, protection, MAP_SHARED, descriptor.get(), 0);
  if (data == MAP_FAILED) return systemError("map " + std::to_string(size) + " bytes of shared memory");
  return SharedMemory(std::move(descriptor), static_cast<uint8_t *>(data), size);
}

}  // namespace multiport::host
