# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's half of NTLM in SIP, from the published texts ([MS-NLMP],
[MS-SIPAE], [MS-SIP]) and not from our program: it makes the CHALLENGE, judges
the AUTHENTICATE, signs and verifies messages. OpenSSL may lack the old
ciphers, so MD4 and RC4 stand here in full."""

import hashlib
import hmac
import re
import struct
import zlib

# What a server of 2007 R2 sends.
FLAGS = 0xe29882f3
KEY_EXCH = 0x40000000
EXTENDED = 0x00080000
TARGET_INFO = 0x00800000

COMPUTER, DOMAIN, DNS_COMPUTER, DNS_DOMAIN, DNS_TREE = 1, 2, 3, 4, 5
TIMESTAMP = 7

SEQ = struct.pack("<I", 100)  # of every signature


# ---- ciphers

def md4(data):
    """RFC 1320."""
    size = len(data)
    data += b"\x80" + bytes((55 - size) % 64) + struct.pack("<Q", size * 8)
    state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
    rounds = (
        (lambda x, y, z: x & y | ~x & z, 0, range(16), (3, 7, 11, 19)),
        (lambda x, y, z: x & y | x & z | y & z, 0x5a827999,
         [i % 4 * 4 + i // 4 for i in range(16)], (3, 5, 9, 13)),
        (lambda x, y, z: x ^ y ^ z, 0x6ed9eba1,
         (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15),
         (3, 9, 11, 15)))
    for at in range(0, len(data), 64):
        words = struct.unpack("<16I", data[at:at + 64])
        a, b, c, d = state
        for mix, add, order, shifts in rounds:
            for i, k in enumerate(order):
                t = (a + mix(b, c, d) + words[k] + add) & 0xffffffff
                s = shifts[i % 4]
                a, b, c, d = d, (t << s | t >> 32 - s) & 0xffffffff, b, c
        state = [(x + y) & 0xffffffff for x, y in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def rc4(key, data):
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def md5(*parts):
    return hashlib.md5(b"".join(parts)).digest()


def hmac_md5(key, *parts):
    return hmac.new(key, b"".join(parts), "md5").digest()


def ntowf(user, domain, password):
    return hmac_md5(md4(password.encode("utf-16-le")),
                    (user.upper() + domain).encode("utf-16-le"))


# ---- tokens

def target_info(pairs):
    """PAIRS: (id, text or bytes)."""
    out = b""
    for number, value in pairs:
        if isinstance(value, str):
            value = value.encode("utf-16-le")
        out += struct.pack("<HH", number, len(value)) + value
    return out + bytes(4)


def challenge(nonce, info, flags=FLAGS):
    """A CHALLENGE token."""
    return (b"NTLMSSP\0" + struct.pack("<IHHII", 2, 0, 0, 56, flags) + nonce
            + bytes(8) + struct.pack("<HHI", len(info), len(info), 56)
            + bytes((5, 2, 0xce, 0x0e, 0, 0, 0, 15)) + info)


class Refused(Exception):
    pass


class Authenticate:
    """An AUTHENTICATE token, taken apart."""

    def __init__(self, token):
        if token[:12] != b"NTLMSSP\0\3\0\0\0":
            raise Refused("no AUTHENTICATE")

        def field(at):
            size, room, offset = struct.unpack("<HHI", token[at:at + 8])
            if offset < 72 or offset + size > len(token) or size != room:
                raise Refused("field at %d" % at)
            return token[offset:offset + size]

        self.lm, self.nt = field(12), field(20)
        self.domain, self.user, self.workstation = (
            field(at).decode("utf-16-le") for at in (28, 36, 44))
        self.session_key = field(52)
        self.flags, = struct.unpack("<I", token[60:64])

    def check(self, nonce, password):
        """The session, if PASSWORD is right."""
        owf = ntowf(self.user, self.domain, password)
        proof, blob = self.nt[:16], self.nt[16:]
        if hmac_md5(owf, nonce, blob) != proof:
            raise Refused("NTLMv2 answer")
        if self.lm != hmac_md5(owf, nonce, blob[16:24]) + blob[16:24]:
            raise Refused("LMv2 answer")
        if blob[:2] != b"\1\1":
            raise Refused("blob")
        base = hmac_md5(owf, proof)
        if not self.flags & KEY_EXCH:
            raise Refused("no key exchange")
        return Session(rc4(base, self.session_key), self.flags)


# ---- signatures

class Session:
    """Both sides' keys; numbers and signatures of a server."""

    def __init__(self, key, flags):
        self.key = key
        self.extended = bool(flags & EXTENDED)
        short = key if flags & 0x20000000 else \
            key[:7] if flags & 0x80000000 else key[:5]

        def make(source, way, what):
            return md5(source, b"session key to %s %s key magic constant\0"
                       % (way, what))

        self.client, self.server = (
            (make(key, way, b"signing"), make(short, way, b"sealing"))
            for way in (b"client-to-server", b"server-to-client"))

    def mac(self, text, server):
        if isinstance(text, str):
            text = text.encode()
        if not self.extended:
            plain = bytes(4) + struct.pack("<I", zlib.crc32(text)) + SEQ
            return b"\1\0\0\0" + bytes(4) + rc4(self.key, plain)[4:]
        sign, seal = self.server if server else self.client
        check = hmac_md5(sign, SEQ, text)[:8]
        return b"\1\0\0\0" + rc4(md5(seal, SEQ), check) + SEQ


def _address(value):
    """URI and tag of From or To."""
    uri = re.search(r"<([^>]*)>", value)
    tag = re.search(r";\s*tag=([^;\s,]+)", value[uri.end():] if uri else value)
    return (uri.group(1) if uri else value.split(";")[0].strip(),
            tag.group(1) if tag else "")


def identities(values):
    """The first sip: and the first tel: URI of P-Asserted-Identity."""
    sip = tel = ""
    for value in values:
        for item in re.findall(r'(?:"(?:\\.|[^"\\])*"|<[^>]*>|[^,"<])+',
                               value):
            bare = re.sub(r'"(?:\\.|[^"\\])*"', "", item)
            uri = re.search(r"<([^>]*)>", bare)
            uri = uri.group(1) if uri else bare.strip()
            if not sip and uri.lower().startswith("sip:"):
                sip = uri
            elif not tel and uri.lower().startswith("tel:"):
                tel = uri
    return sip, tel


def signed_text(version, rand, num, realm, target, headers, status=None):
    """What is signed of a message with HEADERS, (name, value) in order."""
    def get(name):
        return next((v for n, v in headers if n.lower() == name), "")

    def every(name):
        return [v for n, v in headers if n.lower() == name]

    number, method = get("cseq").split()
    from_uri, from_tag = _address(get("from"))
    to_uri, to_tag = _address(get("to"))
    fields = ["NTLM", rand, num, realm, target, get("call-id"), number, method,
              from_uri, from_tag]
    if version > 2:
        fields += [to_uri, to_tag, *identities(
            every("p-asserted-identity") or every("p-preferred-identity"))]
    else:
        fields += [to_tag]
    fields += [get("expires")]
    if status is not None:
        fields += [str(status)]
    return "".join("<%s>" % f for f in fields)


def parameters(value):
    """Of `NTLM name="value", ...`."""
    scheme, _, rest = value.partition(" ")
    assert scheme == "NTLM", value
    return {k: q or v for k, q, v in re.findall(
        r'([\w-]+)=(?:"([^"]*)"|([^",\s]+))', rest)}
