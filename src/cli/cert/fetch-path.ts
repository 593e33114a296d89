/** One page by Node's own HTTP client, over a connection that is there. */
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { printable } from "../../bytes.ts";
import { toNodeDuplex } from "../../net/node.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { type Terminal, writeOut } from "../command.ts";
import { factLine } from "../text/summary.ts";

export interface Page {
  readonly path: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Prints the status on stderr, unless it is to be quiet, and the body on stdout.
 *
 * @throws SSLEOFError for a body that is cut off, and Node's errors of HTTP
 */
export async function fetchPath(
  socket: SSLSocket,
  page: Page,
  quiet: boolean,
  terminal: Terminal,
): Promise<void> {
  const asked = request({
    path: page.path,
    headers: { host: authority(page) },
    createConnection: () => toNodeDuplex(socket),
  });
  const response = await responseTo(asked);
  // An end without close_notify after a whole response harms nobody.
  let failure: unknown;
  asked.on("error", (error) => {
    if (!response.complete) failure ??= error;
  });
  const { statusCode = 0, statusMessage = "" } = response;
  const status = printable(`${statusCode.toString()} ${statusMessage}`.trim());
  if (!quiet) terminal.stderr.write(`${factLine("status", status)}\n\n`);
  const chunks: AsyncIterable<Uint8Array> = response;
  try {
    for await (const chunk of chunks) await writeOut(terminal, chunk);
  } catch (error) {
    throw failure ?? error;
  }
  if (failure !== undefined) throw failure;
}

function responseTo(asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once("response", resolve);
    asked.once("error", reject);
    asked.end();
  });
}

/** RFC 9110 7.2: the host and, unless it is the usual one, the port. */
function authority({ host, port }: Page): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === 443 ? name : `${name}:${port.toString()}`;
}
