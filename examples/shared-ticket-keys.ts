/**
 * Two server processes behind one address, with the same ticket keys: a client
 * resumes at one the session that it has from the other (RFC 5077 5.5). The
 * parent makes the keys, hands them out, and rotates them.
 */
import { type ChildProcess, fork } from "node:child_process";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { SSLContext, type SSLSession, TicketKeys } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { connect, nodePlatform, serve } from "puretls/node";
import { createSelfSigned } from "puretls/pki";

interface Order {
  readonly cert: string;
  readonly key: string;
  /** Newest first: the first one seals, all of them open. */
  readonly ticketKeys: readonly number[][];
}

if (env["TICKET_SERVER"] === "yes") await serverProcess();
else await parentProcess();

async function serverProcess(): Promise<void> {
  const context = new SSLContext({
    protocol: "tlsServer",
    platform: nodePlatform,
  });
  const firstOrder = new Promise<Order>((resolve) => {
    process.on("message", (order: Order) => {
      const keys = order.ticketKeys.map((key) => Uint8Array.from(key));
      context.ticketKeys = new TicketKeys({ provider, keys });
      resolve(order);
    });
  });
  process.on("disconnect", () => process.exit());
  const { cert, key } = await firstOrder;
  context.loadCertChain({ cert, key });
  const server = await serve({ host: "127.0.0.1", port: 0, context });
  const report = (): unknown => process.send?.(server.port);
  process.on("message", report);
  report();
  for await (const socket of server) {
    await socket.sendAll(new TextEncoder().encode("hello"));
    await socket.close();
  }
}

async function parentProcess(): Promise<void> {
  const { pem: cert, key } = createSelfSigned({
    provider,
    hosts: ["a.example"],
  });
  const tickets = new TicketKeys({ provider });
  const order = (): Order => ({
    cert,
    key: key.toPem(),
    ticketKeys: tickets.export().map((bytes) => [...bytes]),
  });
  const start = (): ChildProcess =>
    fork(fileURLToPath(import.meta.url), [], {
      env: { ...env, TICKET_SERVER: "yes" },
      execArgv: [],
    });
  const tell = (child: ChildProcess): Promise<unknown> =>
    new Promise((resolve) => {
      child.once("message", resolve);
      child.send(order());
    });
  const servers = [start(), start()];
  const [one, two] = (await Promise.all(servers.map(tell))).map(Number);
  try {
    const client = new SSLContext({ verifyLocations: { ca: cert } });
    const first = await visit(client, one);
    const second = await visit(client, two, first.session);
    if (!second.resumed) throw new Error("the other process has the keys too");

    // Rotation: every process gets the list anew; old tickets still open.
    tickets.rotate();
    await Promise.all(servers.map(tell));
    const third = await visit(client, one, second.session);
    if (!third.resumed) throw new Error("a key that is not the newest opens");
  } finally {
    for (const server of servers) server.kill();
  }
}

async function visit(
  context: SSLContext,
  port = 0,
  session: SSLSession | null = null,
): Promise<{ session: SSLSession | null; resumed: boolean }> {
  const socket = await connect({
    host: "127.0.0.1",
    port,
    serverHostname: "a.example",
    context,
    ...(session && { session }),
  });
  await socket.recv();
  const outcome = {
    session: socket.session,
    resumed: socket.sessionReused === true,
  };
  await socket.close();
  return outcome;
}
