/** The gateway of examples/gateway, for the tests. */
import { existsSync } from "node:fs";
import { copyFileSync, mkdirSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import type { Probed } from "../support/probe.ts";
import { PeerProcess } from "../support/process.ts";
import type { WebSocketClass } from "../../../src/adapters/web/index.ts";
import type { Settings } from "./programs/acts.ts";

const PACKAGES = join(PROJECT_ROOT, "test/interop/peers/node_modules");
const GATEWAY = join(PROJECT_ROOT, "examples/gateway/gateway.mjs");

/** The package `ws`, which the gateway is made with. */
export const WS: Probed = existsSync(join(PACKAGES, "ws"))
  ? { output: "" }
  : { missing: "the npm package ws: npm run peers" };

/** The class of the package `ws`. */
export async function findWebSocket(): Promise<{ WebSocket: WebSocketClass }> {
  const path = pathToFileURL(join(PACKAGES, "ws/wrapper.mjs")).href;
  return (await import(path)) as { WebSocket: WebSocketClass };
}

/** A WebSocket that a server of the package `ws` has taken. */
export interface ServedSocket {
  on(event: "message", listener: (bytes: Uint8Array) => void): void;
  send(bytes: Uint8Array): void;
  close(): void;
}

/** The class of servers of the package `ws`. */
export async function findWebSocketServer() {
  const path = pathToFileURL(join(PACKAGES, "ws/wrapper.mjs")).href;
  const { WebSocketServer } = (await import(path)) as {
    WebSocketServer: new (options: { server: Server }) => {
      on(event: "connection", listener: (socket: ServedSocket) => void): void;
    };
  };
  return WebSocketServer;
}

/**
 * Starts the gateway beside the package that it imports by name, for the servers of
 * the stage alone. Returns the URL for a port.
 */
export async function startGateway(
  { stage, openssl, refused, silent }: Settings,
  ...more: readonly string[]
): Promise<(port: number) => string> {
  const folder = join(PACKAGES, ".gateway");
  mkdirSync(folder, { recursive: true });
  const program = join(folder, "gateway.mjs");
  copyFileSync(GATEWAY, program);
  const allow = [stage, openssl, refused, silent].flatMap((port) => [
    "--allow",
    `127.0.0.1:${String(port)}`,
  ]);
  const gateway = new PeerProcess(
    process.execPath,
    [program, "--port", "0", ...allow, ...more],
    "log",
  );
  await gateway.logged(/listening on \d+/);
  const [, port = ""] = /listening on (\d+)/.exec(gateway.log()) ?? [];
  return (to) => `ws://127.0.0.1:${port}/127.0.0.1:${String(to)}`;
}
