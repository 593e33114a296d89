import { constants } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import nodeTls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import {
  connect,
  type ConnectionOptions,
  createServer,
  type Server,
} from "../../src/node-tls/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";

const root = createCertificateAuthority({ provider, name: "Root" });
const stranger = createCertificateAuthority({ provider, name: "Stranger" });
const { chainPem: cert, key } = root.issueServer({
  hosts: ["localhost", "other.test"],
});

let server: Server;

beforeAll(async () => {
  server = createServer({ cert, key: key.toPem() }, (socket) => {
    socket.end("x");
    socket.resume();
  });
  server.listen(0, "localhost");
  await once(server, "listening");
});

afterAll(() => {
  server.close();
});

/** Connects, reads to the end, and answers what came of it. */
async function visit(options: ConnectionOptions) {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: "localhost", port, ca: root.pem, ...options });
  const sessions: Buffer[] = [];
  socket.on("session", (session: Buffer) => sessions.push(session));
  await once(socket, "secureConnect");
  const facts = {
    reused: socket.isSessionReused(),
    authorized: socket.authorized,
    error: socket.authorizationError,
    name: socket.getPeerCertificate().subject.CN,
  };
  socket.resume();
  await once(socket, "close");
  return { ...facts, session: sessions[0] };
}

describe.each(["TLSv1.3", "TLSv1.2"] as const)("a session of %s", (version) => {
  const only = { minVersion: version, maxVersion: version };

  it("is resumed from its bytes, and its peer is verified again", async () => {
    const first = await visit(only);
    expect(first).toMatchObject({ reused: false, authorized: true });
    const second = await visit({ ...only, session: first.session });
    expect(second).toMatchObject({ reused: true, authorized: true });
  });

  it("is not resumed for another server", async () => {
    const { session } = await visit(only);
    const second = await visit({ ...only, session, servername: "other.test" });
    expect(second).toMatchObject({ reused: false, authorized: true });
  });

  it("of a peer that nobody verified authorizes nobody", async () => {
    const unsafe = { ...only, ca: stranger.pem, rejectUnauthorized: false };
    const first = await visit(unsafe);
    expect(first).toMatchObject({ reused: false, authorized: false });
    const { session } = first;
    const again = await visit({ ...unsafe, session });
    expect(again).toMatchObject({ reused: true, authorized: false });
    await expect(
      visit({ ...unsafe, session, rejectUnauthorized: true }),
    ).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
  });

  it("out of garbage is none", async () => {
    for (const session of [Buffer.from("x"), Buffer.alloc(300)])
      expect(await visit({ ...only, session })).toMatchObject({
        reused: false,
        authorized: true,
      });
  });
});

describe("a server without tickets and without a store", () => {
  const MODULES = { "node:tls": nodeTls, "puretls/node-tls": { createServer } };

  it.each(Object.keys(MODULES) as (keyof typeof MODULES)[])(
    "%s resumes nothing",
    async (name) => {
      const listening = MODULES[name].createServer(
        { cert, key: key.toPem(), secureOptions: constants.SSL_OP_NO_TICKET },
        (socket) => socket.end("x"),
      );
      listening.listen(0, "localhost");
      await once(listening, "listening");
      const { port } = listening.address() as AddressInfo;
      const reused: boolean[] = [];
      let session: Buffer | undefined;
      for (let time = 0; time < 3; time++) {
        const socket = nodeTls.connect({
          host: "localhost",
          port,
          ca: root.pem,
          maxVersion: "TLSv1.2",
          ...(session && { session }),
        });
        await once(socket, "secureConnect");
        reused.push(socket.isSessionReused());
        session = socket.getSession();
        await once(socket.resume(), "close");
      }
      listening.close();
      expect(reused).toEqual([false, false, false]);
    },
  );
});
