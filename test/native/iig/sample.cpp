// sample.cpp — the methods of the classes in Sample.iig, as a dext would have them.

#include "iig/sample.h"

#include <string.h>

#include <new>

struct Sample_IVars {
  uint32_t value;
};

Seen seen;

bool Sample::init() {
  if (!super::init()) return false;
  ivars = new (std::nothrow) Sample_IVars{7};
  return ivars != nullptr;
}
void Sample::free() { delete ivars; }
uint32_t Sample::Value() const { return ivars->value; }
uint32_t Sample::PlainValue(uint32_t add) { return ivars->value + add; }

kern_return_t IMPL(Sample, Values) {
  seen.flag = flag, seen.color = color, seen.point = point, seen.origin = *origin;
  *isRed = color == kSampleRed;
  *sum = static_cast<uint64_t>(point.x) + static_cast<uint64_t>(point.y);
  *moved = {point.x - origin->x, point.y - origin->y};
  return kIOReturnSuccess;
}

kern_return_t IMPL(Sample, Texts) {
  *length = static_cast<uint32_t>(strlen(name) + strlen(path));
  memset(copy, 'x', sizeof(SampleName));  // without a terminator, as a careless driver would
  return kIOReturnSuccess;
}

kern_return_t IMPL(Sample, Arrays) {
  *sum = 0;
  for (int i = 0; i < numbersCount; ++i) {
    *sum += numbers[i];
    squares[i] = static_cast<uint16_t>(numbers[i] * numbers[i]);
  }
  for (int i = 0; i < 3; ++i) *sum += bytes[i];
  return kIOReturnSuccess;
}

kern_return_t IMPL(Sample, Objects) {
  seen.first = first, seen.moreCount = moreCount;
  for (uint32_t i = 0; i < 2; ++i) seen.more[i] = more[i];
  if (first) first->retain();
  if (second) second->retain();
  *firstAgain = first;
  *secondAgain = second;
  return seen.moreCount == 2 ? kIOReturnBusy : kIOReturnSuccess;
}

kern_return_t IMPL(Sample, Peek) { return *value = ivars->value, kIOReturnSuccess; }
void IMPL(Sample, Poke) { seen.poked = value; }
void IMPL(Sample, OnDone) { seen.poked = value + 1; }
kern_return_t IMPL(Sample, Clash) {
  seen.clash = message + reply + result + call + self + target + func + header;
  return *rpc = seen.clash, kIOReturnSuccess;
}
kern_return_t IMPL(Sample, Make) {
  *made = OSTypeAlloc(Sample);
  (*made)->ivars->value = value;
  return kIOReturnSuccess;
}

bool Derived::init() { return super::init(); }
uint32_t Derived::Value() const { return super::Value() * 2; }
kern_return_t Derived::Peek_Impl(uint32_t * answer) {
  const kern_return_t result = Peek(answer, SUPERDISPATCH);
  *answer += 100;
  return result;
}
void Derived::Poke_Impl(uint32_t amount) { super::Poke(amount + 1, SUPERDISPATCH); }

kern_return_t Remote::Here_Impl(uint32_t * answer) { return *answer = 1, kIOReturnSuccess; }
kern_return_t NearRemote::Ask_Impl(uint32_t question, uint32_t * answer) {
  return question == 0 ? Ask(question, answer, SUPERDISPATCH) : (*answer = question, kIOReturnSuccess);
}
kern_return_t NearRemote::Nobody_Impl(uint32_t * answer) { return *answer = 2, kIOReturnSuccess; }
