/** The clients of undici, which differ in the protocol. */
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";

export function open({ host, port, patience, ...tls }, { allowH2 }) {
  const dispatcher = new Agent({
    ...{ allowH2, connections: 1 },
    connect: { ...tls, timeout: patience },
    headersTimeout: patience,
  });
  const send = async (path, method = "GET", body = undefined) => {
    const origin = `https://${host}:${port}`;
    const sent = { method, body, dispatcher };
    const response = await request(`${origin}${path}`, sent);
    return Buffer.from(await response.body.arrayBuffer());
  };
  return {
    ask: async () => String(await send("/hello")),
    // A session of HTTP/2 takes no 10 MiB at once.
    transfer: (bytes) => send("/echo", "POST", Readable.from(pieces(bytes))),
    whoami: async () => String(await send("/whoami")),
    wait: () => send("/late"),
    lost: () => send("/late"),
    lostIdle: async () => {
      await sleep(400);
      return String(await send("/hello"));
    },
    close: () => undefined,
  };
}

function* pieces(bytes) {
  for (let at = 0; at < bytes.length; at += 65_536)
    yield bytes.subarray(at, at + 65_536);
}
