/** Records and messages that bring nothing on: as many as the limits say. */
import { describe, expect, it } from "vitest";
import { concat, fromHex, utf8Bytes } from "../../../src/bytes.ts";
import { DEFAULT_LIMITS, TlsEngine } from "../../../src/engine/index.ts";
import { refuseRenegotiation } from "../../../src/handshake/tls12/finished.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import { encodeClientHello } from "../../../src/handshake/messages/client-hello.ts";
import { events, testServerConfig } from "../../support/engines.ts";
import { type Forged, forgeable } from "../../support/forger.ts";
import { framed } from "../../support/records12.ts";

const ALERT = 21;
const DATA = 23;

/** A number that is no default, so that the limit set is the one in force. */
const SET = 7;

/** Each limit, one thing of that kind after the other, and how it ends. */
const FLOODS = [
  {
    limit: "emptyRecords",
    next: ({ forge }: Forged) => forge("client", DATA, "", 3),
    reason: "too_many_empty_records",
  },
  {
    limit: "warningAlerts",
    next: ({ forge }: Forged) => forge("client", ALERT, "015a"),
    reason: "too_many_warning_alerts",
  },
  {
    limit: "keyUpdates",
    next: ({ client }: Forged) => {
      client.updateKeys(false);
      return client.takeOutput();
    },
    reason: "too_many_key_updates",
  },
] as const;

describe("a flood ends with its limit", () => {
  for (const { limit, next, reason } of FLOODS)
    for (const most of [DEFAULT_LIMITS[limit], SET, 0])
      it(`${limit}: ${most}`, () => {
        const forged = forgeable({ server: { limits: { [limit]: most } } });
        const { server } = forged;
        for (let i = 0; i < most; i++) server.receive(next(forged));
        expect(server.error).toBeUndefined();
        server.receive(next(forged));
        expect(server.error?.reason).toBe(reason);
      });

  for (const most of [DEFAULT_LIMITS.changeCipherSpecs, SET])
    it(`changeCipherSpecs: ${most}`, () => {
      const limits = { changeCipherSpecs: most };
      const server = TlsEngine.server(testServerConfig({ limits }));
      server.receive(helloOf([]));
      const dummy = fromHex("140303000101");
      for (let i = 0; i < most; i++) server.receive(dummy);
      expect(server.error).toBeUndefined();
      server.receive(dummy);
      expect(server.error?.reason).toBe("too_many_change_cipher_specs");
    });

  it("renegotiations", () => {
    const config = testServerConfig({ limits: { renegotiations: 3 } });
    const warnings: string[] = [];
    const io = { sendWarning: (alert: string) => warnings.push(alert) };
    // The function looks at nothing else of a connection.
    let state = { config, renegotiations: 0 } as never;
    for (let i = 0; i < 3; i++)
      state = refuseRenegotiation(state, undefined, io as never);
    expect(() => refuseRenegotiation(state, undefined, io as never)).toThrow(
      expect.objectContaining({ reason: "too_many_renegotiations" }),
    );
    expect(warnings).toHaveLength(3);
  });
});

/** A ClientHello that offers so many external PSKs, in a record. */
function helloOf(identities: readonly Uint8Array[]): Uint8Array {
  const hello = encodeClientHello(EVERY_EXTENSION, {
    legacyVersion: 0x0303,
    random: new Uint8Array(32).fill(1),
    legacySessionId: new Uint8Array(0),
    cipherSuites: [0x1301],
    extensions: {
      supported_versions: [0x0304],
      supported_groups: [0x001d],
      signature_algorithms: [0x0403],
      key_share: [{ group: 0x001d, share: new Uint8Array(32).fill(9) }],
      psk_key_exchange_modes: [1],
      ...(identities.length > 0 && {
        pre_shared_key: {
          identities: identities.map((identity) => ({
            identity,
            obfuscatedTicketAge: 0,
          })),
          binders: identities.map(() => new Uint8Array(32)),
        },
      }),
    },
  });
  return framed(22, hello);
}

describe("pskIdentities", () => {
  for (const most of [DEFAULT_LIMITS.pskIdentities, 2, 0])
    it(`${most} are looked at`, () => {
      const asked: Uint8Array[] = [];
      const config = testServerConfig({
        limits: { pskIdentities: most },
        psk: ({ identity }) => {
          if (identity !== undefined) asked.push(identity);
          return undefined;
        },
      });
      const server = TlsEngine.server(config);
      const offered = Array.from({ length: 40 }, (_, i) =>
        utf8Bytes(`device ${i}`),
      );
      server.receive(helloOf(offered));
      expect(server.error).toBeUndefined();
      expect(asked).toEqual(offered.slice(0, most));
      // It goes on with a certificate.
      expect(concat(server.takeOutput()).length).toBeGreaterThan(500);
      expect(events(server)).toEqual([]);
    });
});
