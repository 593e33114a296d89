/** Servers of HTTP/2 whose clients go away in the middle of an answer. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http2 from "node:http2";
import { connect as connectPlainly } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { filesOf, startLibrary } from "./run.ts";
import type { Files } from "./run.ts";

const LENGTH = 4 << 20;

/** Of grpc: one message, not compressed, with its length. */
function message(length: number): Buffer {
  const bytes = Buffer.alloc(5 + length);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

const SERVERS = [
  { name: "http2", path: "/echo", body: Buffer.alloc(LENGTH), heads: {} },
  {
    ...{ name: "grpc", path: "/checks.Checks/Echo", body: message(LENGTH) },
    heads: { "content-type": "application/grpc", te: "trailers" },
  },
] as const;

/** A session by Node's own TLS, and the socket of the system below it. */
async function sessionTo(port: number, files: Files) {
  const raw = connectPlainly(port, "127.0.0.1");
  raw.on("error", () => undefined);
  await once(raw, "connect");
  const [ca, cert, key] = [files.ca, files.cert, files.key].map((path) =>
    readFileSync(path, "utf8"),
  );
  const session = http2.connect("https://localhost", {
    createConnection: () =>
      connect({
        ...{ socket: raw, servername: "localhost", ALPNProtocols: ["h2"] },
        ...{ ca, cert, key },
      }),
  });
  session.on("error", () => undefined);
  return { raw, session };
}

describe("a client that goes away in the middle of an answer", () => {
  const certificates = useCertificates();

  it.each(SERVERS)(
    "leaves a server of $name alive",
    async ({ name, path, body, heads }) => {
      const files = filesOf(certificates());
      const { server, port } = await startLibrary(name, files, "puretls");
      const ask = (session: http2.ClientHttp2Session) => {
        const asked = { ":path": path, ":method": "POST", ...heads };
        const stream = session.request(asked);
        stream.on("error", () => undefined);
        stream.end(body);
        return stream;
      };
      for (let count = 0; count < 30; count++) {
        const { raw, session } = await sessionTo(port, files);
        const stream = ask(session);
        await once(stream, "data");
        await sleep(count % 5);
        raw.resetAndDestroy();
        session.destroy();
      }
      const { session } = await sessionTo(port, files);
      let length = 0;
      for await (const piece of ask(session))
        length += Buffer.from(piece).length;
      session.close();
      expect(length).toBe(body.length);
      expect(server.hasEnded(), server.log()).toBe(false);
    },
  );
});
