/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flood.c - sends MESSAGE requests (RFC 3428) as fast as a peer answers them
 * and accounts for every one: prints a JSON object.
 *
 * All requests are of one length and differ in branch, tag, Call-ID and text.
 * At most WINDOW of them, one after the other, are without an answer at a
 * time, and RATE a second; over UDP what has none after T1 is sent again.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>


enum {
	WINDOW_MAX = 4096,
	BATCH = 32, /* datagrams a system call */
	T1_MS = 500,
	CHECK_MS = 100, /* between looks for what is to be sent again */
	DRAIN_MS = 5000, /* for the last answers */
	MESSAGE_MAX = 2048,
	ANSWER_MAX = 8192,
	DIGITS = 8,
	FIELDS_MAX = 8,
	SOCKET_BUFFER = 1 << 20,
};


/* A request; the digits at the places FIELD are its number. */
struct template
{
	char text[MESSAGE_MAX];
	size_t len;
	size_t field[FIELDS_MAX];
	size_t fields;
};

struct wait {
	uint64_t sent; /* ms */
	bool answered;
};

struct flood {
	int fd;
	bool stream;
	uint32_t window;
	struct template request;
	struct wait waits[WINDOW_MAX]; /* by number modulo WINDOW */
	uint32_t oldest; /* without an answer */
	uint32_t next; /* never sent yet */
	uint32_t count; /* to be sent; 0: as many as there is time for */
	uint32_t first, rate; /* of the numbers; a second, 0: no limit */
	uint64_t began; /* ms */
	uint64_t checked;
	char out[BATCH * MESSAGE_MAX]; /* of a stream */
	size_t out_pos, out_len;
	char in[BATCH * ANSWER_MAX];
	size_t in_len; /* of a stream */
	uint64_t ok, other, again, strays, answered_again;
	unsigned last_other;
	uint64_t longest;
};


static uint64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}


static void fail(const char *what)
{
	perror(what);
	exit(EX_OSERR);
}


/* ---- requests ---- */

static void template_make(struct template *t, bool stream, const char *uri,
	const char *from, uint16_t port)
{
	static const char body[] = "message ######## of a flood: is anybody "
				   "there who reads all of this?";
	char *p;
	int n = snprintf(t->text, sizeof(t->text),
		"MESSAGE %s SIP/2.0\r\n"
		"Via: SIP/2.0/%s 127.0.0.1:%u;branch=z9hG4bKfl########;rport"
		"\r\n"
		"Max-Forwards: 70\r\n"
		"From: <%s>;tag=ft########\r\n"
		"To: <%s>\r\n"
		"Call-ID: ########-flood@127.0.0.1\r\n"
		"CSeq: 1 MESSAGE\r\n"
		"Content-Type: text/plain\r\n"
		"Content-Length: %zu\r\n"
		"\r\n"
		"%s",
		uri, stream ? "TCP" : "UDP", port, from, uri, sizeof(body) - 1,
		body);

	if (n < 0 || (size_t)n >= sizeof(t->text)) {
		(void)fprintf(stderr, "flood: the URIs are too long\n");
		exit(EX_USAGE);
	}
	t->len = (size_t)n;
	for (p = t->text; (p = strstr(p, "########")); p += DIGITS)
		t->field[t->fields++] = (size_t)(p - t->text);
}


static void template_fill(const struct template *t, char *p, uint32_t number)
{
	char digits[DIGITS + 1];
	size_t i;

	(void)snprintf(digits, sizeof(digits), "%08x", number);
	memcpy(p, t->text, t->len);
	for (i = 0; i < t->fields; i++)
		memcpy(p + t->field[i], digits, DIGITS);
}


/* ---- answers ---- */

/* The value of header NAME in the N bytes at P, or NULL. */
static const char *header(const char *p, size_t n, const char *name)
{
	const char *end = p + n;
	size_t len = strlen(name);

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		if ((size_t)(end - ++p) <= len)
			return NULL;
		if (strncasecmp(p, name, len) || p[len] != ':')
			continue;
		for (p += len + 1; p < end && *p == ' ';)
			++p;
		return p;
	}
	return NULL;
}


/* One answer, with a NUL behind it. */
static void answer(struct flood *f, const char *p, size_t n)
{
	const char *id = header(p, n, "Call-ID");
	unsigned long status;
	uint32_t number;
	struct wait *w;

	if (strncmp(p, "SIP/2.0 ", 8) || !id) {
		++f->strays;
		return;
	}
	status = strtoul(p + 8, NULL, 10);
	number = (uint32_t)strtoul(id, NULL, 16);
	if (status < 200)
		return;
	if (number >= f->next) {
		++f->strays;
		return;
	}
	w = &f->waits[number % f->window];
	if (number < f->oldest || w->answered) {
		++f->answered_again;
		return;
	}
	w->answered = true;
	if (now_ms() - w->sent > f->longest)
		f->longest = now_ms() - w->sent;
	if (status == 200) {
		++f->ok;
	} else {
		++f->other;
		f->last_other = (unsigned)status;
	}
	while (f->oldest < f->next && f->waits[f->oldest % f->window].answered)
		++f->oldest;
}


/* ---- UDP ---- */

static void udp_send(struct flood *f, const uint32_t *numbers, unsigned n)
{
	static char text[BATCH][MESSAGE_MAX];
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	unsigned i;
	int sent;

	memset(msgs, 0, sizeof(msgs));
	for (i = 0; i < n; i++) {
		template_fill(&f->request, text[i], numbers[i]);
		iov[i].iov_base = text[i];
		iov[i].iov_len = f->request.len;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	/* What does not go now is as good as lost, and sent again. */
	sent = sendmmsg(f->fd, msgs, n, 0);
	if (sent < 0 && errno != EAGAIN && errno != ECONNREFUSED &&
		errno != ENOBUFS)
		fail("flood: sendmmsg");
}


static void udp_again(struct flood *f, uint64_t now)
{
	uint32_t numbers[BATCH], n = 0, i;

	for (i = f->oldest; i < f->next && n < BATCH; i++) {
		struct wait *w = &f->waits[i % f->window];

		if (w->answered || now - w->sent < T1_MS)
			continue;
		w->sent = now;
		numbers[n++] = i;
	}
	if (n)
		udp_send(f, numbers, n);
	f->again += n;
}


static void udp_recv(struct flood *f)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	int i, n;

	memset(msgs, 0, sizeof(msgs));
	for (i = 0; i < BATCH; i++) {
		iov[i].iov_base = f->in + (size_t)i * ANSWER_MAX;
		iov[i].iov_len = ANSWER_MAX - 1;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(f->fd, msgs, BATCH, MSG_DONTWAIT, NULL);
	for (i = 0; i < n; i++) {
		char *p = iov[i].iov_base;

		p[msgs[i].msg_len] = '\0';
		answer(f, p, msgs[i].msg_len);
	}
}


/* ---- TCP ---- */

static void tcp_flush(struct flood *f)
{
	ssize_t n;

	while (f->out_pos < f->out_len) {
		n = send(f->fd, f->out + f->out_pos, f->out_len - f->out_pos,
			MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			fail("flood: send");
		f->out_pos += (size_t)n;
	}
	f->out_pos = f->out_len = 0;
}


/* Adds requests to the output, which the caller saw to be empty. */
static void tcp_send(struct flood *f, const uint32_t *numbers, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		template_fill(&f->request, f->out + f->out_len, numbers[i]);
		f->out_len += f->request.len;
	}
	tcp_flush(f);
}


/* The bytes of the message at the start of the N bytes at P; 0: more must
 * come. */
static size_t frame(const char *p, size_t n)
{
	const char *end = memmem(p, n, "\r\n\r\n", 4), *length;
	size_t head;

	if (!end)
		return 0;
	head = (size_t)(end - p) + 4;
	length = header(p, head, "Content-Length");
	if (length)
		head += strtoul(length, NULL, 10);
	return head <= n ? head : 0;
}


static void tcp_recv(struct flood *f)
{
	size_t used = 0, len;
	ssize_t n;

	n = recv(f->fd, f->in + f->in_len, sizeof(f->in) - 1 - f->in_len,
		MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		(void)fprintf(stderr, "flood: the peer closed\n");
		exit(EX_UNAVAILABLE);
	}
	f->in_len += (size_t)n;
	f->in[f->in_len] = '\0';
	while ((len = frame(f->in + used, f->in_len - used))) {
		answer(f, f->in + used, len);
		used += len;
	}
	memmove(f->in, f->in + used, f->in_len - used);
	f->in_len -= used;
}


/* ---- the run ---- */

static bool is_done(const struct flood *f, bool sending)
{
	if (f->oldest < f->next)
		return false;
	return !sending || (f->count && f->next >= f->count);
}


/* It is too early for the next. */
static bool is_early(const struct flood *f, uint64_t now)
{
	return f->rate &&
		f->next - f->first >= (now - f->began) * f->rate / 1000;
}


static void send_new(struct flood *f)
{
	uint32_t numbers[BATCH];
	unsigned n = 0;
	uint64_t now = now_ms();

	while (n < BATCH && f->next < f->oldest + f->window &&
		(!f->count || f->next < f->count) && !is_early(f, now)) {
		f->waits[f->next % f->window] = (struct wait){.sent = now};
		numbers[n++] = f->next++;
	}
	if (!n)
		return;
	if (f->stream)
		tcp_send(f, numbers, n);
	else
		udp_send(f, numbers, n);
}


/* True if it is worth asking the system: half a batch at least. */
static bool has_room(const struct flood *f)
{
	uint32_t room = f->oldest + f->window - f->next;

	if (f->rate && is_early(f, now_ms()))
		return false;
	if (f->rate)
		return !f->out_len && room;
	return !f->out_len && (room >= BATCH || room >= f->window / 2);
}


static void turn(struct flood *f, bool sending)
{
	struct pollfd pfd = {.fd = f->fd, .events = POLLIN};
	uint64_t now = now_ms();

	while (sending && has_room(f) && (!f->count || f->next < f->count))
		send_new(f);
	if (f->out_len) {
		pfd.events |= POLLOUT;
		tcp_flush(f);
	}
	(void)poll(&pfd, 1, sending && f->rate ? 1 : CHECK_MS);
	if (f->stream && (pfd.revents & (POLLIN | POLLERR | POLLHUP)))
		tcp_recv(f);
	else if (pfd.revents)
		udp_recv(f);
	if (!f->stream && now - f->checked >= CHECK_MS) {
		f->checked = now;
		udp_again(f, now);
	}
}


static double run(struct flood *f, uint64_t ms)
{
	uint64_t start = now_ms(), sent, end;

	f->began = start;
	while (now_ms() - start < ms && !is_done(f, true))
		turn(f, true);
	sent = now_ms();
	while (!is_done(f, false) && now_ms() - sent < DRAIN_MS)
		turn(f, false);
	end = now_ms();
	return (double)(end > start ? end - start : 1) / 1000;
}


static uint16_t open_socket(struct flood *f, uint16_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int on = 1, size = SOCKET_BUFFER;
	socklen_t len = sizeof(sa);

	f->fd = socket(AF_INET, f->stream ? SOCK_STREAM : SOCK_DGRAM, 0);
	sa.sin_port = htons(port);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (f->fd < 0 || connect(f->fd, (struct sockaddr *)&sa, sizeof(sa)))
		fail("flood: connect");
	(void)setsockopt(f->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (f->stream)
		(void)setsockopt(
			f->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (getsockname(f->fd, (struct sockaddr *)&sa, &len))
		fail("flood: getsockname");
	return ntohs(sa.sin_port);
}


static void usage(void)
{
	(void)fprintf(stderr,
		"usage: flood [-T] [-s SECONDS] [-n COUNT] [-w WINDOW] "
		"[-b FIRST] [-r RATE] [-f FROM] PORT URI\n");
	exit(EX_USAGE);
}


int main(int argc, char *argv[])
{
	static struct flood f;
	const char *from = "sip:bob@127.0.0.1";
	double seconds = 5, took;
	uint32_t first = 0;
	uint16_t port;
	int c;

	f.window = 128;
	while ((c = getopt(argc, argv, "Ts:n:w:b:r:f:")) != -1) {
		if (c == 'T')
			f.stream = true;
		else if (c == 's')
			seconds = strtod(optarg, NULL);
		else if (c == 'n')
			f.count = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'w')
			f.window = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'b')
			first = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'r')
			f.rate = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'f')
			from = optarg;
		else
			usage();
	}
	if (argc - optind != 2 || !f.window || f.window > WINDOW_MAX)
		usage();
	f.first = f.oldest = f.next = first;
	if (f.count)
		f.count += first;
	port = open_socket(&f, (uint16_t)strtoul(argv[optind], NULL, 10));
	template_make(&f.request, f.stream, argv[optind + 1], from, port);
	took = run(&f, (uint64_t)(seconds * 1000));
	(void)printf("{\"transport\":\"%s\",\"bytes\":%zu,\"window\":%u,"
		     "\"seconds\":%.3f,\"sent\":%u,\"ok\":%llu,\"other\":%llu,"
		     "\"last_other\":%u,\"missing\":%llu,\"again\":%llu,"
		     "\"strays\":%llu,\"rate\":%.0f,\"longest_ms\":%llu}\n",
		f.stream ? "tcp" : "udp", f.request.len, f.window, took,
		f.next - first, (unsigned long long)f.ok,
		(unsigned long long)f.other, f.last_other,
		(unsigned long long)(f.next - first - f.ok - f.other),
		(unsigned long long)f.again, (unsigned long long)f.strays,
		(double)f.ok / took, (unsigned long long)f.longest);
	return 0;
}
