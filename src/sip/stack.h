/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stack.h - the insides of the stack, its ports and its flows: for sip.c,
 * transp*.c, keepalive.c, ctrans.c and strans*.c alone.
 */
#ifndef SOTTO_SIP_STACK_H
#define SOTTO_SIP_STACK_H

#include "list.h"
#include "sip_int.h"
#include "table.h"

struct ctrans;
struct sip_keepalive;
struct strans_slot;

enum strans_index {
	STRANS_BY_KEY,
	STRANS_BY_MERGE, /* requests without To tag */
	STRANS_INDEXES,
};

/* The server transactions: two indexes over the same slots. */
struct sip_strans_table {
	struct strans_slot **buckets[STRANS_INDEXES];
	size_t size; /* buckets of each; 0 or a power of two */
	size_t split; /* buckets of them that are parted in two already */
	size_t n; /* slots */
	size_t bytes; /* of their requests and responses */
	struct list done; /* finally answered, oldest first */
	struct tmr tmr; /* for the oldest of them */
};

struct sip {
	struct sip_config config;
	struct msg_limits made; /* for connections that we made */
	uint8_t secret[16]; /* keys the hashes of what peers choose */
	struct mbuf *out; /* replies are written here */
	struct list listeners;
	uint64_t listener_id; /* of the newest */
	struct list ports;
	struct list streams; /* connections; a reference to each */
	size_t begun; /* bytes of memory for their begun messages */
	struct sip_flow *paths; /* over UDP, by port and both addresses */
	struct ctrans *ctrans; /* by branch */
	struct sip_strans_table strans;
};

struct sip_port {
	struct le le;
	struct sip *sip; /* NULL: the stack is gone */
	enum sip_tp tp;
	struct sa local;
	void *end; /* of the network */
	struct tls *tls;
	struct list paths;
};

/* Addresses as bytes that can be compared. */
struct sip_addr_key {
	uint8_t addr[16];
	uint32_t scope;
	uint16_t family;
	uint16_t port;
};

struct sip_path_key {
	const struct sip_port *port;
	struct sip_addr_key peer;
	struct sip_addr_key local;
};

struct sip_flow {
	struct le le; /* in sip->streams or port->paths */
	struct sip *sip; /* NULL: gone, or FLOW cannot learn of it */
	const struct sip_transp *transp;
	struct sa local;
	struct sa peer;
	bool up;
	bool ended;
	struct list waits;
	struct list watches;
	struct list ctrans; /* unfinished ones, told of the end */
	struct list assocs; /* struct sip_assoc: what goes is signed */
	uint64_t heard; /* when something last came over it */
	struct sip_keepalive *keepalive;

	/* UDP */
	struct sip_port *port; /* NULL: closed */
	uint64_t nsent; /* datagrams */
	uint64_t dead_from; /* the number of the first that is known not to
	                       have arrived; UINT64_MAX: of none */
	UT_hash_handle hh;
	struct sip_path_key key;

	/* streams */
	struct sip_stream *stream;
};

struct sip_stream {
	void *conn;
	struct mbuf *rx; /* the begun message; NULL: none */
	size_t begun; /* bytes of memory that it counts in the stack */
	unsigned crlfs; /* in a row, that answered nothing */
	size_t scanned; /* of it, by msg_frame() */
	struct tmr tmr; /* connecting, then for a begun message */
	struct tmr idle;
	uint64_t active; /* when something went over it */
	bool accepted;
	struct tls *tls; /* it was made with; NULL: accepted or TCP */
	char *name; /* it was made for */
	char *why; /* it could not be made */
	int err; /* with why */
	struct mbuf *late; /* responses to send once it is up */
};

/* What a transport does. */
struct sip_transp {
	enum sip_tp tp;
	const char *name;
	const char *param;
	bool reliable;
	int (*listen)(struct sip_port *port, const struct sa *local);
	int (*get)(struct sip_flow **fp, struct sip_agent *agent,
		const struct sip_target *target);
	int (*send)(struct sip_flow *flow, const void *p, size_t n);
	int (*reply)(struct sip *sip, struct sip_flow *flow,
		const struct msg_via *via, const void *p, size_t n);

	/* Takes FLOW out of the tables and closes; PEER is not told why. */
	void (*close)(struct sip_flow *flow);
};

extern const struct sip_transp sip_transp_udp;
extern const struct sip_transp sip_transp_tcp;
extern const struct sip_transp sip_transp_tls;

/* A flow that is in no table yet. */
struct sip_flow *sip_flow_alloc(struct sip *sip,
	const struct sip_transp *transp, const struct sa *local,
	const struct sa *peer);

/* FLOW can be written to: tells who waits. */
void sip_flow_set_up(struct sip_flow *flow);

/* FLOW ends: its transactions fail, waits and watches are told; once. */
void sip_flow_end(struct sip_flow *flow, const struct stream_end *end);

/* Forgets FLOW without a word: the stack goes. */
void sip_flow_drop(struct sip_flow *flow);

/* Sends a response the way RFC 3261 18.2.2 and RFC 3581 4 want, given the
 * top Via of its request. */
int sip_flow_reply(struct sip *sip, struct sip_flow *flow,
	const struct msg_via *via, const void *p, size_t n);

/* Bytes of a connection: frames them; FLOW may have ended after it. */
void sip_stream_recv(struct sip_flow *flow, const uint8_t *p, size_t n);

/* The begun message of FLOW takes BYTES of memory now. */
void sip_stream_charge(struct sip_flow *flow, size_t bytes);

/* What a message that comes over FLOW may have. */
const struct msg_limits *sip_flow_limits(const struct sip_flow *flow);

/* Bytes that are one whole message came over FLOW. */
void sip_flow_recv(struct sip_flow *flow, const void *p, size_t n);

void sip_trace_msg(
	const struct sip_flow *flow, bool sent, const void *p, size_t n);

/* The port that others reach us at over TP, as near to LOCAL as there is. */
const struct sip_port *sip_port_find(
	const struct sip *sip, enum sip_tp tp, const struct sa *local);

/* The port of our sent-by in requests over FLOW. */
uint16_t sip_flow_via_port(const struct sip_flow *flow);

/* One CRLF between messages came: true if it answers our ping. */
bool sip_keepalive_pong(struct sip_flow *flow);

/* FLOW of a client transaction ended. */
void sip_ctrans_flow_down(struct ctrans *t, int err, const char *why);

/* The number among those sent over FLOW of the datagram that begins with the N
 * bytes at P; where it is no request that waits for its answer, that of the
 * last, which is not before it. */
uint64_t sip_ctrans_quoted(
	const struct sip_flow *flow, const uint8_t *p, size_t n);

/* The stack goes: all transactions end without a word. */
void sip_ctrans_flush(struct sip *sip);
void sip_strans_flush(struct sip *sip);
size_t sip_ctrans_count(const struct sip *sip);
size_t sip_strans_count(const struct sip *sip);

/* Asks the listeners in turn. */
bool sip_listeners_ask(struct sip *sip, struct sip_strans *st,
	const struct msg *msg, struct sip_flow *flow);

#endif
