/** The hello that another one hides, as message callbacks are told of it. */
import { describe, expect, it } from "vitest";
import { latin1 } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createEchClient,
  createEchGrease,
  createEchKey,
  createEchServer,
  encodeEchConfigList,
} from "../../src/ech/index.ts";
import {
  type ClientOptions,
  type ProtocolMessage,
  type ServerOptions,
  TlsEngine,
} from "../../src/engine/index.ts";
import {
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../support/engines.ts";

const INNER = 258;
const HANDSHAKE = 22;
const HIDDEN = "hidden.wild.test";
const publicName = "server.test";
const key = createEchKey({ provider: noble, publicName });
const other = createEchKey({ provider: noble, publicName });
const offer = createEchClient(encodeEchConfigList([key.config]));
const keys = createEchServer({ provider: noble, keys: [key] });

/** Hellos of a connection, as each side was told: "inner" and "hello". */
function told(client: Partial<ClientOptions>, server: Partial<ServerOptions>) {
  const messages: Record<"client" | "server", ProtocolMessage[]> = {
    client: [],
    server: [],
  };
  const noteOf = (side: "client" | "server") => (message: ProtocolMessage) =>
    messages[side].push(message);
  shuttle({
    client: TlsEngine.client(
      testClientConfig(client),
      HIDDEN,
      noteOf("client"),
    ),
    server: TlsEngine.server(testServerConfig(server), noteOf("server")),
    sent: { client: new Uint8Array(), server: new Uint8Array() },
  });
  const hellos = (side: "client" | "server") =>
    messages[side].filter(
      ({ contentType, messageType }) =>
        messageType === 1 &&
        (contentType === INNER || contentType === HANDSHAKE),
    );
  return { client: hellos("client"), server: hellos("server") };
}

const kinds = (list: readonly ProtocolMessage[]) =>
  list.map(({ contentType }) => (contentType === INNER ? "inner" : "hello"));

describe("messageCallback", () => {
  it.each([
    ["at once", {}, 1],
    ["after a HelloRetryRequest", { groups: ["secp256r1"] }, 2],
  ] as const)("is told of both hellos, %s", (_what, options, hellos) => {
    const { client, server } = told(
      { encryptedClientHello: offer },
      { encryptedClientHello: keys, ...options },
    );
    const both = Array.from({ length: hellos });
    expect(kinds(client)).toEqual(both.flatMap(() => ["inner", "hello"]));
    expect(kinds(server)).toEqual(both.flatMap(() => ["hello", "inner"]));
    for (const list of [client, server])
      for (const { contentType, bytes, direction } of list) {
        expect(direction).toBe(list === client ? "write" : "read");
        const names = latin1(bytes);
        expect(names.includes(HIDDEN)).toBe(contentType === INNER);
        expect(names.includes(publicName)).toBe(contentType !== INNER);
        // A whole message.
        expect(bytes.length).toBe(4 + (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0));
      }
    // The server has opened what the client has hidden.
    const inner = (list: readonly ProtocolMessage[]) =>
      list.filter(({ contentType }) => contentType === INNER);
    expect(inner(server).map(({ bytes }) => bytes)).toEqual(
      inner(client).map(({ bytes }) => bytes),
    );
  });

  it("is told of what a server cannot open by the client alone", () => {
    const wrong = createEchServer({ provider: noble, keys: [other] });
    const { client, server } = told(
      { encryptedClientHello: offer },
      { encryptedClientHello: wrong },
    );
    expect(kinds(client)).toEqual(["inner", "hello"]);
    expect(kinds(server)).toEqual(["hello"]);
  });

  it("is told of none where none is hidden", () => {
    for (const client of [{}, { encryptedClientHello: createEchGrease() }])
      expect(
        kinds(told(client, { encryptedClientHello: keys }).client),
      ).toEqual(["hello"]);
  });
});
