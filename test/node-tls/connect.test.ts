import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as nodeTls from "node:tls";
import { describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import * as ours from "../../src/node-tls/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";

const root = createCertificateAuthority({ provider, name: "Root" });
const between = root.issueIntermediate({ name: "Between" });
const stranger = createCertificateAuthority({ provider, name: "Stranger" });
const HOST = "localhost";
const DAY = 86_400_000;

type Issued = ReturnType<typeof root.issueServer>;

const good = root.issueServer({ hosts: [HOST] });
const deep = between.issueServer({ hosts: [HOST] });
const alone = stranger.issueServer({ hosts: [HOST] });
const elsewhere = root.issueServer({ hosts: ["other.test"] });
const expired = root.issueServer({
  hosts: [HOST],
  notBefore: Date.now() - 20 * DAY,
  notAfter: Date.now() - 10 * DAY,
});
const early = root.issueServer({
  hosts: [HOST],
  notBefore: Date.now() + 10 * DAY,
  notAfter: Date.now() + 20 * DAY,
});
const own = stranger.pem;

interface Case {
  readonly what: string;
  readonly cert: string;
  readonly key: string;
  readonly options?: object;
}

const of = (what: string, issued: Issued, options: object = {}): Case => ({
  what,
  cert: issued.chainPem,
  key: issued.key.toPem(),
  options: { ca: root.pem, ...options },
});

const cases: readonly Case[] = [
  of("a server that is verified", good),
  of("a chain with an authority between", deep),
  of("an unknown authority", alone),
  of("an unknown authority that is sent", {
    ...alone,
    chainPem: alone.chainPem + own,
  }),
  of("a missing intermediate", { ...deep, chainPem: deep.pem }),
  of("another name", elsewhere),
  of("an expired certificate", expired),
  of("one that is not valid yet", early),
  of("a name that servername says", elsewhere, { servername: "other.test" }),
  of("a check of the program's own", elsewhere, {
    checkServerIdentity: () => undefined,
  }),
  of("a refusal of the program's own", good, {
    checkServerIdentity: () => Object.assign(new Error("no"), { code: "MINE" }),
  }),
];

type Module = typeof nodeTls | typeof ours;

/** Tells how a client of that module finds a server of Node's. */
async function seenBy(
  module: Module,
  { cert, key, options }: Case,
  more: object = {},
) {
  const server = nodeTls.createServer({ cert, key });
  server.on("tlsClientError", () => undefined);
  server.listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const given = { host: HOST, port, ...options, ...more };
  const socket = (module as typeof nodeTls).connect(given);
  try {
    return await new Promise<unknown>((resolve) => {
      socket.on("secureConnect", () => {
        const { authorized, authorizationError } = socket;
        resolve({ authorized, authorizationError });
      });
      socket.on("error", (error) => {
        resolve({ code: Reflect.get(error, "code") });
      });
    });
  } finally {
    socket.destroy();
    server.close();
  }
}

describe("connect", () => {
  it.each(cases)("says what Node's says of $what", async (one) => {
    expect(await seenBy(ours, one)).toEqual(await seenBy(nodeTls, one));
  });

  it.each(cases)("goes on as Node's, unauthorized, with $what", async (one) => {
    const unsafe = { rejectUnauthorized: false };
    expect(await seenBy(ours, one, unsafe)).toEqual(
      await seenBy(nodeTls, one, unsafe),
    );
  });
});

describe("advice of a handshake that failed", () => {
  const refusals = [
    [{ maxVersion: "TLSv1.2" }, { minVersion: "TLSv1.3" }, "minVersion and "],
    [{ ecdhCurve: "P-384" }, { ecdhCurve: "P-256" }, 'ecdhCurve: "secp256r1"'],
    [
      { ciphers: "TLS_AES_256_GCM_SHA384" },
      { ciphers: "TLS_AES_128_GCM_SHA256" },
      'ciphers: "TLS_AES_128_GCM_SHA256"',
    ],
  ] as const;

  it.each(refusals)("of %o for %o names an option", async (...refusal) => {
    const [options, offer, advice] = refusal;
    const credentials = { cert: good.chainPem, key: good.key.toPem() };
    const server = ours.createServer({ ...credentials, ...options });
    server.listen(0, HOST);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const refused = once(server, "tlsClientError");
    const client = nodeTls.connect({ host: HOST, port, ...offer });
    client.on("error", () => undefined);
    try {
      const [error] = (await refused) as [Error];
      expect(error.message).toContain(`; ${advice}`);
      expect(error.message).toMatch(/ would enable (it|more)$/);
    } finally {
      client.destroy();
      server.close();
    }
  });
});
