/*
 * Each kind makes its token of a good one: of its bytes, or of its claims before they are signed.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/attestation_kinds.h"
#include "tests/unit/signer.h"

struct draft kind_draft;
struct written kind_whole, kind_bytes;
static struct written other;
static uint64_t state;

void kind_seed(uint64_t seed)
{
	state = seed;
}

static uint32_t draw(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static void bit_change(uint8_t *from, size_t count)
{
	from[draw((uint32_t)count)] ^= (uint8_t)(1u << draw(8));
}

static void kind_bit_flipped(void) { bit_change(kind_bytes.bytes, kind_bytes.count); }
static void kind_realm_signature_flipped(void) { bit_change(kind_bytes.bytes + kind_bytes.count - 96, 96); }

static void kind_byte_changed(void)
{
	kind_bytes.bytes[draw((uint32_t)kind_bytes.count)] += (uint8_t)(1 + draw(255));
}

static void kind_truncated(void) { kind_bytes.count = draw((uint32_t)kind_bytes.count); }

static void kind_trailing(void)
{
	static const uint8_t more[64];

	write_raw(&kind_bytes, more, 1 + draw(sizeof(more)));
}

static void kind_garbage(void)
{
	kind_bytes.count = 1 + draw(2000);
	for (size_t i = 0; i < kind_bytes.count; i++)
		kind_bytes.bytes[i] = (uint8_t)draw(256);
}

static void kind_tail_scrambled(void)
{
	for (size_t i = draw((uint32_t)kind_bytes.count - 8); i < kind_bytes.count; i++)
		kind_bytes.bytes[i] = (uint8_t)draw(256);
}

/* A claim's value with a changed bit: what is signed stays what it was. */
static void value_flip(cbor_item_t *item)
{
	if (cbor_isa_bytestring(item)) {
		bit_change(cbor_bytestring_handle(item), cbor_bytestring_length(item));
	} else if (cbor_isa_string(item)) {
		bit_change(cbor_string_handle(item), cbor_string_length(item));
	} else if (cbor_isa_array(item)) {
		value_flip(cbor_array_handle(item)[draw((uint32_t)cbor_array_size(item))]);
	} else if (cbor_isa_map(item)) {
		value_flip(cbor_map_handle(item)[draw((uint32_t)cbor_map_size(item))].value);
	} else {
		bit_change(item->data, (size_t)1 << cbor_int_get_width(item));
	}
}

static void claim_flip(cbor_item_t *map)
{
	value_flip(cbor_map_handle(map)[draw((uint32_t)cbor_map_size(map))].value);
}

static void kind_platform_claim_by_a_stranger(void)
{
	claim_flip(kind_draft.platform);
	kind_draft.platform_key = DRAFT_STRANGER;
}

static void kind_realm_claim_by_a_stranger(void)
{
	claim_flip(kind_draft.realm);
	kind_draft.realm_key = DRAFT_STRANGER;
	kind_draft.is_unbound = true;
}

static void kind_realm_by_a_stranger(void) { kind_draft.realm_key = DRAFT_STRANGER; }

static void key_put(unsigned number)
{
	uint8_t point[97];

	signer_public(number, point);
	draft_set(kind_draft.realm, 44237, draft_encoded(draft_cose_key(2, point + 1, point + 49, 48)));
}

/* His own key in the claim: only the platform can say that it is none of its own. */
static void kind_stranger_with_his_key(void)
{
	draft_write(&other, &kind_draft);
	key_put(draw(2) == 0 ? DRAFT_STRANGER : DRAFT_OTHER_REALM);
	kind_draft.realm_key = DRAFT_STRANGER;
	kind_draft.is_unbound = true;
}

static void kind_binding_flipped(void)
{
	draft_write(&other, &kind_draft);
	bit_change(cbor_bytestring_handle(*draft_claim(kind_draft.platform, 10)), 32);
	kind_draft.is_unbound = true;
}

static void instance_put(unsigned number)
{
	uint8_t point[97], instance[33] = { 1 };
	struct digest_piece piece = { point, sizeof(point) };

	signer_public(number, point);
	assert_true(digest_pieces(DIGEST_SHA256, &piece, 1, instance + 1));
	draft_set(kind_draft.platform, 256, draft_bytes(instance, sizeof(instance)));
}

static void kind_other_device(void)
{
	instance_put(DRAFT_OTHER_DEVICE);
	kind_draft.platform_key = DRAFT_OTHER_DEVICE;
}

static void kind_other_device_pretending(void)
{
	kind_draft.platform_key = draw(2) == 0 ? DRAFT_OTHER_DEVICE : DRAFT_REALM;
}

/* The nonce is another: a token of an earlier question is played back. */
static void kind_replayed(void)
{
	bit_change(cbor_bytestring_handle(*draft_claim(kind_draft.realm, 10)), 64);
}

static void kind_without_nonce(void)
{
	memset(cbor_bytestring_handle(*draft_claim(kind_draft.realm, 10)), 0, 64);
}

static void kind_other_algorithm(void)
{
	static const int algorithms[] = { -7, -36, -8, -37, -38, -47, 5, -65535, 35 };

	kind_draft.algorithm = algorithms[draw(ARRAY_COUNT(algorithms))];
}

static void kind_other_curve(void)
{
	uint8_t x[66], y[66];

	for (size_t i = 0; i < sizeof(x); i++) {
		x[i] = (uint8_t)draw(256);
		y[i] = (uint8_t)draw(256);
	}
	switch (draw(3)) {
	case 0: draft_set(kind_draft.realm, 44237, draft_encoded(draft_cose_key(1, x, y, 32))); break;
	case 1: draft_set(kind_draft.realm, 44237, draft_encoded(draft_cose_key(3, x, y, 66))); break;
	default: draft_set(kind_draft.realm, 44237, draft_encoded(draft_cose_key(2, x, y, 48))); break;
	}
}

static void kind_debug(void) { draft_set(kind_draft.platform, 2395, draft_integer(0x4000)); }

static void kind_other_lifecycle(void)
{
	uint32_t lifecycle = draw(65536);

	draft_set(kind_draft.platform, 2395, draft_integer(lifecycle == 0x3000 ? 0 : lifecycle));
}

static cbor_item_t *map_any(void) { return draw(2) == 0 ? kind_draft.platform : kind_draft.realm; }

static void text_flip(cbor_item_t *map, int64_t key)
{
	cbor_item_t *item = *draft_claim(map, key);

	/* The letters stay letters: libcbor would write others all the same. */
	cbor_string_handle(item)[draw((uint32_t)cbor_string_length(item))] ^= 1;
}

static void kind_other_profile(void) { text_flip(map_any(), 265); }

static void kind_longer_profile(void)
{
	const char *profile = draw(2) == 0 ? "http://arm.com/CCA-SSD/1.0.0" : "tag:arm.com,2024:realm#1";

	draft_set(kind_draft.realm, 265, cbor_build_string(profile));
}

static void kind_other_hash(void)
{
	static const int64_t keys[] = { 2402, 44236, 44240 };
	unsigned at = draw(3);

	if (draw(2) == 0)
		text_flip(at == 0 ? kind_draft.platform : kind_draft.realm, keys[at]);
	else
		draft_set(at == 0 ? kind_draft.platform : kind_draft.realm, keys[at], cbor_build_string("sha-512"));
}

static void kind_other_implementation(void)
{
	bit_change(cbor_bytestring_handle(*draft_claim(kind_draft.platform, 2396)), 32);
}

static void kind_personalized(void)
{
	bit_change(cbor_bytestring_handle(*draft_claim(kind_draft.realm, 44235)), 64);
}

static void kind_unprotected_header(void)
{
	draft_add(kind_draft.unprotected, draw(2) == 0 ? 1 : 4, draft_integer(-35));
}

static void kind_key_missing(void)
{
	cbor_item_t *map = map_any(), *key = cbor_map_handle(map)[draw((uint32_t)cbor_map_size(map))].key;
	int64_t number = (int64_t)cbor_get_int(key);

	draft_drop(map, cbor_isa_negint(key) ? -1 - number : number);
}

static void kind_key_twice(void)
{
	cbor_item_t *map = map_any();
	struct cbor_pair pair = cbor_map_handle(map)[draw((uint32_t)cbor_map_size(map))];

	assert_true(cbor_map_add(map, pair));
	/* Next to the first one, half of the time: then only the count is wrong. */
	for (size_t i = cbor_map_size(map) - 1; i > 0 && cbor_map_handle(map)[i - 1].key != pair.key && draw(8) != 0; i--) {
		struct cbor_pair moved = cbor_map_handle(map)[i - 1];

		cbor_map_handle(map)[i - 1] = cbor_map_handle(map)[i];
		cbor_map_handle(map)[i] = moved;
	}
}

static void kind_key_unknown(void)
{
	static const int64_t keys[] = { 0, 11, 2394, 44242, -1, -70005, -70000, 65536 };

	draft_add(map_any(), keys[draw(ARRAY_COUNT(keys))], draft_integer(draw(1000)));
}

/* One takes the place of another: the count stays. */
static void kind_key_renamed(void)
{
	cbor_item_t *map = map_any();
	struct cbor_pair *pair = &cbor_map_handle(map)[draw((uint32_t)cbor_map_size(map))];

	cbor_decref(&pair->key);
	pair->key = draft_integer((int64_t)draw(3000) + 50000);
}

static void kind_keys_swapped(void)
{
	cbor_item_t *map = map_any();
	size_t count = cbor_map_size(map);
	size_t a = draw((uint32_t)count), b = (a + 1 + draw((uint32_t)count - 1)) % count;
	struct cbor_pair held = cbor_map_handle(map)[a];

	cbor_map_handle(map)[a] = cbor_map_handle(map)[b];
	cbor_map_handle(map)[b] = held;
}

static void kind_value_of_another_type(void)
{
	cbor_item_t *map = map_any();
	struct cbor_pair *pair = &cbor_map_handle(map)[draw((uint32_t)cbor_map_size(map))];
	cbor_item_t *const values[] = { cbor_build_bool(true), cbor_new_null(), cbor_build_float8(1), draft_integer(-1),
					cbor_new_definite_map(0), cbor_new_indefinite_bytestring() };
	unsigned chosen = draw(ARRAY_COUNT(values));

	kind_draft.is_unbound = true;
	cbor_decref(&pair->value);
	pair->value = cbor_incref(values[chosen]);
	for (unsigned i = 0; i < ARRAY_COUNT(values); i++) {
		cbor_item_t *item = values[i];

		cbor_decref(&item);
	}
}

static void kind_owner_without_counter(void) { draft_drop(kind_draft.realm, draw(2) == 0 ? -70003 : -70004); }

static void kind_too_many_components(void)
{
	cbor_item_t **components = draft_claim(kind_draft.platform, 2399);
	cbor_item_t *first = cbor_array_handle(*components)[0];

	for (unsigned i = DRAFT_COMPONENTS; i < 14; i++)
		assert_true(cbor_array_push(*components, first));
}

/* Heads that are longer than they need to be, in payloads that the right keys sign. */
static bool change_platform;

static void head_lengthen(bool is_platform, struct written *payload)
{
	static struct written longer;
	/* Key 10 is the first: 0a. */
	const uint8_t again[] = { payload->bytes[0], 0x18, 0x0a };

	if (is_platform != change_platform)
		return;
	longer.count = 0;
	write_raw(&longer, again, sizeof(again));
	write_raw(&longer, payload->bytes + 2, payload->count - 2);
	*payload = longer;
}

static void map_lengthen(bool is_platform, struct written *payload)
{
	static struct written longer;
	const uint8_t again[] = { 0xb8, payload->bytes[0] & 31 }, open[] = { 0xbf }, close[] = { 0xff };
	bool is_open = draw(2) == 0;

	if (is_platform != change_platform)
		return;
	longer.count = 0;
	write_raw(&longer, is_open ? open : again, is_open ? sizeof(open) : sizeof(again));
	write_raw(&longer, payload->bytes + 1, payload->count - 1);
	write_raw(&longer, close, is_open ? sizeof(close) : 0);
	*payload = longer;
}

static void text_lengthen(bool is_platform, struct written *payload)
{
	static struct written longer;
	size_t at = 0;

	if (is_platform != change_platform)
		return;
	while (memcmp(payload->bytes + at, "gsha-256", 8) != 0)
		at++;
	longer.count = 0;
	write_raw(&longer, payload->bytes, at);
	write_raw(&longer, "\x78\x07", 2);
	write_raw(&longer, payload->bytes + at + 1, payload->count - at - 1);
	*payload = longer;
}

static void trail_in_payload(bool is_platform, struct written *payload)
{
	if (is_platform == change_platform)
		write_raw(payload, "\0\0\0", 1 + draw(3));
}

static void kind_not_canonical(void)
{
	static void (*const changes[])(bool, struct written *) = { head_lengthen, map_lengthen, text_lengthen,
								   trail_in_payload };

	change_platform = draw(2) == 0;
	kind_draft.payload_change = changes[draw(ARRAY_COUNT(changes))];
}

/* Parts of two good tokens of one device: the same VM in another boot, asked with the same nonce. */
static void kind_parts_swapped(void)
{
	static struct written second;
	const uint8_t *cut;
	size_t first_bytes = 0, second_bytes = 0;

	key_put(DRAFT_OTHER_REALM);
	kind_draft.realm_key = DRAFT_OTHER_REALM;
	draft_write(&second, &kind_draft);
	/* The realm's key in the outer map: 19 acd1, then the head of its byte string. */
	for (cut = kind_whole.bytes; memcmp(cut, "\x19\xac\xd1\x59", 4) != 0; cut++)
		first_bytes++;
	for (cut = second.bytes; memcmp(cut, "\x19\xac\xd1\x59", 4) != 0; cut++)
		second_bytes++;
	kind_bytes.count = 0;
	if (draw(2) == 0) {
		write_raw(&kind_bytes, kind_whole.bytes, first_bytes);
		write_raw(&kind_bytes, second.bytes + second_bytes, second.count - second_bytes);
	} else {
		write_raw(&kind_bytes, second.bytes, second_bytes);
		write_raw(&kind_bytes, kind_whole.bytes + first_bytes, kind_whole.count - first_bytes);
	}
}

/* The parts change places: each is good, and of the other profile. */
static void kind_parts_in_each_others_place(void)
{
	cbor_item_t *held = kind_draft.platform;
	enum draft_key key = kind_draft.platform_key;

	draft_write(&other, &kind_draft);
	kind_draft.is_unbound = true;
	kind_draft.platform = kind_draft.realm;
	kind_draft.realm = held;
	kind_draft.platform_key = kind_draft.realm_key;
	kind_draft.realm_key = key;
}

/* What follows is signed by who may: it holds, and says something else. */
static void kind_other_component(void)
{
	cbor_item_t *components = *draft_claim(kind_draft.platform, 2399);
	cbor_item_t *map = cbor_array_handle(components)[draw(DRAFT_COMPONENTS)];

	bit_change(cbor_bytestring_handle(*draft_claim(map, draw(2) == 0 ? 2 : 5)), 32);
}

static void kind_component_renamed(void)
{
	cbor_item_t *components = *draft_claim(kind_draft.platform, 2399);
	cbor_item_t *map = cbor_array_handle(components)[draw(DRAFT_COMPONENTS)];

	draft_set(map, 1, cbor_build_string(draw(2) == 0 ? "other" : "mediator2"));
}

static void kind_component_missing(void)
{
	cbor_item_t *old = *draft_claim(kind_draft.platform, 2399), *array = cbor_new_definite_array(DRAFT_COMPONENTS);
	unsigned left_out = draw(DRAFT_COMPONENTS);

	for (unsigned i = 0; i < DRAFT_COMPONENTS; i++)
		assert_true(i == left_out || cbor_array_push(array, cbor_array_handle(old)[i]));
	draft_set(kind_draft.platform, 2399, array);
}

static void config_put(int64_t key, int64_t value)
{
	static const int64_t good[] = { 'A', 0, 7, 300, 70000 };
	cbor_item_t *config = cbor_new_definite_map(5);

	for (int64_t i = 1; i <= 5; i++)
		draft_add(config, i, draft_integer(i == key ? value : good[i - 1]));
	draft_set(kind_draft.platform, 2401, draft_encoded(config));
}

static void kind_rolled_back(void)
{
	if (draw(2) == 0)
		config_put(4, draw(300));
	else
		config_put(5, draw(70000));
}

static void kind_other_version(void) { config_put(3, draw(2) == 0 ? draw(7) : 8 + draw(1000)); }
static void kind_a_try(void) { config_put(2, 1); }
static void kind_trial_of_no_value(void) { config_put(2, 2 + draw(1000)); }

static void realm_flip(int64_t key, size_t count)
{
	bit_change(cbor_bytestring_handle(*draft_claim(kind_draft.realm, key)), count);
}

static void kind_other_measurement(void) { realm_flip(44238, 32); }
static void kind_other_box(void) { realm_flip(-70001, 32); }
static void kind_other_owner(void) { realm_flip(-70003, 32); }
static void kind_older_image(void) { draft_set(kind_draft.realm, -70004, draft_integer(1 + draw(4))); }

static void kind_other_class(void)
{
	draft_set(kind_draft.realm, -70002, draft_integer(draw(2) == 0 ? 1 : 3 + draw(1000)));
}

static void kind_register_extended(void) { value_flip(*draft_claim(kind_draft.realm, 44239)); }

static void kind_without_owner(void)
{
	draft_drop(kind_draft.realm, -70003);
	draft_drop(kind_draft.realm, -70004);
}

const struct attestation_kind attestation_kinds[ATTESTATION_KINDS] = {
	{ "bit flipped", kind_bit_flipped, true, KIND_ANY },
	{ "byte changed", kind_byte_changed, true, KIND_ANY },
	{ "realm signature flipped", kind_realm_signature_flipped, true, ATTESTATION_REALM_SIGNATURE },
	{ "truncated", kind_truncated, true, ATTESTATION_MALFORMED },
	{ "trailing", kind_trailing, true, ATTESTATION_MALFORMED },
	{ "garbage", kind_garbage, true, ATTESTATION_MALFORMED },
	{ "tail scrambled", kind_tail_scrambled, true, KIND_ANY },
	{ "parts of two tokens", kind_parts_swapped, true, ATTESTATION_BINDING },
	{ "parts in each other's place", kind_parts_in_each_others_place, false, ATTESTATION_MALFORMED },
	{ "platform claim by a stranger", kind_platform_claim_by_a_stranger, false, KIND_ANY },
	{ "realm claim by a stranger", kind_realm_claim_by_a_stranger, false, KIND_ANY },
	{ "realm by a stranger", kind_realm_by_a_stranger, false, ATTESTATION_REALM_SIGNATURE },
	{ "stranger with his key", kind_stranger_with_his_key, false, ATTESTATION_BINDING },
	{ "binding flipped", kind_binding_flipped, false, ATTESTATION_BINDING },
	{ "other device", kind_other_device, false, ATTESTATION_DEVICE },
	{ "other device pretending", kind_other_device_pretending, false, ATTESTATION_PLATFORM_SIGNATURE },
	{ "replayed", kind_replayed, false, ATTESTATION_NONCE },
	{ "without nonce", kind_without_nonce, false, ATTESTATION_NO_NONCE },
	{ "other algorithm", kind_other_algorithm, false, ATTESTATION_ALGORITHM },
	{ "other curve", kind_other_curve, false, ATTESTATION_CURVE },
	{ "debug", kind_debug, false, ATTESTATION_LIFECYCLE },
	{ "other lifecycle", kind_other_lifecycle, false, ATTESTATION_LIFECYCLE },
	{ "other profile", kind_other_profile, false, ATTESTATION_PROFILE },
	{ "another's profile", kind_longer_profile, false, ATTESTATION_PROFILE },
	{ "other hash", kind_other_hash, false, ATTESTATION_HASH },
	{ "other implementation", kind_other_implementation, false, ATTESTATION_IMPLEMENTATION },
	{ "personalized", kind_personalized, false, ATTESTATION_MALFORMED },
	{ "unprotected header", kind_unprotected_header, false, ATTESTATION_MALFORMED },
	{ "key missing", kind_key_missing, false, ATTESTATION_MALFORMED },
	{ "key twice", kind_key_twice, false, ATTESTATION_MALFORMED },
	{ "key unknown", kind_key_unknown, false, ATTESTATION_MALFORMED },
	{ "key renamed", kind_key_renamed, false, ATTESTATION_MALFORMED },
	{ "keys swapped", kind_keys_swapped, false, ATTESTATION_MALFORMED },
	{ "value of another type", kind_value_of_another_type, false, ATTESTATION_MALFORMED },
	{ "owner without counter", kind_owner_without_counter, false, ATTESTATION_MALFORMED },
	{ "too many components", kind_too_many_components, false, ATTESTATION_MALFORMED },
	{ "not canonical", kind_not_canonical, false, ATTESTATION_MALFORMED },
	{ "try of no value", kind_trial_of_no_value, false, ATTESTATION_MALFORMED },
	{ "other component", kind_other_component, false, KIND_MISMATCH },
	{ "component renamed", kind_component_renamed, false, KIND_MISMATCH },
	{ "component missing", kind_component_missing, false, KIND_MISMATCH },
	{ "rolled back", kind_rolled_back, false, KIND_MISMATCH },
	{ "other version", kind_other_version, false, KIND_MISMATCH },
	{ "a try", kind_a_try, false, KIND_MISMATCH },
	{ "other measurement", kind_other_measurement, false, KIND_MISMATCH },
	{ "other box", kind_other_box, false, KIND_MISMATCH },
	{ "other owner", kind_other_owner, false, KIND_MISMATCH },
	{ "older image", kind_older_image, false, KIND_MISMATCH },
	{ "other class", kind_other_class, false, KIND_MISMATCH },
	{ "register extended", kind_register_extended, false, KIND_MISMATCH },
	{ "without owner", kind_without_owner, false, KIND_MISMATCH },
};
