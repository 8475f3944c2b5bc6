#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The program sipdump against what it must print, byte for byte.
status=0

# expect NAME TEXT [OPTION...]: the standard input gives TEXT.
expect() {
	name=$1 text=$2
	shift 2
	got=$(./sipdump "$@")
	if [ "$got" = "$text" ]; then
		echo "ok - $name"
	else
		printf 'not ok - %s\n%s\n' "$name" "$got"
		status=1
	fi
}

head='Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\nf: B <sip:b@example.org>;tag=1\r
t: <sip:a@example.org>\r\ni: 1\r\n'
rows='{"name": "Via", "value": "SIP/2.0/UDP a;branch=z9hG4bK1"}, {"name": "From", "value": "B <sip:b@example.org>;tag=1"}, {"name": "To", "value": "<sip:a@example.org>"}, {"name": "Call-ID", "value": "1"}'
rows=$(printf %s "$rows" | sed 's/: "/:"/g; s/, "/,"/g; s/}, {/},{/g')

printf "MESSAGE sip:a@example.org SIP/2.0\r\n${head}CSeq: 1 MESSAGE\r
s: one\r\n\ttwo \303\244\377\r\nx-own: a, b\r\nL: 2\r\n\r\nhi there" |
	expect request "{\"valid\":true,\"type\":\"request\",\"method\":\"MESSAGE\",\"uri\":\"sip:a@example.org\",\"headers\":[$rows,{\"name\":\"CSeq\",\"value\":\"1 MESSAGE\"},{\"name\":\"Subject\",\"value\":\"one two \\u00E4\\uFFFD\"},{\"name\":\"x-own\",\"value\":\"a, b\"},{\"name\":\"Content-Length\",\"value\":\"2\"}],\"body_length\":2}"

printf "SIP/2.0 200 \r\n${head}CSeq: 1 BYE\r\n\r\n" |
	expect response "{\"valid\":true,\"type\":\"response\",\"status\":200,\"reason\":\"\",\"headers\":[$rows,{\"name\":\"CSeq\",\"value\":\"1 BYE\"}],\"body_length\":0}"

printf "BYE sip:a@example.org SIP/2.0\r\n${head}\r\n" |
	expect invalid '{"valid":false,"error":"no CSeq"}'

ok="{\"valid\":true,\"type\":\"response\",\"status\":200,\"reason\":\"OK\",\"headers\":[$rows,{\"name\":\"CSeq\",\"value\":\"1 BYE\"},{\"name\":\"Content-Length\",\"value\":\"0\"}],\"body_length\":0}"
one="SIP/2.0 200 OK\r\n${head}CSeq: 1 BYE\r\nl: 0\r\n\r\n"
printf "$one\r\n\r\n${one}BYE" | expect stream "$ok
$ok
{\"valid\":false,\"error\":\"the stream ends in a message\"}" --stream

printf "${one}SIP/2.0 200 OK\r\n${head}CSeq: 1 BYE\r\n\r\n" |
	expect unframed "$ok
{\"valid\":false,\"error\":\"no Content-Length on a stream\"}" --stream

exit $status
