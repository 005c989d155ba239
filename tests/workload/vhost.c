// SPDX-License-Identifier: GPL-2.0-only
/*
 * vhost - buffers that nobody has touched, read by threads of this process that the kernel makes by
 * itself, which take the faults: vhost's workers. The device is vhost-vsock.
 *
 * One worker is there at the gate, one is made behind it; each reads --buffers of its own, a page each.
 * Before Linux 6.4 (6e890c5d5021) a worker is a thread of the kernel, whose faults are not the process's.
 */
#include "workload.h"

#include <dirent.h>
#include <linux/vhost.h>
#include <linux/virtio_ring.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

/** Queue that the device reads from (VSOCK_VQ_TX of drivers/vhost/vsock.c), and how many it has. */
#define SENDS 1
#define QUEUES 2
/** Entries of a queue: each of its three parts fits into a page. */
#define ENTRIES 256
/** Bytes of a buffer: more than struct virtio_vsock_hdr; all of them 0 is a packet that is dropped. */
#define BUFFER 64
#define PATIENCE 24000 /* times 5 ms */

static unsigned long buffers = ENTRIES;
static bool gate;

/** struct queue - pages of its parts */
struct queue {
	struct vring_desc *descriptors;
	struct vring_avail *available;
	struct vring_used *used;
};

/** struct device - @memory: its buffers; @kick: written to once they are offered */
struct device {
	int fd;
	int kick;
	char *memory;
	struct queue queue[QUEUES];
	struct wl_range *range;
};

static void *touched_page(void)
{
	char *p = wl_map_anon(WL_PAGE);

	wl_write(p, 1, WL_PAGE);
	return p;
}

static void request(const struct device *d, unsigned long nr, const void *arg, const char *name)
{
	if (ioctl(d->fd, nr, arg))
		wl_die("%s", name);
}

#define REQUEST(device, nr, arg) request(device, nr, arg, #nr)

static void set_up_queue(struct device *d, unsigned int index)
{
	struct queue *q = &d->queue[index];
	struct vhost_vring_state number = { .index = index, .num = ENTRIES };
	struct vhost_vring_state base = { .index = index };
	struct vhost_vring_file kick = { .index = index, .fd = eventfd(0, EFD_CLOEXEC) };
	struct vhost_vring_file call = { .index = index, .fd = eventfd(0, EFD_CLOEXEC) };
	struct vhost_vring_addr address = { .index = index };

	if (kick.fd < 0 || call.fd < 0)
		wl_die("eventfd");
	q->descriptors = touched_page();
	q->available = touched_page();
	q->used = touched_page();
	address.desc_user_addr = (uintptr_t)q->descriptors;
	address.avail_user_addr = (uintptr_t)q->available;
	address.used_user_addr = (uintptr_t)q->used;
	memset(q->descriptors, 0, WL_PAGE);
	memset(q->available, 0, WL_PAGE);
	memset(q->used, 0, WL_PAGE);
	REQUEST(d, VHOST_SET_VRING_NUM, &number);
	REQUEST(d, VHOST_SET_VRING_BASE, &base);
	REQUEST(d, VHOST_SET_VRING_ADDR, &address);
	REQUEST(d, VHOST_SET_VRING_KICK, &kick);
	REQUEST(d, VHOST_SET_VRING_CALL, &call);
	if (index == SENDS)
		d->kick = kick.fd;
}

/* The device's addresses begin at 0, with its first buffer. */
static void set_up_memory(struct device *d)
{
	union {
		struct vhost_memory table;
		char room[sizeof(struct vhost_memory) + sizeof(struct vhost_memory_region)];
	} m = { .table.nregions = 1 };

	d->memory = wl_map_anon(buffers * WL_PAGE);
	d->range = wl_range_add("vhost", d->memory, buffers * WL_PAGE);
	m.table.regions[0].memory_size = buffers * WL_PAGE;
	m.table.regions[0].userspace_addr = (uintptr_t)d->memory;
	REQUEST(d, VHOST_SET_MEM_TABLE, &m);
}

/* @number: another one for each device of the machine */
static void open_device(struct device *d, unsigned int number)
{
	uint64_t features = 1ULL << 32 /* VIRTIO_F_VERSION_1 */, id = 0x40000000ULL + number;
	int on = 1;

	d->fd = open("/dev/vhost-vsock", O_RDWR | O_CLOEXEC);
	if (d->fd < 0)
		wl_skip("/dev/vhost-vsock: %s", strerror(errno));
	if (ioctl(d->fd, VHOST_SET_OWNER))
		wl_die("VHOST_SET_OWNER");
	REQUEST(d, VHOST_SET_FEATURES, &features);
	set_up_memory(d);
	for (unsigned int i = 0; i < QUEUES; i++)
		set_up_queue(d, i);
	REQUEST(d, VHOST_VSOCK_SET_GUEST_CID, &id);
	REQUEST(d, VHOST_VSOCK_SET_RUNNING, &on);
}

/** use_buffers - offer all of them, and wait until the worker has read them */
static void use_buffers(const struct device *d)
{
	const struct queue *q = &d->queue[SENDS];
	const uint64_t once = 1;
	int waited = 0;

	for (unsigned int i = 0; i < buffers; i++) {
		q->descriptors[i] = (struct vring_desc){ .addr = i * WL_PAGE, .len = BUFFER };
		q->available->ring[i] = (uint16_t)i;
	}
	__atomic_store_n(&q->available->idx, (uint16_t)buffers, __ATOMIC_RELEASE);
	if (write(d->kick, &once, sizeof(once)) != sizeof(once))
		wl_die("kick");
	while (__atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE) != buffers) {
		if (waited++ == PATIENCE) {
			errno = ETIME;
			wl_die("%u of %lu buffers were used", q->used->idx, buffers);
		}
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	}
}

/* Threads of this process beside its first one. */
static unsigned int workers(void)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	unsigned int n = 0;

	if (!dir)
		wl_die("/proc/self/task");
	while ((entry = readdir(dir)))
		n += *entry->d_name != '.';
	closedir(dir);
	return n - 1;
}

int main(int argc, char **argv)
{
	struct device early, late;
	unsigned int threads;
	char extra[64];

	wl_init("vhost");
	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "buffers", .number = &buffers }, { "gate", .flag = &gate }, { 0 } });
	if (!buffers || buffers > ENTRIES)
		return WL_EXIT_USAGE;
	open_device(&early, 2 * (unsigned int)getpid());
	if (gate)
		wl_gate();
	open_device(&late, 2 * (unsigned int)getpid() + 1);
	use_buffers(&early);
	use_buffers(&late);
	threads = workers();
	if (threads)
		early.range->faults = early.range->minor = early.range->read = buffers;
	if (threads)
		late.range->faults = late.range->minor = late.range->read = buffers;
	/* their counts are the process's when they have ended, too */
	close(early.fd);
	close(late.fd);
	snprintf(extra, sizeof(extra), "\"workers\":%u,", threads);
	wl_finish(extra);
}
