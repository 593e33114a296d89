/** X25519 (RFC 7748, RFC 9846 4.3.8.2). */
import type { KeyExchangeGroup } from "../../provider.ts";
import { curve25519 } from "./curve25519.ts";
import { x25519Group } from "./x25519-group.ts";

/**
 * X25519, with a table of the base point for processes that live on. See
 * {@link noble} for an example.
 */
export const x25519: KeyExchangeGroup = /* @__PURE__ */ x25519Group({
  shareOf(privateKey) {
    const { x25519: curve, beforeBaseMultiplication } = curve25519();
    // Without its table the Edwards curve is slower than the Montgomery ladder.
    return beforeBaseMultiplication()
      ? curve.getPublicKey(privateKey)
      : curve.scalarMult(privateKey, curve.GuBytes);
  },
  curve: () => curve25519().x25519,
});
