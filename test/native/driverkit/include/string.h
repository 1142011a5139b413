// The part of DriverKit's C library that the dext and libc++'s headers name; declarations only: nothing here is linked.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
void * memchr(const void *, int, size_t);
int memcmp(const void *, const void *, size_t);
void * memcpy(void *, const void *, size_t);
void * memmove(void *, const void *, size_t);
void * memset(void *, int, size_t);
char * strchr(const char *, int);
int strcmp(const char *, const char *);
size_t strlen(const char *);
int strncmp(const char *, const char *, size_t);
size_t strlcpy(char *, const char *, size_t);
char * strpbrk(const char *, const char *);
char * strrchr(const char *, int);
char * strstr(const char *, const char *);
#ifdef __cplusplus
}
#endif
