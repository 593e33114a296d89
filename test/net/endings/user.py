"""Plays the user of a connection, for each JSON line; answers a line with its outcome."""

import json
import socket
import ssl
import sys

# Silence is what is still so after this many seconds.
SILENCE = 0.4


def name_of(error):
    if isinstance(error, (socket.timeout, TimeoutError)):
        return "pending"
    if isinstance(error, ssl.SSLZeroReturnError):
        return "SSLZeroReturnError"
    if isinstance(error, ssl.SSLError):
        return f"{type(error).__name__} {error.reason}"
    # What the socket below fails with is an OSError of its own kind.
    return "SSLSyscallError" if isinstance(error, OSError) else type(error).__name__


def play(request, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority)
    version = ssl.TLSVersion[request["version"].replace(".", "_")]
    context.minimum_version = context.maximum_version = version
    plain = socket.create_connection(("127.0.0.1", request["port"]))
    plain.settimeout(20)
    user = plain
    try:
        # A reset that is there already is found by this call.
        user = context.wrap_socket(
            plain,
            server_hostname="server.test",
            do_handshake_on_connect=False,
            suppress_ragged_eofs=request["suppress"],
        )
        column = request["column"]
        if column == "handshake":
            user.settimeout(SILENCE)
            user.do_handshake()
            return "done"
        user.do_handshake()
        user.settimeout(SILENCE)
        if column == "unwrap":
            user.unwrap()
            return "done"
        data = user.recv(1000)
        return f"{len(data)} bytes" if data else "end"
    except Exception as error:
        return name_of(error)
    finally:
        user.close()


for line in sys.stdin:
    print(play(json.loads(line), sys.argv[1]), flush=True)
