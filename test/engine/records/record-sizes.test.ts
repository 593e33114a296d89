/** RFC 6066 4 and RFC 8449 in both versions: records no longer than agreed. */
import { describe, expect, it } from "vitest";
import {
  type ClientOptions,
  type ServerOptions,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import {
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const data = new Uint8Array(5000).map((_, i) => i);

function connected(
  version: "TLSv1.2" | "TLSv1.3",
  client: Partial<ClientOptions>,
  server: Partial<ServerOptions>,
): Pair {
  const versions = [version];
  return shuttle(
    newPair(
      testClientConfig({ versions, ...client }),
      testServerConfig({ versions, ...server }),
    ),
  );
}

/** Bytes of the fragments of all records in there. */
function fragments(bytes: Uint8Array): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    lengths.push(length);
    at += 5 + length;
  }
  return lengths;
}

/** The longest fragments of application data, by sender. */
function longest(pair: Pair): { client: number; server: number } {
  const { client, server } = pair;
  expect(client.error ?? server.error).toBeUndefined();
  events(client);
  events(server);
  pair.sent.client = new Uint8Array();
  pair.sent.server = new Uint8Array();
  client.write(data);
  server.write(data);
  shuttle(pair);
  expect(received(server)).toEqual(data);
  expect(received(client)).toEqual(data);
  return {
    client: Math.max(...fragments(pair.sent.client)),
    server: Math.max(...fragments(pair.sent.server)),
  };
}

/** AES-128-GCM: what a record of that much content comes to. */
const OVERHEAD = { "TLSv1.2": 8 + 16, "TLSv1.3": 1 + 16 } as const;
const cipherSuites = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
] as const;

describe.each(["TLSv1.2", "TLSv1.3"] as const)("%s", (version) => {
  const common = { cipherSuites };
  const overhead = OVERHEAD[version];
  // RFC 8449 4: in TLS 1.3 the limit counts the content type.
  const content = (limit: number) => limit - (version === "TLSv1.3" ? 1 : 0);

  it.each([512, 1024, 2048, 4096] as const)(
    "max_fragment_length %i",
    (maxFragmentLength) => {
      const client = { ...common, maxFragmentLength };
      const most = maxFragmentLength + overhead;
      expect(longest(connected(version, client, common))).toEqual({
        client: most,
        server: most,
      });
    },
  );

  it("record_size_limit, another on each side", () => {
    const client = { ...common, recordSizeLimit: 700 };
    const server = { ...common, recordSizeLimit: 300 };
    expect(longest(connected(version, client, server))).toEqual({
      client: content(300) + overhead,
      server: content(700) + overhead,
    });
  });

  it("record_size_limit, which a server without one of its own answers", () => {
    const client = { ...common, recordSizeLimit: 700 };
    expect(longest(connected(version, client, common))).toEqual({
      client: 5000 + overhead,
      server: content(700) + overhead,
    });
  });

  it("maxSendFragment, whatever the peer would take", () => {
    const client = { ...common, recordSizeLimit: 700, maxSendFragment: 600 };
    const server = { ...common, recordSizeLimit: 300, maxSendFragment: 1000 };
    expect(longest(connected(version, client, common))).toEqual({
      client: 600 + overhead,
      server: content(700) + overhead,
    });
    expect(longest(connected(version, client, server))).toEqual({
      client: content(300) + overhead,
      server: content(700) + overhead,
    });
    const { sent } = connected(version, {}, { maxSendFragment: 100 });
    const expansion = version === "TLSv1.3" ? overhead : 0;
    expect(Math.max(...fragments(sent.server))).toBe(100 + expansion);
    for (const maxSendFragment of [63, 16_385, 100.5])
      expect(() => testClientConfig({ maxSendFragment })).toThrow(
        TlsUsageError,
      );
  });

  it("record_size_limit comes before max_fragment_length", () => {
    const client = {
      ...common,
      recordSizeLimit: 700,
      maxFragmentLength: 512,
    } as const;
    expect(longest(connected(version, client, common)).server).toBe(
      content(700) + overhead,
    );
  });
});
