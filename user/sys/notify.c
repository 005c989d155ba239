// SPDX-License-Identifier: GPL-2.0-only
/* notify.c - notify the service manager that this process is ready. */
#include "sys/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address;
static socklen_t address_len;

void notify__take(void)
{
	const char *socket = getenv("NOTIFY_SOCKET");
	const size_t len = socket ? strlen(socket) : 0;

	if (len > 1 && len < sizeof(address.sun_path) && (*socket == '/' || *socket == '@')) {
		address.sun_family = AF_UNIX;
		memcpy(address.sun_path, socket, len);
		if (*socket == '@')
			address.sun_path[0] = '\0';
		/* an abstract name has no terminating NUL */
		address_len = offsetof(struct sockaddr_un, sun_path) + len + (*socket == '/');
	}
	unsetenv("NOTIFY_SOCKET");
}

int notify__ready(void)
{
	static const char ready[] = "READY=1";
	int fd, err = 0;

	if (!address_len)
		return 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (sendto(fd, ready, strlen(ready), MSG_DONTWAIT | MSG_NOSIGNAL,
		   (struct sockaddr *)&address, address_len) < 0)
		err = -errno;
	close(fd);
	return err;
}
