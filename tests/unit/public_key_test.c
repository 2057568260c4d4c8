/*
 * Public keys and signatures of P-384: the example of RFC 6979, appendix A.2.6, and what is not to be believed.
 * Links: tools/public_key.c tools/file.c tools/refuse.c -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include <unistd.h>
#include "tools/public_key.h"

#define KEY_HEX	"04" \
	"ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13" \
	"8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720"
/* Of "sample", with SHA-384. */
#define SIGNATURE_HEX \
	"94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46" \
	"99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"

static struct public_key key;
static uint8_t digest[SHA384_BYTES], signature[SIGNATURE_BYTES];
static char path[] = "/tmp/redoubt-public-key-XXXXXX";

static void hex_read(const char *hex, uint8_t *out, size_t count)
{
	assert_int_equal(strlen(hex), 2 * count);
	for (size_t i = 0; i < count; i++) {
		char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		out[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
}

static int setup(void **state)
{
	(void)state;
	hex_read(KEY_HEX, key.point, sizeof(key.point));
	hex_read(SIGNATURE_HEX, signature, sizeof(signature));
	return sha384_make("sample", strlen("sample"), digest);
}

static void signature_of_the_example_holds(void **state)
{
	(void)state;
	assert_true(public_key_is_valid(&key));
	assert_true(public_key_verify(&key, digest, signature));
}

static void any_changed_byte_breaks_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(signature); i++) {
		signature[i] ^= 1;
		assert_false(public_key_verify(&key, digest, signature));
		signature[i] ^= 1;
	}
	for (size_t i = 0; i < sizeof(digest); i++) {
		digest[i] ^= 0x80;
		assert_false(public_key_verify(&key, digest, signature));
		digest[i] ^= 0x80;
	}
	memset(signature, 0, sizeof(signature));
	assert_false(public_key_verify(&key, digest, signature));
}

static void point_that_is_not_on_the_curve_is_no_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(key.point); i++) {
		key.point[i] ^= 1;
		assert_false(public_key_is_valid(&key));
		assert_false(public_key_verify(&key, digest, signature));
		key.point[i] ^= 1;
	}
	memset(key.point + 1, 0, sizeof(key.point) - 1);
	assert_false(public_key_is_valid(&key));
}

static void file_gives_back_the_key(void **state)
{
	struct public_key again = { { 0 } };

	(void)state;
	assert_int_equal(public_key_write(&key, path), TOOL_DONE);
	assert_int_equal(public_key_read(&again, path), TOOL_DONE);
	assert_memory_equal(again.point, key.point, sizeof(key.point));
}

static void file_with_something_else_is_refused(void **state)
{
	/* A public key of P-256. */
	static const char other[] =
		"-----BEGIN PUBLIC KEY-----\n"
		"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
		"6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
		"-----END PUBLIC KEY-----\n";
	struct public_key again;

	(void)state;
	assert_int_equal(file_write(path, other, strlen(other), FILE_MODE_PUBLIC), TOOL_DONE);
	assert_int_equal(public_key_read(&again, path), TOOL_CONFIGURATION);
	assert_int_equal(file_write(path, "", 0, FILE_MODE_PUBLIC), TOOL_DONE);
	assert_int_equal(public_key_read(&again, path), TOOL_CONFIGURATION);
	assert_int_equal(public_key_read(&again, "/nowhere/key.pem"), TOOL_FAILED);
	assert_int_equal(public_key_write(&key, "/nowhere/key.pem"), TOOL_FAILED);
}

static int file_make(void **state)
{
	int descriptor = mkstemp(path);

	(void)state;
	return descriptor < 0 ? -1 : close(descriptor);
}

static int file_remove(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, signature_of_the_example_holds),
		TEST_FROM(setup, any_changed_byte_breaks_it),
		TEST_FROM(setup, point_that_is_not_on_the_curve_is_no_key),
		TEST_FROM(setup, file_gives_back_the_key),
		TEST_FROM(setup, file_with_something_else_is_refused),
	};

	return cmocka_run_group_tests_name("public_key", tests, file_make, file_remove);
}
