/*
 * memcpy and its family: 16 bytes a step where both pointers allow it, bytes elsewhere.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/memory.h"
#include "lib/compiler.h"

/* A 16-byte unit that may alias anything; the compiler turns it into one load or store pair. */
struct unit { uint64_t low, high; } __attribute__((may_alias));

static bool both_aligned(const void *a, const void *b)
{
	return is_aligned((uintptr_t)a | (uintptr_t)b, 8);
}

void *memcpy(void *restrict dst, const void *restrict src, size_t bytes)
{
	uint8_t *to = dst;
	const uint8_t *from = src;

	if (both_aligned(to, from)) {
		for (; bytes >= sizeof(struct unit); bytes -= sizeof(struct unit)) {
			*(struct unit *)(void *)to = *(const struct unit *)(const void *)from;
			to += sizeof(struct unit);
			from += sizeof(struct unit);
		}
	}
	while (bytes-- > 0)
		*to++ = *from++;
	return dst;
}

void *memmove(void *dst, const void *src, size_t bytes)
{
	uint8_t *to = dst;
	const uint8_t *from = src;

	if ((uintptr_t)to - (uintptr_t)from >= bytes)
		return memcpy(dst, src, bytes);
	while (bytes-- > 0)
		to[bytes] = from[bytes];
	return dst;
}

void *memset(void *dst, int byte, size_t bytes)
{
	uint8_t *to = dst;
	uint64_t word = 0x0101010101010101ull * (uint8_t)byte;

	for (; bytes > 0 && !is_aligned((uintptr_t)to, 8); bytes--)
		*to++ = (uint8_t)byte;
	for (; bytes >= sizeof(struct unit); bytes -= sizeof(struct unit)) {
		*(struct unit *)(void *)to = (struct unit){ word, word };
		to += sizeof(struct unit);
	}
	while (bytes-- > 0)
		*to++ = (uint8_t)byte;
	return dst;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const uint8_t *left = a, *right = b;

	for (size_t i = 0; i < bytes; i++) {
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	}
	return 0;
}

size_t strlen(const char *s)
{
	size_t count = 0;

	while (s[count] != '\0')
		count++;
	return count;
}

int strcmp(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return (int)(uint8_t)*a - (int)(uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (a[i] != b[i] || a[i] == '\0')
			return (int)(uint8_t)a[i] - (int)(uint8_t)b[i];
	}
	return 0;
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
	__asm__ volatile("" : : "r"(dst) : "memory");
}
