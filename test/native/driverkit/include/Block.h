// Block.h — what the driver uses of the blocks runtime (clang, "Block Implementation Specification").
#pragma once

extern "C" void * _Block_copy(const void * block);
extern "C" void _Block_release(const void * block);

#define Block_copy(...) ((__typeof(__VA_ARGS__))_Block_copy(reinterpret_cast<const void *>(__VA_ARGS__)))
#define Block_release(...) _Block_release(reinterpret_cast<const void *>(__VA_ARGS__))
