import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  AlertDescription,
  type OpaqueKey,
  type SniCallback,
  type SSLContext,
  SSLWantAsyncError,
} from "../../src/index.ts";
import { SIGNATURE_SCHEMES } from "../../src/handshake/registries/signature-schemes.ts";
import {
  verifiedByCaller,
  X509_ERRORS,
  X509Error,
} from "../../src/x509/index.ts";
import { testServer } from "../support/pki.ts";
import {
  ascii,
  BioPair,
  clientContext,
  readyPair,
  rejection,
  serverContext,
  socketPair,
  sslError,
  thrown,
} from "./support.ts";

const withSni = (sniCallback: SniCallback): SSLContext => {
  const context = serverContext();
  context.sniCallback = sniCallback;
  return context;
};

describe("sniCallback", () => {
  it("X-30 X-31 X-36: gets the connection, the name, the context, the hello", () => {
    const seen: unknown[] = [];
    const context = withSni((connection, name, asked, hello) => {
      seen.push(name, asked === context, connection.serverSide);
      seen.push(connection.version(), connection.cipher());
      seen.push(connection.selectedAlpnProtocol());
      seen.push(hello.extensions.application_layer_protocol_negotiation);
    });
    const client = clientContext({ alpnProtocols: ["x"] });
    new BioPair(client, context).handshake();
    expect(seen).toEqual(["server.test", true, true, null, null, null, ["x"]]);
  });

  it("X-30 X-39: the name is null without one, and for an address", () => {
    const names: unknown[] = [];
    const server = withSni((_connection, name) => {
      names.push(name);
    });
    const any = clientContext({ checkHostname: false });
    new BioPair(any, server, null).handshake();
    new BioPair(clientContext(), server, "127.0.0.1").handshake();
    expect(names).toEqual([null, null]);
  });

  it("C-08: the host's own trailing dot is neither sent nor compared", () => {
    const names: unknown[] = [];
    const server = withSni((_connection, name) => {
      names.push(name);
    });
    const pair = new BioPair(clientContext(), server, "server.test.");
    pair.handshake();
    expect(names).toEqual(["server.test"]);
    expect(pair.client.serverHostname).toBe("server.test.");
  });

  it("X-35: goes on under another context", () => {
    const { certificatePem: cert, keyPem: key } = testServer("ed25519");
    const other = serverContext({
      certChain: { cert, key },
      alpnProtocols: ["other"],
    });
    const client = clientContext({ alpnProtocols: ["other"] });
    for (const callback of [
      ((connection) => {
        connection.context = other;
      }) satisfies SniCallback,
      (() => ({ context: other })) satisfies SniCallback,
    ]) {
      const context = withSni(callback);
      context.loadCertChain({
        cert: testServer().certificatePem,
        key: testServer().keyPem,
      });
      const pair = new BioPair(client, context).handshake();
      expect(pair.server.context).toBe(other);
      expect(pair.client.selectedAlpnProtocol()).toBe("other");
    }
  });

  it.each([
    [AlertDescription.UNRECOGNIZED_NAME, 112],
    [AlertDescription.ACCESS_DENIED, 49],
    [AlertDescription.GENERAL_ERROR, 117],
    [0, 80],
    [250, 80],
    ["text", 80],
    [true, 80],
    [{ context: "none" }, 80],
  ])("X-32 X-33: the answer %j sends alert %i", (answer, alert) => {
    const pair = new BioPair(
      clientContext(),
      withSni(() => answer as never),
    );
    pair.client.tryHandshake();
    pair.exchange();
    const error = sslError(() => {
      pair.server.doHandshake();
    });
    expect(error.reason).toBe("CALLBACK_FAILED");
    expect(error.alert).toMatchObject({ description: alert });
    pair.exchange();
    expect(
      sslError(() => {
        pair.client.doHandshake();
      }).alert,
    ).toMatchObject({
      description: alert,
      direction: "received",
    });
  });

  it("X-34: an exception ends with handshake_failure, and is the cause", () => {
    const fault = new Error("in the callback");
    const pair = new BioPair(
      clientContext(),
      withSni(() => {
        throw fault;
      }),
    );
    const error = sslError(() => pair.handshake());
    expect(error.reason).toBe("CALLBACK_FAILED");
    expect(error.cause).toBe(fault);
    expect(error.alert?.name).toBe("handshake_failure");
  });

  it("O-05: the context is a context", () => {
    const pair = new BioPair();
    expect(() => (pair.server.context = {} as never)).toThrow(TypeError);
  });

  it("a promise: SSLObject reports it, settle() waits for it", async () => {
    const pair = new BioPair(
      clientContext(),
      withSni(async () => {
        await Promise.resolve();
      }),
    );
    pair.client.tryHandshake();
    pair.exchange();
    const want = thrown(() => {
      pair.server.doHandshake();
    });
    expect(want).toBeInstanceOf(SSLWantAsyncError);
    expect(pair.server.tryHandshake()).toBe("wantAsync");
    await pair.server.settle();
    expect(pair.serverOut.pending).toBeGreaterThan(0);
    pair.handshake();
    expect(pair.server.handshakeDone).toBe(true);
  });

  it("a promise that is rejected, over sockets", async () => {
    const server = withSni(() => Promise.reject(new Error("later")));
    const pair = socketPair({ server });
    const [theirs, ours] = await Promise.all([
      rejection(pair.server.ready),
      rejection(pair.client.ready),
    ]);
    expect(theirs).toMatchObject({ reason: "CALLBACK_FAILED" });
    expect(ours).toMatchObject({ reason: "SSLV3_ALERT_HANDSHAKE_FAILURE" });
  });
});

describe("verifier", () => {
  it("L-16: judges in place of the library, at once or later", async () => {
    for (const later of [false, true]) {
      const client = clientContext({ verifyLocations: { ca: [] } });
      client.verifier = {
        verify: (peer, at) => {
          expect([at.purpose, at.serverName]).toEqual([
            "serverAuth",
            "server.test",
          ]);
          const chain = verifiedByCaller(peer, at);
          return later ? Promise.resolve(chain) : chain;
        },
      };
      const { client: socket } = await readyPair({ client });
      expect(socket.getPeerCert()).toMatchObject({ version: 3 });
    }
  });

  it("refuses with an X509Error as the library would", async () => {
    const client = clientContext();
    client.verifier = {
      verify: () =>
        Promise.reject(new X509Error(X509_ERRORS.certificate_revoked)),
    };
    const pair = socketPair({ client });
    const theirs = rejection(pair.server.recv());
    expect(await rejection(pair.client.ready)).toMatchObject({
      reason: "CERTIFICATE_VERIFY_FAILED",
      verifyCode: 23,
    });
    expect(await theirs).toMatchObject({
      reason: "SSLV3_ALERT_CERTIFICATE_REVOKED",
    });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no idea");
      },
    ],
    ["answers nonsense", () => "yes"],
    ["promises nonsense", () => Promise.resolve("yes")],
  ])("a verifier that %s", async (_what, verify) => {
    const client = clientContext();
    client.verifier = { verify } as never;
    const pair = socketPair({ client });
    pair.server.ready.catch(() => undefined);
    expect(await rejection(pair.client.ready)).toMatchObject({
      reason: "CALLBACK_FAILED",
    });
  });
});

describe("keys that are elsewhere", () => {
  const { certificatePem: cert, key } = testServer();
  const sign: OpaqueKey["sign"] = (scheme, content) => {
    const signer = noble.signers[SIGNATURE_SCHEMES[scheme].signature];
    if (signer === undefined) throw new Error("no such scheme");
    return signer(key, content, noble.random);
  };

  it("X-29c: sign at once", () => {
    const server = serverContext({ certChain: { cert, key: { sign } } });
    const pair = new BioPair(clientContext(), server).handshake();
    expect(pair.client.getPeerCert()).toMatchObject({ version: 3 });
  });

  it("X-29c: sign later", async () => {
    const slow: OpaqueKey = {
      sign: async (scheme, content) => {
        await Promise.resolve();
        return sign(scheme, content);
      },
    };
    const server = serverContext({ certChain: { cert, key: slow } });
    const pair = await readyPair({ server });
    await pair.client.sendAll(ascii("through"));
    expect(await pair.server.recv()).toHaveLength(7);
  });

  it("a signature that is not one is found out before it is sent", () => {
    const server = serverContext({
      certChain: { cert, key: { sign: () => new Uint8Array(70) } },
    });
    const error = sslError(() =>
      new BioPair(clientContext(), server).handshake(),
    );
    expect(error.reason).toBe("CALLBACK_FAILED");
    expect(error.message).toContain("does not verify");
  });
});

describe("keyLog", () => {
  it("X-97: the secrets of both sides are the same", () => {
    const logs: Record<string, string[]> = { client: [], server: [] };
    const client = clientContext({
      keyLog: (line) => logs["client"]?.push(line),
    });
    const server = serverContext({
      keyLog: (line) => logs["server"]?.push(line),
    });
    new BioPair(client, server).handshake();
    expect(logs["client"]?.slice().sort()).toEqual(
      logs["server"]?.slice().sort(),
    );
    expect(logs["client"]?.map((line) => line.split(" ")[0]).sort()).toEqual([
      "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
      "CLIENT_TRAFFIC_SECRET_0",
      "EXPORTER_SECRET",
      "SERVER_HANDSHAKE_TRAFFIC_SECRET",
      "SERVER_TRAFFIC_SECRET_0",
    ]);
    expect(() => (client.keyLog = 5 as never)).toThrow(TypeError);
  });
});
