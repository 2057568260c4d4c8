/*
 * A PKCS#11 module that is SoftHSM but for its signatures: each has one bit that SoftHSM's has not. A tool that
 * believes its token would write it into a file.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <dlfcn.h>
#include <stddef.h>
#include <p11-kit/pkcs11.h>

static CK_FUNCTION_LIST lying;
static CK_C_Sign honest_sign;

static CK_RV lying_sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_bytes, CK_BYTE_PTR signature,
			CK_ULONG_PTR signature_bytes)
{
	CK_RV rv = honest_sign(session, data, data_bytes, signature, signature_bytes);

	if (rv == CKR_OK && signature != NULL)
		signature[*signature_bytes - 1] ^= 1;
	return rv;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
	void *module = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW);
	CK_C_GetFunctionList honest_list = NULL;
	CK_FUNCTION_LIST *honest;

	if (module != NULL)
		*(void **)&honest_list = dlsym(module, "C_GetFunctionList");
	if (honest_list == NULL || honest_list(&honest) != CKR_OK)
		return CKR_GENERAL_ERROR;
	lying = *honest;
	honest_sign = honest->C_Sign;
	lying.C_Sign = lying_sign;
	*list = &lying;
	return CKR_OK;
}
