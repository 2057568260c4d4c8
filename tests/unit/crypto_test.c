/*
 * hkdf and gcm: the anchor's key derivation and authenticated encryption, on the host: published vectors, OpenSSL beside
 * them, and what must not open.
 * Links: tests/unit/openssl_gcm.c mbedtls -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "crypto/gcm.h"
#include "crypto/hkdf.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "tests/unit/openssl_gcm.h"

#define TEXT_MAX 300

void check_failed(const char *file, int line)
{
	fail_msg("CHECK failed at %s:%d", file, line);
	abort();
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

static size_t hex_read(const char *hex, uint8_t *out)
{
	size_t count = strlen(hex) / 2;

	for (size_t i = 0; i < count; i++) {
		char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		out[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return count;
}

/* RFC 5869, appendix A: the cases with SHA-256. */
static const struct { const char *key, *salt, *info, *out; } hkdf_vectors[] = {
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
	  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" },
	{ "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
	  "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
	  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
	  "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
	  "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
	  "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
	  "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
	  "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87" },
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
	  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" },
};

static void published_keys_are_derived(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(hkdf_vectors); i++) {
		uint8_t key[80], salt[80], info[80], expected[82], found[82];
		struct hash_piece key_piece = { key, hex_read(hkdf_vectors[i].key, key) };
		struct hash_piece salt_piece = { salt, hex_read(hkdf_vectors[i].salt, salt) };
		struct hash_piece info_piece = { info, hex_read(hkdf_vectors[i].info, info) };
		size_t count = hex_read(hkdf_vectors[i].out, expected);

		assert_int_equal(hkdf_sha256(salt_piece, key_piece, info_piece, found, count), OK);
		assert_memory_equal(found, expected, count);
	}
}

static void sizes_that_hkdf_does_not_have_are_refused(void **state)
{
	static uint8_t out[HKDF_OUT_MAX + 1];
	struct hash_piece piece = { "key", 3 };

	(void)state;
	assert_int_equal(hkdf_sha256(piece, piece, piece, out, HKDF_OUT_MAX), OK);
	memset(out, 1, sizeof(out));
	assert_int_equal(hkdf_sha256(piece, piece, piece, out, HKDF_OUT_MAX + 1), ERR_AUTH);
	for (size_t i = 0; i < sizeof(out); i++)
		assert_int_equal(out[i], 0);
	assert_int_equal(hkdf_sha256(piece, piece, piece, out, 0), ERR_AUTH);
}

/* McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B: the cases with AES-256 and 96-bit nonces. */
#define KEY_16	"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define KEY_ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define TEXT_16	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" \
		"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define CIPHER_16 "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" \
		"8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
static const struct { const char *key, *nonce, *header, *text, *cipher, *tag; } gcm_vectors[] = {
	{ KEY_ZERO, "000000000000000000000000", "", "", "", "530f8afbc74536b9a963b4f1c4cb738b" },
	{ KEY_ZERO, "000000000000000000000000", "", "00000000000000000000000000000000",
	  "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919" },
	{ KEY_16, "cafebabefacedbaddecaf888", "", TEXT_16 "1aafd255", CIPHER_16 "898015ad",
	  "b094dac5d93471bdec1a502270e3cc6c" },
	{ KEY_16, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2", TEXT_16, CIPHER_16,
	  "76fc6ece0f4e1768cddf8853bb2d551b" },
};

static void published_messages_are_sealed_and_opened(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(gcm_vectors); i++) {
		uint8_t key[32], nonce[12], header[20], text[64], cipher[64], tag[16], made[64], made_tag[16];
		struct gcm_message message = { key, nonce, { header, hex_read(gcm_vectors[i].header, header) },
					       hex_read(gcm_vectors[i].text, text) };

		hex_read(gcm_vectors[i].key, key);
		hex_read(gcm_vectors[i].nonce, nonce);
		hex_read(gcm_vectors[i].cipher, cipher);
		hex_read(gcm_vectors[i].tag, tag);
		assert_int_equal(gcm_seal(&message, text, made, made_tag), OK);
		assert_memory_equal(made, cipher, message.bytes);
		assert_memory_equal(made_tag, tag, sizeof(tag));
		assert_int_equal(gcm_open(&message, tag, made, made), OK);
		assert_memory_equal(made, text, message.bytes);
	}
}

static void seals_as_openssl_does(void **state)
{
	uint8_t bytes[2 * TEXT_MAX], made[TEXT_MAX], tag[16], expected[TEXT_MAX], expected_tag[16];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	for (size_t count = 0; count <= TEXT_MAX; count++) {
		struct gcm_message message = { bytes + count, bytes + 40 + count, { bytes + 7, count / 3 }, count };

		assert_true(openssl_gcm_seal(message.key, message.nonce, message.header.data, count / 3, bytes + 100,
					     count, expected, expected_tag));
		/* In place, as the anchor does it. */
		memcpy(made, bytes + 100, count);
		assert_int_equal(gcm_seal(&message, made, made, tag), OK);
		assert_memory_equal(made, expected, count);
		assert_memory_equal(tag, expected_tag, sizeof(tag));
	}
}

static void assert_closed(const struct gcm_message *message, const uint8_t *tag, const uint8_t *cipher)
{
	uint8_t out[TEXT_MAX];

	memset(out, 0xa5, sizeof(out));
	assert_int_equal(gcm_open(message, tag, cipher, out), ERR_AUTH);
	for (size_t i = 0; i < message->bytes; i++)
		assert_int_equal(out[i], 0);
}

static void no_changed_bit_opens(void **state)
{
	uint8_t key[32] = "a key", nonce[12] = "once", header[20] = "header", cipher[40] = "text", tag[16], out[40];
	struct gcm_message message = { key, nonce, { header, sizeof(header) }, sizeof(cipher) };
	const struct { uint8_t *at; size_t bytes; } parts[] = {
		{ key, sizeof(key) }, { nonce, sizeof(nonce) }, { header, sizeof(header) }, { cipher, sizeof(cipher) },
		{ tag, sizeof(tag) },
	};

	(void)state;
	assert_int_equal(gcm_seal(&message, cipher, cipher, tag), OK);
	for (size_t part = 0; part < ARRAY_COUNT(parts); part++) {
		for (size_t bit = 0; bit < 8 * parts[part].bytes; bit++) {
			parts[part].at[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_closed(&message, tag, cipher);
			parts[part].at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
	message.header.bytes--;
	assert_closed(&message, tag, cipher);
	message.header.bytes++;
	message.bytes--;
	assert_closed(&message, tag, cipher);
	message.bytes++;
	assert_int_equal(gcm_open(&message, tag, cipher, out), OK);
	assert_string_equal((char *)out, "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(published_keys_are_derived),
		TEST(sizes_that_hkdf_does_not_have_are_refused),
		TEST(published_messages_are_sealed_and_opened),
		TEST(seals_as_openssl_does),
		TEST(no_changed_bit_opens),
	};

	return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
