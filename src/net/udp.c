/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udp.c - datagram sockets with packet information (RFC 3542) and the error
 * queue of ICMP messages.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <linux/errqueue.h> /* needs <time.h> before it */
#include "mem.h"
#include "udp.h"


enum {
	DATAGRAM_SIZE = 65536,
	BATCH = 8, /* datagrams a system call */
	BATCHES_A_TURN = 32, /* then others have their turn */
	ERRORS_A_TURN = 64,
	SEND_TRIES = 4,
	BUFFER_SIZE = 1 << 20, /* that we ask the kernel for */
	CONTROL_SIZE = 256,
};


struct udp {
	int fd;
	struct loop_fd *watch;
	struct sa local;
	uint8_t *buf; /* BATCH datagrams */
	udp_recv_h *recvh;
	udp_error_h *errorh;
	void *arg;
};

/* One datagram of a batch as recvmmsg() wants it. */
struct slot {
	struct sockaddr_storage src;
	struct iovec iov;
	_Alignas(struct cmsghdr) char control[CONTROL_SIZE];
};


static void udp_destructor(void *data)
{
	struct udp *udp = data;

	mem_deref(udp->watch);
	if (udp->fd >= 0)
		(void)close(udp->fd);
	mem_deref(udp->buf);
}


static void no_recv(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	(void)src;
	(void)dst;
	(void)p;
	(void)n;
	(void)arg;
}


static void no_error(
	const struct sa *peer, int err, const uint8_t *p, size_t n, void *arg)
{
	(void)peer;
	(void)err;
	(void)p;
	(void)n;
	(void)arg;
}


static int set_flag(int fd, int level, int name)
{
	int on = 1;

	return setsockopt(fd, level, name, &on, sizeof(on)) ? errno : 0;
}


static int set_options(int fd, int family)
{
	int size = BUFFER_SIZE, err;

	/* A wish only: the system's limit may be lower. */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (family == AF_INET) {
		err = set_flag(fd, IPPROTO_IP, IP_PKTINFO);
		return err ? err : set_flag(fd, IPPROTO_IP, IP_RECVERR);
	}
	err = set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	err = err ? err : set_flag(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
	return err ? err : set_flag(fd, IPPROTO_IPV6, IPV6_RECVERR);
}


static int read_local(struct udp *udp)
{
	struct sockaddr_storage ss = {0};
	socklen_t len = sizeof(ss);

	if (getsockname(udp->fd, (struct sockaddr *)&ss, &len))
		return errno;
	sa_set_sockaddr(&udp->local, (struct sockaddr *)&ss, len);
	return 0;
}


/* The local address that MSG came to, from its packet information. */
static void dst_of(struct sa *dst, struct msghdr *msg, const struct udp *udp)
{
	struct cmsghdr *c;

	*dst = udp->local;
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			dst->u.in.sin_addr = info.ipi_spec_dst;
		}
		if (c->cmsg_level == IPPROTO_IPV6 &&
			c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			dst->u.in6.sin6_addr = info.ipi6_addr;
			if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
				dst->u.in6.sin6_scope_id = info.ipi6_ifindex;
		}
	}
}


/* The error number that MSG of the error queue carries; 0: none. */
static int icmp_error(struct msghdr *msg)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		struct sock_extended_err ee;

		if (!(c->cmsg_level == IPPROTO_IP &&
			    c->cmsg_type == IP_RECVERR) &&
			!(c->cmsg_level == IPPROTO_IPV6 &&
				c->cmsg_type == IPV6_RECVERR))
			continue;
		memcpy(&ee, CMSG_DATA(c), sizeof(ee));
		return (int)ee.ee_errno;
	}
	return 0;
}


/* Takes one message off the error queue; false when it is empty. */
static bool read_error(struct udp *udp)
{
	struct slot slot = {.iov = {udp->buf, DATAGRAM_SIZE}};
	struct msghdr msg = {
		.msg_name = &slot.src,
		.msg_namelen = sizeof(slot.src),
		.msg_iov = &slot.iov,
		.msg_iovlen = 1,
		.msg_control = slot.control,
		.msg_controllen = sizeof(slot.control),
	};
	struct sa peer;
	ssize_t n;
	int err;

	n = recvmsg(udp->fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);
	if (n < 0)
		return false;
	err = icmp_error(&msg);
	sa_set_sockaddr(&peer, msg.msg_name, msg.msg_namelen);
	if (err && sa_isset(&peer))
		udp->errorh(&peer, err, udp->buf, (size_t)n, udp->arg);
	return true;
}


static void prepare_batch(
	struct udp *udp, struct mmsghdr *msgs, struct slot *slots)
{
	size_t i;

	for (i = 0; i < BATCH; i++) {
		slots[i].iov.iov_base = udp->buf + i * DATAGRAM_SIZE;
		slots[i].iov.iov_len = DATAGRAM_SIZE;
		msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &slots[i].src,
			.msg_namelen = sizeof(slots[i].src),
			.msg_iov = &slots[i].iov,
			.msg_iovlen = 1,
			.msg_control = slots[i].control,
			.msg_controllen = sizeof(slots[i].control),
		};
	}
}


/* True while somebody beside the caller, who holds a reference, wants it. */
static bool is_wanted(const struct udp *udp)
{
	return mem_nrefs(udp) > 1;
}


/* Reads and hands up one batch; false when there is no more for now. */
static bool read_batch(struct udp *udp)
{
	struct mmsghdr msgs[BATCH];
	struct slot slots[BATCH];
	int i, n;

	prepare_batch(udp, msgs, slots);
	n = recvmmsg(udp->fd, msgs, BATCH, MSG_DONTWAIT, NULL);
	/* An ICMP error is told here once more; it is no reason to stop. */
	if (n < 0)
		return errno != EAGAIN && errno != EBADF;
	for (i = 0; i < n && is_wanted(udp); i++) {
		struct msghdr *msg = &msgs[i].msg_hdr;
		struct sa src, dst;

		sa_set_sockaddr(&src, msg->msg_name, msg->msg_namelen);
		dst_of(&dst, msg, udp);
		if (sa_isset(&src))
			udp->recvh(&src, &dst, msg->msg_iov->iov_base,
				msgs[i].msg_len, udp->arg);
	}
	return n == BATCH;
}


static void ready_handler(int events, void *arg)
{
	struct udp *udp = mem_ref(arg);
	unsigned i;

	if (!udp->buf)
		udp->buf = mem_alloc((size_t)BATCH * DATAGRAM_SIZE, NULL);
	if (events & LOOP_ERROR) {
		for (i = 0; i < ERRORS_A_TURN && is_wanted(udp); i++) {
			if (!read_error(udp))
				break;
		}
	}
	for (i = 0; i < BATCHES_A_TURN && is_wanted(udp); i++) {
		if (!read_batch(udp))
			break;
	}
	mem_deref(udp);
}


int udp_open(struct udp **up, struct loop *loop, const struct sa *local,
	udp_recv_h *recvh, udp_error_h *errorh, void *arg)
{
	struct udp *udp = mem_zalloc(sizeof(*udp), udp_destructor);
	int err = 0;

	udp->recvh = recvh ? recvh : no_recv;
	udp->errorh = errorh ? errorh : no_error;
	udp->arg = arg;
	udp->fd = socket(
		sa_family(local), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (udp->fd < 0)
		err = errno;
	err = err ? err : set_options(udp->fd, sa_family(local));
	if (!err && bind(udp->fd, &local->u.sa, local->len))
		err = errno;
	err = err ? err : read_local(udp);
	err = err ? err
		  : loop_fd_alloc(&udp->watch, loop, udp->fd, LOOP_READ,
			    ready_handler, udp);
	if (err)
		mem_deref(udp);
	else
		*up = udp;
	return err;
}


const struct sa *udp_local(const struct udp *udp)
{
	return &udp->local;
}


static void put_control(
	struct msghdr *msg, int level, int type, const void *info, size_t n)
{
	struct cmsghdr *c;

	msg->msg_controllen = CMSG_SPACE(n);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(c), info, n);
}


/* Makes MSG, whose control buffer is all zero, leave from SRC. */
static void put_src(struct msghdr *msg, const struct sa *src)
{
	struct in_pktinfo info = {0};
	struct in6_pktinfo info6 = {0};

	if (sa_family(src) == AF_INET) {
		info.ipi_spec_dst = src->u.in.sin_addr;
		put_control(msg, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	} else {
		info6.ipi6_addr = src->u.in6.sin6_addr;
		info6.ipi6_ifindex = src->u.in6.sin6_scope_id;
		put_control(
			msg, IPPROTO_IPV6, IPV6_PKTINFO, &info6, sizeof(info6));
	}
}


/* Errors that ICMP told about an earlier datagram, perhaps to somebody else,
 * come as the result of the next send, which was then not tried. */
static bool is_stale(int err)
{
	return err == ECONNREFUSED || err == EHOSTUNREACH ||
		err == ENETUNREACH || err == EPROTO || err == EHOSTDOWN ||
		err == EACCES || err == EMSGSIZE || err == EOPNOTSUPP ||
		err == ENOPROTOOPT;
}


int udp_send(struct udp *udp, const struct sa *src, const struct sa *dst,
	const void *p, size_t n)
{
	_Alignas(struct cmsghdr) char control[CONTROL_SIZE] = {0};
	struct iovec iov = {(void *)(uintptr_t)p, n};
	struct msghdr msg = {
		.msg_name = (void *)(uintptr_t)&dst->u,
		.msg_namelen = dst->len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	unsigned tries;
	int err = 0;

	if (sa_family(dst) != sa_family(&udp->local))
		return EAFNOSUPPORT;
	if (src && sa_family(src) == sa_family(dst) && !sa_isany(src)) {
		msg.msg_control = control;
		put_src(&msg, src);
	}
	for (tries = 0; tries < SEND_TRIES; tries++) {
		if (sendmsg(udp->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return 0;
		err = errno;
		if (!is_stale(err) && err != EINTR)
			break;
	}
	return err == EWOULDBLOCK || err == ENOBUFS ? EAGAIN : err;
}
