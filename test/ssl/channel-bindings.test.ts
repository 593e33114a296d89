/**
 * Connections that must have no channel binding: RFC 7627 5.4, RFC 9266 4.2.
 */
import { expect, it } from "vitest";
import { MemoryBIO, SSLWantReadError } from "../../src/index.ts";
import { type ClientOptions, TlsEngine } from "../../src/engine/index.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import { testClientConfig } from "../support/engines.ts";
import { serverContext } from "./support.ts";

/** A client of TLS 1.2 that has not heard of RFC 7627, and the server's face. */
function connect(server = serverContext()) {
  const options: Partial<ClientOptions> = {
    versions: ["TLSv1.2"],
    shapes: {
      client_hello: { omit: [ExtensionType.extended_main_secret] },
    },
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
  return { client, there };
}

// [7627-5.4-03] [7627-5.4-04]
it("a connection without extended_main_secret binds and exports nothing", () => {
  const { there } = connect();
  expect(there.version()).toBe("TLSv1.2");
  expect(there.extendedMainSecret).toBe(false);
  expect(there.getChannelBinding("tls-unique")).toBe(null);
  expect(there.getChannelBinding("tls-exporter")).toBe(null);
  expect(() => there.exportKeyingMaterial("EXPORTER-x", 8)).toThrow(
    expect.objectContaining({ code: "ERR_SSL_NO_EXTENDED_MASTER_SECRET" }),
  );
  expect(there.getChannelBinding("tls-server-end-point")).toHaveLength(32);
});

it("a context can require it", () => {
  const server = serverContext({ requireExtendedMainSecret: true });
  expect(() => connect(server)).toThrow(
    expect.objectContaining({ reason: "INCONSISTENT_EXTMS" }),
  );
  expect(server.requireExtendedMainSecret).toBe(true);
});
