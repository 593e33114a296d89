import { once } from "node:events";
import { get } from "node:https";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as nodeTls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import * as ours from "../../src/node-tls/index.ts";
import {
  certificateObject,
  x509Certificate,
} from "../../src/node-tls/peer/certificates.ts";
import { asciiHost } from "../../src/node-tls/peer/identity.ts";
import { PeerJudge } from "../../src/node-tls/peer/peer-judge.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";

const root = createCertificateAuthority({ provider, name: "Root" });
const issued = root.issueServer({ hosts: ["localhost", "127.0.0.1"] });
const own = { cert: issued.chainPem, key: issued.key.toPem() };

let server: nodeTls.Server;
beforeAll(async () => {
  server = nodeTls.createServer(own);
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
});

type Module = typeof nodeTls | typeof ours;

/** Tells how a client of that module finds the server with these options. */
async function outcome(module: Module, options: object): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const given = { host: "localhost", port, ca: root.pem, ...options };
  const socket = (module as typeof nodeTls).connect(given);
  try {
    return await new Promise<unknown>((resolve) => {
      socket.on("secureConnect", () => {
        resolve({ authorized: socket.authorized });
      });
      socket.on("error", () => {
        resolve("refused");
      });
      socket.on("close", () => {
        resolve("closed");
      });
    });
  } finally {
    socket.on("error", () => undefined);
    socket.destroy();
  }
}

/** Finds every name on this machine. */
function toLoopback(...args: readonly unknown[]): void {
  const [, options, done] = args;
  const address = { address: "127.0.0.1", family: 4 };
  const isAll = Reflect.get(Object(options), "all") === true;
  Reflect.apply(done as () => void, undefined, [
    null,
    ...(isAll ? [[address]] : [address.address, 4]),
  ]);
}

const STRANGE = createCertificateAuthority({ provider, name: "Other" }).pem;

describe("a name that is no host", () => {
  it.each([
    ...["localhost/.evil.test", "localhost/x", "localhost#x", "localhost?x"],
    ...["localhost\\x", "local\nhost", "local\thost", "localhos%74"],
    ...["0x7f.1", "2130706433", "localhost:1", "u@localhost"],
  ])("%j is not the host before or in it", async (servername) => {
    for (const option of ["servername", "host"]) {
      const options = { [option]: servername, lookup: toLoopback };
      for (const module of [ours, nodeTls])
        expect(await outcome(module, options)).toBe("refused");
    }
  });

  it("has A-labels where it is of other letters", () => {
    expect(asciiHost("b\u00fccher.test")).toBe("xn--bcher-kva.test");
  });
});

describe("a certificate that cannot be read", () => {
  const verifier = {
    verify: () => {
      throw new Error("no");
    },
  };
  const { der } = issued.certificate;
  const at = { now: 0, purpose: "serverAuth", trust: {} };

  it.each([
    ["one byte", Uint8Array.of(1)],
    ["PEM", new TextEncoder().encode(root.pem)],
    ["a cut one", der.slice(0, 100)],
    ["more behind one", Uint8Array.of(...der, 0)],
  ])("is refused whatever rejectUnauthorized: %s", (_name, bytes) => {
    const judge = new PeerJudge({ verifier, rejectUnauthorized: false });
    const verify = (certificates: readonly Uint8Array[]): unknown =>
      Reflect.apply(judge.verify.bind(judge), undefined, [
        { certificates },
        at,
      ]);
    expect(() => verify([der, bytes])).toThrow("cannot be read");
    expect(() => verify([bytes])).toThrow("cannot be read");
    expect(() => verify([der])).not.toThrow("cannot be read");
  });

  it("ends the chain that a program is shown", () => {
    const leaf = certificateObject([der], false);
    for (const bytes of [Uint8Array.of(1), Buffer.from(root.pem)]) {
      expect(certificateObject([der, bytes], true)).toEqual(leaf);
      expect(certificateObject([bytes, der], true)).toEqual({});
      expect(x509Certificate([der, bytes])?.issuerCertificate).toBeUndefined();
      expect(x509Certificate([bytes, der])).toBeUndefined();
    }
  });
});

describe("rejectUnauthorized", () => {
  it.each([0, null, undefined, "false", "", true])(
    "refuses an unknown authority where it is %j, as Node's does",
    async (rejectUnauthorized) => {
      const options = { ca: STRANGE, rejectUnauthorized };
      expect(await outcome(ours, options)).toBe("refused");
      expect(await outcome(nodeTls, options)).toBe("refused");
    },
  );

  it("is not changed by NODE_TLS_REJECT_UNAUTHORIZED", async () => {
    const variable = "NODE_TLS_REJECT_UNAUTHORIZED";
    const before = process.env[variable];
    process.env[variable] = "0";
    try {
      expect(await outcome(ours, { ca: STRANGE })).toBe("refused");
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, variable);
      else process.env[variable] = before;
    }
  });
});

const ANSWERS: readonly (readonly [string, () => unknown, unknown])[] = [
  ["undefined", () => undefined, { authorized: true }],
  ["an empty text", () => "", { authorized: true }],
  ["0", () => 0, { authorized: true }],
  ["an Error", () => new Error("no"), "refused"],
  ["true", () => true, "refused"],
  ["an object", () => ({}), "refused"],
];

describe("checkServerIdentity", () => {
  it.each(ANSWERS)(
    "that returns %s",
    async (_what, checkServerIdentity, expected) => {
      expect(await outcome(ours, { checkServerIdentity })).toEqual(expected);
    },
  );

  it("that throws, or answers with a promise, authorizes nobody", async () => {
    const thrown = (): never => {
      throw new Error("no");
    };
    for (const checkServerIdentity of [
      thrown,
      () => Promise.resolve(undefined),
    ]) {
      expect(await outcome(ours, { checkServerIdentity })).toBe("refused");
      expect(
        await outcome(ours, { checkServerIdentity, rejectUnauthorized: false }),
      ).toEqual({ authorized: false });
    }
  });

  it("authorizes nobody of an unknown authority, whatever it returns", async () => {
    const checkServerIdentity = () => undefined;
    const options = { ca: STRANGE, checkServerIdentity };
    expect(await outcome(ours, options)).toBe("refused");
    expect(
      await outcome(ours, { ...options, rejectUnauthorized: false }),
    ).toEqual({ authorized: false });
  });

  it.each([1, null, {}, "x"])(
    "that is %j is refused",
    (checkServerIdentity) => {
      const given = { port: 1, checkServerIdentity } as never;
      expect(() => ours.connect(given)).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
      );
    },
  );
});

describe("a client that made no name known", () => {
  it("is not authorized by the constructor alone", async () => {
    const { port } = server.address() as AddressInfo;
    const socket = new ours.TLSSocket(undefined, { ca: root.pem });
    socket.connect({ host: "localhost", port });
    socket._start();
    await once(socket, "secure");
    expect(socket.authorized).toBe(false);
    socket.destroy();
  });

  it("is refused by the constructor for an unknown authority", async () => {
    const { port } = server.address() as AddressInfo;
    const socket = new ours.TLSSocket(undefined, { ca: STRANGE });
    socket._releaseControl();
    socket.connect({ host: "localhost", port });
    socket._start();
    const [error] = (await once(socket, "error")) as [Error];
    expect(Reflect.get(error, "code")).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  });
});

describe("a client's certificate in a handler of HTTP", () => {
  it("counts on each request of a resumed connection", async () => {
    const client = root.issueClient({ name: "me" });
    const seen: unknown[] = [];
    const https = ours.createHttpsServer(
      { ...own, ca: root.pem, requestCert: true },
      (incoming, response) => {
        const { socket } = incoming;
        if (socket instanceof ours.TLSSocket)
          seen.push([
            socket.authorized,
            socket.isSessionReused(),
            socket.getPeerCertificate().subject.CN,
          ]);
        response.end();
      },
    );
    https.listen(0, "localhost");
    await once(https, "listening");
    const { port } = https.address() as AddressInfo;
    const agent = new ours.Agent({
      ca: root.pem,
      cert: client.chainPem,
      key: client.key.toPem(),
      keepAlive: true,
      maxSockets: 1,
    });
    const visit = async (): Promise<void> => {
      const outgoing = get({ host: "localhost", port, agent });
      const [incoming] = (await once(outgoing, "response")) as [
        IncomingMessage,
      ];
      incoming.resume();
      await once(incoming, "close");
    };
    await visit();
    await visit();
    https.closeIdleConnections();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await visit();
    await visit();
    expect(seen).toEqual([
      [true, false, "me"],
      [true, false, "me"],
      [true, true, "me"],
      [true, true, "me"],
    ]);
    agent.destroy();
    https.close();
  });
});
