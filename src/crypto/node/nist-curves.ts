/** Facts about the curves P-256, P-384 and P-521 that Node does not give. */
import { fromHex } from "../../bytes.ts";

export interface NistCurve {
  readonly name: "secp256r1" | "secp384r1" | "secp521r1";
  readonly openSslName: string;
  /** DER of the object identifier (RFC 5480 2.1.1.1). */
  readonly oid: Uint8Array;
  /** Bytes of a scalar and of a coordinate. */
  readonly scalarLength: number;
  /** The bits of a scalar's first byte that the order has. */
  readonly firstByteMask: number;
  /** Big-endian, `scalarLength` bytes: SP 800-186 3.2.1. */
  readonly order: Uint8Array;
}

export const nistCurves: Readonly<Record<NistCurve["name"], NistCurve>> = {
  secp256r1: {
    name: "secp256r1",
    openSslName: "prime256v1",
    oid: fromHex("06082a8648ce3d030107"),
    scalarLength: 32,
    firstByteMask: 0xff,
    order: fromHex(
      "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    ),
  },
  secp384r1: {
    name: "secp384r1",
    openSslName: "secp384r1",
    oid: fromHex("06052b81040022"),
    scalarLength: 48,
    firstByteMask: 0xff,
    order: fromHex(
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ),
  },
  secp521r1: {
    name: "secp521r1",
    openSslName: "secp521r1",
    oid: fromHex("06052b81040023"),
    scalarLength: 66,
    firstByteMask: 0x01,
    order: fromHex(
      "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
  },
};

/**
 * Tells whether these bytes are a private key: `scalarLength` of them, above
 * zero and below the order. Subtracts, and looks at each byte.
 */
export function isScalar(curve: NistCurve, bytes: Uint8Array): boolean {
  if (bytes.length !== curve.scalarLength) return false;
  let borrow = 0;
  let bits = 0;
  for (let i = bytes.length - 1; i >= 0; i--) {
    const byte = bytes[i] ?? 0;
    bits |= byte;
    borrow = (byte - (curve.order[i] ?? 0) - borrow) >> 31 ? 1 : 0;
  }
  return borrow === 1 && bits !== 0;
}
