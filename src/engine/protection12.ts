import { Aead12Opener, Aead12Sealer } from "../record/aead12.ts";
import { Cbc12Opener, Cbc12Sealer } from "../record/cbc12.ts";
import type { RecordProtection12 } from "./protocol.ts";

/** Records of TLS 1.2 under an AEAD or a block cipher. */
export const protection12: RecordProtection12 = {
  openerOf: (keys) =>
    keys.kind === "aead12" ? new Aead12Opener(keys) : new Cbc12Opener(keys),
  sealerOf: (keys) =>
    keys.kind === "aead12" ? new Aead12Sealer(keys) : new Cbc12Sealer(keys),
};
