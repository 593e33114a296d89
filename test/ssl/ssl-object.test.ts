import { describe, expect, it } from "vitest";
import { equal } from "../../src/bytes.ts";
import {
  MemoryBIO,
  SSLCertVerificationError,
  SSLContext,
  SSLEOFError,
  type SSLError,
  SSLWantReadError,
  SSLWantWriteError,
  SSLZeroReturnError,
} from "../../src/index.ts";
import { createSelfSigned } from "../../src/pki/index.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { TEST_HOSTS, testServer } from "../support/pki.ts";
import {
  ascii,
  authenticatedClient,
  BioPair,
  bytes,
  clientContext,
  serverContext,
  sslError,
  text,
  thrown,
} from "./support.ts";

const ready = () => new BioPair().handshake();

describe("SSLObject: the handshake", () => {
  it("O-02 O-28: goes through two BIOs, and wants more in between", () => {
    const pair = new BioPair();
    expect(
      thrown(() => {
        pair.client.doHandshake();
      }),
    ).toBeInstanceOf(SSLWantReadError);
    expect(pair.clientOut.read(3)).toEqual(bytes(22, 3, 1));
    const again = new BioPair().handshake();
    expect(again.client.handshakeDone && again.server.handshakeDone).toBe(true);
    again.client.doHandshake();
  });

  it("accepts any split of the bytes", () => {
    const pair = new BioPair();
    let calls = 0;
    while (!(pair.client.handshakeDone && pair.server.handshakeDone)) {
      for (const [side, from, to] of [
        [pair.client, pair.serverOut, pair.clientIn],
        [pair.server, pair.clientOut, pair.serverIn],
      ] as const) {
        to.write(from.read(1));
        side.tryHandshake();
        calls++;
      }
      if (calls > 20_000) throw new Error("no end");
    }
    expect(calls).toBeGreaterThan(2000);
  });

  it("O-03: read and write begin the handshake", () => {
    const pair = new BioPair();
    expect(pair.client.tryRead()).toEqual({ status: "wantRead" });
    expect(pair.clientOut.pending).toBeGreaterThan(0);
    const writing = new BioPair();
    expect(() => writing.client.write(bytes(1))).toThrow(SSLWantReadError);
    expect(writing.clientOut.pending).toBeGreaterThan(0);
  });

  it("S-24 P-02: answers null before it is done, getPeerCert throws", () => {
    const { client } = new BioPair();
    expect([
      client.version(),
      client.cipher(),
      client.sharedCiphers(),
      client.selectedAlpnProtocol(),
      client.compression(),
      client.group(),
      client.session,
      client.getChannelBinding("tls-exporter"),
      client.pending(),
    ]).toEqual([null, null, null, null, null, null, null, null, 0]);
    expect(sslError(() => client.getPeerCert()).code).toBe(
      "ERR_HANDSHAKE_NOT_DONE",
    );
    expect(sslError(() => client.exportKeyingMaterial("a", 1)).code).toBe(
      "ERR_HANDSHAKE_NOT_DONE",
    );
    expect(() => client.getChannelBinding("x" as never)).toThrow(RangeError);
  });

  it("O-06 O-07 O-21 O-23 O-25 O-37: says what was agreed", () => {
    const client = clientContext({
      alpnProtocols: ["a", "b"],
      groups: "P-256",
    });
    const server = serverContext({
      alpnProtocols: ["b", "a"],
      ciphersuites: ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
    });
    const pair = new BioPair(client, server).handshake();
    for (const side of [pair.client, pair.server]) {
      expect(side.version()).toBe("TLSv1.3");
      expect(side.cipher()).toEqual({
        name: "TLS_AES_256_GCM_SHA384",
        protocol: "TLSv1.3",
        bits: 256,
      });
      expect(side.group()).toBe("secp256r1");
      expect(side.selectedAlpnProtocol()).toBe("b");
      expect(side.compression()).toBe(null);
      expect(side.sessionReused).toBe(false);
    }
    const shared = pair.server.sharedCiphers()?.map(({ name }) => name);
    expect(shared?.slice(0, 2)).toEqual([
      "TLS_AES_256_GCM_SHA384",
      "TLS_CHACHA20_POLY1305_SHA256",
    ]);
    expect(shared).toHaveLength(2 + 6);
    expect(pair.client.sharedCiphers()).toBe(null);
    expect([pair.client.serverSide, pair.server.serverSide]).toEqual([
      false,
      true,
    ]);
    expect(pair.client.serverHostname).toBe("server.test");
    expect(pair.server.serverHostname).toBe(null);
  });

  it("X-44: goes on without an ALPN name in common, or alerts", () => {
    const client = clientContext({ alpnProtocols: ["a"] });
    const pair = new BioPair(client, serverContext({ alpnProtocols: ["b"] }));
    pair.handshake();
    expect(pair.client.selectedAlpnProtocol()).toBe(null);
    expect(pair.server.selectedAlpnProtocol()).toBe(null);
    const strict = serverContext({
      alpnProtocols: ["b"],
      alpnMismatch: "alert",
    });
    const error = sslError(() => new BioPair(client, strict).handshake());
    expect(error.reason).toBe("NO_APPLICATION_PROTOCOL");
    expect(error.alert).toMatchObject({ description: 120, direction: "sent" });
  });

  it("O-39: the end in the middle of it", () => {
    const pair = new BioPair();
    pair.client.tryHandshake();
    pair.clientIn.writeEof();
    const error = sslError(() => {
      pair.client.doHandshake();
    });
    expect(error).toBeInstanceOf(SSLEOFError);
    expect([error.reason, error.errno]).toEqual([
      "UNEXPECTED_EOF_WHILE_READING",
      8,
    ]);
  });

  it("E-07: close_notify in the middle of it", () => {
    const pair = new BioPair();
    pair.client.tryHandshake();
    pair.clientIn.write(bytes(21, 3, 3, 0, 2, 1, 0));
    expect(thrown(() => pair.client.read())).toBeInstanceOf(SSLZeroReturnError);
  });
});

describe("SSLObject: refusals", () => {
  /** The errors that the client and then the server throw. */
  function refusal(pair: BioPair): { client: SSLError; server: SSLError } {
    pair.client.tryHandshake();
    pair.exchange();
    pair.server.tryHandshake();
    pair.exchange();
    const client = sslError(() => {
      pair.client.doHandshake();
    });
    expect(pair.clientOut.pending).toBeGreaterThan(0);
    pair.exchange();
    return {
      client,
      server: sslError(() => {
        pair.server.doHandshake();
      }),
    };
  }

  it("C-13 E-13 E-14: another name", () => {
    const { client, server } = refusal(
      new BioPair(clientContext(), serverContext(), "other.test"),
    );
    expect(client).toBeInstanceOf(SSLCertVerificationError);
    expect(client).toMatchObject({
      name: "SSLCertVerificationError",
      library: "SSL",
      reason: "CERTIFICATE_VERIFY_FAILED",
      code: "ERR_SSL_CERTIFICATE_VERIFY_FAILED",
      errno: 1,
      verifyCode: 62,
      verifyName: "HOSTNAME_MISMATCH",
      verifyMessage:
        "Hostname mismatch, certificate is not valid for 'other.test'.",
      alert: {
        level: "fatal",
        description: 42,
        name: "bad_certificate",
        direction: "sent",
      },
    });
    expect(client.message).toContain(
      "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'other.test'.",
    );
    expect(server.reason).toBe("SSLV3_ALERT_BAD_CERTIFICATE");
    expect(server.alert).toMatchObject({
      description: 42,
      direction: "received",
    });
  });

  it("E-13: another address", () => {
    const { client } = refusal(
      new BioPair(clientContext(), serverContext(), "10.0.0.1"),
    );
    expect(client).toMatchObject({
      verifyCode: 64,
      verifyMessage:
        "IP address mismatch, certificate is not valid for '10.0.0.1'.",
    });
  });

  // [9846-4.5.1.2-12a]
  it("N-04 E-13 E-15: nobody that is trusted", () => {
    const empty = clientContext({ verifyLocations: { ca: [] } });
    const { client, server } = refusal(new BioPair(empty));
    expect(client).toMatchObject({ verifyCode: 20 });
    expect(server.reason).toBe("TLSV1_ALERT_UNKNOWN_CA");
  });

  it("E-13: signed by itself, and expired", () => {
    const day = 24 * 60 * 60 * 1000;
    const selfSigned = (from: number, to: number) => {
      const made = createSelfSigned({
        provider: noble,
        hosts: TEST_HOSTS,
        notBefore: Date.now() + from * day,
        notAfter: Date.now() + to * day,
      });
      return {
        pem: made.pem,
        server: serverContext({
          certChain: { cert: made.pem, key: made.key.toPem() },
        }),
      };
    };
    const now = selfSigned(-1, 1);
    expect(
      refusal(new BioPair(clientContext(), now.server)).client,
    ).toMatchObject({
      verifyCode: 18,
    });
    const past = selfSigned(-2, -1);
    const client = clientContext({ verifyLocations: { ca: past.pem } });
    const error = refusal(new BioPair(client, past.server));
    expect(error.client).toMatchObject({ verifyCode: 10 });
    expect(error.server.reason).toBe("SSLV3_ALERT_CERTIFICATE_EXPIRED");
  });

  it("N-01 P-03 P-05: CERT_NONE takes anything and knows nobody", () => {
    const client = clientContext({ checkHostname: false, verifyMode: "none" });
    const pair = new BioPair(client, serverContext(), "other.test").handshake();
    expect(pair.client.getPeerCert()).toEqual({});
    expect(pair.client.getPeerCert({ binary: true })).toEqual(
      testServer().chain[0],
    );
    expect(pair.client.getPeerCert({ unverified: true })?.version).toBe(3);
    expect(pair.server.getPeerCert()).toBe(null);
    expect(pair.server.getPeerCert({ binary: true })).toBe(null);
  });

  it("a failed connection throws the same each time", () => {
    const pair = new BioPair(clientContext(), serverContext(), "other.test");
    const { client } = refusal(pair);
    expect(sslError(() => pair.client.read())).toBe(client);
    expect(sslError(() => pair.client.write(bytes(1)))).toBe(client);
    expect(
      sslError(() => {
        pair.client.unwrap();
      }).reason,
    ).toBe("SHUTDOWN_WHILE_IN_INIT");
  });

  it("E-03: a server without a certificate", () => {
    const none = new SSLContext({ protocol: "tlsServer" });
    const bare = new BioPair(clientContext(), none);
    const error = sslError(() => bare.handshake());
    expect(error.reason).toBe("NO_SHARED_CIPHER");
    expect(error.message).toContain("loadCertChain()");
    bare.exchange();
    expect(
      sslError(() => {
        bare.client.doHandshake();
      }).reason,
    ).toBe("SSLV3_ALERT_HANDSHAKE_FAILURE");
  });

  it.each([
    ["GET / HTTP/1.1\r\n\r\n", "HTTP_REQUEST"],
    ["POST / HTTP/1.1", "HTTP_REQUEST"],
    ["HEAD / HTTP/1.1", "HTTP_REQUEST"],
    ["PUT / HTTP/1.1", "HTTP_REQUEST"],
    ["CONNECT a:1 HTTP/1.1", "HTTPS_PROXY_REQUEST"],
    ["SSH-2.0-server\r\n", "WRONG_VERSION_NUMBER"],
  ])("O-40: a server that gets %j", (data, reason) => {
    const pair = new BioPair();
    pair.serverIn.write(ascii(data));
    expect(
      sslError(() => {
        pair.server.doHandshake();
      }).reason,
    ).toBe(reason);
  });

  it("O-40: a client that gets plain HTTP says so", () => {
    const pair = new BioPair();
    pair.client.tryHandshake();
    pair.clientIn.write(ascii("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const error = sslError(() => {
      pair.client.doHandshake();
    });
    expect(error.reason).toBe("WRONG_VERSION_NUMBER");
    expect(error.message).toContain("plain HTTP");
  });

  it("E-06: each alert that a peer can send has OpenSSL's name", () => {
    // What CPython 3.11 answers to each of them.
    const expected: Readonly<Record<number, string>> = {
      10: "SSLV3_ALERT_UNEXPECTED_MESSAGE",
      20: "SSLV3_ALERT_BAD_RECORD_MAC",
      21: "TLSV1_ALERT_DECRYPTION_FAILED",
      22: "TLSV1_ALERT_RECORD_OVERFLOW",
      30: "SSLV3_ALERT_DECOMPRESSION_FAILURE",
      40: "SSLV3_ALERT_HANDSHAKE_FAILURE",
      41: "SSLV3_ALERT_NO_CERTIFICATE",
      42: "SSLV3_ALERT_BAD_CERTIFICATE",
      43: "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
      44: "SSLV3_ALERT_CERTIFICATE_REVOKED",
      45: "SSLV3_ALERT_CERTIFICATE_EXPIRED",
      46: "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
      47: "SSLV3_ALERT_ILLEGAL_PARAMETER",
      48: "TLSV1_ALERT_UNKNOWN_CA",
      49: "TLSV1_ALERT_ACCESS_DENIED",
      50: "TLSV1_ALERT_DECODE_ERROR",
      51: "TLSV1_ALERT_DECRYPT_ERROR",
      60: "TLSV1_ALERT_EXPORT_RESTRICTION",
      70: "TLSV1_ALERT_PROTOCOL_VERSION",
      71: "TLSV1_ALERT_INSUFFICIENT_SECURITY",
      80: "TLSV1_ALERT_INTERNAL_ERROR",
      86: "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
      100: "TLSV1_ALERT_NO_RENEGOTIATION",
      109: "TLSV13_ALERT_MISSING_EXTENSION",
      110: "TLSV1_UNSUPPORTED_EXTENSION",
      111: "TLSV1_CERTIFICATE_UNOBTAINABLE",
      112: "TLSV1_UNRECOGNIZED_NAME",
      113: "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE",
      114: "TLSV1_BAD_CERTIFICATE_HASH_VALUE",
      116: "TLSV13_ALERT_CERTIFICATE_REQUIRED",
      199: "null",
    };
    for (const [number, reason] of Object.entries(expected)) {
      const pair = new BioPair();
      pair.client.tryHandshake();
      pair.clientIn.write(bytes(21, 3, 3, 0, 2, 2, Number(number)));
      const error = sslError(() => {
        pair.client.doHandshake();
      });
      expect([number, String(error.reason)]).toEqual([number, reason]);
      expect(error.alert).toMatchObject({
        description: Number(number),
        direction: "received",
      });
    }
  });
});

describe("SSLObject: client certificates", () => {
  const asking = (verifyMode: "optional" | "required") =>
    serverContext({
      verifyMode,
      verifyLocations: { ca: clientContext().getCaCerts({ binary: true }) },
    });

  it("N-03 P-04: required and there", () => {
    const pair = new BioPair(authenticatedClient(), asking("required"));
    pair.handshake();
    const info = pair.server.getPeerCert();
    expect(info).toMatchObject({
      subject: [[["commonName", "test client"]]],
      subjectAltName: [["email", "client@client.test"]],
    });
    expect(pair.server.getVerifiedChain()).toHaveLength(2);
    // The client trusts the authority: it completes its own chain by that.
    expect(pair.server.getUnverifiedChain()).toHaveLength(2);
  });

  it("N-02 P-01: optional and not there", () => {
    const pair = new BioPair(clientContext(), asking("optional")).handshake();
    expect(pair.server.getPeerCert()).toBe(null);
  });

  it("O-29 Q-03: the client is done before it is refused", () => {
    const pair = new BioPair(clientContext(), asking("required"));
    const error = sslError(() => pair.handshake());
    expect(error.reason).toBe("PEER_DID_NOT_RETURN_A_CERTIFICATE");
    expect(pair.client.handshakeDone).toBe(true);
    expect(pair.client.write(ascii("early"))).toBe(5);
    pair.exchange();
    const seen = sslError(() => pair.client.read());
    expect(seen.reason).toBe("TLSV13_ALERT_CERTIFICATE_REQUIRED");
  });
});

describe("SSLObject: data", () => {
  it("O-11 O-27: of one record, as much as is asked for", () => {
    const pair = ready();
    pair.client.write(ascii("hello world"));
    pair.client.write(ascii("next"));
    pair.exchange();
    expect(pair.server.pending()).toBe(0);
    expect(text(pair.server.read(5))).toBe("hello");
    expect(pair.server.pending()).toBe(6);
    const buffer = new Uint8Array(20);
    expect(pair.server.readInto(buffer, 3)).toBe(3);
    expect(pair.server.readInto(buffer.subarray(3))).toBe(3);
    expect(text(buffer.subarray(0, 6))).toBe(" world");
    expect(text(pair.server.read())).toBe("next");
  });

  it("O-12 O-13: read(0) never waits, read() wants more", () => {
    const pair = ready();
    expect(pair.client.read(0)).toHaveLength(0);
    const error = sslError(() => pair.client.read());
    expect(error).toBeInstanceOf(SSLWantReadError);
    expect(error.errno).toBe(2);
    expect(pair.client.tryRead()).toEqual({ status: "wantRead" });
  });

  it("O-18 O-19: all of it in records of at most 16,384 bytes", () => {
    const pair = ready();
    expect(pair.client.write(bytes())).toBe(0);
    expect(pair.clientOut.pending).toBe(0);
    expect(pair.client.write(new Uint8Array(100_000))).toBe(100_000);
    expect(pair.clientOut.pending).toBe(100_000 + 7 * 22);
  });

  it("O-18 E-09: a bound on the outgoing BIO", () => {
    const bounded = clientContext().wrapBio(new MemoryBIO(), new MemoryBIO(), {
      serverHostname: "server.test",
      highWaterMark: 1,
    });
    expect(() => bounded.write(bytes(1))).toThrow(SSLWantReadError);
    const server = serverContext();
    const out = new MemoryBIO();
    const into = new MemoryBIO();
    const small = server.wrapBio(into, out, { highWaterMark: 1000 });
    const other = new BioPair();
    other.client.tryHandshake();
    into.write(other.clientOut.read());
    small.tryHandshake();
    other.clientIn.write(out.read());
    other.client.doHandshake();
    into.write(other.clientOut.read());
    small.doHandshake();
    // The tickets.
    out.read();
    expect(small.write(new Uint8Array(3000))).toBe(1000);
    expect(() => small.write(bytes(1))).toThrow(SSLWantWriteError);
    out.read();
    expect(small.write(bytes(1))).toBe(1);
  });

  it("leaves in the BIO what was not asked for", () => {
    const pair = ready();
    pair.client.write(new Uint8Array(100_000).fill(1));
    pair.exchange();
    const before = pair.serverIn.pending;
    expect(pair.server.read(10)).toHaveLength(10);
    expect(before - pair.serverIn.pending).toBe(16_384 + 22);
    expect(pair.server.read(100_000)).toHaveLength(16_374);
  });

  it("DECRYPTION_FAILED_OR_BAD_RECORD_MAC for a changed record", () => {
    const pair = ready();
    pair.client.write(ascii("good"));
    pair.exchange();
    pair.client.write(ascii("data"));
    const record = pair.clientOut.read();
    record[record.length - 1] = (record[record.length - 1] ?? 0) ^ 1;
    pair.serverIn.write(record);
    expect(text(pair.server.read())).toBe("good");
    const error = sslError(() => pair.server.read());
    expect(error.reason).toBe("DECRYPTION_FAILED_OR_BAD_RECORD_MAC");
    expect(pair.serverOut.pending).toBeGreaterThan(0);
    pair.exchange();
    expect(sslError(() => pair.client.read()).reason).toBe(
      "SSLV3_ALERT_BAD_RECORD_MAC",
    );
  });

  it("carries 1 MiB both ways in odd pieces", () => {
    const pair = ready();
    const data = noble.random(1 << 20);
    const sides = (["client", "server"] as const).map((name) => ({
      side: pair[name],
      got: new Uint8Array(data.length),
      at: 0,
    }));
    let size = 1;
    for (let at = 0; at < data.length; at += size) {
      size = ((at * 7919) % 40_000) + 1;
      const part = data.subarray(at, at + size);
      pair.client.write(part);
      pair.server.write(part);
      pair.exchange();
      for (const one of sides)
        for (;;) {
          const result = one.side.tryRead((size % 5000) + 1);
          if (result.status !== "data") break;
          one.got.set(result.bytes, one.at);
          one.at += result.bytes.length;
        }
    }
    // toEqual() takes seconds for a mebibyte.
    for (const { got } of sides) expect(equal(got, data)).toBe(true);
  });

  it("Q-07: changes keys", () => {
    const pair = ready();
    pair.client.keyUpdate({ requestPeer: true });
    pair.client.write(ascii("new keys"));
    pair.exchange();
    expect(text(pair.server.read())).toBe("new keys");
    // Its own new keys are due before it writes, and not sooner.
    expect(pair.server.needsFlush).toBe(false);
    pair.server.write(ascii("here too"));
    pair.exchange();
    expect(text(pair.client.read())).toBe("here too");
  });

  it("Q-07: and where there are none to change, it is an SSLError", () => {
    const closed = ready();
    thrown(() => {
      closed.client.unwrap();
    });
    const context = clientContext({ maximumVersion: "TLSv1.2" });
    const old = new BioPair(context).handshake();
    for (const [{ client }, reason] of [
      [closed, "PROTOCOL_IS_SHUTDOWN"],
      [old, "WRONG_SSL_VERSION"],
    ] as const)
      expect(
        sslError(() => {
          client.keyUpdate();
        }).reason,
      ).toBe(reason);
  });

  it("O-33 O-35 O-36 L-15: channel bindings are the same on both sides", () => {
    const { client, server } = ready();
    expect(client.getChannelBinding()).toBe(null);
    expect(client.getChannelBinding("tls-exporter")).toHaveLength(32);
    for (const type of ["tls-exporter", "tls-server-end-point"] as const)
      expect(client.getChannelBinding(type)).toEqual(
        server.getChannelBinding(type),
      );
    const [leaf = bytes()] = testServer().chain;
    expect(client.getChannelBinding("tls-server-end-point")).toEqual(
      noble.hashes["SHA-256"].hash(leaf),
    );
    expect(client.exportKeyingMaterial("label", 20, bytes(1))).toEqual(
      server.exportKeyingMaterial("label", 20, bytes(1)),
    );
  });
});

describe("SSLObject: the end", () => {
  // [9846-6.1-06]
  it("O-14 O-15: half-closed by the peer, then by both", () => {
    const pair = ready();
    pair.client.write(ascii("last"));
    expect(pair.client.tryUnwrap()).toBe("wantRead");
    pair.exchange();
    expect(text(pair.server.read())).toBe("last");
    expect(pair.server.read()).toHaveLength(0);
    expect(pair.server.read()).toHaveLength(0);
    expect(pair.server.write(ascii("still"))).toBe(5);
    pair.server.unwrap();
    expect(thrown(() => pair.server.read())).toBeInstanceOf(SSLZeroReturnError);
    expect(sslError(() => pair.server.write(bytes(1))).reason).toBe(
      "PROTOCOL_IS_SHUTDOWN",
    );
  });

  it("O-16: reading goes on after one's own close_notify", () => {
    const pair = ready();
    pair.client.tryUnwrap();
    pair.server.write(ascii("more"));
    pair.exchange();
    expect(sslError(() => pair.client.write(bytes(1))).reason).toBe(
      "PROTOCOL_IS_SHUTDOWN",
    );
    expect(text(pair.client.read())).toBe("more");
  });

  it("O-30 S-27: both have unwrapped, and what follows stays in the BIO", () => {
    const pair = ready();
    pair.client.tryUnwrap();
    pair.exchange();
    pair.server.unwrap();
    pair.serverOut.write(ascii("plain"));
    pair.exchange();
    pair.client.unwrap();
    expect(text(pair.clientIn.read())).toBe("plain");
    pair.client.unwrap();
  });

  it("O-31 O-32: unwrap too early", () => {
    const early = new BioPair();
    expect(
      sslError(() => {
        early.client.unwrap();
      }).reason,
    ).toBe("SHUTDOWN_WHILE_IN_INIT");
    expect(early.clientOut.pending).toBe(0);
    const pair = ready();
    pair.server.write(ascii("unread"));
    pair.exchange();
    expect(
      sslError(() => {
        pair.client.unwrap();
      }).reason,
    ).toBe("APPLICATION_DATA_AFTER_CLOSE_NOTIFY");
    expect(text(pair.client.read())).toBe("unread");
  });

  it("O-04 E-11: an end without close_notify, after the data before it", () => {
    const pair = ready();
    pair.server.write(ascii("cut"));
    pair.exchange();
    pair.clientIn.writeEof();
    expect(text(pair.client.read())).toBe("cut");
    expect(thrown(() => pair.client.read())).toBeInstanceOf(SSLEOFError);
    const closing = ready();
    closing.client.tryUnwrap();
    closing.clientIn.writeEof();
    expect(
      thrown(() => {
        closing.client.unwrap();
      }),
    ).toBeInstanceOf(SSLEOFError);
  });

  it("N-54: which can be taken for a normal end", () => {
    const context = clientContext({ options: { ignoreUnexpectedEof: true } });
    const pair = new BioPair(context).handshake();
    pair.clientIn.writeEof();
    expect(pair.client.read()).toHaveLength(0);
    const inHandshake = new BioPair(context);
    inHandshake.clientIn.writeEof();
    expect(
      thrown(() => {
        inHandshake.client.doHandshake();
      }),
    ).toBeInstanceOf(SSLEOFError);
  });
});
