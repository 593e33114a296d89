import type { RandomSource } from "../../crypto/provider.ts";
import { greaseValue as value } from "../registries/grease.ts";
import type { Extensions, RawExtension } from "../extensions/spec.ts";

/**
 * Reserved values that a client offers so that servers keep ignoring what they
 * do not know (RFC 8701). They stay the same in a second ClientHello.
 */
export interface Grease {
  readonly cipherSuite: number;
  readonly group: number;
  readonly version: number;
  readonly signatureScheme: number;
  readonly firstExtension: number;
  readonly lastExtension: number;
}

export function makeGrease(random: RandomSource): Grease {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = random(6);
  const firstExtension = value(d);
  const lastExtension = value(e);
  return {
    cipherSuite: value(a),
    group: value(b),
    version: value(c),
    signatureScheme: value(f),
    firstExtension,
    // RFC 8701 3.1: the same extension twice would be an error.
    lastExtension:
      lastExtension === firstExtension ? lastExtension ^ 0x1010 : lastExtension,
  };
}

/** The extensions with a reserved value in each list that may grow. */
export function greased(
  grease: Grease,
  bodies: Extensions<"client_hello">,
  firstHello: boolean,
): Extensions<"client_hello"> {
  const { supported_groups, supported_versions, key_share } = bodies;
  const { signature_algorithms } = bodies;
  return {
    ...bodies,
    ...(supported_groups && {
      supported_groups: [grease.group, ...supported_groups],
    }),
    ...(supported_versions && {
      supported_versions: [grease.version, ...supported_versions],
    }),
    ...(signature_algorithms && {
      signature_algorithms: [grease.signatureScheme, ...signature_algorithms],
    }),
    // RFC 9846 4.2.2: the second ClientHello holds the one share asked for.
    ...(key_share &&
      firstHello && {
        key_share: [
          { group: grease.group, share: Uint8Array.of(0) },
          ...key_share,
        ],
      }),
  };
}

/** The first extension and the last, which nobody knows, one with a byte in it. */
export function greaseExtensions(
  grease: Grease,
): readonly [RawExtension, RawExtension] {
  return [
    { type: grease.firstExtension, body: new Uint8Array(0) },
    { type: grease.lastExtension, body: Uint8Array.of(0) },
  ];
}
