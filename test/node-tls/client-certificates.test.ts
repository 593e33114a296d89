import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as nodeTls from "node:tls";
import { describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import * as ours from "../../src/node-tls/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";

const a = createCertificateAuthority({ provider, name: "A" });
const b = createCertificateAuthority({ provider, name: "B" });

interface Identity {
  readonly cert: string;
  readonly key: string;
}

const identity = (issued: {
  readonly chainPem: string;
  readonly key: { toPem(): string };
}): Identity => ({ cert: issued.chainPem, key: issued.key.toPem() });

const ofA = identity(a.issueServer({ hosts: ["a.test", "b.test"] }));
const ofB = identity(b.issueServer({ hosts: ["a.test", "b.test"] }));
const clientOfA = identity(a.issueClient({ name: "client" }));
const clientOfB = identity(b.issueClient({ name: "client" }));

/** Node's module, or ours with its shape: only what both have is used. */
type Module = Pick<typeof nodeTls, "createServer" | "createSecureContext">;

const MODULES: readonly (readonly [string, Module])[] = [
  ["node:tls", nodeTls],
  ["puretls/node-tls", ours as unknown as Module],
];

const byA = { ...ofA, ca: a.pem };
const byB = { ...ofB, ca: b.pem };
const ASKING = { requestCert: true, rejectUnauthorized: false } as const;

interface Visit {
  readonly servername: string;
  readonly client: Identity;
  readonly session?: Buffer | undefined;
  readonly maxVersion?: "TLSv1.2";
}

/** Visits the server as a client of node:tls, and answers what the server says. */
async function visit(server: nodeTls.Server, options: Visit) {
  const seen = once(server, "secureConnection");
  const { port } = server.address() as AddressInfo;
  const { client, ...others } = options;
  const socket = nodeTls.connect({
    port,
    ...client,
    ...others,
    ca: [a.pem, b.pem],
  });
  const sessions: Buffer[] = [];
  socket.on("session", (session) => sessions.push(session));
  socket.on("error", () => undefined);
  const [accepted] = (await seen) as [nodeTls.TLSSocket];
  const facts = {
    authorized: accepted.authorized,
    error: accepted.authorizationError,
    reused: accepted.isSessionReused(),
  };
  accepted.end("x");
  socket.resume();
  await once(socket, "close");
  return { ...facts, session: sessions[0] };
}

async function listening(server: nodeTls.Server): Promise<nodeTls.Server> {
  server.listen(0);
  await once(server, "listening");
  return server;
}

/** The client sends its root as well. */
const UNKNOWN = "SELF_SIGNED_CERT_IN_CHAIN";

describe.each(MODULES)(
  "a client's certificate, by a server of %s,",
  (_name, tls) => {
    const servers = {
      addContext: () => {
        const server = tls.createServer({ ...byA, ...ASKING });
        server.addContext("b.test", byB);
        return server;
      },
      SNICallback: () =>
        tls.createServer({
          ...byA,
          ...ASKING,
          SNICallback: (servername, done) => {
            done(
              null,
              servername === "b.test"
                ? tls.createSecureContext(byB)
                : undefined,
            );
          },
        }),
    };

    it.each(["addContext", "SNICallback"] as const)(
      "is verified by the context that %s chose for the name",
      async (way) => {
        const server = await listening(servers[way]());
        const outcome = async (servername: string, client: Identity) => {
          const { authorized, error } = await visit(server, {
            servername,
            client,
          });
          return authorized || error;
        };
        expect({
          "A at a": await outcome("a.test", clientOfA),
          "B at a": await outcome("a.test", clientOfB),
          "A at b": await outcome("b.test", clientOfA),
          "B at b": await outcome("b.test", clientOfB),
        }).toEqual({
          "A at a": true,
          "B at a": UNKNOWN,
          "A at b": UNKNOWN,
          "B at b": true,
        });
        server.close();
      },
    );

    it("is verified by the context that setSecureContext() set", async () => {
      const ticketKeys = Buffer.alloc(48, 7);
      const server = await listening(
        tls.createServer({ ...byA, ...ASKING, ticketKeys }),
      );
      const name = { servername: "a.test", client: clientOfA };
      const first = await visit(server, name);
      expect(first).toMatchObject({ authorized: true });
      server.setSecureContext({ ...byB, ticketKeys });
      expect(await visit(server, name)).toMatchObject({
        authorized: false,
        error: UNKNOWN,
      });
      // Native does not verify what a ticket says: puretls does, once more.
      const { session } = first;
      const resumed = await visit(server, { ...name, session });
      if (tls !== nodeTls) expect(resumed).toMatchObject({ authorized: false });
      server.close();
    });

    it.each([undefined, "TLSv1.2"] as const)(
      "of a session begun under another name counts there alone, %s",
      async (maxVersion) => {
        const server = await listening(servers.addContext());
        const version = maxVersion === undefined ? {} : { maxVersion };
        const client = clientOfA;
        const first = await visit(server, {
          servername: "a.test",
          client,
          ...version,
        });
        expect(first.authorized).toBe(true);
        const { session } = first;
        const again = await visit(server, {
          servername: "a.test",
          client,
          session,
          ...version,
        });
        expect(again).toMatchObject({ authorized: true, reused: true });
        if (tls !== nodeTls) {
          const other = await visit(server, {
            servername: "b.test",
            client,
            session,
            ...version,
          });
          expect(other).toMatchObject({ authorized: false, reused: false });
        }
        server.close();
      },
    );

    it("is not verified by the authorities that come with setKeyCert()", async () => {
      const server = await listening(
        tls.createServer({
          ...byA,
          ...ASKING,
          ALPNCallback(this: nodeTls.TLSSocket) {
            Reflect.apply(Reflect.get(this, "setKeyCert") as () => void, this, [
              byB,
            ]);
            return "x";
          },
        } as nodeTls.TlsOptions),
      );
      const seen = once(server, "secureConnection");
      const { port } = server.address() as AddressInfo;
      const socket = nodeTls.connect({
        port,
        ...clientOfB,
        servername: "a.test",
        ALPNProtocols: ["x"],
        ca: [a.pem, b.pem],
      });
      socket.on("error", () => undefined);
      const [accepted] = (await seen) as [nodeTls.TLSSocket];
      // Node trusts these authorities, too; puretls does what setKeyCert() says.
      expect(accepted.authorized).toBe(tls === nodeTls);
      socket.destroy();
      accepted.destroy();
      server.close();
    });

    it("is asked for in vain of a client that has none", async () => {
      const server = await listening(tls.createServer({ ...byA, ...ASKING }));
      const { port } = server.address() as AddressInfo;
      const seen = once(server, "secureConnection");
      const socket = nodeTls.connect({ port, servername: "a.test", ca: a.pem });
      const [accepted] = (await seen) as [nodeTls.TLSSocket];
      expect([accepted.authorized, accepted.authorizationError]).toEqual([
        false,
        "UNABLE_TO_GET_ISSUER_CERT",
      ]);
      socket.destroy();
      accepted.destroy();
      server.close();
    });

    it("of a stored session is verified once more", async () => {
      const kept = new Map<string, Buffer>();
      const server = await listening(
        tls.createServer({ ...byA, ...ASKING, secureOptions: 0x4000 }),
      );
      server.on("newSession", (id, data, done) => {
        kept.set(id.toString("hex"), data);
        done();
      });
      server.on("resumeSession", (id, done) => {
        done(null, kept.get(id.toString("hex")) ?? null);
      });
      const options = {
        servername: "a.test",
        client: clientOfA,
        maxVersion: "TLSv1.2",
      } as const;
      const { session, authorized } = await visit(server, options);
      expect(authorized).toBe(true);
      expect(kept.size).toBe(1);
      expect(await visit(server, { ...options, session })).toMatchObject({
        authorized: true,
        reused: true,
      });
      server.close();
    });
  },
);
