# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kamailio of the tests' own on loopback: UDP, TCP and TLS, digest,
registrar, presence that lets every watcher in or has rules, on demand a store
for who is away. It can be killed and come back. Nothing of it outlives the object."""

import os
import shutil
import signal
import socket
import subprocess
import time

DOMAIN = "lab.test"
RULE = """<?xml version="1.0" encoding="UTF-8"?>\
<cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy" \
xmlns:pr="urn:ietf:params:xml:ns:pres-rules"><cr:rule id="one">\
<cr:conditions><cr:identity><cr:one id="%s"/></cr:identity></cr:conditions>\
<cr:actions><pr:sub-handling>%s</pr:sub-handling></cr:actions>\
<cr:transformations/></cr:rule></cr:ruleset>"""
USERS = ("alice", "bob", "kim")

CONFIG = r"""
debug=@DEBUG@
log_stderror=yes
fork=yes
children=@CHILDREN@
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
dns_try_naptr=no
enable_tls=yes
tcp_crlf_ping=yes
tcp_connection_lifetime=3605
tcp_rd_buf_size=1048576
maxbuffer=4194304
force_rport=yes
mlock_pages=no
listen=udp:127.0.0.1:@PORT@
listen=tcp:127.0.0.1:@PORT@
listen=tls:127.0.0.1:@TLS@
listen=tls:127.0.0.1:@WRONG@
listen=tls:127.0.0.1:@EXPIRED@
#!ifdef WITH_XCAP
listen=tcp:127.0.0.1:@HTTP@
listen=tls:127.0.0.1:@HTTPS@
tcp_accept_no_cl=yes
#!endif
alias="lab.test"

loadmodule "tls.so"
loadmodule "db_text.so"
loadmodule "ctl.so"
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "outbound.so"
loadmodule "rr.so"
loadmodule "path.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "sanity.so"
loadmodule "xlog.so"
loadmodule "cfgutils.so"
loadmodule "auth.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "nathelper.so"
loadmodule "presence.so"
loadmodule "presence_xml.so"
#!ifdef WITH_STORE
loadmodule "msilo.so"
#!endif
#!ifdef WITH_XCAP
loadmodule "xhttp.so"
loadmodule "xcap_server.so"
modparam("xcap_server", "db_url", "text://@DIR@/dbtext")
modparam("xcap_server", "xcap_root", "/xcap-root/")
modparam("xcap_server", "buf_size", 1048576)
modparam("xcap_server", "xml_ns", "rl=urn:ietf:params:xml:ns:resource-lists")
modparam("xcap_server", "xml_ns", "rs=urn:ietf:params:xml:ns:rls-services")
modparam("xcap_server", "xml_ns", "cr=urn:ietf:params:xml:ns:common-policy")
modparam("xcap_server", "xml_ns", "pr=urn:ietf:params:xml:ns:pres-rules")
#!endif
#!ifdef WITH_RLS
loadmodule "pua.so"
loadmodule "rls.so"
modparam("pua", "db_url", "text://@DIR@/dbtext")
modparam("pua", "db_mode", 0)
modparam("pua", "outbound_proxy", "sip:127.0.0.1:@PORT@")
modparam("rls", "db_url", "text://@DIR@/dbtext")
modparam("rls", "xcap_db_url", "text://@DIR@/dbtext")
modparam("rls", "db_mode", 0)
modparam("rls", "integrated_xcap_server", 1)
modparam("rls", "to_presence_code", 5)
modparam("rls", "server_address", "sip:rls@127.0.0.1:@PORT@")
modparam("rls", "outbound_proxy", "sip:127.0.0.1:@PORT@")
modparam("rls", "waitn_time", 1)
modparam("rls", "clean_period", 10)
modparam("rls", "max_expires", 3600)
#!endif

modparam("tls", "config", "@DIR@/tls.cfg")
modparam("tls", "tls_force_run", 1)
modparam("ctl", "binrpc", "unix:@DIR@/ctl")
modparam("tm", "fr_timer", 5000)
modparam("tm", "failure_reply_mode", 3)
modparam("rr", "enable_full_lr", 0)
modparam("auth", "nonce_expire", @NONCE@)
modparam("auth", "qop", "auth")
modparam("auth", "nonce_count", 1)
modparam("auth", "algorithm", "@ALGORITHM@")
modparam("usrloc", "db_mode", 0)
modparam("usrloc", "timer_interval", 2)
modparam("usrloc", "handle_lost_tcp", 1)
modparam("registrar", "max_contacts", 20)
modparam("registrar", "default_expires", 600)
modparam("registrar", "max_expires", 3600)
modparam("registrar", "use_path", 1)
modparam("registrar", "path_mode", 1)
modparam("registrar", "gruu_enabled", 1)
modparam("registrar", "outbound_mode", 1)
modparam("registrar", "flow_timer", 25)
modparam("registrar", "received_avp", "$avp(RECEIVED)")
modparam("nathelper", "received_avp", "$avp(RECEIVED)")
modparam("presence", "db_url", "text://@DIR@/dbtext")
#!ifdef WITH_RULES
modparam("db_text", "db_mode", 1)
#!else
modparam("db_text", "db_mode", 0)
#!endif
#!ifdef WITH_STORE
modparam("msilo", "db_url", "text://@DIR@/dbtext")
modparam("msilo", "outbound_proxy", "sip:127.0.0.1:@PORT@")
modparam("msilo", "add_date", 0)
modparam("msilo", "use_contact", 0)
modparam("msilo", "check_time", 5)
modparam("msilo", "expire_time", 86400)
#!endif
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 0)
modparam("presence", "clean_period", 10)
modparam("presence", "max_expires", 3600)
modparam("presence", "min_expires", 10)
modparam("presence", "min_expires_action", 1)
modparam("presence", "send_fast_notify", 1)
modparam("presence", "notifier_processes", 0)
modparam("presence", "sip_uri_match", 1)
modparam("presence_xml", "db_url", "text://@DIR@/dbtext")
#!ifdef WITHOUT_WINFO
modparam("presence_xml", "disable_winfo", 1)
#!endif
#!ifdef WITH_RULES
modparam("presence_xml", "integrated_xcap_server", 1)
#!else
modparam("presence_xml", "force_active", 1)
#!endif

request_route {
	if (!mf_process_maxfwd_header("10")) {
		sl_send_reply("483", "Too Many Hops"); exit;
	}
	if (!sanity_check("17895", "7")) exit;
	if (is_method("CANCEL")) {
		if (t_check_trans()) route(RELAY);
		exit;
	}
	if (!is_method("ACK")) {
		if (t_precheck_trans()) { t_check_trans(); exit; }
		t_check_trans();
	}
	# A stream client's Contact may not be reachable: note its connection.
	if (!is_method("REGISTER") && is_present_hf("Contact")
			&& $proto != "udp")
		set_contact_alias();
	route(WITHINDLG);
	if (is_method("OPTIONS") && uri==myself && $rU==$null) {
		sl_send_reply("200", "OK"); exit;
	}
	remove_hf("Route");
	if (is_method("REGISTER")) { route(REGISTRAR); exit; }
	if (!(src_ip==myself && $sp==@PORT@ && $proto=="udp")) route(AUTH);
	if (uri!=myself) {
		sl_send_reply("404", "Unknown Domain"); exit;
	}
	if (is_method("PUBLISH|SUBSCRIBE")) { route(PRESENCE); exit; }
#!ifdef WITH_RLS
	if (is_method("NOTIFY") && $rU=="rls") { route(RLSNOTIFY); exit; }
#!endif
	if (is_method("INVITE")) record_route();
	if (!lookup("location")) {
#!ifdef WITH_STORE
		if (is_method("MESSAGE")) { route(STORE); exit; }
#!endif
		t_newtran();
		if ($rU =~ "^(@USERS@)$")
			send_reply("480", "Temporarily Unavailable");
		else
			send_reply("404", "Not Found");
		exit;
	}
#!ifdef WITH_STORE
	t_on_failure("STORE");
#!endif
	route(RELAY);
	exit;
}

#!ifdef WITH_STORE
route[STORE] {
	if (!t_newtran()) { sl_reply_error(); exit; }
	if (!($rU =~ "^(@USERS@)$")) { send_reply("404", "Not Found"); exit; }
	if ($hdr(Content-Type) =~ "^application/im-iscomposing") {
		send_reply("202", "Not stored"); exit;
	}
	if (m_store("sip:$rU@@DOMAIN@")) send_reply("202", "Accepted");
	else send_reply("503", "Offline store failed");
	exit;
}

failure_route[STORE] {
	if (t_is_canceled() || !is_method("MESSAGE")) exit;
	if (!t_branch_timeout() && !t_check_status("408|430|477|480|503")) exit;
	if ($hdr(Content-Type) =~ "^application/im-iscomposing") {
		t_reply("202", "Not stored"); exit;
	}
	if (m_store("sip:$oU@@DOMAIN@")) t_reply("202", "Accepted");
}
#!endif

route[AUTH] {
#!ifdef WITH_NOAUTH
	return;
#!endif
	if (from_uri!=myself) {
		sl_send_reply("403", "Not relaying"); exit;
	}
	if (!pv_proxy_authenticate("@DOMAIN@", "secret-$fU", "0")) {
		$var(arc) = $rc;
		if ($var(arc) == -4 || $var(arc) == -6)
			proxy_challenge("@DOMAIN@", "17");
		else
			proxy_challenge("@DOMAIN@", "1");
		exit;
	}
	if ($au != $fU) {
		sl_send_reply("403", "From is not the authenticated user");
		exit;
	}
	consume_credentials();
	return;
}

route[REGISTRAR] {
#!ifndef WITH_NOAUTH
	if (!pv_www_authenticate("@DOMAIN@", "secret-$tU", "0")) {
		$var(arc) = $rc;
		if ($var(arc) == -4 || $var(arc) == -6)
			www_challenge("@DOMAIN@", "17");
		else
			www_challenge("@DOMAIN@", "1");
		exit;
	}
	if ($au != $tU) {
		sl_send_reply("403", "To is not the authenticated user");
		exit;
	}
	consume_credentials();
#!endif
	if ($expires(max) != $null && $expires(max) > 0
			&& $expires(max) < @MIN@) {
		append_to_reply("Min-Expires: @MIN@\r\n");
		sl_send_reply("423", "Interval Too Brief"); exit;
	}
	if ($proto != "udp") fix_nated_register();
	if (!save("location")) { sl_reply_error(); exit; }
#!ifdef WITH_STORE
	if ($expires(max) > 0) m_dump("sip:$tU@@DOMAIN@");
#!endif
	exit;
}

route[WITHINDLG] {
	if (!has_totag()) return;
	if (loose_route()) {
		if (uri==myself && is_method("SUBSCRIBE")) {
			route(PRESENCE); exit;
		}
		if ($du=="") handle_ruri_alias();
		route(RELAY);
		exit;
	}
#!ifdef WITH_RLS
	if (is_method("NOTIFY") && $rU=="rls") { route(RLSNOTIFY); exit; }
#!endif
	if (is_method("SUBSCRIBE|PUBLISH") && uri==myself) {
		route(PRESENCE); exit;
	}
	if (is_method("ACK")) {
		if (t_check_trans()) t_relay();
		exit;
	}
	if (uri!=myself && $rd =~ "^127\.") {
		handle_ruri_alias();
		route(RELAY);
		exit;
	}
	sl_send_reply("481", "Call/Transaction Does Not Exist");
	exit;
}

route[PRESENCE] {
	if (!t_newtran()) { sl_reply_error(); exit; }
	if (is_method("PUBLISH")) {
		$ru = "sip:" + $rU + "@@DOMAIN@";
		handle_publish();
		t_release();
		exit;
	}
	if (!has_totag()) $ru = "sip:" + $rU + "@@DOMAIN@";
#!ifdef WITH_RLS
	$var(rls) = rls_handle_subscribe("sip:$fU@@DOMAIN@");
	if ($var(rls) != 5) { t_release(); exit; }
#!endif
	handle_subscribe("sip:$fU@@DOMAIN@");
	t_release();
	exit;
}

#!ifdef WITH_RLS
route[RLSNOTIFY] {
	if (!t_newtran()) { sl_reply_error(); exit; }
	rls_handle_notify();
	t_release();
	exit;
}
#!endif

route[RELAY] {
	t_on_reply("REPLY");
	if (!t_relay()) sl_reply_error();
	exit;
}

onreply_route[REPLY] {
	if ($proto != "udp" && is_present_hf("Contact")
			&& status=~"^(1[0-9][0-9]|2[0-9][0-9])$")
		set_contact_alias();
}

#!ifdef WITH_XCAP
route[CHANGED] {
	if ($xcapuri(u=>auid) =~ "pres-rules") {
		pres_update_watchers("$var(user)", "presence");
		pres_refresh_watchers("$var(user)", "presence", 1);
	}
	return;
}

event_route[xhttp:request] {
	set_reply_close();
	set_reply_no_connect();
	if (!($hu =~ "^/xcap-root/")) {
		xhttp_reply("404", "Not Found", "", ""); exit;
	}
	$xcapuri(u=>data) = $hu;
	if ($xcapuri(u=>auid) == "xcap-caps") {
		$var(caps) = "<?xml version='1.0' encoding='UTF-8'?><xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>pres-rules</auid><auid>resource-lists</auid>@AUIDS@<auid>xcap-caps</auid></auids><namespaces><namespace>urn:ietf:params:xml:ns:xcap-caps</namespace></namespaces></xcap-caps>";
		xhttp_reply("200", "OK", "application/xcap-caps+xml", "$var(caps)");
		exit;
	}
	$var(owner) = $(xcapuri(u=>xuid){uri.user});
#!ifndef WITH_NOAUTH
	if (!pv_www_authenticate("@DOMAIN@", "secret-$var(owner)", "0")) {
		$var(arc) = $rc;
		if ($var(arc) == -4 || $var(arc) == -6)
			www_challenge("@DOMAIN@", "17");
		else
			www_challenge("@DOMAIN@", "1");
		exit;
	}
	if ($au != $var(owner)) {
		xhttp_reply("403", "Forbidden", "", ""); exit;
	}
#!endif
	$var(user) = "sip:" + $var(owner) + "@@DOMAIN@";
	switch ($rm) {
		case "GET":
			xcaps_get("$var(user)", "$hu");
			exit;
		case "PUT":
			xcaps_put("$var(user)", "$hu", "$rb");
			route(CHANGED);
			exit;
		case "DELETE":
			xcaps_del("$var(user)", "$hu");
			route(CHANGED);
			exit;
		default:
			xhttp_reply("405", "Method Not Allowed", "", "");
			exit;
	}
}
#!endif

event_route[tm:local-request] {
	if ($ru =~ ";alias=") handle_ruri_alias();
}
"""


def free_ports(n, kinds=(socket.SOCK_STREAM, socket.SOCK_DGRAM)):
    """N numbers that were free for all KINDS on 127.0.0.1 just now."""
    ports = []
    socks = []
    try:
        while len(ports) < n:
            first = socket.socket(socket.AF_INET, kinds[0])
            socks.append(first)
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                for kind in kinds[1:]:
                    other = socket.socket(socket.AF_INET, kind)
                    socks.append(other)
                    other.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(port)
    finally:
        for s in socks:
            s.close()
    return ports


def make_certificates(directory):
    """A CA and server certificates: right, for another name, expired."""
    os.makedirs(directory, exist_ok=True)

    def openssl(*args):
        subprocess.run(("openssl",) + args, cwd=directory, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    for ca in ("ca", "other-ca"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-keyout", ca + ".key",
                "-out", ca + ".pem", "-days", "3650", "-subj", "/CN=" + ca,
                "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    with open(os.path.join(directory, "ca.cnf"), "w") as f:
        f.write("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\n"
                "serial=serial\nnew_certs_dir=.\ncertificate=ca.pem\n"
                "private_key=ca.key\ndefault_md=sha256\npolicy=p\n"
                "copy_extensions=copy\nunique_subject=no\n"
                "[p]\ncommonName=supplied\n")
    open(os.path.join(directory, "index.txt"), "w").close()
    with open(os.path.join(directory, "serial"), "w") as f:
        f.write("1000\n")

    def leaf(name, cn, san, *dates):
        openssl("req", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                name + ".key", "-out", name + ".csr", "-subj", "/CN=" + cn,
                "-addext", "subjectAltName=" + san,
                "-addext", "extendedKeyUsage=serverAuth,clientAuth")
        openssl("ca", "-batch", "-config", "ca.cnf", "-notext", "-in",
                name + ".csr", "-out", name + ".pem", *dates)

    names = "DNS:lab.test,IP:127.0.0.1,URI:sip:lab.test"
    leaf("server", "lab.test", names, "-days", "3650")
    leaf("wrong", "other.example",
         "DNS:other.example,URI:sip:other.example", "-days", "3650")
    leaf("expired", "lab.test", names, "-startdate", "20200101000000Z",
         "-enddate", "20200201000000Z")


class Kamailio:
    """Starts at once; `with` or stop() ends it. STORE: it keeps messages for
    who is not registered and hands them over when he is (msilo). RULES: whom
    nobody decided about waits, instead of being let in. WINFO: who
    watches is told. XCAP: it keeps documents under xcap_root. RLS: and
    subscribes for its users to those in the lists there."""

    def __init__(self, directory, algorithm="MD5", auth=True, nonce=300,
                 min_expires=10, debug=2, store=False,
                 rules=False, winfo=True, xcap=False,
                 rls=False):
        self.dir = str(directory)
        self.auth = auth
        self.store = store
        self.rules = rules
        self.winfo = winfo
        self.xcap = xcap or rls
        self.rls = rls
        self.subst = {
            "ALGORITHM": algorithm, "NONCE": str(nonce),
            "MIN": str(min_expires), "DEBUG": str(debug),
            "DOMAIN": DOMAIN, "USERS": "|".join(USERS), "DIR": self.dir,
            # It asks itself, and must be heard meanwhile.
            "CHILDREN": "4" if rls else "1",
            "AUIDS": "<auid>rls-services</auid>" if rls else "",
        }
        os.makedirs(self.dir, exist_ok=True)
        make_certificates(os.path.join(self.dir, "tls"))
        self.ca = os.path.join(self.dir, "tls", "ca.pem")
        (self.port, self.tls_port, self.wrong_port,
         self.expired_port, self.http_port,
         self.https_port) = free_ports(6)
        self.xcap_root = "http://127.0.0.1:%d/xcap-root" % self.http_port
        self.xcap_root_tls = ("https://127.0.0.1:%d/xcap-root"
                              % self.https_port)
        self.process = None
        self.written = 0
        self.start()

    @staticmethod
    def program():
        return shutil.which("kamailio") or shutil.which(
            "kamailio", path="/usr/sbin:/usr/local/sbin")

    def _write(self):
        self.subst.update(PORT=str(self.port), TLS=str(self.tls_port),
                          WRONG=str(self.wrong_port),
                          EXPIRED=str(self.expired_port),
                          HTTP=str(self.http_port),
                          HTTPS=str(self.https_port))
        text = CONFIG
        for key, value in self.subst.items():
            text = text.replace("@%s@" % key, value)
        head = "#!KAMAILIO\n"
        if not self.auth:
            head += "#!define WITH_NOAUTH\n"
        if self.store:
            head += "#!define WITH_STORE\n"
        if self.xcap:
            head += "#!define WITH_XCAP\n"
        if self.rls:
            head += "#!define WITH_RLS\n"
        if self.rules:
            head += "#!define WITH_RULES\n"
        if not self.winfo:
            head += "#!define WITHOUT_WINFO\n"
        with open(os.path.join(self.dir, "kamailio.cfg"), "w") as f:
            f.write(head + text)
        with open(os.path.join(self.dir, "tls.cfg"), "w") as f:
            for name, cert in (("default", "server"),
                               ("127.0.0.1:%d" % self.wrong_port, "wrong"),
                               ("127.0.0.1:%d" % self.expired_port,
                                "expired")):
                f.write("[server:%s]\nmethod = TLSv1.2+\n"
                        "certificate = %s/tls/%s.pem\n"
                        "private_key = %s/tls/%s.key\n"
                        "verify_certificate = no\n"
                        "require_certificate = no\n\n"
                        % (name, self.dir, cert, self.dir, cert))
            f.write("[client:default]\nmethod = TLSv1.2+\n"
                    "verify_certificate = no\n")
        tables = os.path.join(self.dir, "dbtext")
        shutil.rmtree(tables, ignore_errors=True)
        os.makedirs(tables)
        if self.store:
            # As the module comes, but for what it leaves unset itself.
            with open(os.path.join(tables, "silo"), "w") as f:
                f.write("id(int,auto) src_addr(string) dst_addr(string) "
                        "username(string) domain(string) inc_time(int) "
                        "exp_time(int) snd_time(int) ctype(string) "
                        "body(string,null) extra_hdrs(string,null) "
                        "callid(string,null) status(int,null) \n")
        for t in ("version", "presentity", "active_watchers", "watchers",
                  "xcap", "pua", "rls_presentity", "rls_watchers"):
            # What is empty is written as if it were not set.
            with open("/usr/share/kamailio/dbtext/kamailio/" + t) as f:
                text = f.read().replace("(string)", "(string,null)")
            with open(os.path.join(tables, t), "w") as f:
                f.write(text)

    def start(self):
        self._write()
        self._run()

    def _run(self):
        self.log = open(os.path.join(self.dir, "kamailio.log"), "ab")
        self.process = subprocess.Popen(
            (self.program(), "-f", self.dir + "/kamailio.cfg", "-Y",
             self.dir, "-w", self.dir, "-M", "8", "-DD", "-E",
             *(("-m", "256", "-x", "fm", "-X", "fm") if self.rls
               else ("-m", "64"))),
            cwd=self.dir, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, start_new_session=True)
        self._wait_ready()

    def _wait_ready(self):
        probe = ("OPTIONS sip:lab.test SIP/2.0\r\n"
                 "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bKready;rport\r\n"
                 "From: <sip:ready@lab.test>;tag=r\r\nTo: <sip:lab.test>\r\n"
                 "Call-ID: ready\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 5\r\n"
                 "Content-Length: 0\r\n\r\n")
        end = time.monotonic() + 20
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(0.2)
            text = (probe % s.getsockname()[1]).encode()
            while time.monotonic() < end:
                if self.process.poll() is not None:
                    raise RuntimeError("kamailio ended: " + self.log_tail())
                try:
                    s.sendto(text, ("127.0.0.1", self.port))
                    if s.recv(4096).startswith(b"SIP/2.0 200"):
                        break
                except OSError:
                    time.sleep(0.05)
            else:
                raise RuntimeError("kamailio not ready: " + self.log_tail())
        while time.monotonic() < end:
            try:
                socket.create_connection(
                    ("127.0.0.1", self.tls_port), 0.5).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("kamailio's TLS not ready: " + self.log_tail())

    def rule(self, user, watcher, handling):
        """USER's one and only rule, as another device of theirs writes it:
        WATCHER gets HANDLING."""
        path = os.path.join(self.dir, "dbtext", "xcap")
        doc = RULE % (watcher, handling)
        row = ("1", user, DOMAIN, doc, "2", "e", "0",
               "/xcap-root/pres-rules/users/sip:%s@%s/index"
               % (user, DOMAIN), "0")
        with open(path) as f:
            head = f.readline()
        with open(path, "w") as f:
            f.write(head + ":".join(v.replace(":", "\\:") for v in row)
                    + "\n")
        # Read anew where it is younger, in whole seconds.
        self.written = max(self.written, int(time.time())) + 2
        os.utime(path, (self.written, self.written))
        out = subprocess.run(
            (shutil.which("kamcmd", path="/usr/sbin:/usr/local/sbin"), "-s",
             "unix:%s/ctl" % self.dir, "presence.refreshWatchers",
             "sip:%s@%s" % (user, DOMAIN), "presence", "0"),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=10, check=True)
        if "error" in out.stdout:
            raise RuntimeError(out.stdout)

    def log_tail(self):
        with open(os.path.join(self.dir, "kamailio.log"), "rb") as f:
            return f.read()[-3000:].decode("utf-8", "replace")

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait(10)
        self.process = None
        self.log.close()

    def go(self, sig=signal.SIGTERM):
        """Away: SIGTERM is the orderly way, SIGKILL the other, which loses
        what is in its store."""
        if sig == signal.SIGKILL:
            # Its processes are a group of their own.
            group = self.process.pid
            os.killpg(group, sig)
            self.process.wait(10)
            self.process = None
            self.log.close()
            self._gone(group)
        else:
            self.stop()

    @staticmethod
    def _gone(group):
        """Its last process closes what they share: until then what is sent
        to it may have arrived."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return
            time.sleep(0.005)

    def come_back(self):
        """On the same ports, with what it had on disk."""
        self._run()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()
