/** Connections of a server that have a context in common, and those that must not. */
import { constants } from "node:crypto";
import { once } from "node:events";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
} from "node:net";
import nodeTls from "node:tls";
import { afterEach, expect, it, vi } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import {
  createSecureContext,
  createServer,
  TLSSocket,
  type TlsOptions,
} from "../../src/node-tls/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { SSLContext } from "../../src/ssl/ssl-context.ts";

const root = createCertificateAuthority({ provider, name: "Root" });
const { chainPem: cert, key: privateKey } = root.issueServer({
  hosts: ["localhost"],
});
const key = privateKey.toPem();

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  vi.restoreAllMocks();
});

async function listening<S extends Server>(server: S): Promise<S> {
  servers.push(server);
  server.listen(0, "localhost");
  await once(server, "listening");
  return server;
}

function serve(options: TlsOptions) {
  return listening(createServer(options, (socket) => socket.end("x")));
}

/** A server that makes the sockets by itself, each with these options. */
function serveSockets(options: ConstructorParameters<typeof TLSSocket>[1]) {
  return listening(
    createTcpServer((raw) => {
      const socket = new TLSSocket(raw, { isServer: true, ...options });
      socket.on("error", () => undefined).end("x");
    }),
  );
}

/** Visits with Node's own client; answers the protocol, or the error's code. */
async function visit(server: Server, maxVersion?: "TLSv1.2") {
  const { port } = server.address() as AddressInfo;
  const socket = nodeTls.connect({
    ...{ host: "localhost", port, ca: root.pem, ALPNProtocols: ["a", "b"] },
    ...(maxVersion && { maxVersion }),
  });
  let code: string | undefined;
  socket.on("error", (error: NodeJS.ErrnoException) => {
    code = error.code;
  });
  await new Promise((resolve) => socket.resume().once("close", resolve));
  return code ?? socket.alpnProtocol;
}

it("is made once for connections that have nothing of their own", async () => {
  const server = await serve({ cert, key });
  await visit(server);
  const extend = vi.spyOn(SSLContext.prototype, "extend");
  for (let i = 0; i < 3; i++) await visit(server);
  expect(extend).not.toHaveBeenCalled();
});

it("is not that of other sockets with the same secure context", async () => {
  const secureContext = createSecureContext({ cert, key, ca: root.pem });
  const [a, b, strict] = [
    await serveSockets({ secureContext, ALPNProtocols: ["a"] }),
    await serveSockets({ secureContext, ALPNProtocols: ["b"] }),
    await serveSockets({
      ...{ secureContext, ALPNProtocols: ["a"] },
      ...{ requestCert: true, rejectUnauthorized: true },
    }),
  ];
  for (let i = 0; i < 2; i++) {
    expect(await visit(a)).toBe("a");
    expect(await visit(b)).toBe("b");
    expect(await visit(strict)).toMatch(/CERTIFICATE_REQUIRED|ECONNRESET/);
  }
});

it("is not that of connections whose server listens since", async () => {
  const server = await serve({
    ...{ cert, key, secureOptions: constants.SSL_OP_NO_TICKET },
  });
  await visit(server, "TLSv1.2");
  const lines: Buffer[] = [];
  server.on("keylog", (line: Buffer) => lines.push(line));
  await visit(server, "TLSv1.2");
  expect(lines).not.toEqual([]);
  const stored: Buffer[] = [];
  server.on("newSession", (id: Buffer, _data: Buffer, done: () => void) => {
    stored.push(id);
    done();
  });
  await visit(server, "TLSv1.2");
  expect(stored).not.toEqual([]);
});
