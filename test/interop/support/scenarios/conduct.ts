/**
 * The behaviour that all client and server peers share, whatever program they
 * are.
 */
import type { ClientRun, PeerServer } from "./options.ts";
import { startServer } from "../process.ts";
import type { PeerProcess } from "../process.ts";

/**
 * Runs a client: sends the payload (from a position on, when the part before it
 * was sent already), waits until all of it came back, then ends its input, upon
 * which the program closes the connection and ends.
 */
export async function exchange(
  client: PeerProcess,
  payload: Uint8Array,
  from = 0,
): Promise<ClientRun> {
  client.write(payload.subarray(from));
  await client.outputReaches(payload.length);
  client.endInput();
  const { code } = await client.exit();
  return { received: client.output(), exitCode: code, log: client.log() };
}

/**
 * A started server. One that ends with its first connection is waited for;
 * another one is asked to end when the test stops it.
 */
export async function serve(
  ends: "by itself" | "when told",
  start: (port: number) => PeerProcess,
): Promise<PeerServer> {
  const { server, port } = await startServer(start);
  return {
    port,
    stop: async (expected) => {
      if (expected !== undefined) await server.logged(expected);
      if (ends === "when told") server.terminate();
      await server.exit();
      return server.log();
    },
  };
}
