// See string.h.
#pragma once
#include <stddef.h>

typedef struct {
  long quot, rem;
} ldiv_t;
typedef struct {
  long long quot, rem;
} lldiv_t;

#ifdef __cplusplus
extern "C" {
#endif
int abs(int);
long labs(long);
long long llabs(long long);
ldiv_t ldiv(long, long);
lldiv_t lldiv(long long, long long);
#ifdef __cplusplus
}
#endif
