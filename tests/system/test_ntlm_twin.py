# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests' own NTLM against published answers: what judges the program must
be right itself."""

import struct

import pytest

import ntlm

COSMO = [(ntlm.DOMAIN, "COSMO"), (ntlm.COMPUTER, "COSMO-OCS-R2"),
         (ntlm.DNS_DOMAIN, "cosmo.local"),
         (ntlm.DNS_COMPUTER, "cosmo-ocs-r2.cosmo.local"),
         (ntlm.DNS_TREE, "cosmo.local")]


@pytest.mark.parametrize("text, digest", [
    (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
    (b"abc", "a448017aaf21d8525fc10ae87aa6729d"),
    (b"message digest", "d9130a8164549fe818874806e1c7014b"),
    (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
])
def test_md4(text, digest):
    """RFC 1320 A.5."""
    assert ntlm.md4(text).hex() == digest


def test_rc4():
    assert ntlm.rc4(b"Key", b"Plaintext").hex() == "bbf316e8d940af0ad3"


def test_primitives():
    """[MS-NLMP] 4.2.4."""
    owf = ntlm.ntowf("User", "Domain", "Password")
    assert owf.hex() == "0c868a403bfd7a93a3001ef22ef02e3f"
    info = ntlm.target_info([(2, "Domain"), (1, "Server")])
    assert info.hex() == (
        "02000c0044006f006d00610069006e0001000c005300650072007600650072000000"
        "0000")
    blob = (b"\1\1" + bytes(6) + bytes(8) + b"\xaa" * 8 + bytes(4) + info
            + bytes(4))
    proof = ntlm.hmac_md5(owf, bytes.fromhex("0123456789abcdef"), blob)
    assert proof.hex() == "68cd0ab851e51c96aabc927bebef6a1c"
    base = ntlm.hmac_md5(owf, proof)
    assert base.hex() == "8de40ccadbc14a82f15cb0ad0de95ca3"
    assert ntlm.rc4(base, b"\x55" * 16).hex() == \
        "c5dad2544fc9799094ce1ce90bc9d03e"
    s = ntlm.Session(b"\x55" * 16, 0xe28a8233)
    assert [k.hex() for k in s.client] == [
        "4788dc861b4782f35d43fd98fe1a2d39", "59f600973cc4960a25480a7c196e4c58"]
    assert ntlm.hmac_md5(s.client[0], bytes(4), "Plaintext".encode(
        "utf-16-le"))[:8].hex() == "70352851f2564309"


def cosmo_token(flags=0x62988255, cut=0):
    """The AUTHENTICATE of a sign-in to a server of 2007 R2."""
    owf = ntlm.ntowf("User", "COSMO", "Pa$$word")
    nonce = bytes.fromhex("dd1baaf4e7e218d1")
    own = bytes.fromhex("d6ae875cb0fdaa41")
    info = ntlm.target_info(COSMO)
    assert len(info) == 150
    blob = (b"\1\1" + bytes(6) + bytes.fromhex("59519a1727b9ca01") + own
            + bytes(4) + info + bytes(4))
    proof = ntlm.hmac_md5(owf, nonce, blob)
    assert proof.hex() == "8dc0c800ae76eca606d2b9fbebd04731"
    parts = [w.encode("utf-16-le") for w in ("COSMO", "User", "COSMO-OCS-R2")]
    parts += [ntlm.hmac_md5(owf, nonce, own) + own, proof + blob,
              bytes.fromhex("31cb739e1ca80a498591e8ae797115e4")]
    assert parts[3].hex() == \
        "a1e92efe4e078bf7c5c0049acc6166c2d6ae875cb0fdaa41"
    at, fields = 72, []
    for p in parts:
        fields.append(struct.pack("<HHI", len(p), len(p), at))
        at += len(p)
    domain, user, station, lm, nt, key = fields
    token = (b"NTLMSSP\0\3\0\0\0" + lm + nt + domain + user + station + key
             + struct.pack("<I", flags) + bytes(8) + b"".join(parts))
    return nonce, token[:len(token) - cut]


def test_sign_in():
    nonce, token = cosmo_token()
    a = ntlm.Authenticate(token)
    assert (a.domain, a.user, a.workstation) == \
        ("COSMO", "User", "COSMO-OCS-R2")
    s = a.check(nonce, "Pa$$word")
    assert s.key.hex() == "6742fbe37bb1946b49d86a525bd29a9b"
    assert [k.hex() for k in s.client + s.server] == [
        "ea5e87c195ae65338f7c023e7600690d", "83013a189002d3abad49c4c8f605ecc8",
        "0151fe94dba8c83f3c6a6e5444ae54b4", "2a2e34e8d420c039e8f31cb9e8e0cd88"]
    with pytest.raises(ntlm.Refused):
        a.check(nonce, "Pa$$words")
    with pytest.raises(ntlm.Refused):
        a.check(bytes(8), "Pa$$word")
    with pytest.raises(ntlm.Refused):
        ntlm.Authenticate(cosmo_token(cut=1)[1])


REGISTER = [
    ("From", "<sip:user@cosmo.local>;tag=3e49177a52;epid=01010101"),
    ("To", "<sip:user@cosmo.local>"),
    ("Call-ID", "4037df9284354df39065195bd57a4b14"),
    ("CSeq", "3 REGISTER")]
REALM = "SIP Communications Service"


def test_version_4():
    nonce, token = cosmo_token()
    s = ntlm.Authenticate(token).check(nonce, "Pa$$word")
    text = ntlm.signed_text(4, "13317733", "1", REALM,
                            "cosmo-ocs-r2.cosmo.local", REGISTER)
    assert text == (
        "<NTLM><13317733><1><SIP Communications Service>"
        "<cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14><3>"
        "<REGISTER><sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local>"
        "<><><><>")
    assert s.mac(text, False).hex() == "0100000029618e9651b65a7764000000"
    answer = [(n, v + ";tag=5E61CCD925D17E043D9A74835A88F664"
               if n == "To" else v) for n, v in REGISTER]
    text = ntlm.signed_text(
        4, "9616454F", "1", REALM, "cosmo-ocs-r2.cosmo.local",
        [*answer, ("Expires", "7200")], 200)
    assert text == (
        "<NTLM><9616454F><1><SIP Communications Service>"
        "<cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14><3>"
        "<REGISTER><sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local>"
        "<5E61CCD925D17E043D9A74835A88F664><><><7200><200>")
    assert s.mac(text, True).hex() == "01000000e615438a917661be64000000"


def test_identity():
    """Names in capitals, the case of values kept."""
    text = ntlm.signed_text(4, "1B6D47A1", "11", REALM,
                            "LOC-COMPANYT-FE03.COMPANY.COM", [
        ("FROM", '"sender"<sip:sender@company.com>;tag=2420628112;epid=1'),
        ("TO", '<sip:recipient@company.com>;epid=2;tag=7aee15546a'),
        ("CSEQ", "1 INVITE"),
        ("CALL-ID", "41CEg82ECa0AC8i3DD7mE673t9CF4b19DAxF780x"),
        ("P-ASSERTED-IDENTITY", '"recipient"<SIP:recipient@company.com>')],
        180)
    assert text == (
        "<NTLM><1B6D47A1><11><SIP Communications Service>"
        "<LOC-COMPANYT-FE03.COMPANY.COM>"
        "<41CEg82ECa0AC8i3DD7mE673t9CF4b19DAxF780x><1><INVITE>"
        "<sip:sender@company.com><2420628112><sip:recipient@company.com>"
        "<7aee15546a><SIP:recipient@company.com><><><180>")


@pytest.mark.parametrize("values, both", [
    (['"Lunch, Lucas" <sip:llucas@cisco.com>,<tel:+420123456;ext=88463>'],
     ("sip:llucas@cisco.com", "tel:+420123456;ext=88463")),
    (["tel:+14085264000"], ("", "tel:+14085264000")),
    (["<sip:a@lab.test>", "<sip:b@lab.test>"], ("sip:a@lab.test", "")),
    ([], ("", "")),
])
def test_identities(values, both):
    assert ntlm.identities(values) == both


def test_version_2():
    """Without extended session security."""
    s = ntlm.Session(bytes.fromhex("5f029153bc025058969548615e7099ba"), 0)
    text = ntlm.signed_text(2, "0878F41B", "1", REALM,
                            "ocs1.ocs.provo.novell.com", [
        ("From", "<sip:gabriel@ocs.provo.novell.com>;tag=2947328781"),
        ("To", "<sip:gabriel@ocs.provo.novell.com>;"
               "tag=B816D65C2300A32CFA6D371F2AF537FD"),
        ("Call-ID", "8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx"),
        ("CSeq", "3 REGISTER"), ("Expires", "900")], 200)
    assert text == (
        "<NTLM><0878F41B><1><SIP Communications Service>"
        "<ocs1.ocs.provo.novell.com>"
        "<8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx><3><REGISTER>"
        "<sip:gabriel@ocs.provo.novell.com><2947328781>"
        "<B816D65C2300A32CFA6D371F2AF537FD><900><200>")
    assert s.mac(text, True).hex() == "0100000000000000bf2e52667ddf6ded"
