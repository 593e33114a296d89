"""A server whose protocol turns to TLS, by Python's own ssl module.

Usage: starttls.py PROTOCOL PORT CERT KEY

It refuses every word that the protocol does not have at that place, answers
under TLS to one line with that line in upper case, and goes on with the next
connection.
"""

import socket
import ssl
import sys


class Wrong(Exception):
    pass


def exactly(plain, length):
    data = b""
    while len(data) < length:
        more = plain.recv(length - len(data))
        if not more:
            raise Wrong("the client ended")
        data += more
    return data


def line(plain):
    data = b""
    while not data.endswith(b"\r\n"):
        data += exactly(plain, 1)
    return data[:-2].decode("ascii")


def expect(plain, *wanted):
    got = line(plain)
    if not got.upper().startswith(wanted):
        raise Wrong(f"got {got!r}, not one of {wanted}")
    return got


def smtp(plain, hello=("EHLO ", "HELO ")):
    plain.sendall(b"220-mail.test ESMTP\r\n220 at your service\r\n")
    expect(plain, *hello)
    plain.sendall(b"250-mail.test\r\n250-STARTTLS\r\n250 8BITMIME\r\n")
    expect(plain, "STARTTLS")
    plain.sendall(b"220 2.0.0 go ahead\r\n")


def lmtp(plain):
    smtp(plain, ("LHLO ",))


def imap(plain):
    plain.sendall(b"* OK IMAP4rev1 ready\r\n")
    while True:
        tag, command = line(plain).split(" ", 1)
        if command.upper() == "CAPABILITY":
            plain.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n")
            plain.sendall(f"{tag} OK done\r\n".encode())
        elif command.upper() == "STARTTLS":
            plain.sendall(f"{tag} OK begin\r\n".encode())
            return
        else:
            raise Wrong(command)


def pop3(plain):
    plain.sendall(b"+OK ready\r\n")
    expect(plain, "STLS")
    plain.sendall(b"+OK begin\r\n")


def ftp(plain):
    plain.sendall(b"220-files\r\n of all kinds\r\n220 ready\r\n")
    expect(plain, "AUTH TLS")
    plain.sendall(b"234 begin\r\n")


def nntp(plain):
    plain.sendall(b"200 news\r\n")
    # openssl asks what there is, puretls does not.
    got = expect(plain, "STARTTLS", "CAPABILITIES")
    if got.upper().startswith("CAPABILITIES"):
        plain.sendall(b"101 list\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n")
        expect(plain, "STARTTLS")
    plain.sendall(b"382 begin\r\n")


def sieve(plain):
    plain.sendall(b'"IMPLEMENTATION" "test"\r\n"STARTTLS"\r\nOK "hello"\r\n')
    expect(plain, "STARTTLS")
    plain.sendall(b'OK "begin"\r\n')


def xmpp(plain):
    data = b""
    while b"version='1.0'>" not in data and b'version="1.0">' not in data:
        data += exactly(plain, 1)
    if b"to=" not in data:
        raise Wrong("no to")
    plain.sendall(
        b"<?xml version='1.0'?><stream:stream from='x.test' id='1' version='1.0'"
        b" xmlns='jabber:client'"
        b" xmlns:stream='http://etherx.jabber.org/streams'>"
        b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
        b"<required/></starttls></stream:features>"
    )
    data = b""
    while b"/>" not in data:
        data += exactly(plain, 1)
    if b"<starttls" not in data or b"urn:ietf:params:xml:ns:xmpp-tls" not in data:
        raise Wrong(repr(data))
    plain.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")


OID = b"1.3.6.1.4.1.1466.20037"


def ldap(plain):
    tag, length = exactly(plain, 2)
    content = exactly(plain, length)
    if tag != 0x30 or content != b"\x02\x01\x01\x77\x18\x80\x16" + OID:
        raise Wrong(content.hex())
    body = b"\x0a\x01\x00\x04\x00\x04\x00"
    operation = b"\x02\x01\x01\x78" + bytes([len(body)]) + body
    plain.sendall(b"\x30" + bytes([len(operation)]) + operation)


def postgres(plain):
    if exactly(plain, 8) != bytes.fromhex("0000000804d2162f"):
        raise Wrong("no SSLRequest")
    plain.sendall(b"S")


def mysql(plain):
    greeting = (
        b"\x0a8.0.30\x00" + bytes(4) + b"12345678\x00" + b"\xff\xff"
        b"\x2d\x02\x00\xff\xc1\x15" + bytes(10) + b"123456789012\x00"
        b"mysql_native_password\x00"
    )
    plain.sendall(len(greeting).to_bytes(3, "little") + b"\x00" + greeting)
    head = exactly(plain, 4)
    request = exactly(plain, int.from_bytes(head[:3], "little"))
    flags = int.from_bytes(request[:4], "little")
    if head[3] != 1 or len(request) != 32 or not flags & 0x800:
        raise Wrong(request.hex())


def tds_packet(plain):
    head = exactly(plain, 8)
    return head[0], head[1], exactly(plain, int.from_bytes(head[2:4], "big") - 8)


def tds_message(plain):
    data = b""
    while True:
        kind, status, body = tds_packet(plain)
        if kind != 0x12:
            raise Wrong(f"packet type {kind}")
        data += body
        if status & 1:
            return data


def tds(plain):
    body = tds_message(plain)
    options, at = {}, 0
    while body[at] != 0xFF:
        offset = int.from_bytes(body[at + 1 : at + 3], "big")
        length = int.from_bytes(body[at + 3 : at + 5], "big")
        options[body[at]] = body[offset : offset + length]
        at += 5
    # VERSION comes first, and ENCRYPTION is on.
    if body[0] != 0 or len(options[0]) != 6 or options.get(1) != b"\x01":
        raise Wrong(body.hex())
    answer = bytes.fromhex("00000b00060100110001ff")
    answer += b"\x10\x00\x00\x00\x00\x00" + b"\x01"
    plain.sendall(b"\x04\x01" + (8 + len(answer)).to_bytes(2, "big") + bytes(4) + answer)


class Inside:
    """TLS whose handshake is inside of TDS packets."""

    def __init__(self, context, plain):
        self.plain = plain
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.flush(True)
                self.incoming.write(tds_message(plain))
        self.flush(True)

    def flush(self, wraps=False):
        data = self.outgoing.read()
        if wraps and data:
            # In two packets, as one of them may be too small.
            for part, status in ((data[:50], 0), (data[50:], 1)):
                head = b"\x12" + bytes([status]) + (8 + len(part)).to_bytes(2, "big")
                self.plain.sendall(head + bytes(4) + part)
        elif data:
            self.plain.sendall(data)

    def recv(self, length):
        while True:
            try:
                return self.tls.read(length)
            except ssl.SSLWantReadError:
                more = self.plain.recv(4096)
                if not more:
                    raise Wrong("the client ended")
                self.incoming.write(more)

    def sendall(self, data):
        self.tls.write(data)
        self.flush()

    def unwrap(self):
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.flush()


def main():
    name, port, cert, key = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    listener = socket.create_server(("127.0.0.1", int(port)))
    while True:
        plain, _ = listener.accept()
        plain.settimeout(20)
        try:
            globals()[name](plain)
            tunnel = Inside(context, plain) if name == "tds" else None
            with tunnel or context.wrap_socket(plain, server_side=True) as tls:
                data = b""
                while not data.endswith(b"\n"):
                    data += exactly(tls, 1)
                tls.sendall(data.upper())
                tls.unwrap()
        except (Wrong, OSError) as error:
            print(f"{name}: {error}", file=sys.stderr, flush=True)
        finally:
            plain.close()


main()
