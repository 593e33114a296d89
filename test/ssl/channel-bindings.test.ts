/** What must not bind: RFC 7627 5.4, RFC 9266 4.2. */
import { expect, it } from "vitest";
import { MemoryBIO, SSLWantReadError } from "../../src/index.ts";
import {
  type ClientOptions,
  type Session,
  TlsEngine,
} from "../../src/engine/index.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import { events, testClientConfig } from "../support/engines.ts";
import { serverContext } from "./support.ts";

/** A client of TLS 1.2 that has not heard of RFC 7627, and the server's face. */
function connect(server = serverContext(), session?: Session) {
  const options: Partial<ClientOptions> = {
    versions: ["TLSv1.2"],
    shapes: {
      client_hello: { omit: [ExtensionType.extended_master_secret] },
    },
    ...(session && { session }),
  };
  const client = TlsEngine.client(testClientConfig(options), "localhost");
  const [incoming, outgoing] = [new MemoryBIO(), new MemoryBIO()];
  const there = server.wrapBio(incoming, outgoing, { serverSide: true });
  for (let i = 0; i < 4; i++) {
    incoming.write(client.takeOutput());
    try {
      there.doHandshake();
    } catch (error) {
      if (!(error instanceof SSLWantReadError)) throw error;
    }
    client.receive(outgoing.read());
  }
  const left = events(client).flatMap((e) =>
    e.type === "session" ? [e.session] : [],
  );
  return { client, there, session: left[0] };
}

it("a session that went on without extended_master_secret binds nothing", () => {
  const server = serverContext();
  const first = connect(server);
  expect(first.there.getChannelBinding("tls-unique")).toHaveLength(12);
  expect(first.there.getChannelBinding("tls-exporter")).toHaveLength(32);
  const { there, client } = connect(server, first.session);
  expect(client.info?.resumed).toBe(true);
  expect(there.getChannelBinding("tls-unique")).toBe(null);
  expect(there.getChannelBinding("tls-exporter")).toBe(null);
  expect(there.getChannelBinding("tls-server-end-point")).toHaveLength(32);
});
