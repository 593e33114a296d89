/** Checks of the arguments that every CBC row makes. */
import type { CbcAlgorithm } from "../../provider.ts";

type Lengths = Pick<CbcAlgorithm, "name" | "keyLength" | "blockLength">;

/** @throws TypeError when the key has the wrong length */
export function checkCbcKey(cbc: Lengths, key: Uint8Array): void {
  if (key.length !== cbc.keyLength)
    throw new TypeError(
      `${cbc.name} takes a key of ${cbc.keyLength} bytes, not ${key.length}`,
    );
}

/** @throws TypeError for a wrong IV, a broken block, or another output length */
export function checkCbcData(
  cbc: Lengths,
  iv: Uint8Array,
  data: Uint8Array,
  out: Uint8Array,
): void {
  if (iv.length !== cbc.blockLength)
    throw new TypeError(
      `${cbc.name} takes an IV of ${cbc.blockLength} bytes, not ${iv.length}`,
    );
  if (data.length % cbc.blockLength !== 0)
    throw new TypeError(`${cbc.name} takes whole blocks, not ${data.length}`);
  if (out.length !== data.length)
    throw new TypeError(
      `${cbc.name}: the output must be ${data.length} bytes long, not ${out.length}`,
    );
}
