import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatAll, fromHex } from "../../src/bytes.ts";
import type { ProtocolMessage } from "../../src/engine/index.ts";
import { CIPHER_SUITES } from "../../src/handshake/registries/cipher-suites.ts";
import {
  dissectAlert,
  dissectMessage,
  isRetry,
  type WireField,
} from "../../src/trace/dissect/dissect.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../support/engines.ts";

const CONTEXT = { suite: undefined };
const SUITE_12 = CIPHER_SUITES.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;

/** The handshake messages that a client sees in one connection. */
function messages(version: "TLSv1.2" | "TLSv1.3"): Uint8Array[] {
  const seen: ProtocolMessage[] = [];
  const pair = newPair(
    testClientConfig({
      versions: [version],
      groups: ["x25519", "secp256r1"],
      ...(version === "TLSv1.3" && { keyShares: ["x25519"] }),
      alpnProtocols: ["h2"],
    }),
    testServerConfig({
      groups: ["secp256r1"],
      alpnProtocols: ["h2"],
      clientAuthentication: "optional",
    }),
  );
  pair.client.messageCallback = (message) => seen.push(message);
  shuttle(pair);
  return seen.flatMap(({ contentType, bytes }) =>
    contentType === 22 ? [bytes] : [],
  );
}

function valueOf(fields: readonly WireField[], name: string): string {
  return fields.find((field) => field.name === name)?.value ?? "missing";
}

describe("dissectMessage", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "names every byte of a handshake of %s, and a section for each",
    (version) => {
      const suite = version === "TLSv1.2" ? SUITE_12 : undefined;
      const all = messages(version);
      expect(all.length).toBeGreaterThan(5);
      for (const raw of all.slice(1)) {
        const fields = dissectMessage(raw, { suite });
        expect(concatAll(fields.map(({ bytes }) => bytes))).toEqual(raw);
        for (const { name, section, value } of fields) {
          expect(name).not.toBe("malformed");
          expect(section).toMatch(/^RFC \d{4} \d|^not in RFC 9846$/);
          expect(value).toMatch(/^[\x20-\x7e…]*$/);
        }
      }
    },
  );

  it("says what the hellos agree on", () => {
    const retry = messages("TLSv1.3").find(
      (raw) => raw[0] === 2 && isRetry(raw),
    );
    const fields = dissectMessage(retry ?? fromHex(""), CONTEXT);
    expect(valueOf(fields, "random")).toBe("SHA-256 of HelloRetryRequest");
    expect(valueOf(fields, "selected_group")).toBe("secp256r1");
    expect(valueOf(fields, "selected_version")).toBe("TLSv1.3");
    const share = fields.find(({ name }) => name === "key_share");
    expect(share).toMatchObject({ section: "RFC 9846 4.3.8", depth: 1 });
  });

  it("loses no byte of what does not parse, and never throws", () => {
    const real = [...messages("TLSv1.3"), ...messages("TLSv1.2")];
    const one = fc.nat({ max: real.length - 1 });
    fc.assert(
      fc.property(one, fc.nat(), fc.nat(255), fc.nat(), (i, at, byte, cut) => {
        const raw = (real[i] ?? fromHex("")).slice();
        raw[at % raw.length] = byte;
        const part = raw.subarray(0, 1 + (cut % raw.length));
        for (const suite of [undefined, SUITE_12]) {
          const fields = dissectMessage(part, { suite });
          expect(concatAll(fields.map(({ bytes }) => bytes))).toEqual(part);
          for (const { value } of fields)
            expect(value).toMatch(/^[\x20-\x7e…]*$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("escapes names, and says what is too short", () => {
    const hello = fromHex(`0100003a0303${"00".repeat(32)}00000213010100`);
    const name = fromHex("0000000a000800000561" + "1b5b336d");
    const raw = concatAll([hello, fromHex("000e"), name]);
    const fields = dissectMessage(raw, CONTEXT);
    expect(valueOf(fields, "host_name")).toBe("a\\x1b[3m");
    expect(
      valueOf(dissectMessage(raw.subarray(0, 20), CONTEXT), "malformed"),
    ).toBe("14 bytes do not parse");
  });
});

it("dissectAlert names level and description", () => {
  const fields = dissectAlert(Uint8Array.of(2, 40));
  expect(fields.map(({ value }) => value)).toEqual([
    "fatal",
    "handshake_failure",
  ]);
});
