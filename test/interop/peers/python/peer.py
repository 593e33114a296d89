"""A TLS peer on Python's ssl. The command line is that of every program here:
see ../../support/own-program.ts."""

import os
import socket
import ssl
import sys

options = dict(argument.split("=", 1) for argument in sys.argv[2:])
is_client = sys.argv[1] == "client"
address = ("127.0.0.1", int(options["port"]))


def make_context():
    context = ssl.SSLContext(
        ssl.PROTOCOL_TLS_CLIENT if is_client else ssl.PROTOCOL_TLS_SERVER
    )
    version = ssl.TLSVersion[options["version"].replace(".", "_")]
    context.minimum_version = context.maximum_version = version
    if "cert" in options:
        context.load_cert_chain(options["cert"], options["key"])
    if "ca" in options:
        context.load_verify_locations(options["ca"])
    if not is_client:
        modes = {"required": ssl.CERT_REQUIRED, "optional": ssl.CERT_OPTIONAL}
        context.verify_mode = modes.get(options["auth"], ssl.CERT_NONE)
    # Those of TLS 1.3 cannot be chosen.
    if "openssl_suites" in options and version == ssl.TLSVersion.TLSv1_2:
        context.set_ciphers(options["openssl_suites"])
    if "groups" in options and "," not in options["groups"]:
        context.set_ecdh_curve(
            {"x25519": "X25519", "secp256r1": "prime256v1"}.get(
                options["groups"], options["groups"]
            )
        )
    if "dh" in options:
        context.load_dh_params(options["dh"])
    context.post_handshake_auth = "late" in options
    if "alpn" in options:
        context.set_alpn_protocols(options["alpn"].split(","))
    return context


def tell(tls):
    subject = (tls.getpeercert() or {}).get("subject", ())
    names = [value for part in subject for kind, value in part if kind == "commonName"]
    print(
        f"secure version={tls.version()} suite={tls.cipher()[0]}",
        f"alpn={tls.selected_alpn_protocol()}",
        f"resumed={str(tls.session_reused).lower()} peer={''.join(names)}",
        file=sys.stderr,
        flush=True,
    )


def exactly(tls, length):
    received = b""
    while len(received) < length:
        chunk = tls.recv(length - len(received))
        if not chunk:
            raise EOFError("the peer closed")
        received += chunk
    return received


def connect(context, session=None):
    tls = context.wrap_socket(
        socket.create_connection(address),
        server_hostname=options["name"],
        session=session,
        suppress_ragged_eofs=False,
    )
    tell(tls)
    return tls


def client(context):
    session = None
    if options.get("connections") == "2":
        with connect(context) as tls:
            tls.sendall(b"first\n")
            exactly(tls, 6)
            session = tls.session
            tls.unwrap()
    tls = connect(context, session)
    while chunk := os.read(0, 16384):
        tls.sendall(chunk)
        os.write(1, exactly(tls, len(chunk)))
    tls.unwrap()


def ask(tls):
    """The request goes out with the next data, and is answered before more."""
    chunk = tls.recv(65536)
    tls.verify_client_post_handshake()
    tls.sendall(chunk)
    chunk = tls.recv(65536)
    tell(tls)
    tls.sendall(chunk)


def server(context):
    listener = socket.create_server(address)
    for _ in range(int(options.get("connections", "1"))):
        raw, _ = listener.accept()
        tls = context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False)
        tell(tls)
        if "late" in options:
            ask(tls)
        while chunk := tls.recv(65536):
            tls.sendall(chunk)
        tls.unwrap().close()


try:
    (client if is_client else server)(make_context())
except (OSError, EOFError, ValueError) as error:
    print(f"error: {error}", file=sys.stderr)
    sys.exit(1)
