/*
 * memcpy and its family for freestanding rooms (compilers emit calls to them), and a zeroing that
 * is never optimised away. Normal memory only: they use 16-byte accesses.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_MEMORY_H
#define LIB_MEMORY_H

#include <stddef.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t bytes);
void *memmove(void *dst, const void *src, size_t bytes);
void *memset(void *dst, int byte, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t bytes);

/* memory_wipe - zero secrets; the stores survive optimisation. */
void memory_wipe(void *dst, size_t bytes);

#endif
