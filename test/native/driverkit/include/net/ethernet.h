// See ../string.h. As macOS has it, not as Linux does.
#pragma once
#include <sys/types.h>

#define ETHER_ADDR_LEN 6

typedef struct ether_addr {
  u_char octet[ETHER_ADDR_LEN];
} ether_addr_t;
