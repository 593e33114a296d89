/**
 * Defects that the fuzzer of sockets found: contexts that do not fit a
 * connection, callbacks that never answer or throw, and calls on a connection
 * that failed.
 */
import { describe, expect, it } from "vitest";
import { REASONS, TlsEngine, TlsError } from "../../src/engine/index.ts";
import { SSLError } from "../../src/index.ts";
import { testClientConfig, testServerConfig } from "../support/engines.ts";
import {
  BioPair,
  clientContext,
  readyPair,
  rejection,
  serverContext,
  socketPair,
  sslError,
  thrown,
} from "./support.ts";

describe("a context that is set has to fit", () => {
  it("the role: a client with a server's rules would not verify its peer", () => {
    const { client, server } = new BioPair();
    expect(sslError(() => (client.context = serverContext())).code).toBe(
      "ERR_SSL_WRONG_ROLE",
    );
    expect(sslError(() => (server.context = clientContext())).code).toBe(
      "ERR_SSL_WRONG_ROLE",
    );
  });

  it("the name: one that checks names needs one", () => {
    const context = clientContext({ checkHostname: false });
    const { client } = new BioPair(context, serverContext(), null);
    expect(thrown(() => (client.context = clientContext()))).toBeInstanceOf(
      TypeError,
    );
    // A connection keeps the settings that it was wrapped with.
    context.checkHostname = true;
    expect(client.tryHandshake()).toBe("wantRead");
    expect(
      thrown(() => new BioPair(context, serverContext(), null)),
    ).toBeInstanceOf(TypeError);
  });

  it("the session: another context's is refused where it is set", () => {
    const context = clientContext();
    const first = new BioPair(context).handshake();
    const { client } = new BioPair(context);
    const { session } = first.client;
    if (session === null) throw new Error("no session");
    client.session = session;
    expect(thrown(() => (client.context = clientContext()))).toBeInstanceOf(
      RangeError,
    );
  });
});

describe("a callback", () => {
  it("that never answers does not outlive destroy()", async () => {
    const server = serverContext({
      sniCallback: () => new Promise(() => undefined),
    });
    const pair = socketPair({ server });
    // Calls from before and after the callback was called.
    const calls: Promise<unknown>[] = [pair.server.ready];
    const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
    await wait();
    calls.push(pair.server.recv(), pair.server.send(new Uint8Array(1)));
    await wait();
    pair.server.destroy();
    for (const made of calls)
      expect(await rejection(made)).toMatchObject({
        code: "ERR_SOCKET_CLOSED",
      });
    pair.client.destroy();
  });

  it("of the key log that throws is no fault of this library", () => {
    const cause = new Error("disk full");
    const client = clientContext();
    client.keyLog = () => {
      throw cause;
    };
    expect(sslError(() => new BioPair(client).handshake())).toMatchObject({
      reason: "CALLBACK_FAILED",
      cause,
    });
  });

  it("of the key log that returns a promise is refused, and none is left", () => {
    const client = clientContext();
    // As a program in JavaScript may, where no types refuse it.
    const late: () => unknown = async () => {
      await Promise.reject(new Error("nobody hears this"));
    };
    client.keyLog = late;
    expect(sslError(() => new BioPair(client).handshake())).toMatchObject({
      reason: "CALLBACK_FAILED",
      message: expect.stringContaining("has to answer at once"),
    });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no padding");
      },
    ],
    ["is no number", () => NaN],
  ])("of the padding that %s lets the alert out", (_what, padding) => {
    const client = TlsEngine.client(testClientConfig(), "localhost");
    const server = TlsEngine.server(testServerConfig({ padding }));
    server.receive(client.takeOutput());
    expect(server.error?.reason).toBe("callback_failed");
    client.receive(server.takeOutput());
    expect(client.error).toMatchObject({
      reason: "peer_alert",
      alert: "internal_error",
    });
  });
});

it("a padding that fails for an alert lets no exception out of receive()", () => {
  const client = TlsEngine.client(testClientConfig(), "localhost");
  const server = TlsEngine.server(
    testServerConfig({
      padding: (length) => {
        if (length === 2) throw new Error("not for alerts");
        return 0;
      },
    }),
  );
  for (let i = 0; i < 3; i++) {
    server.receive(client.takeOutput());
    client.receive(server.takeOutput());
  }
  expect(client.info).toBeDefined();
  server.receive(Uint8Array.of(23, 3, 3, 0, 17, ...new Uint8Array(17)));
  expect(server.error?.reason).toBe("bad_record_mac");
  client.receive(server.takeOutput());
  expect(client.error).toMatchObject({ alert: "bad_record_mac" });
});

it("a message callback that throws an error of the engine is a failed callback", () => {
  const client = TlsEngine.client(testClientConfig(), "localhost");
  const server = TlsEngine.server(testServerConfig());
  const cause = new TlsError(REASONS.bad_record_mac);
  client.messageCallback = () => {
    throw cause;
  };
  server.receive(client.takeOutput());
  client.receive(server.takeOutput());
  expect(client.error).toMatchObject({ reason: "callback_failed", cause });
});

it("a connection that failed exports nothing, and throws its error", async () => {
  const { client, server, near } = await readyPair();
  await near.write(Uint8Array.of(23, 3, 3, 0, 1, 0));
  await rejection(server.recv());
  const error = sslError(() => server.exportKeyingMaterial("EXPORTER-x", 8));
  expect(error).toBeInstanceOf(SSLError);
  expect(error.alert).toBeDefined();
  client.destroy();
});

it("a label of TLS's own is a wrong argument", () => {
  const only = { maximumVersion: "TLSv1.2" } as const;
  const pair = new BioPair(clientContext(only)).handshake();
  expect(
    thrown(() => pair.client.exportKeyingMaterial("master secret", 8)),
  ).toBeInstanceOf(RangeError);
});
