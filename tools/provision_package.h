/*
 * redoubt provision for devices that boot signed packages.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_PROVISION_PACKAGE_H
#define TOOLS_PROVISION_PACKAGE_H

/* provision_package - the verb, with --package among its options. Returns an enum tool_exit. */
int provision_package(int argc, char **argv);

#endif
