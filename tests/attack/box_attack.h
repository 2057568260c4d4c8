/*
 * The attacks of a box.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_BOX_ATTACK_H
#define TESTS_ATTACK_BOX_ATTACK_H

#include "box/hvc.h"

/* box_attack - try BOX_ATTACK_* @number while the VM's access waits; returns the answer for the VM. */
uint64_t box_attack(unsigned number);

/* box_attack_address - where the attacker's map shows @ipa, a byte of its 40-bit space below 128 GiB of either half. */
uintptr_t box_attack_address(uint64_t ipa);

/* box_attack_probe - an access of the VM to BOX_ATTACK_PROBE or BOX_ATTACK_EXECUTE; returns the answer to a read. */
uint64_t box_attack_probe(const struct hvc_exit *exit);

/* box_attack_answer_again - nothing waits for an answer: if that was asked for, give one all the same. */
void box_attack_answer_again(void);

#endif
