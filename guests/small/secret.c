/*
 * The small guest asks for its secret, and shows it: for tests only.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/vm.h"
#include "arch/cpu.h"
#include "guests/small/small.h"

static void command_secret(const struct words *words)
{
	struct smc_args args = { { VM_SECRET, words->number[1] } };
	const uint8_t *secret = (const uint8_t *)&args.x[1];

	smc_call(&args);
	if (args.x[0] == VM_OK)
		print("secret: ");
	else
		print("secret: refused, %ld: ", (int64_t)args.x[0]);
	for (unsigned i = 0; i < VM_SECRET_BYTES; i++)
		print("%02x", secret[i]);
	print("\n");
}

SMALL_COMMANDS(secret_commands) = {
	{ "secret", command_secret, 1, "VERSION: from an image: ask for the secret, print it" },
};
