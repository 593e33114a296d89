/**
 * A context's settings beyond Python's: ECH, stapling, compression, raw public
 * keys.
 */
import { describe, expect, it } from "vitest";
import { zlib } from "../../src/compression/index.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  SSLCertVerificationError,
  SSLContext,
  type SSLContextOptions,
  SSLError,
} from "../../src/index.ts";
import { requireTimestamps, trustRawPublicKeys } from "../../src/x509/index.ts";
import { testAuthority, testKey, testServer } from "../support/pki.ts";
import { timestampOf } from "../support/transparency.ts";
import {
  BioPair,
  clientContext,
  readyPair,
  rejection,
  serverContext,
  socketPair,
  sslError,
  text,
  thrown,
} from "./support.ts";

const { certificatePem: cert, keyPem: key, issued } = testServer();

/** The error that ends the client's handshake. */
async function refusal(
  client: SSLContextOptions,
  server: SSLContextOptions,
): Promise<SSLError> {
  const pair = socketPair({
    client: clientContext(client),
    server: serverContext(server),
  });
  pair.server.ready.catch(() => undefined);
  const error = await rejection(pair.client.ready);
  if (error instanceof SSLError) return error;
  throw error;
}

describe("certificate compression", () => {
  it("is for both sides to name", async () => {
    let count = 0;
    const row = {
      ...zlib,
      compress: (data: Uint8Array) => {
        count++;
        return zlib.compress(data);
      },
      evenIfLonger: true,
    };
    const server = serverContext({ certificateCompression: [row] });
    await readyPair({ server });
    expect(count).toBe(0);
    const client = clientContext({ certificateCompression: [zlib] });
    await readyPair({ server, client });
    expect(count).toBe(1);
  });

  it("accepts entries alone", () => {
    const context = clientContext();
    for (const wrong of [zlib, [{}], ["zlib"]])
      expect(
        thrown(() => Reflect.set(context, "certificateCompression", wrong)),
      ).toBeInstanceOf(TypeError);
    expect(context.certificateCompression).toEqual([]);
  });
});

describe("stapling", () => {
  const stapled = (ocspResponse: Uint8Array) => ({
    certChain: { cert, key, ocspResponse },
  });
  const good = testAuthority().createOcspResponse(issued.certificate);

  it("is requested, and validated", async () => {
    for (const ocspStapling of ["request", "require"] as const)
      await readyPair({
        client: clientContext({ ocspStapling }),
        server: serverContext(stapled(good)),
      });
    const revoked = testAuthority().createOcspResponse(issued.certificate, {
      status: "revoked",
    });
    const error = await refusal({ ocspStapling: "request" }, stapled(revoked));
    expect(error).toBeInstanceOf(SSLCertVerificationError);
    expect(error.alert?.name).toBe("certificate_revoked");
  });

  it("is missed where it is required, by the client or the certificate", async () => {
    expect((await refusal({ ocspStapling: "require" }, {})).alert?.name).toBe(
      "bad_certificate_status_response",
    );
    const promising = testAuthority().issueServer({
      hosts: ["server.test"],
      mustStaple: true,
    });
    const certChain = {
      cert: promising.chainPem,
      key: promising.key.toPem(),
    };
    expect(
      (await refusal({ ocspStapling: "request" }, { certChain })).alert?.name,
    ).toBe("bad_certificate_status_response");
    await readyPair({ server: serverContext({ certChain }) });
  });

  it("is remembered in a resumed session", async () => {
    const client = clientContext({ ocspStapling: "require" });
    const server = serverContext(stapled(good));
    const first = await readyPair({ client, server });
    await first.server.sendAll(Uint8Array.of(1));
    await first.client.recv();
    const second = await readyPair({
      client,
      server,
      clientOptions: { session: first.client.session },
    });
    expect(second.client.sessionReused).toBe(true);
  });

  it("is of a server for a client's certificate too", async () => {
    const {
      certificate,
      chainPem,
      key: own,
    } = testAuthority().issueClient({
      name: "stapling client",
    });
    const ocspResponse = testAuthority().createOcspResponse(certificate);
    const certChain = { cert: chainPem, key: own.toPem(), ocspResponse };
    const server = serverContext({
      verifyMode: "required",
      verifyLocations: { ca: testAuthority().pem },
      ocspStapling: "require",
    });
    const pair = await readyPair({
      client: clientContext({ certChain }),
      server,
    });
    expect(pair.server.getPeerCert()).toHaveProperty("subject");
  });

  it("of another certificate is refused when it is loaded", () => {
    const other = testAuthority().issueServer({ hosts: ["server.test"] });
    const wrong = testAuthority().createOcspResponse(other.certificate);
    expect(sslError(() => serverContext(stapled(wrong))).library).toBe("OCSP");
    expect(
      sslError(() => serverContext(stapled(Uint8Array.of(1, 2)))).library,
    ).toBe("ASN1");
  });

  it("has timestamps beside it, of logs that the client knows", async () => {
    const logKey = testKey("ec-p256");
    const transparency = requireTimestamps({
      provider: noble,
      logs: [{ key: logKey.publicKeyInfo() }],
      minimum: 1,
    });
    const scts = [timestampOf(logKey, issued.certificate)];
    await readyPair({
      client: clientContext({ transparency }),
      server: serverContext({ certChain: { cert, key, scts } }),
    });
    expect((await refusal({ transparency }, {})).alert?.name).toBe(
      "certificate_unknown",
    );
    expect(
      thrown(() =>
        serverContext({
          certChain: { cert, key, scts: [new Uint8Array()] },
        }),
      ),
    ).toBeInstanceOf(RangeError);
  });

  it("accepts three words and a policy", () => {
    const context = clientContext();
    expect(
      thrown(() => Reflect.set(context, "ocspStapling", true)),
    ).toBeInstanceOf(RangeError);
    expect(
      thrown(() => Reflect.set(context, "transparency", {})),
    ).toBeInstanceOf(TypeError);
  });
});

describe("bare keys", () => {
  const [sensor, hub] = [testKey("ed25519"), testKey("ec-p256")];
  const context = (
    own: typeof sensor,
    peer: typeof sensor,
    options: SSLContextOptions,
  ) => {
    const made = new SSLContext({
      ...options,
      rawPublicKeys: trustRawPublicKeys([peer.publicKeyInfo()]),
    });
    made.loadRawPublicKey({
      publicKey: own.publicKeyInfo(),
      key: own.toPem(),
    });
    return made;
  };

  it("stand for both sides", async () => {
    const pair = await readyPair({
      client: context(sensor, hub, {}),
      server: context(hub, sensor, {
        protocol: "tlsServer",
        verifyMode: "required",
      }),
    });
    expect(pair.client.getPeerPublicKey()).toEqual(hub.publicKeyInfo());
    expect(pair.server.getPeerPublicKey()).toEqual(sensor.publicKeyInfo());
    expect(pair.client.getPeerCert()).toBeNull();
  });

  it("of a stranger are refused", async () => {
    const pair = socketPair({
      client: context(sensor, testKey("ec-p384"), {}),
      server: context(hub, sensor, { protocol: "tlsServer" }),
    });
    pair.server.ready.catch(() => undefined);
    expect(await rejection(pair.client.ready)).toBeInstanceOf(
      SSLCertVerificationError,
    );
  });

  it("are served beside a certificate of the same kind of key", async () => {
    const server = serverContext({
      rawPublicKeys: trustRawPublicKeys([sensor.publicKeyInfo()]),
    });
    server.loadRawPublicKey({
      publicKey: hub.publicKeyInfo(),
      key: hub.toPem(),
    });
    const plain = await readyPair({ server });
    expect(plain.client.getPeerCert()).toHaveProperty("subject");
    const pair = await readyPair({
      server,
      client: new SSLContext({
        rawPublicKeys: trustRawPublicKeys([hub.publicKeyInfo()]),
      }),
    });
    expect(pair.client.getPeerPublicKey()).toEqual(hub.publicKeyInfo());
  });

  it("are read with their private key, or not at all", () => {
    const made = new SSLContext({ protocol: "tlsServer" });
    const publicKey = hub.publicKeyInfo();
    expect(
      sslError(() => {
        made.loadRawPublicKey({ publicKey, key: sensor.toPem() });
      }).reason,
    ).toBe("KEY_VALUES_MISMATCH");
    expect(
      thrown(() => {
        made.loadRawPublicKey({ publicKey });
      }),
    ).toBeInstanceOf(TypeError);
    expect(
      sslError(() => {
        made.loadRawPublicKey({
          publicKey: Uint8Array.of(5, 0),
          key: hub.toPem(),
        });
      }).library,
    ).toBe("ASN1");
    expect(
      thrown(() => Reflect.set(made, "rawPublicKeys", [publicKey])),
    ).toBeInstanceOf(TypeError);
  });
});

describe("records", () => {
  /** Lengths of the records that a client with that context sends. */
  function lengths(
    client: SSLContext,
    server: SSLContext,
    ...texts: string[]
  ): number[] {
    const pair = new BioPair(client, server).handshake();
    pair.exchange();
    return texts.map((each) => {
      pair.client.write(Uint8Array.from(Buffer.from(each)));
      const sent = pair.clientOut.read();
      pair.serverIn.write(sent);
      expect(text(pair.server.read())).toBe(each);
      return sent.length;
    });
  }

  it("are filled up to a multiple, or as a function says", () => {
    const filled = lengths(
      clientContext({ padding: 256 }),
      serverContext(),
      "y",
      "y".repeat(255),
    );
    // Header, type and tag beside the content.
    expect(filled).toEqual([5 + 256 + 1 + 16, 5 + 256 + 1 + 16]);
    const told: number[] = [];
    const padding = (length: number): number => {
      told.push(length);
      return 7;
    };
    const [length] = lengths(clientContext({ padding }), serverContext(), "y");
    expect(length).toBe(5 + 1 + 7 + 1 + 16);
    expect(told.at(-1)).toBe(1);
  });

  it("are no longer than the peer accepts", () => {
    const server = serverContext({ recordSizeLimit: 64 });
    const pair = new BioPair(clientContext({ recordSizeLimit: 1000 }), server);
    pair.handshake();
    pair.client.write(new Uint8Array(200));
    const sent = pair.clientOut.read();
    for (let at = 0; at < sent.length;) {
      const length = ((sent[at + 3] ?? 0) << 8) | (sent[at + 4] ?? 0);
      expect(length).toBeLessThanOrEqual(64 + 16);
      at += 5 + length;
    }
  });

  it("are of lengths that there can be", () => {
    const context = clientContext();
    for (const wrong of [0, -1, 1.5, 2 ** 14 + 1, NaN])
      expect(
        thrown(() => {
          context.padding = wrong;
        }),
      ).toBeInstanceOf(RangeError);
    expect(thrown(() => Reflect.set(context, "padding", "256"))).toBeInstanceOf(
      TypeError,
    );
    for (const wrong of [0, 63, 2 ** 14 + 2, NaN])
      expect(
        thrown(() => {
          context.recordSizeLimit = wrong;
        }),
      ).toBeInstanceOf(RangeError);
    expect(context.padding).toBeNull();
    expect(context.recordSizeLimit).toBeNull();
  });
});

it("another context begins with them and goes its own way", () => {
  const context = clientContext({ padding: 64, ocspStapling: "request" });
  const other = context.extend({ padding: null });
  other.recordSizeLimit = 512;
  expect(other.ocspStapling).toBe("request");
  expect(other.padding).toBeNull();
  expect(context.padding).toBe(64);
  expect(context.recordSizeLimit).toBeNull();
});
