/**
 * The server of ticket-processes.test.ts, a process of its own: the parent's
 * messages control it, and it reports each connection to the parent.
 */
import { fromHex, toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { TicketKeys } from "../../../src/engine/index.ts";
import { SSLContext } from "../../../src/index.ts";
import { nodePlatform, serve } from "../../../src/net/node.ts";

/** A message from the parent. */
export type Order =
  | {
      readonly type: "start";
      readonly cert: string;
      readonly key: string;
      /** Hexadecimal, newest first; undefined: keys of its own. */
      readonly keys?: readonly string[];
    }
  | { readonly type: "rotate"; readonly key?: string };

/** A message to the parent: answers, and reports of connections. */
export type Report =
  | {
      readonly type: "listening";
      readonly port: number;
      readonly keys: readonly string[];
    }
  | { readonly type: "rotated"; readonly keys: readonly string[] }
  | {
      readonly type: "connection";
      readonly version: string | null;
      readonly resumed: boolean;
      readonly early: number;
    };

const provider = noble;
let tickets = new TicketKeys({ provider });
const exported = (): string[] => tickets.export().map((key) => toHex(key));
const report = (what: Report): void => {
  process.send?.(what);
};

async function start({ cert, key, keys }: Order & { type: "start" }) {
  if (keys !== undefined)
    tickets = new TicketKeys({ provider, keys: keys.map(fromHex) });
  const context = new SSLContext({
    protocol: "tlsServer",
    platform: nodePlatform,
    provider,
    certChain: { cert, key },
    maxEarlyData: 1000,
  });
  context.ticketKeys = tickets;
  const server = await serve({ host: "127.0.0.1", port: 0, context });
  report({ type: "listening", port: server.port, keys: exported() });
  for await (const socket of server) {
    const early = socket.readEarlyData()?.length ?? 0;
    const data = await socket.recv();
    await socket.sendAll(data);
    const [version, resumed] = [socket.version(), socket.sessionReused];
    report({ type: "connection", version, resumed: resumed, early });
    await socket.close();
  }
}

process.on("message", (order: Order) => {
  if (order.type === "start") void start(order);
  else {
    tickets.rotate(order.key === undefined ? undefined : fromHex(order.key));
    report({ type: "rotated", keys: exported() });
  }
});
