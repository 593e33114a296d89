/** TLS 1.2: what belongs to a later flight has no place behind an earlier one. */
import { expect, it } from "vitest";
import { concat, fromHex } from "../../../src/bytes.ts";
import {
  newPair,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const versions = ["TLSv1.2"] as const;

/** The one record with more in it. */
function longer(record: Uint8Array, more: string): Uint8Array {
  const out = concat(record, fromHex(more));
  const length = out.length - 5;
  out[3] = length >> 8;
  out[4] = length & 0xff;
  return out;
}

it("a ClientKeyExchange begun behind the ClientHello", () => {
  const { client, server } = newPair(
    testClientConfig({ versions }),
    testServerConfig({ versions }),
  );
  server.receive(longer(client.takeOutput(), "100000"));
  expect(server.error?.reason).toBe("data_across_key_change");
});

it("a NewSessionTicket begun behind the ServerHelloDone", () => {
  const { client, server } = newPair(
    testClientConfig({ versions }),
    testServerConfig({ versions }),
  );
  server.receive(client.takeOutput());
  client.receive(longer(server.takeOutput(), "040000"));
  expect(client.error?.reason).toBe("data_across_key_change");
});
