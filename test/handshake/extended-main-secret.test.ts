/** TLS 1.2 without extended_main_secret, RFC 7627 5.2 to 5.4, both roles. */
import { describe, expect, it } from "vitest";
import { TlsUsageError } from "../../src/engine/index.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import { testCredential } from "../support/engines.ts";
import {
  connect12,
  serverMemory,
  sessionOf,
  type Sides,
} from "../support/tls12.ts";

const TLS12 = { versions: ["TLSv1.2"] } as const;
const OMIT = { omit: [ExtensionType.extended_main_secret] };

function sides(change: Partial<Sides> = {}): Sides {
  return {
    client: { ...TLS12, ...change.client },
    server: {
      ...TLS12,
      credentials: [testCredential("ec-p256")],
      ...change.server,
    },
  };
}

/** Of which side has not heard of it. */
const WITHOUT = {
  client: { client: { shapes: { client_hello: OMIT } } },
  server: { server: { shapes: { server_hello12: OMIT } } },
} as const;

// [7627-5.4-03] [7627-5.4-04]
it("a connection with it has a tls-unique, the same on both sides", () => {
  const { client, server } = connect12(sides());
  expect(client.info?.tlsUnique).toHaveLength(12);
  expect(server.info?.tlsUnique).toEqual(client.info?.tlsUnique);
});

describe("a connection without it", () => {
  // [7627-5.4-01] [7627-5.4-02]
  it("exports nothing on either side", () => {
    const pair = connect12(sides(WITHOUT.client));
    for (const end of [pair.client, pair.server]) {
      expect(end.info).toMatchObject({ extendedMainSecret: false });
      expect(end.info?.tlsUnique).toBeUndefined();
      expect(() => end.exportKeyingMaterial("EXPORTER-x", 8)).toThrow(
        TlsUsageError,
      );
    }
  });

  it("leaves a session that the client does not offer again", () => {
    const server = { ...sides().server, ...serverMemory("session id") };
    const options = { ...sides(WITHOUT.client), server };
    const session = sessionOf(connect12(options));
    if (session?.version !== "TLSv1.2") throw new Error("no session came");
    expect(session.extendedMainSecret).toBe(false);
    const client = { ...options.client, session };
    const { info } = connect12({ client, server }, "whole", " again").server;
    expect(info?.resumed).toBe(false);
    expect(info?.clientHello?.legacySessionId).not.toEqual(session.sessionId);
  });
});

describe("requireExtendedMainSecret", () => {
  const required = { requireExtendedMainSecret: true };

  it("refuses a client without it", () => {
    const { client, server } = sides(WITHOUT.client);
    const pair = connect12({ client, server: { ...server, ...required } });
    expect(pair.server.error?.reason).toBe("extended_main_secret_missing");
    expect(pair.client.error?.alert).toBe("handshake_failure");
  });

  it("refuses a session that began without it", () => {
    const memory = serverMemory("ticket");
    const { client, server } = sides(WITHOUT.client);
    const session = sessionOf(
      connect12({ client, server: { ...server, ...memory } }),
    );
    if (session?.version !== "TLSv1.2") throw new Error("no session came");
    const pair = connect12(
      {
        client: {
          ...client,
          session: { ...session, extendedMainSecret: true },
        },
        server: { ...server, ...memory, ...required },
      },
      "whole",
      " again",
    );
    expect(pair.server.error?.reason).toBe("extended_main_secret_missing");
  });

  it("refuses a server without it", () => {
    const { client, server } = sides(WITHOUT.server);
    const pair = connect12({ client: { ...client, ...required }, server });
    expect(pair.client.error?.reason).toBe("extended_main_secret_missing");
    expect(pair.server.error?.alert).toBe("handshake_failure");
  });

  // [9846-E-05]
  it("accepts peers that have it, and reports it", () => {
    const { client, server } = sides();
    const pair = connect12({
      client: { ...client, ...required },
      server: { ...server, ...required },
    });
    for (const { info } of [pair.client, pair.server])
      expect(info).toMatchObject({ extendedMainSecret: true });
  });

  it("requires nothing in TLS 1.3", () => {
    const { client, server } = sides(WITHOUT.client);
    const both = { ...required, versions: ["TLSv1.3", "TLSv1.2"] } as const;
    const pair = connect12({
      client: { ...client, ...both },
      server: { ...server, ...both },
    });
    expect(pair.client.info?.version).toBe("TLSv1.3");
    expect(pair.client.info?.extendedMainSecret).toBeUndefined();
  });
});
