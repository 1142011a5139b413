// objects.h — CoreFoundation objects: values that are counted, and their bytes on the socket.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace multiport::client {

// What a CFTypeRef points to. Never changes once others can see it.
struct CfObject {
  // As CFGetTypeID tells them; the numbers are macOS's, on which nobody may rely.
  enum class Type : CFTypeID { String = 7, Dictionary = 18, Array = 19, Data = 20, Boolean = 21, Number = 22 };

  explicit CfObject(Type type) : type(type) {}
  ~CfObject();
  CfObject(const CfObject &) = delete;

  const Type type;
  std::atomic<uint32_t> references{1};
  std::string text;                                         // String: UTF-8; Data: its bytes
  uint64_t number = 0;                                      // Number, Boolean
  uint8_t bits = 64;                                        // Number
  std::vector<std::pair<std::string, CfObject *>> entries;  // Dictionary; each value is a reference
  std::vector<CfObject *> keys;                             // Dictionary: Strings, in the order of the entries
  std::vector<CfObject *> members;                          // Array
};

// A reference of its own, given back at the end.
class CfRef {
 public:
  CfRef() = default;
  explicit CfRef(CfObject * object) : object_(object) {}  // takes the reference over
  static CfRef retained(CfObject * object);
  CfRef(CfRef && other) noexcept : object_(other.take()) {}
  CfRef & operator=(CfRef && other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~CfRef();

  explicit operator bool() const { return object_ != nullptr; }
  CfObject * operator->() const { return object_; }
  CfObject * get() const { return object_; }
  CfObject * take() { return std::exchange(object_, nullptr); }

 private:
  CfObject * object_ = nullptr;
};

CfRef makeString(std::string text);
CfRef makeDictionary(std::vector<std::pair<std::string, CfObject *>> entries);

// What a caller gave, when it is of that type.
CfObject * objectOf(CFTypeRef reference, CfObject::Type type);
// The value under `key`, borrowed; nullptr.
CfObject * valueOf(const CfObject & dictionary, const std::string & key);

std::vector<uint8_t> encodeObject(const CfObject & object);
// Empty when `bytes` are not exactly one container.
CfRef decodeObject(std::span<const uint8_t> bytes);

}  // namespace multiport::client
