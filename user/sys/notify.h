/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notify.h - notify the service manager that this process is ready, as sd_notify(3) does.
 */
#ifndef VMASCOPE_SYS_NOTIFY_H
#define VMASCOPE_SYS_NOTIFY_H

/**
 * notify__take - remember $NOTIFY_SOCKET, and remove it from the environment
 *
 * A command that is started afterwards is not asked to notify anybody. Call it once.
 */
void notify__take(void);

/**
 * notify__ready - send READY=1 to that socket, if there was one
 *
 * A datagram to an AF_UNIX socket: a path, or "@NAME" in the abstract namespace. Never waits; who
 * does not receive it is not an error. Return: 0 or a negative errno.
 */
int notify__ready(void);

#endif /* VMASCOPE_SYS_NOTIFY_H */
