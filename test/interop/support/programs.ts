/** Programs with their own command lines, for what no peer's options say. */
import type { ServerOptions } from "../../../src/engine/index.ts";
import { testServerConfig } from "../../support/engines.ts";
import { serverTalk } from "./puretls/engines.ts";
import { PeerProcess, startServer } from "./process.ts";

type CommandFor = (port: number) => readonly [string, ...string[]];

/** Runs a client program against a server of ours. */
export async function clientProgram(
  options: Partial<ServerOptions>,
  command: CommandFor,
) {
  const { port, done } = await serverTalk(testServerConfig(options));
  const [program, ...parameters] = command(port);
  const peer = new PeerProcess(program, parameters, "log");
  return { peer, done };
}

/** A server program, which is sent back what it receives. */
export async function serverProgram(command: CommandFor) {
  const { port, server } = await startServer((free) => {
    const [program, ...parameters] = command(free);
    const started = new PeerProcess(program, parameters);
    started.echo();
    return started;
  });
  return { port, server };
}
