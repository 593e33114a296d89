import { describe, expect, it } from "vitest";
import {
  createDefaultContext,
  MemoryBIO,
  Options,
  Protocol,
  Purpose,
  SSLContext,
  SSLError,
  SSLObject,
  SSLSession,
  SSLSocket,
  TLSVersion,
  VerifyFlags,
  VerifyMode,
} from "../../src/index.ts";
import { nodePlatform } from "../../src/net/node.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import {
  ascii,
  BioPair,
  bytes,
  clientContext,
  serverContext,
  sslError,
  thrown,
} from "./support.ts";

describe("SSLContext", () => {
  // [9846-C.5-01]
  it("X-01 X-03 N-21: is for clients and verifies, unless it is told", () => {
    const context = new SSLContext();
    expect(context.protocol).toBe(Protocol.PROTOCOL_TLS_CLIENT);
    expect(context.verifyMode).toBe(VerifyMode.CERT_REQUIRED);
    expect(context.checkHostname).toBe(true);
    const either = new SSLContext({ protocol: "tls" });
    expect(either.verifyMode).toBe(VerifyMode.CERT_NONE);
    expect(either.checkHostname).toBe(false);
  });

  it("N-26 N-27 N-31: refuses dead protocols and numbers that are none", () => {
    for (const protocol of [3, 4] as const)
      expect(sslError(() => new SSLContext({ protocol })).reason).toBe(
        "UNSUPPORTED_PROTOCOL",
      );
    expect(() => new SSLContext({ protocol: 99 as never })).toThrow(RangeError);
  });

  it("X-61: verifyMode takes numbers and words and nothing else", () => {
    const context = new SSLContext({ protocol: "tlsServer" });
    context.verifyMode = "optional";
    expect(context.verifyMode).toBe(1);
    context.verifyMode = VerifyMode.CERT_REQUIRED;
    expect(context.verifyMode).toBe(2);
    expect(() => (context.verifyMode = 7 as never)).toThrow(RangeError);
  });

  it("X-61 X-62: verifyMode and checkHostname keep each other right", () => {
    const context = new SSLContext();
    expect(() => (context.verifyMode = "none")).toThrow(RangeError);
    context.checkHostname = false;
    context.verifyMode = "none";
    context.checkHostname = true;
    expect(context.verifyMode).toBe(VerifyMode.CERT_REQUIRED);
  });

  it("applies options in an order that works", () => {
    const context = new SSLContext({
      verifyMode: "none",
      checkHostname: false,
    });
    expect(context.verifyMode).toBe(0);
    expect(() => new SSLContext({ verifyMode: "none" })).toThrow(RangeError);
  });

  it("N-06 to N-11 X-63: verifyFlags as a sum and in words", () => {
    const context = new SSLContext();
    context.verifyFlags = { crlCheck: "leaf", strict: true };
    expect(context.verifyFlags & VerifyFlags.VERIFY_CRL_CHECK_CHAIN).toBe(
      VerifyFlags.VERIFY_CRL_CHECK_LEAF,
    );
    expect(context.verifyFlags & VerifyFlags.VERIFY_X509_STRICT).not.toBe(0);
    context.verifyFlags = { strict: false };
    expect(context.verifyFlags & 0x2c).toBe(0x4);
    const other = new SSLContext();
    other.verifyFlags |= VerifyFlags.VERIFY_CRL_CHECK_CHAIN;
    expect(other.verifyFlags & 0x2c).toBe(0xc);
    expect(() => (context.verifyFlags = 0x40000000)).toThrow(RangeError);
    expect(() => (context.verifyFlags = 0x40)).toThrow("proxy");
  });

  it("X-10 N-55 N-56: options in words and as a sum", () => {
    const context = new SSLContext();
    expect(context.options.middleboxCompat).toBe(true);
    context.options = { middleboxCompat: false, ignoreUnexpectedEof: true };
    expect(context.optionFlags & Options.OP_ENABLE_MIDDLEBOX_COMPAT).toBe(0);
    expect(context.options.cipherServerPreference).toBe(true);
    context.optionFlags |= Options.OP_NO_TLSv1_3;
    context.optionFlags &= ~Options.OP_NO_SSLv3;
    expect(context.optionFlags).toBeGreaterThan(0);
    expect(context.options.noTLSv1_3).toBe(true);
  });

  it("X-06 X-07 N-86 to N-89: versions", () => {
    const context = new SSLContext();
    expect(context.minimumVersion).toBe(TLSVersion.TLSv1_2);
    expect(context.maximumVersion).toBe(TLSVersion.MAXIMUM_SUPPORTED);
    context.minimumVersion = "TLSv1.3";
    expect(context.minimumVersion).toBe(0x304);
    context.minimumVersion = TLSVersion.SSLv3;
    expect(() => (context.minimumVersion = 0x305 as never)).toThrow(RangeError);
    expect(() => (context.maximumVersion = TLSVersion.TLSv1)).toThrow(
      RangeError,
    );
  });

  it("X-08 X-09: an impossible range fails when a connection is made", () => {
    for (const spoil of [
      (c: SSLContext) => {
        c.maximumVersion = "TLSv1.2";
        c.minimumVersion = "TLSv1.3";
      },
      (c: SSLContext) => {
        c.options = { noTLSv1_2: true, noTLSv1_3: true };
      },
      (c: SSLContext) => {
        c.maximumVersion = "TLSv1.2";
        c.options = { noTLSv1_2: true };
      },
    ]) {
      const context = clientContext();
      spoil(context);
      const pair = new BioPair(context);
      const error = sslError(() => {
        pair.client.doHandshake();
      });
      expect(error.reason).toBe("NO_PROTOCOLS_AVAILABLE");
      expect(
        sslError(() => {
          context.validate();
        }).reason,
      ).toBe("NO_PROTOCOLS_AVAILABLE");
      expect(pair.clientOut.pending).toBe(0);
    }
  });

  it("X-42: ALPN names", () => {
    const context = new SSLContext();
    context.setAlpnProtocols(["h2", bytes(0xff)]);
    expect(context.alpnProtocols).toEqual(["h2", "\xff"]);
    context.setAlpnProtocols([]);
    expect(() => {
      context.setAlpnProtocols([""]);
    }).toThrow(SSLError);
    expect(() => {
      context.setAlpnProtocols(["a".repeat(256)]);
    }).toThrow(SSLError);
    expect(() => {
      context.setAlpnProtocols(["ü"]);
    }).toThrow(TypeError);
    expect(context.alpnProtocols).toEqual([]);
  });

  it("X-77 X-78 X-79 L-11: suites", () => {
    const context = new SSLContext();
    context.setCiphersuites("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
    expect(context.getCiphers()[0]).toEqual({
      id: 0x03001302,
      name: "TLS_AES_256_GCM_SHA384",
      standardName: "TLS_AES_256_GCM_SHA384",
      protocol: "TLSv1.3",
      description:
        "TLS_AES_256_GCM_SHA384         TLSv1.3 Kx=any      Au=any   Enc=AESGCM(256)            Mac=AEAD",
      strengthBits: 256,
      algBits: 256,
      aead: true,
      symmetric: "aes-256-gcm",
      digest: null,
      kea: "kx-any",
      auth: "auth-any",
    });
    expect(context.getCiphers()).toHaveLength(2 + 6);
    expect(() => {
      context.setCiphersuites("TLS_NONE");
    }).toThrow("No cipher can be selected");
    expect(() => {
      context.setCiphersuites([]);
    }).toThrow(SSLError);
    expect(() => {
      context.setCiphers("TLS_AES_128_GCM_SHA256");
    }).toThrow("No cipher can be selected");
  });

  it("X-83 L-12: groups by all their names", () => {
    const context = new SSLContext();
    context.setGroups("X25519:prime256v1:P-384");
    expect(context.getGroups()).toEqual(["x25519", "secp256r1", "secp384r1"]);
    context.setEcdhCurve("secp521r1");
    expect(context.getGroups()).toEqual(["secp521r1"]);
    expect(() => {
      context.setEcdhCurve("foo");
    }).toThrow(RangeError);
    expect(() => {
      context.setEcdhCurve(5 as never);
    }).toThrow(TypeError);
  });

  it("X-38: sniCallback is a function, and not on a client", () => {
    const server = new SSLContext({ protocol: "tlsServer" });
    expect(() => (server.sniCallback = 5 as never)).toThrow(TypeError);
    server.sniCallback = () => undefined;
    server.sniCallback = null;
    expect(() => (new SSLContext().sniCallback = null)).toThrow(RangeError);
  });
});

/** PBES2 with PBKDF2, 10 rounds, AES-128-CBC; the password is "secret". */
const ENCRYPTED_KEY = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHrMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAig85BE45CjKgIBCjAM
BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQ1AuyyUHisPnCdDLWPUCe0wSBkFhZ
XeF7I5sqp5rya9T7ShcB6XWVWy75m3e0PeOLfsYeXuP3G8Gb3nUVeei/SU0EhKiR
AVH7rz11EBkEgcyru7sV0E53nj41CuEcQaPAEM4borb0LONDutEaevLK03SkSqAB
YHOdS0xWkfS6ZxfOOn30KvyDSa3YaOKOD82BqecrXlViWounIlO8rMA/3oatmQ==
-----END ENCRYPTED PRIVATE KEY-----
`;
/** Of that key, signed by itself. */
const ITS_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBkjCCATmgAwIBAgIUTaztiExVenEpi3tNlnI7BrPKmvwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MTEyMzIxMjMxNFoXDTI2MTIyMzIx
MjMxNFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAETurSrl2xIfCg+8Tp3TAIh/E47/IB0PREad8Dm7Kd1hSkelEuMHmxOGAQ
dG4sMQ3iJk7FKGoy9gcFGusR1PFf4qNpMGcwHQYDVR0OBBYEFJJdd4H2TqRcc3TB
F4gw0BJ1HpQnMB8GA1UdIwQYMBaAFJJdd4H2TqRcc3TBF4gw0BJ1HpQnMA8GA1Ud
EwEB/wQFMAMBAf8wFAYDVR0RBA0wC4IJbG9jYWxob3N0MAoGCCqGSM49BAMCA0cA
MEQCICAvz8cDA8twiIa3x8gsbzn8gs/jdrZZ8t1rq/NAci4iAiAaB2BcUhEtLYmo
k0cFOokChSR1HRJ31pY4Pg4J+e/wSA==
-----END CERTIFICATE-----
`;

describe("loadCertChain", () => {
  const { certificatePem, keyPem, chain } = testServer();
  const context = () =>
    new SSLContext({ protocol: "tlsServer", platform: nodePlatform });

  it("X-20 X-21: separate, together in any order, and DER", () => {
    context().loadCertChain({ cert: certificatePem, key: keyPem });
    context().loadCertChain({ cert: certificatePem + keyPem });
    context().loadCertChain({ cert: keyPem + certificatePem });
    context().loadCertChain({
      cert: ascii(certificatePem),
      key: ascii(keyPem),
    });
    const [der = bytes()] = chain;
    context().loadCertChain({ cert: der, key: keyPem });
  });

  // [5246-7.4.2-03] [9846-4.5.1-09]
  it("X-29: a key of another certificate", () => {
    const other = testServer("ec-p384");
    // OpenSSL has a place for each kind of key.
    const wrong = [
      ["ec-p521", "X509", "KEY_VALUES_MISMATCH"],
      ["rsa", "SSL", "NO_CERTIFICATE_ASSIGNED"],
      ["ed25519", "SSL", "NO_CERTIFICATE_ASSIGNED"],
    ] as const;
    for (const [kind, library, reason] of wrong) {
      const { keyPem: key } = testServer(kind);
      const error = sslError(() => {
        context().loadCertChain({ cert: other.certificatePem, key });
      });
      expect(error).toMatchObject({ library, reason });
    }
  });

  it("X-29a: contents that hold nothing of the kind", () => {
    const reasonOf = (source: Parameters<SSLContext["loadCertChain"]>[0]) => {
      const { library, reason } = sslError(() => {
        context().loadCertChain(source);
      });
      return `${String(library)} ${String(reason)}`;
    };
    expect(reasonOf({ cert: "nothing", key: keyPem })).toBe(
      "PEM NO_START_LINE",
    );
    expect(reasonOf({ cert: certificatePem })).toBe("PEM NO_START_LINE");
    expect(reasonOf({ cert: certificatePem, key: certificatePem })).toBe(
      "PEM NO_START_LINE",
    );
    const damaged = certificatePem.replace(/\n\w{4}/, "\n!!!!");
    expect(reasonOf({ cert: damaged, key: keyPem })).toBe(
      "PEM BAD_BASE64_DECODE",
    );
    expect(() => {
      context().loadCertChain({ key: keyPem });
    }).toThrow(TypeError);
  });

  const load = (key: string, password?: unknown) => {
    context().loadCertChain({
      cert: key === keyPem ? certificatePem : ITS_CERTIFICATE,
      key,
      ...(password !== undefined && { password: password as never }),
    });
  };

  it("X-22 X-23: decrypts, with a password that is a text, bytes or a call", () => {
    load(ENCRYPTED_KEY, "secret");
    load(ENCRYPTED_KEY, ascii("secret"));
    load(ENCRYPTED_KEY, () => ascii("secret"));
  });

  it("X-28 X-29a: no password, and a wrong one", () => {
    const without = sslError(() => {
      load(ENCRYPTED_KEY);
    });
    expect(without.reason).toBe("PASSWORD_REQUIRED");
    const wrong = sslError(() => {
      load(ENCRYPTED_KEY, "wrong");
    });
    expect(wrong.reason).toBe("BAD_DECRYPT");
  });

  it("X-23 to X-27: what a callback may do and when it is called", () => {
    const called: string[] = [];
    load(keyPem, () => called.push("for nothing"));
    expect(called).toEqual([]);
    load(keyPem, "not needed");
    const fault = new Error("from the callback");
    const raised = thrown(() => {
      load(ENCRYPTED_KEY, () => {
        throw fault;
      });
    });
    expect(raised).toBe(fault);
    expect(() => {
      load(ENCRYPTED_KEY, () => 5);
    }).toThrow(TypeError);
    expect(() => {
      load(ENCRYPTED_KEY, "a".repeat(1025));
    }).toThrow(RangeError);
  });

  it("X-29a: a file that is not there says its name", () => {
    const error = sslError(() => {
      context().loadCertChain({ certFile: "/nowhere/cert.pem" });
    });
    expect(error.message).toContain("/nowhere/cert.pem");
    expect(error.cause).toMatchObject({ code: "ENOENT" });
  });

  it("reports that there is no file system", () => {
    const bare = new SSLContext({
      protocol: "tlsServer",
      platform: {
        readFile: () => {
          throw new Error("no such luck");
        },
      },
    });
    expect(() => {
      bare.loadCertChain({ certFile: "a.pem" });
    }).toThrow("cannot read a.pem: no such luck");
  });

  it("X-29b: chains of two kinds of keys are served side by side", () => {
    const rsa = testServer("rsa");
    const server = serverContext();
    server.loadCertChain({ cert: rsa.certificatePem, key: rsa.keyPem });
    const pair = new BioPair(clientContext(), server).handshake();
    expect(pair.client.getPeerCert({ binary: true })).toEqual(
      testServer().chain[0],
    );
  });
});

describe("loadVerifyLocations", () => {
  const { pem, der } = testAuthority();
  const load = (ca: unknown) => {
    new SSLContext().loadVerifyLocations({ ca: ca as never });
  };

  it("X-53 X-54 X-56 X-64: text, bytes, several, each once", () => {
    const context = new SSLContext();
    context.loadVerifyLocations({ ca: `a comment\n${pem}\nmore text` });
    context.loadVerifyLocations({ ca: der });
    context.loadVerifyLocations({ ca: [pem, ascii(pem)] });
    context.loadVerifyLocations({ ca: testServer().certificatePem });
    expect(context.certStoreStats()).toEqual({ x509: 2, crl: 0, x509Ca: 1 });
  });

  it("X-57: CRLs too", () => {
    const context = new SSLContext();
    const crl = testAuthority().createCrl();
    context.loadVerifyLocations({ ca: crl.pem });
    context.loadVerifyLocations({ ca: crl.der });
    expect(context.certStoreStats()).toEqual({ x509: 0, crl: 1, x509Ca: 0 });
  });

  it("X-50 X-54 X-55: what is wrong with it", () => {
    expect(() => {
      new SSLContext().loadVerifyLocations({});
    }).toThrow(TypeError);
    expect(() => {
      load("");
    }).toThrow(RangeError);
    expect(() => {
      load(bytes());
    }).toThrow(RangeError);
    expect(() => {
      load(5);
    }).toThrow(TypeError);
    expect(
      sslError(() => {
        load("text, ü");
      }).reason,
    ).toBe("NO_START_LINE");
    expect(
      sslError(() => {
        load(Uint8Array.of(...der, 1, 2));
      }).reason,
    ).toBe("NOT_ENOUGH_DATA");
  });

  it("X-51: a file without certificates", () => {
    const context = new SSLContext({
      platform: { readFile: () => ascii("nothing in here") },
    });
    const error = sslError(() => {
      context.loadVerifyLocations({ caFile: "a.pem" });
    });
    expect([error.library, error.reason]).toEqual([
      "X509",
      "NO_CERTIFICATE_OR_CRL_FOUND",
    ]);
  });

  it("X-65: getCaCerts leaves out what is no CA", () => {
    const context = clientContext();
    context.loadVerifyLocations({ ca: testServer().certificatePem });
    const [info, ...others] = context.getCaCerts();
    expect(others).toEqual([]);
    expect(info?.subject).toEqual([[["commonName", "puretls test root"]]]);
    expect(context.getCaCerts({ binary: true })).toEqual([der]);
  });

  it("X-58 X-59: the system's, by the platform", () => {
    const context = new SSLContext({
      platform: {
        systemCertificates: () => [`${pem}-----BEGIN CERTIFICATE-----\nbad`],
      },
    });
    expect(context.setDefaultVerifyPaths()).toEqual({ loaded: 1 });
    expect(context.loadDefaultCerts()).toEqual({ loaded: 0 });
    expect(sslError(() => new SSLContext().loadDefaultCerts()).code).toBe(
      "ERR_UNSUPPORTED_PLATFORM",
    );
  });
});

describe("createDefaultContext", () => {
  const { pem } = testAuthority();

  it("F-02 F-03: by purpose", () => {
    const client = createDefaultContext({ ca: pem });
    expect(client.protocol).toBe(Protocol.PROTOCOL_TLS_CLIENT);
    expect([client.verifyMode, client.checkHostname]).toEqual([2, true]);
    const server = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
    expect(server.protocol).toBe(Protocol.PROTOCOL_TLS_SERVER);
    expect([server.verifyMode, server.checkHostname]).toEqual([0, false]);
    expect(() => createDefaultContext({ purpose: "x" as never })).toThrow(
      TypeError,
    );
  });

  it("F-04 F-05 N-09 L-09: trusts what is given, else the system, strictly", () => {
    let asked = 0;
    const platform = {
      systemCertificates: () => {
        asked++;
        return [pem];
      },
    };
    const given = createDefaultContext({ caData: pem, platform });
    expect([given.certStoreStats().x509, asked]).toEqual([1, 0]);
    expect(given.verifyFlags & VerifyFlags.VERIFY_X509_STRICT).not.toBe(0);
    createDefaultContext({ platform });
    expect(asked).toBe(1);
    expect(() => createDefaultContext()).toThrow("puretls/node");
  });

  it("F-07: SSLKEYLOGFILE", () => {
    const lines: string[] = [];
    const context = createDefaultContext({
      ca: pem,
      env: { SSLKEYLOGFILE: "keys" },
      platform: { appendFile: (path, line) => lines.push(`${path} ${line}`) },
    });
    expect(lines.shift()).toBe("keys ");
    new BioPair(context).handshake();
    expect(lines[0]).toMatch(
      /^keys CLIENT_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]{64} [0-9a-f]+\n$/,
    );
    expect(lines).toHaveLength(5);
  });
});

describe("wrapping", () => {
  const wrap = (context: SSLContext, options = {}) =>
    context.wrapBio(new MemoryBIO(), new MemoryBIO(), options);

  it("X-04: a context for the other role", () => {
    expect(
      sslError(() => wrap(clientContext(), { serverSide: true })).message,
    ).toBe("Cannot create a server socket with a PROTOCOL_TLS_CLIENT context");
    expect(
      sslError(() => wrap(serverContext(), { serverSide: false })).message,
    ).toBe("Cannot create a client socket with a PROTOCOL_TLS_SERVER context");
  });

  it("X-102 X-103: names where they belong", () => {
    expect(() => wrap(serverContext(), { serverHostname: "a" })).toThrow(
      TypeError,
    );
    expect(() => wrap(clientContext())).toThrow(TypeError);
    const context = clientContext();
    context.checkHostname = false;
    expect(wrap(context).serverHostname).toBe(null);
  });

  it.each([
    ["", RangeError],
    [".a", RangeError],
    ["a..b", RangeError],
    [`${"a".repeat(64)}.b`, RangeError],
    ["a\0b", TypeError],
    [5, TypeError],
  ])("X-104 refuses %j", (serverHostname, error) => {
    expect(() => wrap(clientContext(), { serverHostname })).toThrow(error);
  });

  it.each([
    ["ü.de", "xn--tda.de"],
    ["bücher.例え", "xn--bcher-kva.xn--r8jz45g"],
    ["Ü。de", "xn--tda.de"],
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["ExAmple.org", "ExAmple.org"],
    ["a.", "a."],
  ])("X-104 S-35: %s becomes %s", (serverHostname, expected) => {
    expect(wrap(clientContext(), { serverHostname }).serverHostname).toBe(
      expected,
    );
  });

  it("S-35: and back for people", () => {
    const shown = (serverHostname: string) =>
      wrap(clientContext(), { serverHostname }).serverHostnameUnicode;
    expect(shown("bücher.例え")).toBe("bücher.例え");
    expect(shown("xn--999999999.xn--")).toBe("xn--999999999.");
  });

  it("O-01 S-19 T-01: no constructors for everybody", () => {
    for (const make of [SSLObject, SSLSocket, SSLSession])
      expect((): unknown => Reflect.construct(make, [])).toThrow(TypeError);
  });

  it("X-110 X-112: classes of one's own", () => {
    class Mine extends SSLObject {}
    const context = clientContext();
    context.sslObjectClass = Mine;
    expect(wrap(context, { serverHostname: "a" })).toBeInstanceOf(Mine);
  });

  it("X-111: only MemoryBIOs", () => {
    expect(() =>
      clientContext().wrapBio({} as never, new MemoryBIO(), {
        serverHostname: "a",
      }),
    ).toThrow(TypeError);
  });
});
