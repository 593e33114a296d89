/** Ways to serve a connection: an echo, pages, files, mail. */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { toNodeDuplex } from "../../net/node.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { summary } from "../text/summary.ts";
import type { Answer } from "./files.ts";
import { type MailName, mailUnderTls } from "./mail.ts";

/** Serves one connection, whose early data has come before all else. */
export type Talk = (
  socket: SSLSocket,
  early: readonly Uint8Array[],
) => Promise<void>;

export const echo: Talk = async (socket, early) => {
  for (const bytes of early) await socket.sendAll(bytes);
  for await (const bytes of socket) await socket.sendAll(bytes);
  await socket.close();
};

/** Speaks the rest of a mail protocol. */
export function mail(name: MailName): Talk {
  return async (socket, early) => {
    const first = [...early];
    await mailUnderTls(name, {
      read: async () => {
        const bytes = first.shift() ?? (await socket.recv());
        return bytes.length === 0 ? null : bytes;
      },
      write: (bytes) => socket.sendAll(bytes),
    });
    await socket.close();
  };
}

/**
 * Lets Node's own HTTP server speak over the connection.
 *
 * @param answer default: a page about the connection
 */
export function pages(answer?: Answer): Talk {
  const about = new WeakMap<object, string[]>();
  const server = createHttpServer((request, response) => {
    if (answer !== undefined) {
      answer(request, response);
      return;
    }
    const lines = about.get(request.socket) ?? [];
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(["puretls", "", ...lines, ""].join("\n"));
  });
  return async (socket, early) => {
    const duplex = toNodeDuplex(socket, { allowHalfOpen: true });
    for (const bytes of early.toReversed()) duplex.unshift(bytes);
    const verification =
      socket.getVerifiedChain().length > 0 ? "verified" : "not verified";
    about.set(duplex, summary(socket, verification));
    server.emit("connection", duplex);
    await once(duplex, "close");
  };
}
