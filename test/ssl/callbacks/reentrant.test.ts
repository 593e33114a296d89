/**
 * Callbacks that call the connection that called them: calls settle, whatever they
 * do, the handshake gets an end, and nothing is this library's fault.
 */
import { describe, expect, it } from "vitest";
import { node as provider } from "../../../src/crypto/node.ts";
import type { SSLContext } from "../../../src/index.ts";
import { type SSLSocket } from "../../../src/index.ts";
import { internal_error } from "../../../src/reasons.ts";
import { verifiedByCaller } from "../../../src/x509/index.ts";
import { bytes, clientContext, serverContext, socketPair } from "../support.ts";
import { testServer } from "../../support/pki.ts";
import { SIGNATURE_SCHEMES } from "../../../src/handshake/registries/signature-schemes.ts";

type Hook = () => void;
const { certificatePem: cert, key } = testServer();

const HOOKS: Record<
  string,
  (
    contexts: { client: SSLContext; server: SSLContext },
    hook: { client: Hook; server: Hook },
  ) => void
> = {
  sni: ({ server }, hook) => {
    server.sniCallback = () => {
      hook.server();
    };
  },
  alpn: ({ server }, hook) => {
    server.alpnCallback = () => {
      hook.server();
      return "x";
    };
  },
  verifier: ({ client }, hook) => {
    client.verifier = {
      verify: (peer, at) => {
        hook.client();
        return verifiedByCaller(peer, at);
      },
    };
  },
  signer: ({ server }, hook) => {
    server.loadCertChain({
      cert,
      key: {
        sign: (scheme, content) => {
          hook.server();
          const sign = provider.signers[SIGNATURE_SCHEMES[scheme].signature];
          if (sign === undefined) throw new Error();
          return sign(key, content, provider.random);
        },
      },
    });
  },
  "key log of a client": ({ client }, hook) => {
    client.keyLog = () => {
      hook.client();
    };
  },
  "key log of a server": ({ server }, hook) => {
    server.keyLog = () => {
      hook.server();
    };
  },
  onSession: ({ client }, hook) => {
    client.onSession = () => {
      hook.client();
    };
  },
  "message callback of a client": ({ client }, hook) => {
    client.messageCallback = () => {
      hook.client();
    };
  },
  "message callback of a server": ({ server }, hook) => {
    server.messageCallback = () => {
      hook.server();
    };
  },
  "store, put": ({ server }, hook) => {
    server.sessionStore = {
      take: () => undefined,
      put: () => {
        hook.server();
      },
    };
  },
  padding: ({ server }, hook) => {
    server.padding = () => {
      hook.server();
      return 1;
    };
  },
};

const ACTIONS: Record<string, (socket: SSLSocket) => unknown> = {
  destroy: (socket) => {
    socket.destroy();
  },
  close: (socket) => socket.close(),
  recv: (socket) => socket.recv(),
  send: (socket) => socket.send(bytes(9)),
  doHandshake: (socket) => socket.doHandshake(),
  unwrap: (socket) => socket.unwrap(),
  shutdown: (socket) => socket.shutdown("write"),
  keyUpdate: (socket) => socket.keyUpdate({ requestPeer: true }),
  detach: (socket) => socket.detach(),
  export: (socket) => socket.exportKeyingMaterial("EXPORTER-x", 9),
  verify: (socket) => {
    socket.verifyClientPostHandshake();
  },
  look: (socket) => [
    socket.version(),
    socket.cipher(),
    socket.getPeerCert(),
    socket.session?.id,
    socket.pending(),
  ],
};

/** Resolves with "late" after a second and a half. */
async function within<T>(promise: Promise<T>): Promise<T | "late"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, 1500, "late");
  });
  const first = await Promise.race([promise, late]);
  clearTimeout(timer);
  return first;
}

for (const maximumVersion of ["TLSv1.2", "TLSv1.3"] as const)
  for (const [name, plant] of Object.entries(HOOKS))
    describe(`${name}, ${maximumVersion}`, () => {
      it.each(Object.entries(ACTIONS))("%s", async (_what, act) => {
        const client = clientContext({
          provider,
          maximumVersion,
          alpnProtocols: ["x"],
        });
        const server = serverContext({ provider, options: { noTicket: true } });
        const sockets: Partial<Record<"client" | "server", SSLSocket>> = {};
        const outcomes: Promise<unknown>[] = [];
        const thrown: unknown[] = [];
        let budget = 50;
        const hookOf = (role: "client" | "server") => () => {
          const socket = sockets[role];
          if (socket === undefined || budget-- < 0) return;
          try {
            outcomes.push(
              Promise.resolve(act(socket)).catch((error: unknown) => {
                thrown.push(error);
              }),
            );
          } catch (error) {
            thrown.push(error);
          }
        };
        plant(
          { client, server },
          { client: hookOf("client"), server: hookOf("server") },
        );
        const pair = socketPair({
          client,
          server,
          clientOptions: { doHandshakeOnConnect: false },
          serverOptions: { doHandshakeOnConnect: false },
        });
        sockets.client = pair.client;
        sockets.server = pair.server;
        const shakes = Promise.allSettled([
          pair.client.doHandshake(),
          pair.server.doHandshake(),
        ]);
        const done = await within(shakes);
        const failures = done === "late" ? [] : done;
        for (const end of failures)
          if (end.status === "rejected") thrown.push(end.reason);
        if (
          done !== "late" &&
          done.every((one) => one.status === "fulfilled")
        ) {
          const sent = Promise.allSettled([
            pair.server.sendAll(bytes(1, 2, 3)),
            pair.client.sendAll(bytes(4)),
          ]);
          const read = pair.client.recv();
          const ends = await within(Promise.allSettled([sent, read]));
          if (ends !== "late")
            for (const end of ends)
              if (end.status === "rejected") thrown.push(end.reason);
        }
        pair.client.destroy();
        pair.server.destroy();
        expect(await within(Promise.allSettled(outcomes))).not.toBe("late");
        for (const error of thrown)
          expect(String(error) + String((error as Error).cause)).not.toContain(
            internal_error.says,
          );
        for (const error of thrown)
          expect(error).toHaveProperty(
            "name",
            expect.stringMatching(/SSL|RangeError|TlsUsageError/),
          );
        expect(done).not.toBe("late");
      });
    });
