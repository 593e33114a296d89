/** X25519 without the Edwards curve: for those who count bytes. */
import {
  montgomery,
  type MontgomeryECDH,
} from "@noble/curves/abstract/montgomery.js";
import type { KeyExchangeGroup } from "../../provider.ts";
import { clamp, inverse, P } from "./field25519.ts";
import { x25519Group } from "./x25519-group.ts";

let made: MontgomeryECDH | undefined;

function ladder(): MontgomeryECDH {
  return (made ??= montgomery({
    P,
    type: "x25519",
    adjustScalarBytes: clamp,
    powPminus2: inverse,
  }));
}

/**
 * As `x25519`, by the Montgomery ladder alone: no table of the base point, so
 * that key pairs take twice as long in a process that lives on, and some
 * kilobytes less to load.
 *
 * @example
 * ```ts
 * import { noble, x25519Ladder } from "puretls/crypto/noble";
 *
 * const provider = { ...noble, groups: { x25519: x25519Ladder } };
 * const pair = provider.groups.x25519.generate(provider.random);
 * if (pair.share.length !== 32) throw new Error("no share");
 * ```
 */
export const x25519Ladder: KeyExchangeGroup = /* @__PURE__ */ x25519Group({
  shareOf: (privateKey) => ladder().scalarMult(privateKey, ladder().GuBytes),
  curve: ladder,
});
