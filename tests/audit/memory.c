/*
 * RAM of the audited machine: decides what is RAM.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool memory_open(struct memory *memory, const char *path, uint64_t base)
{
	struct stat file;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	bool is_sized = fstat(fd, &file) == 0 && file.st_size > 0;
	void *mapping = is_sized ? mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
	int error = errno;

	close(fd);
	errno = error;
	if (mapping == MAP_FAILED)
		return false;
	*memory = (struct memory){ mapping, base, (uint64_t)file.st_size };
	return true;
}

bool memory_has(const struct memory *memory, uint64_t pa, uint64_t bytes)
{
	return pa >= memory->base && bytes <= memory->size && pa - memory->base <= memory->size - bytes;
}

bool memory_copy(const struct memory *memory, uint64_t pa, void *out, size_t bytes)
{
	if (!memory_has(memory, pa, bytes))
		return false;
	memcpy(out, memory->bytes + (pa - memory->base), bytes);
	return true;
}
