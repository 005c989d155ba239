/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notify.h - notify the service manager that this process is ready, as sd_notify(3) does.
 */
#ifndef VMASCOPE_SYS_NOTIFY_H
#define VMASCOPE_SYS_NOTIFY_H

/**
 * notify__take - remember $NOTIFY_SOCKET, and remove it from the environment
 *
 * So a command that is started afterwards does not notify. Call it once.
 */
void notify__take(void);

/**
 * notify__ready - send READY=1 to that socket, if there was one
 *
 * Sends a datagram to an AF_UNIX socket: a path, or "@NAME" in the abstract namespace. Never
 * blocks; a missing receiver is not an error. Return: 0 or a negative errno.
 */
int notify__ready(void);

#endif /* VMASCOPE_SYS_NOTIFY_H */
