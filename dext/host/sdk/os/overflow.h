// overflow.h — arithmetic that says when the result did not fit. True: it did not.
#pragma once

#define os_add_overflow(a, b, result) __builtin_add_overflow((a), (b), (result))
#define os_sub_overflow(a, b, result) __builtin_sub_overflow((a), (b), (result))
#define os_mul_overflow(a, b, result) __builtin_mul_overflow((a), (b), (result))
#define os_add3_overflow(a, b, c, result)                \
  __extension__({                                        \
    __typeof__(*(result)) sum_;                          \
    bool first_ = os_add_overflow((a), (b), &sum_);      \
    bool second_ = os_add_overflow(sum_, (c), (result)); \
    first_ | second_;                                    \
  })
