/*
 * Connections to the sockets that QEMU listens at.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_SOCKET_H
#define TESTS_AUDIT_SOCKET_H

/**
 * socket_connect - a stream to the Unix socket @path, whose reads give up after two minutes.
 *
 * Returns the descriptor, or -1 with errno set (ENAMETOOLONG: such a path does not fit a socket's address).
 */
int socket_connect(const char *path);

#endif
