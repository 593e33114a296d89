/** Data between a connection and the streams of the command. */
import type { Readable } from "node:stream";
import { isByteArray, utf8Bytes } from "../../bytes.ts";
import { SSLError } from "../../ssl/errors/errors.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { type Terminal, writeOut } from "../command.ts";

/** Carries both directions at once; the server's end is the end. */
export async function carry(
  socket: SSLSocket,
  terminal: Terminal,
): Promise<void> {
  send(socket, terminal.stdin).catch((error: unknown) => {
    // What ended the connection is told by the receiving side, which knows
    // the alert; a stdin that fails is told here.
    if (!(error instanceof SSLError)) socket.destroy(error);
  });
  try {
    for await (const bytes of socket) await writeOut(terminal, bytes);
  } finally {
    // A stdin that is waited for keeps the process alive.
    terminal.stdin.destroy();
  }
}

async function send(socket: SSLSocket, stdin: Readable): Promise<void> {
  for await (const chunk of stdin)
    await socket.sendAll(isByteArray(chunk) ? chunk : utf8Bytes(String(chunk)));
  await socket.shutdown("write");
}
