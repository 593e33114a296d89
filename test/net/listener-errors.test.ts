/** A server whose listener cannot accept a connection, or fails for good. */
import { Server } from "node:net";
import { expect, it, vi } from "vitest";
import { memoryPair, SSLServer, type Transport } from "../../src/index.ts";
import { connect, serve } from "../../src/net/node.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import { clientContext, rejection, serverContext } from "../ssl/support.ts";

const host = "127.0.0.1";

it("a connection that Node cannot accept ends no server", async () => {
  const listen = vi.spyOn(Server.prototype, "listen");
  const { certificatePem: cert, keyPem: key } = testServer();
  const server = await serve({ cert, key });
  const tcp: unknown = listen.mock.contexts[0];
  listen.mockRestore();
  if (!(tcp instanceof Server)) throw new Error("no server listens");
  // As net.Server tells of accept(2): without descriptors, without memory.
  for (const code of ["EMFILE", "ENOBUFS"])
    tcp.emit("error", Object.assign(new Error(`accept ${code}`), { code }));
  const [client, { socket }] = await Promise.all([
    connect({ host, port: server.port, ca: testAuthority().pem }),
    server.accept(),
  ]);
  await Promise.all([client.close(), socket.close(), server.close()]);
});

it("one whose listener fails is closed all the same", async () => {
  const [near, far] = memoryPair();
  const arrivals: Transport[] = [far];
  let closed = 0;
  let fail: (error: Error) => void = () => undefined;
  const server = new SSLServer(
    {
      address: undefined,
      accept: () => {
        const next = arrivals.shift();
        return next === undefined
          ? new Promise((_resolve, reject) => (fail = reject))
          : Promise.resolve(next);
      },
      close: () => {
        closed++;
        return Promise.resolve();
      },
    },
    serverContext(),
  );
  const client = clientContext().wrapSocket(near, {
    serverHostname: "server.test",
  });
  await client.ready;
  fail(new Error("the cable is out"));
  // Ready before: it is nobody's yet, and close() ends it.
  await new Promise((resolve) => setTimeout(resolve));
  await Promise.all([server.close(), server.close()]);
  expect(closed).toBe(1);
  await rejection(client.recv());
  expect(await rejection(server.accept())).toHaveProperty(
    "message",
    "the cable is out",
  );
});
