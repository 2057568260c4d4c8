/*
 * Decides which bytes of which file are which chunk. A file that changes meanwhile is read as it is then: what was
 * measured is what is given out.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/image_source.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "abi/host.h"
#include "abi/image.h"
#include "tools/measurement.h"

/* Of the kernel, for lib/vmplan. */
#define HEADER_BYTES	4096

struct kernel_header {
	uint8_t bytes[HEADER_BYTES];
};

static int file_open(struct image_conf *conf, enum image_property property, const char *path, FILE **out, uint64_t *bytes)
{
	struct stat status;

	*out = fopen(path, "rb");
	if (*out != NULL && fstat(fileno(*out), &status) == 0) {
		*bytes = (uint64_t)status.st_size;
		return TOOL_DONE;
	}
	conf->problem_count++;
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "bad-file", .object = image_conf_place(conf, property), .problem = text("'%s' cannot be read", path),
		.expected = "a file that can be read", .found = strerror(errno), .advice = "correct the path" });
}

/* Which property a placement is refused for. */
static enum image_property plan_property(enum vmplan_result result)
{
	return result == VMPLAN_NO_ROOM || result == VMPLAN_BAD_RAM ? PROPERTY_MEMORY :
	       result == VMPLAN_BAD_VCPUS ? PROPERTY_VCPUS : result == VMPLAN_BAD_BOOTARGS ? PROPERTY_ARGS : PROPERTY_KERNEL;
}

static int plan_refused(struct image_conf *conf, enum vmplan_result result, const struct vmplan_request *request,
			const struct vmplan *plan)
{
	char line[256];

	conf->problem_count++;
	vmplan_describe(result, request, plan, line, sizeof(line));
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "cannot-place", .object = image_conf_place(conf, plan_property(result)), .problem = line,
		.expected = "kernel, ramdisk and device tree that fit into the VM's memory",
		.found = text("%lu needed, %lu there", (unsigned long)plan->need, (unsigned long)plan->found),
		.advice = text("correct it in %s, or name another file", conf->path) });
}

static void piece_add(struct vmimage *image, enum vmimage_part part, const struct vmplan_piece *piece)
{
	if (piece->bytes == 0)
		return;
	image->pieces[image->piece_count++] = (struct vmimage_piece){ .part = part, .address = piece->address,
								       .bytes = piece->bytes };
	image->chunk_count += (uint32_t)((piece->bytes + VMIMAGE_CHUNK_BYTES - 1) / VMIMAGE_CHUNK_BYTES);
}

static int image_fill(struct image_source *source, const struct vmplan *plan)
{
	const struct image_conf *conf = source->conf;
	struct vmimage *image = &source->image;
	uint64_t bytes = plan->kernel.bytes + plan->initrd.bytes;

	memcpy(image->name, conf->name, sizeof(image->name));
	memcpy(image->box, conf->box, sizeof(image->box));
	image->version = conf->version;
	image->counter = conf->counter;
	image->class = conf->machine.class;
	image->options = conf->machine.options;
	image->vcpu_count = conf->machine.vcpu_count;
	image->ram_bytes = (uint64_t)conf->machine.memory_mib << 20;
	image->entry = plan->entry;
	image->x0 = plan->x0;
	if (bytes > (uint64_t)VMIMAGE_CHUNK_BYTES * (VMIMAGE_CHUNKS_MAX - VMPLAN_DTB_MAX / VMIMAGE_CHUNK_BYTES - 2))
		return refuse(TOOL_NO_RESOURCES, &(struct refusal){
			.code = "image-too-large", .object = conf->path, .problem = "an image has no room for kernel and ramdisk",
			.expected = "less than 4 GiB", .found = text("%ju bytes", (uintmax_t)bytes),
			.advice = "make the initial ramdisk smaller" });
	piece_add(image, VMIMAGE_KERNEL, &plan->kernel);
	piece_add(image, VMIMAGE_TREE, &plan->dtb);
	piece_add(image, VMIMAGE_ARGS, &plan->args);
	piece_add(image, VMIMAGE_INITRD, &plan->initrd);
	return TOOL_DONE;
}

/* The stub becomes the start of the kernel: as large as both, and the rest as the kernel says it. */
static int stub_open(struct image_source *source, struct image_conf *conf, struct vmplan_request *request)
{
	struct arm64_image_header stub, kernel;
	uint64_t magic = 0;
	struct file file;
	int result = file_read(&file, conf->secret, KEYED_PAGE);

	if (result != TOOL_DONE) {
		conf->problem_count++;
		return result;
	}
	memcpy(source->stub, file.bytes, file.count);
	memcpy(&magic, source->stub + KEYED_MAGIC_AT, sizeof(magic));
	memcpy(&stub, source->stub, sizeof(stub));
	memcpy(&kernel, request->kernel, sizeof(kernel));
	file_free(&file);
	if (magic != KEYED_MAGIC || kernel.text_offset != 0 || kernel.image_size == 0) {
		conf->problem_count++;
		return refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "no-stub", .object = image_conf_place(conf, magic != KEYED_MAGIC ? PROPERTY_SECRET : PROPERTY_KERNEL),
			.problem = "there is no stub before this kernel",
			.expected = "the stub of a build, keyed.bin, and a kernel that says its size and runs at 2 MiB",
			.found = magic != KEYED_MAGIC ? "another file" : "an older kernel", .advice = "name another file" });
	}
	stub.image_size = kernel.image_size + KEYED_BYTES;
	stub.flags = kernel.flags;
	memcpy(source->stub, &stub, sizeof(stub));
	memcpy(source->stub + KEYED_COUNTER_AT, &conf->counter, sizeof(conf->counter));
	source->stub_bytes = KEYED_BYTES;
	request->kernel = source->stub;
	request->kernel_bytes += KEYED_BYTES;
	request->keyed = true;
	return TOOL_DONE;
}

int image_source_open(struct image_source *source, struct image_conf *conf)
{
	struct kernel_header header = { { 0 } };
	struct vmplan_request request = {
		.ram_bytes = (uint64_t)conf->machine.memory_mib << 20, .vcpu_count = conf->machine.vcpu_count,
		.raw = conf->machine.raw, .kernel = header.bytes, .bootargs = conf->machine.args,
	};
	struct vmplan plan;
	int result;

	*source = (struct image_source){ .conf = conf };
	result = file_open(conf, PROPERTY_KERNEL, conf->kernel, &source->kernel, &request.kernel_bytes);
	if (result == TOOL_DONE && conf->initrd[0] != '\0')
		result = file_open(conf, PROPERTY_INITRD, conf->initrd, &source->initrd, &request.initrd_bytes);
	if (result != TOOL_DONE)
		return result;
	/* A file that became shorter since is found out when its chunks are read. */
	if (fread(header.bytes, 1, sizeof(header.bytes), source->kernel) == 0)
		request.kernel_bytes = 0;

	enum vmplan_result code = vmplan_make(&request, &plan, source->tree);

	/* Placed once more: what is wrong with the kernel is told before the stub hides it. */
	if (code == VMPLAN_OK && conf->secret[0] != '\0') {
		result = stub_open(source, conf, &request);
		if (result != TOOL_DONE)
			return result;
		code = vmplan_make(&request, &plan, source->tree);
	}
	return code == VMPLAN_OK ? image_fill(source, &plan) : plan_refused(conf, code, &request, &plan);
}

void image_source_close(struct image_source *source)
{
	if (source->kernel != NULL)
		(void)fclose(source->kernel);
	if (source->initrd != NULL)
		(void)fclose(source->initrd);
	source->kernel = source->initrd = NULL;
}

/* The file that a piece is read from; NULL: it is in the device tree. */
static FILE *piece_stream(const struct image_source *source, const struct vmimage_piece *piece)
{
	return piece->part == VMIMAGE_KERNEL ? source->kernel : piece->part == VMIMAGE_INITRD ? source->initrd : NULL;
}

/* The next bytes of a piece, zeros behind them. */
static int chunk_fill(struct image_source *source, const struct vmimage_piece *piece, uint64_t done,
		      uint8_t content[VMIMAGE_CHUNK_BYTES])
{
	FILE *stream = piece_stream(source, piece);
	const uint8_t *memory = stream != NULL ? source->stub :
				source->tree + (piece->part == VMIMAGE_ARGS ? VMPLAN_ARGS_AT : 0);
	uint64_t before = piece->part == VMIMAGE_KERNEL ? source->stub_bytes : 0;
	size_t count = piece->bytes - done < VMIMAGE_CHUNK_BYTES ? (size_t)(piece->bytes - done) : VMIMAGE_CHUNK_BYTES;

	memset(content, 0, VMIMAGE_CHUNK_BYTES);
	if (stream == NULL || done < before) {
		memcpy(content, memory + done, count);
		return TOOL_DONE;
	}
	if (done == before)
		rewind(stream);
	if (fread(content, 1, count, stream) == count)
		return TOOL_DONE;
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "file-changed", .object = piece->part == VMIMAGE_KERNEL ? source->conf->kernel : source->conf->initrd,
		.problem = "the file became shorter while it was read", .expected = text("%ju bytes", (uintmax_t)piece->bytes),
		.found = "its end", .advice = "try again when nobody writes to it" });
}

static int piece_walk(struct image_source *source, struct measurement *measurement, struct vmimage_piece *piece,
		      uint32_t *index, image_chunk_use *use, void *context)
{
	uint8_t content[VMIMAGE_CHUNK_BYTES];
	int result = TOOL_DONE;

	for (uint64_t done = 0; done < piece->bytes && result == TOOL_DONE; done += VMIMAGE_CHUNK_BYTES, ++*index) {
		uint64_t address = piece->address + done;

		result = chunk_fill(source, piece, done, content);
		if (result == TOOL_DONE)
			result = measurement_extend(measurement, address, content, sizeof(content));
		if (result == TOOL_DONE && use != NULL)
			result = use(context, *index, address, content);
	}
	memcpy(piece->digest, measurement->run.digest, sizeof(piece->digest));
	return result;
}

int image_source_walk(struct image_source *source, image_chunk_use *use, void *context)
{
	struct vmimage *image = &source->image;
	struct measurement_header header = {
		.role = HOST_ROLE_VM, .class = image->class, .options = image->options, .vcpu_count = image->vcpu_count,
		.ram_base = VM_RAM_BASE, .ram_bytes = image->ram_bytes, .entry = image->entry, .x0 = image->x0,
	};
	struct measurement measurement;
	uint32_t index = 0;
	int result = measurement_begin(&measurement, ANCHOR_CHAIN_TAG_VM);

	memcpy(header.box, image->box, sizeof(header.box));
	for (uint32_t i = 0; i < image->piece_count && result == TOOL_DONE; i++)
		result = piece_walk(source, &measurement, &image->pieces[i], &index, use, context);
	return result == TOOL_DONE ? measurement_end(&measurement, &header, image->measurement) : result;
}
