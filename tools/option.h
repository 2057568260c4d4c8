/*
 * What the verbs ask of their options: numbers in range, names of the charset that signed objects have, nothing
 * missing, nothing more. Each prints its refusal and returns an enum tool_exit.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_OPTION_H
#define TOOLS_OPTION_H

#include "tools/verbs.h"

/* Names in signed objects: 1 to 31 characters (docs/formats.md). */
#define NAME_CHARACTERS_MAX	31

/**
 * option_number - a number, decimal or hexadecimal with 0x.
 *
 * @option    as the user typed it, e.g. "--serial"
 * @min @max  what it must lie between, inclusive
 * @out       written only on TOOL_DONE
 *
 * Returns TOOL_DONE, or TOOL_USAGE after printing why.
 */
MUST_CHECK int option_number(const char *option, const char *value, uint64_t min, uint64_t max, uint64_t *out);

/* option_name - is @value a name of at most @characters_max characters? TOOL_DONE, or TOOL_USAGE. */
MUST_CHECK int option_name(const char *option, const char *value, size_t characters_max);

/* option_missing - refuse because @option, or an argument in words, is needed by @verb ("keys init"). TOOL_USAGE. */
int option_missing(const char *verb, const char *option);

/* option_extra - refuse an argument that nothing takes. TOOL_USAGE. */
int option_extra(const char *verb, const char *argument);

#endif
