/** Groups of key exchange by number, those of the past too. */
import { GROUPS } from "../../handshake/registries/groups.ts";
import { codeText } from "./suites.ts";

/** RFC 4492 5.1.1: curves 1 to 22, which RFC 8422 took back. */
const OLD_CURVES = `sect163k1 sect163r1 sect163r2 sect193r1 sect193r2 sect233k1
  sect233r1 sect239k1 sect283k1 sect283r1 sect409k1 sect409r1 sect571k1
  sect571r1 secp160k1 secp160r1 secp160r2 secp192k1 secp192r1 secp224k1
  secp224r1 secp256k1`.split(/\s+/);

const NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(GROUPS).map(([name, code]) => [code, name] as const),
  // RFC 7027, RFC 8734
  [26, "brainpoolP256r1"],
  [27, "brainpoolP384r1"],
  [28, "brainpoolP512r1"],
  [31, "brainpoolP256r1tls13"],
  [32, "brainpoolP384r1tls13"],
  [33, "brainpoolP512r1tls13"],
  // RFC 8998
  [41, "curveSM2"],
  [0x0200, "MLKEM512"],
  [0x6399, "X25519Kyber768Draft00"],
  ...OLD_CURVES.map((name, at) => [at + 1, name] as const),
]);

export function groupName(code: number): string {
  return NAMES.get(code) ?? codeText(code);
}

/** All groups. */
export const GROUP_CODES: readonly number[] = [...NAMES.keys()];

/** Groups of TLS 1.2: no hybrids, and none of TLS 1.3 alone. */
export const CURVE_CODES: readonly number[] = GROUP_CODES.filter(
  (code) => code < 0x0200 && !/tls13|SM2/.test(groupName(code)),
);

/** Groups of TLS 1.3. */
export const CODES_13: readonly number[] = GROUP_CODES.filter(
  (code) => code > 22 && (code < 26 || code > 28),
);
