/*
 * The text that describes one VM: lines of key=value, '#' starts a comment line. Linked into lwk
 * (which starts the VM) and redoubt (which predicts its measurement), so both read it alike.
 *
 *   memory_mib=512          RAM in MiB, even; required
 *   vcpus=2                 1 .. VMPLAN_VCPU_MAX; default 1
 *   args=console=ttyAMA0    kernel command line: all after the first '='; default none
 *   raw=0                   1: kernel is a flat binary, not an arm64 Image
 *   class=isolated          isolated or confidential: may its own box reach its memory? default isolated
 *   share=rsi               rsi or window: how a confidential VM shares pages; required there, refused elsewhere
 *   autostart=0             1: started at boot
 *   console=0               1: the terminal is attached when it is started at boot
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_VMCONFIG_H
#define LIB_VMCONFIG_H

#include "abi/host.h"
#include "lib/compiler.h"
#include "lib/status.h"
#include "lib/vmplan.h"

struct vmconfig {
	uint32_t memory_mib;
	uint32_t vcpu_count;
	bool raw;
	bool autostart;
	bool console;
	uint32_t class;		/* HOST_CLASS_* */
	uint64_t options;	/* HOST_OPTION_SHARE_* of a confidential VM, else 0 */
	char args[VMPLAN_BOOTARGS_MAX];
};

/* Why a text was refused. */
struct vmconfig_error {
	unsigned line;		/* from 1; 0: the text as a whole */
	char found[64];		/* what stands there, cut, printable */
	char expected[128];
};

/**
 * vmconfig_parse - read the @bytes at @text, which need not end in NUL or newline and may be hostile.
 *
 * Returns OK; ERR_ARGS with @error filled: unknown key, key given twice, value out of its range,
 * control character, line without '=', memory_mib absent, class and share that do not go together.
 * @out is complete only on OK.
 */
MUST_CHECK enum status vmconfig_parse(const char *text, size_t bytes, struct vmconfig *out,
				      struct vmconfig_error *error);

/**
 * vmconfig_parse_image - likewise, of a VM whose image says what it is: autostart and console are all that it may have.
 *
 * The rest of @out is left as it is.
 */
MUST_CHECK enum status vmconfig_parse_image(const char *text, size_t bytes, struct vmconfig *out,
					    struct vmconfig_error *error);

/**
 * vmconfig_class_read, vmconfig_share_read - the number behind a word, @bytes long, of the keys class and share.
 *
 * @out  HOST_CLASS_* or HOST_OPTION_SHARE_*
 *
 * Returns false if it is none of the words; then @out is unchanged.
 */
MUST_CHECK bool vmconfig_class_read(const char *word, size_t bytes, uint32_t *out);
MUST_CHECK bool vmconfig_share_read(const char *word, size_t bytes, uint64_t *out);

/* vmconfig_class_check - NULL if class and share scheme go together, else what is expected, for people. */
MUST_CHECK const char *vmconfig_class_check(const struct vmconfig *config);

/* vmconfig_class_name, vmconfig_share_name - the words again; "-" for the scheme of a VM that has none. */
const char *vmconfig_class_name(uint32_t class);
const char *vmconfig_share_name(uint64_t options);

#endif
