/** The rest of Python's module: the rows that need few words. */
import { createPrivateKey } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import * as ssl from "../../src/index.ts";
import {
  AlertDescription,
  toCertificateInfo,
  certificateMatchesHost,
  createDefaultContext,
  Options,
  type SniConnection,
  SSLContext,
  SSLError,
  SSLErrorNumber,
  SSLObject,
  SSLServer,
  SSLSocket,
  SSLWantReadError,
  toPythonDict,
  VerifyFlags,
} from "../../src/index.ts";
import { connect, nodePlatform, serve } from "../../src/net/node.ts";
import {
  createCertificateAuthority,
  createSelfSigned,
} from "../../src/pki/index.ts";
import {
  Certificate,
  encodePem,
  parseChain,
  parsePem,
  X509Error,
} from "../../src/x509/index.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import {
  ascii,
  authenticatedClient,
  BioPair,
  bytes,
  clientContext,
  readyPair,
  rejection,
  serverContext,
  sslError,
  thrown,
} from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "puretls-surface-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("exceptions", () => {
  it("E-01 E-02 E-03 E-04 E-05: what an error tells", () => {
    const context = new SSLContext();
    const error = sslError(() => {
      context.addCa("no certificate");
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "SSLError",
      library: "PEM",
      reason: "NO_START_LINE",
      errno: 1,
    });
    expect(error.message).toMatch(/^\[PEM: NO_START_LINE\] /);
    expect(error.message).not.toMatch(/\.c:\d+/);
  });

  it("E-04 E-08: flow errors have numbers, and one instance each", () => {
    const pair = new BioPair();
    const [first, second] = [1, 2].map(() =>
      thrown(() => {
        pair.client.doHandshake();
      }),
    );
    expect(first).toBeInstanceOf(SSLWantReadError);
    expect(first).toBe(second);
    expect(first).toHaveProperty("errno", SSLErrorNumber.SSL_ERROR_WANT_READ);
  });

  it("E-12 E-16 E-17: classes and their parents", () => {
    expect(ssl.CertificateError).toBe(ssl.SSLCertVerificationError);
    for (const one of [
      ssl.SSLZeroReturnError,
      ssl.SSLWantReadError,
      ssl.SSLWantWriteError,
      ssl.SSLSyscallError,
      ssl.SSLEOFError,
      ssl.SSLCertVerificationError,
    ])
      expect(one.prototype).toBeInstanceOf(SSLError);
    expect(Object.getPrototypeOf(SSLError)).toBe(Error);
    expect(ssl.SSLCertVerificationError.prototype).not.toBeInstanceOf(
      RangeError,
    );
  });
});

describe("constants that mean something", () => {
  it("N-71: channel bindings", () => {
    expect(ssl.CHANNEL_BINDING_TYPES).toEqual([
      "tls-unique",
      "tls-server-end-point",
      "tls-exporter",
    ]);
  });

  it("N-80 N-85: alerts and error numbers, more than Python's", () => {
    expect(AlertDescription).toMatchObject({
      CERTIFICATE_REQUIRED: 116,
      NO_APPLICATION_PROTOCOL: 120,
      MISSING_EXTENSION: 109,
      INAPPROPRIATE_FALLBACK: 86,
      ECH_REQUIRED: 121,
    });
    expect(SSLErrorNumber.SSL_ERROR_WANT_ASYNC).toBe(9);
    expect(Object.keys(SSLErrorNumber)).toHaveLength(10);
  });

  it("N-29 Q-11: TLS 1.3 by minimumVersion, and nothing older than 1.2", () => {
    expect(Object.keys(ssl.Protocol).join()).not.toContain("TLSv1_3");
    const context = clientContext({ minimumVersion: "TLSv1.3" });
    expect(new BioPair(context).handshake().client.version()).toBe("TLSv1.3");
    const old = clientContext({ minimumVersion: ssl.TLSVersion.SSLv3 });
    old.maximumVersion = "TLSv1.2";
    expect(new BioPair(old).handshake().client.version()).toBe("TLSv1.2");
  });

  // [9846-E.5-04]
  it("F-10 G-04: no flag brings SSL 3 back", () => {
    const context = clientContext();
    context.optionFlags &= ~Options.OP_NO_SSLv3;
    context.optionFlags &= ~Options.OP_NO_TLSv1;
    const pair = new BioPair(context);
    thrown(() => {
      pair.client.doHandshake();
    });
    const hello = Buffer.from(pair.clientOut.read()).toString("latin1");
    // supported_versions: 1.3 and 1.2, GREASE beside them.
    expect(hello).toContain("\x03\x04\x03\x03");
    expect(hello).not.toContain("\x03\x03\x03\x02");
  });

  it("L-03: proxy certificates are refused", () => {
    const context = new SSLContext();
    expect(() => {
      context.verifyFlags |= VerifyFlags.VERIFY_ALLOW_PROXY_CERTS;
    }).toThrow(RangeError);
    context.verifyFlags &= ~VerifyFlags.VERIFY_X509_PARTIAL_CHAIN;
    expect(context.verifyFlags & VerifyFlags.VERIFY_X509_PARTIAL_CHAIN).toBe(0);
  });
});

describe("default contexts", () => {
  it("F-01 F-09 L-05 N-09: strict, by purpose, and nothing else is one", () => {
    const context = createDefaultContext({ ca: testAuthority().pem });
    expect(context.verifyFlags & VerifyFlags.VERIFY_X509_STRICT).not.toBe(0);
    expect(context.minimumVersion).toBe(0x303);
    expect(() =>
      createDefaultContext({ purpose: "everything" as never }),
    ).toThrow(TypeError);
    expect(() => {
      context.loadDefaultCerts(7 as never);
    }).toThrow(TypeError);
  });
});

describe("contexts", () => {
  it("X-11: cannot be copied, but extended", () => {
    const context = clientContext({ alpnProtocols: ["a"] });
    expect(() => {
      structuredClone(context);
    }).toThrow("could not be cloned");
    const other = context.extend({ alpnProtocols: ["b"] });
    other.addCa(createSelfSigned({ provider: noble, hosts: ["b.test"] }).pem);
    expect(context.alpnProtocols).toEqual(["a"]);
    expect(context.certStoreStats().x509).toBe(1);
    expect(other.certStoreStats().x509).toBe(2);
    const pair = new BioPair(other, serverContext({ alpnProtocols: ["b"] }));
    expect(pair.handshake().client.selectedAlpnProtocol()).toBe("b");
  });

  it("X-100 X-107: wraps a transport, and makes the handshake", async () => {
    const { client, server } = await readyPair();
    expect(client).toBeInstanceOf(SSLSocket);
    expect([client.handshakeDone, server.serverSide]).toEqual([true, true]);
  });

  it("X-40 X-41: the older callback gets a decoded name, and an SSLObject", () => {
    const seen: unknown[] = [];
    const context = serverContext();
    context.setServernameCallback((connection: SniConnection, name) => {
      seen.push(name, connection instanceof SSLObject);
    });
    const client = clientContext({ checkHostname: false, verifyMode: "none" });
    new BioPair(client, context, "bücher.test").handshake();
    expect(seen).toEqual(["bücher.test", true]);
    context.setServernameCallback(null);
    expect(context.sniCallback).toBe(null);
  });

  it("X-43: alpnCallback chooses, now or later, among what is offered", async () => {
    const offers: unknown[] = [];
    const context = serverContext({
      alpnCallback: (offer) => {
        offers.push(offer);
        return "b";
      },
    });
    const client = clientContext({ alpnProtocols: ["a", "b"] });
    const pair = new BioPair(client, context).handshake();
    expect(pair.server.selectedAlpnProtocol()).toBe("b");
    expect(offers).toEqual([
      { serverName: "server.test", protocols: ["a", "b"] },
    ]);
    context.alpnCallback = () => Promise.resolve(null);
    const none = await readyPair({ client, server: context });
    expect(none.client.selectedAlpnProtocol()).toBe(null);
    context.alpnCallback = () => "c";
    const wrong = new BioPair(client, context);
    expect(sslError(() => wrong.handshake()).reason).toBe("CALLBACK_FAILED");
    expect(() => (context.alpnCallback = 7 as never)).toThrow(TypeError);
  });

  it("X-45 X-84 S-32 X-46: nothing is left out, but NPN is refused", () => {
    const context = new SSLContext();
    context.setAlpnProtocols(["a"]);
    context.setEcdhCurve("prime256v1");
    expect(typeof SSLSocket.prototype.getPeerCert).toBe("function");
    const error = sslError(() => {
      context.setNpnProtocols(["spdy/2"]);
    });
    expect(error.code).toBe("ERR_NOT_IMPLEMENTED");
    expect(error.message).toContain("ALPN");
  });

  it("X-96 X-98: a key log file, with a comment on top and whole lines", () => {
    const path = join(folder, "keys.log");
    const context = clientContext();
    context.keyLogFile(path);
    expect(readFileSync(path, "utf8")).toMatch(/^#.*\n$/);
    new BioPair(context).handshake();
    context.keyLogFile(path);
    new BioPair(context).handshake();
    const lines = readFileSync(path, "utf8").split("\n");
    expect(lines.filter((line) => line.startsWith("#"))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith("EXPORTER"))).toHaveLength(2);
    context.keyLogFile(null);
    expect(context.keyLog).toBe(null);
    expect(() => {
      context.keyLogFile(join(folder, "no", "such", "folder"));
    }).toThrow(SSLError);
  });

  it("X-60 C-11: the common name counts only when it is asked to", () => {
    const authority = createCertificateAuthority({
      provider: noble,
      name: "CN CA",
    });
    const made = authority.issueServer({
      hosts: ["127.0.0.1"],
      subject: "old.test",
    });
    const server = serverContext({
      certChain: { cert: made.chainPem, key: made.key.toPem() },
    });
    const client = new SSLContext({ verifyLocations: { ca: authority.pem } });
    expect(client.hostnameChecksCommonName).toBe(false);
    const refused = new BioPair(client, server, "old.test");
    expect(sslError(() => refused.handshake())).toHaveProperty(
      "verifyCode",
      62,
    );
    client.hostnameChecksCommonName = true;
    new BioPair(client, server, "old.test").handshake();
  });

  it("C-10: an address is never compared with a common name", () => {
    const cert = { subject: [[["commonName", "127.0.0.1"]]] } as const;
    expect(certificateMatchesHost(cert, "127.0.0.1")).toBe(false);
  });

  it("X-66: an intermediate can be the anchor, unless roots are asked for", () => {
    const root = createCertificateAuthority({ provider: noble, name: "Root" });
    const middle = root.issueIntermediate({ name: "Middle" });
    const made = middle.issueServer({ hosts: ["server.test"] });
    const server = serverContext({
      certChain: { cert: made.chainPem, key: made.key.toPem() },
    });
    const client = createDefaultContext({ ca: middle.pem });
    new BioPair(client, server).handshake();
    client.verifyFlags = { partialChain: false };
    const byHand = new SSLContext({ verifyLocations: { ca: middle.pem } });
    for (const one of [client, byHand]) {
      const refused = new BioPair(one, server);
      const error = sslError(() => refused.handshake());
      expect(error).toHaveProperty("verifyCode", 2);
    }
  });

  it("X-67: finds the root that fits among those of the same name", () => {
    const others = [1, 2, 3].map(() =>
      createCertificateAuthority({
        provider: noble,
        name: "puretls test root",
      }),
    );
    const client = new SSLContext();
    for (const { pem } of others) client.addCa(pem);
    client.addCa(testAuthority().pem);
    new BioPair(client, serverContext()).handshake();
  });

  it("N-48: the order of suites that counts", () => {
    const chosen = (
      version: "TLSv1.2" | "TLSv1.3",
      cipherServerPreference: boolean,
    ) => {
      const server = serverContext({ maximumVersion: version });
      server.options = { cipherServerPreference };
      const client = clientContext();
      client.setCiphers("ECDHE+AES128:ECDHE+AES256");
      server.setCiphers("ECDHE+AES256:ECDHE+AES128");
      client.setCiphersuites("TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384");
      server.setCiphersuites("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
      const pair = new BioPair(client, server).handshake();
      return pair.client.cipher()?.bits;
    };
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      expect(chosen(version, true)).toBe(256);
      expect(chosen(version, false)).toBe(128);
    }
  });

  it("X-57: CRLs by name", () => {
    const context = new SSLContext();
    expect(() => {
      context.addCrls("nothing");
    }).toThrow(SSLError);
    // Who may write a list is no authority.
    const { pem: certificatePem } = testAuthority();
    expect(() => {
      context.addCrls(certificatePem);
    }).toThrow(SSLError);
    const list = createCertificateAuthority({
      provider: noble,
      name: "A",
    }).createCrl().pem;
    context.addCrls([list, `${list}${certificatePem}`]);
    expect(context.certStoreStats()).toEqual({ x509: 0, crl: 1, x509Ca: 0 });
  });

  it("X-22: a key as JWK", () => {
    const { certificatePem: cert } = testServer();
    for (const kind of ["ec-p256", "ec-p521", "ed25519", "rsa"] as const) {
      const { certificatePem, keyPem } = testServer(kind);
      const jwk = createPrivateKey(keyPem).export({ format: "jwk" });
      const key = { ...jwk, kty: jwk.kty ?? "" };
      const context = serverContext({
        certChain: { cert: certificatePem, key },
      });
      new BioPair(clientContext(), context).handshake();
    }
    for (const no of [
      { kty: "EC", crv: "P-256" },
      { kty: "EC", crv: "P-256", d: "AA" },
      { kty: "oct" },
    ])
      expect(() => serverContext({ certChain: { cert, key: no } })).toThrow(
        SSLError,
      );
  });

  it("X-23: a password that comes later", async () => {
    const { certificatePem: cert, keyPem: key } = testServer();
    const context = new SSLContext({ protocol: "tlsServer" });
    const sealed = createPrivateKey(key).export({
      ...({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc" } as const),
      passphrase: "later",
    });
    const load = (password: string): Promise<void> =>
      context.loadCertChainAsync({
        cert,
        key: sealed.toString(),
        password: () => Promise.resolve(password),
      });
    await expect(load("never")).rejects.toThrow(SSLError);
    await load("later");
    new BioPair(clientContext(), context).handshake();
    await context.loadCertChainAsync({
      cert,
      key,
      password: () => Promise.reject(new Error("not asked for")),
    });
    new BioPair(clientContext(), context).handshake();
  });

  it("Q-06 L-13: signature algorithms, in both directions", () => {
    const client = clientContext({ signatureAlgorithms: "ECDSA+SHA256" });
    const pair = new BioPair(client).handshake();
    expect(pair.client.serverSigalg()).toBe("ecdsa_secp256r1_sha256");
    expect(pair.client.clientSigalg()).toBe(null);
    expect(ssl.getSigalgs()).toContain("ed25519");
    const wrong = clientContext({ signatureAlgorithms: ["ed25519"] });
    const refused = new BioPair(wrong, serverContext());
    expect(sslError(() => refused.handshake()).name).toBe("SSLError");
    for (const no of ["", "NOSUCH", []])
      expect(() => (client.signatureAlgorithms = no)).toThrow(RangeError);
  });
});

describe("connections", () => {
  it("O-22 O-26: no NPN, no compression", () => {
    const { client } = new BioPair().handshake();
    expect(client.selectedNpnProtocol()).toBe(null);
    expect(client.compression()).toBe(null);
  });

  it("O-34: tls-unique in TLS 1.2, the same on both sides", () => {
    const context = clientContext({ maximumVersion: "TLSv1.2" });
    const { client, server } = new BioPair(context).handshake();
    const unique = client.getChannelBinding("tls-unique");
    expect(unique).toHaveLength(12);
    expect(server.getChannelBinding("tls-unique")).toEqual(unique);
  });

  const asking = (): SSLContext =>
    serverContext({
      verifyMode: "required",
      verifyLocations: { ca: testAuthority().pem },
      postHandshakeAuth: true,
    });

  it("S-30 O-38 Q-05 L-10 X-94 X-95: a client's certificate, asked for later", () => {
    expect(ssl.HAS_PHA).toBe(true);
    const client = authenticatedClient();
    client.postHandshakeAuth = true;
    const pair = new BioPair(client, asking()).handshake();
    expect(pair.server.getPeerCert()).toBe(null);
    pair.server.verifyClientPostHandshake();
    pair.exchange();
    thrown(() => pair.client.read());
    pair.exchange();
    thrown(() => pair.server.read());
    expect(pair.server.getPeerCert()).toHaveProperty("subject");
    pair.client.write(bytes(1));
    pair.exchange();
    expect(pair.server.read()).toEqual(bytes(1));
  });

  it("S-31 S-30: when it may not be asked for", async () => {
    const reasonOf = (side: SSLObject): string | null =>
      sslError(() => {
        side.verifyClientPostHandshake();
      }).reason;
    const { client, server } = new BioPair(
      clientContext(),
      asking(),
    ).handshake();
    expect(reasonOf(client)).toBe("NOT_SERVER");
    expect(reasonOf(server)).toBe("EXTENSION_NOT_RECEIVED");
    const ours = authenticatedClient();
    ours.maximumVersion = "TLSv1.2";
    const old = new BioPair(ours, asking());
    expect(reasonOf(old.handshake().server)).toBe("WRONG_SSL_VERSION");
    const willing = authenticatedClient();
    willing.postHandshakeAuth = true;
    const twice = new BioPair(willing, asking()).handshake();
    twice.server.verifyClientPostHandshake();
    expect(reasonOf(twice.server)).toBe("REQUEST_PENDING");
    const gone = new BioPair(willing, asking()).handshake();
    sslError(() => {
      gone.server.unwrap();
    });
    expect(reasonOf(gone.server)).toBe("PROTOCOL_IS_SHUTDOWN");
    const pair = await readyPair({ server: asking() });
    expect(() => {
      pair.server.verifyClientPostHandshake();
    }).toThrow(SSLError);
  });

  it("L-07: the chain that came, and the one that was verified", () => {
    const { client } = new BioPair().handshake();
    expect(client.getUnverifiedChain()).toEqual(testServer().chain);
    expect(client.getVerifiedChain()).toEqual([
      ...testServer().chain,
      testAuthority().der,
    ]);
  });

  it("S-22 B-06: doHandshake over a socket, with a deadline of its own", async () => {
    const { client, server } = await readyPair({
      clientOptions: { doHandshakeOnConnect: true },
    });
    await client.doHandshake({ timeout: 1000 });
    await client.sendAll(ascii("x"));
    expect(await server.recv()).toEqual(ascii("x"));
  });

  it("S-33: a socket's context can be asked and replaced", async () => {
    const { server } = await readyPair();
    const other = serverContext();
    server.context = other;
    expect(server.context).toBe(other);
    expect(thrown(() => (server.context = {} as never))).toBeInstanceOf(
      TypeError,
    );
  });

  it("S-28 S-27: after unwrap there is no TLS in the socket", async () => {
    const { client, server } = await readyPair();
    const [plain] = await Promise.all([client.unwrap(), server.unwrap()]);
    expect(typeof plain.read).toBe("function");
    expect(await rejection(client.sendAll(bytes(1)))).toBeInstanceOf(SSLError);
    expect(await rejection(client.unwrap())).toBeInstanceOf(SSLError);
    expect(client.version()).toBe(null);
  });

  it("X-106 S-01: a listener is wrapped, each connection is accepted", async () => {
    const { certificatePem: cert, keyPem: key } = testServer();
    const server = await serve({ cert, key, host: "127.0.0.1" });
    expect(server).toBeInstanceOf(SSLServer);
    const [client, { socket, address }] = await Promise.all([
      connect({
        host: "127.0.0.1",
        port: server.port,
        ca: testAuthority().pem,
      }),
      server.accept(),
    ]);
    expect(address?.address).toBe("127.0.0.1");
    expect(socket.version()).toBe("TLSv1.3");
    client.setNoDelay();
    client.setKeepAlive(true, 1000);
    await Promise.all([client.close(), socket.close(), server.close()]);
  });

  it("S-02 Q-17: listening is the transport's business", async () => {
    const { certificatePem: cert, keyPem: key } = testServer();
    const server = await serve({ cert, key, host: "::1" }).catch(
      () => undefined,
    );
    // A machine without IPv6 has nothing to listen on.
    if (server === undefined) return;
    expect(server.address?.family).toBe("IPv6");
    await server.close();
  });
});

describe("MemoryBIO", () => {
  it("M-01 M-09: its own queue, shared with the object", () => {
    const pair = new BioPair();
    thrown(() => {
      pair.client.doHandshake();
    });
    expect(pair.clientOut.pending).toBeGreaterThan(100);
    expect(pair.clientOut).toBeInstanceOf(ssl.MemoryBIO);
    expect(pair.clientIn.pending).toBe(0);
  });
});

describe("certificates", () => {
  const { pem, key } = createSelfSigned({ provider: noble, hosts: ["a.test"] });

  it("P-22: the dictionary with Python's keys alone", () => {
    const info = toCertificateInfo(Certificate.parse(testAuthority().der));
    expect(Object.keys(toPythonDict(info))).not.toContain("validFrom");
    expect(info.validFrom).toBeInstanceOf(Date);
  });

  it("P-21: a CRL distribution point that is broken is an error, no crash", () => {
    const der = testServer().issued.der.slice();
    for (let at = 0; at < der.length; at += 7) {
      const broken = der.slice();
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      try {
        toCertificateInfo(Certificate.parse(broken));
      } catch (error) {
        expect(error).toBeInstanceOf(X509Error);
      }
    }
  });

  it("P-30: PEM blocks, there and back", () => {
    const [block] = parsePem(`text\n${pem}`);
    expect(block?.label).toBe("CERTIFICATE");
    expect(block && encodePem(block.label, block.der)).toBe(pem);
  });

  it("P-31 P-32: a chain or a bundle, in its order", () => {
    const both = parseChain(testServer().issued.pem + testAuthority().pem);
    expect(both.map(({ der }) => der)).toEqual([
      testServer().issued.der,
      testAuthority().der,
    ]);
    expect(parseChain(testAuthority().der)).toHaveLength(1);
  });

  it("P-33: key and chain in one text", () => {
    const context = new SSLContext({ protocol: "tlsServer" });
    context.loadCertChain({ cert: key.toPem() + pem });
    expect(
      sslError(() =>
        new BioPair(clientContext(), context, "a.test").handshake(),
      ),
    ).toHaveProperty("verifyCode", 18);
  });

  it("P-34: one that signs itself", () => {
    const [own] = parseChain(pem);
    expect(own?.isSelfIssued).toBe(true);
  });

  it("P-36: a private key among certificates for others is refused", () => {
    expect(() => parseChain(pem + key.toPem())).toThrow(X509Error);
    expect(() => parseChain(ascii(key.toPem() + pem))).toThrow(X509Error);
  });
});

describe("platforms", () => {
  it("C-27 C-28: stores by hooks, and a word where there are none", () => {
    const entry = {
      data: bytes(0x30, 0),
      encoding: "x509_asn",
      trust: new Set(["1.3.6.1.5.5.7.3.1"]),
    } as const;
    const platform = {
      enumCertificates: (name: string) => (name === "CA" ? [entry] : []),
      enumCrls: () => [],
    };
    expect(ssl.enumCertificates("CA", platform)).toEqual([entry]);
    expect(ssl.enumCertificates("MY", platform)).toEqual([]);
    expect(ssl.enumCrls("CA", platform)).toEqual([]);
    for (const list of [ssl.enumCertificates, ssl.enumCrls]) {
      expect(sslError(() => list("CA", {})).code).toBe(
        "ERR_UNSUPPORTED_PLATFORM",
      );
      expect(() => list(7 as never, platform)).toThrow(TypeError);
    }
  });

  it("C-20 to C-26: where the system keeps what it trusts", () => {
    const paths = nodePlatform.defaultVerifyPaths?.();
    expect(paths?.caFileEnv).toBe("SSL_CERT_FILE");
    expect(paths?.caPathEnv).toBe("SSL_CERT_DIR");
    for (const path of [paths?.opensslCaFile, paths?.opensslCaPath])
      expect(path === null || existsSync(path ?? "")).toBe(true);
  });

  it("X-52 X-65: a hashed directory is looked into when it is needed", () => {
    const path = join(folder, "authority.pem");
    writeFileSync(path, testAuthority().pem);
    const context = new SSLContext({ platform: nodePlatform });
    context.loadVerifyLocations({ caFile: path });
    expect(context.getCaCerts()).toHaveLength(1);
  });
});
