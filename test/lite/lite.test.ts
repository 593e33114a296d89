/** The small client against servers of this library, in memory. */
import { describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import { memoryPair, SSLContext, type SSLSocket } from "../../src/index.ts";
import { connect, type LiteOptions } from "../../src/lite/index.ts";
import { connect as connect13 } from "../../src/lite/tls13.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { TlsError } from "../../src/errors.ts";
import { OID } from "../../src/x509/index.ts";

const authority = createCertificateAuthority({ provider, name: "CA" });
const stranger = createCertificateAuthority({ provider, name: "CA" });
const issued = {
  "P-256": authority.issueServer({ hosts: ["a.test", "127.0.0.1"] }),
  "P-384": authority.issueServer({ hosts: ["a.test"], key: "ec-p384" }),
  RSA: authority.issueServer({ hosts: ["a.test"], key: "rsa-2048" }),
};
type Version = "TLSv1.2" | "TLSv1.3";

interface Server {
  readonly version?: Version;
  readonly key?: keyof typeof issued;
  readonly ciphers?: string;
}

function context({ version = "TLSv1.3", key = "P-256", ciphers }: Server) {
  const made = new SSLContext({
    protocol: "tlsServer",
    maximumVersion: version,
    ...(ciphers !== undefined && { ciphers }),
  });
  made.loadCertChain({
    cert: issued[key].chainPem,
    key: issued[key].key.toPem(),
  });
  return made;
}

/** A client, and the server's end of the connection. */
function pair(
  options: Partial<LiteOptions> = {},
  server: Server = {},
  make = connect,
) {
  const [near, far] = memoryPair();
  const made = context(server);
  made.setAlpnProtocols(["h2", "http/1.1"]);
  const there = made.wrapSocket(far, { serverSide: true });
  there.ready.catch(() => undefined);
  const here = make(near, {
    serverHostname: "a.test",
    ca: authority.pem,
    ...options,
  });
  here.catch(() => undefined);
  return { here, there, near, far };
}

async function echo(socket: SSLSocket): Promise<void> {
  for await (const bytes of socket) await socket.sendAll(bytes);
  await socket.close();
}

describe.each<[Version, keyof typeof issued]>([
  ["TLSv1.3", "P-256"],
  ["TLSv1.3", "P-384"],
  ["TLSv1.3", "RSA"],
  ["TLSv1.2", "P-256"],
  ["TLSv1.2", "P-384"],
  ["TLSv1.2", "RSA"],
])("%s with a key of %s", (version, key) => {
  it("verifies, and carries 1 MiB there and back", async () => {
    const { here, there } = pair(
      { alpnProtocols: ["http/1.1"] },
      { version, key },
    );
    const echoing = echo(there);
    const socket = await here;
    expect(socket.info).toMatchObject({ version, alpnProtocol: "http/1.1" });
    expect(socket.info.peer?.leaf.subjectAltName).toBeDefined();
    const data = new Uint8Array(1 << 20).map((_, i) => i * 7);
    const sending = socket.sendAll(data).then(() => socket.closeWrite());
    const received: Uint8Array[] = [];
    for await (const bytes of socket) received.push(bytes);
    await sending;
    expect(Buffer.concat(received).equals(data)).toBe(true);
    await expect(socket.recv()).resolves.toHaveLength(0);
    await Promise.all([socket.close(), echoing]);
  });
});

describe("a server is refused", () => {
  const rejection = async (options: Partial<LiteOptions>, server?: Server) => {
    const { here, there } = pair(options, server);
    const error: unknown = await here.catch((thrown: unknown) => thrown);
    await expect(there.ready).rejects.toThrow();
    if (!(error instanceof TlsError)) throw error;
    return error;
  };

  it.each<[string, Partial<LiteOptions>, object]>([
    [
      "another name",
      { serverHostname: "b.test" },
      { code: "hostname_mismatch" },
    ],
    [
      "another address",
      { serverHostname: "127.0.0.2" },
      { code: "ip_address_mismatch" },
    ],
    ["an unknown CA", { ca: stranger.pem }, { code: "unknown_issuer" }],
  ])("that has %s", async (_, options, cause) => {
    const error = await rejection(options);
    expect(error.cause).toMatchObject(cause);
  });

  it("whose certificate breaks the strict profile, as by createDefaultContext", async () => {
    // RFC 5280 4.2.1.1: an authorityKeyIdentifier that OpenSSL's strict rules want.
    const loose = authority.issueServer({
      hosts: ["a.test"],
      extensions: [{ oid: OID.authorityKeyIdentifier, value: undefined }],
    });
    const made = new SSLContext({ protocol: "tlsServer" });
    made.loadCertChain({ cert: loose.chainPem, key: loose.key.toPem() });
    const [near, far] = memoryPair();
    const there = made.wrapSocket(far, { serverSide: true });
    there.ready.catch(() => undefined);
    const trust = { serverHostname: "a.test", ca: authority.pem };
    await expect(connect(near, trust)).rejects.toMatchObject({
      cause: { code: "missing_authority_key_identifier" },
    });
  });

  it("of TLS 1.2, by the client of TLS 1.3 alone", async () => {
    const { here } = pair({}, { version: "TLSv1.2" }, connect13);
    await expect(here).rejects.toThrow(TlsError);
    const { here: other, there } = pair({}, {}, connect13);
    expect((await other).info.version).toBe("TLSv1.3");
    there.destroy();
  });
});

describe("a connection", () => {
  it("that is cut off is no end", async () => {
    const { here, there, far } = pair();
    const socket = await here;
    await there.sendAll(Uint8Array.of(1, 2));
    await expect(socket.recv()).resolves.toEqual(Uint8Array.of(1, 2));
    await far.closeWrite();
    await expect(socket.recv()).rejects.toMatchObject({ reason: "truncated" });
    await expect(socket.sendAll(Uint8Array.of(1))).rejects.toThrow(TlsError);
    await socket.close();
  });

  it("goes on in one direction when the peer has ended the other", async () => {
    const { here, there } = pair();
    const socket = await here;
    await there.shutdown("write");
    await expect(socket.recv()).resolves.toHaveLength(0);
    await socket.sendAll(Uint8Array.of(7));
    await expect(there.recv()).resolves.toEqual(Uint8Array.of(7));
    await socket.close();
    await expect(there.recv()).resolves.toHaveLength(0);
    await there.close();
  });

  it("serves calls in their order", async () => {
    const { here, there } = pair();
    const socket = await here;
    const reads = [socket.recv(), socket.recv()];
    await there.sendAll(Uint8Array.of(1));
    await reads[0];
    await there.sendAll(Uint8Array.of(2));
    expect((await Promise.all(reads)).map((one) => one[0])).toEqual([1, 2]);
    await Promise.all([
      socket.sendAll(Uint8Array.of(3)),
      socket.sendAll(Uint8Array.of(4)),
      socket.close(),
    ]);
    const bytes: number[] = [];
    for await (const part of there) bytes.push(...part);
    expect(bytes).toEqual([3, 4]);
  });

  it("waits for a peer that does not read", async () => {
    const { here, there } = pair();
    const socket = await here;
    let isSent = false;
    const sending = socket
      .sendAll(new Uint8Array(1 << 20))
      .then(() => (isSent = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isSent).toBe(false);
    let received = 0;
    while (received < 1 << 20) received += (await there.recv()).length;
    await sending;
    socket.destroy();
  });

  it("ends with the reason of a signal while it is being made", async () => {
    const [near] = memoryPair();
    const controller = new AbortController();
    const options = { serverHostname: "a.test", ca: authority.pem };
    const waiting = connect(near, { ...options, signal: controller.signal });
    const reason = new Error("too late");
    setTimeout(() => controller.abort(reason), 10);
    await expect(waiting).rejects.toBe(reason);
    const aborted = connect(memoryPair()[0], {
      ...options,
      signal: controller.signal,
    });
    await expect(aborted).rejects.toBe(reason);
  });

  it("rejects what waits when it is destroyed", async () => {
    const { here, there } = pair();
    const socket = await here;
    const reading = socket.recv();
    socket.destroy(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    there.destroy();
  });
});

describe("wrong use", () => {
  it.each<[object, RegExp]>([
    [{ ca: undefined }, /nothing is trusted; give ca, or mozillaRoots/],
    [{ serverHostname: undefined }, /serverHostname: undefined; expected/],
    [{ serverHostname: "" }, /serverHostname: text; expected a DNS name/],
    [{ serverHostname: "zoë.test" }, /A-labels/],
    [{ rejectUnauthorized: false }, /rejectUnauthorized/],
    [{ verifier: {} }, /verifier/],
    [{ ca: "no certificate" }, /no.*CERTIFICATE/i],
  ])("%j is refused by name", async (options, says) => {
    const { here } = pair(options);
    await expect(here).rejects.toThrow(says);
  });
});
