/** The versions of a role, and the parts that belong to each of them. */
import { extensionsOfBoth } from "../handshake/extensions/rows12.ts";
import { extensionsOf13 } from "../handshake/extensions/rows13.ts";
import {
  CIPHER_SUITES,
  defaultCipherSuites,
} from "../handshake/registries/cipher-suites.ts";
import {
  CIPHER_SUITES_13,
  defaultCipherSuites13,
} from "../handshake/registries/cipher-suites13.ts";
import { Aead12Opener, Aead12Sealer } from "../record/aead12.ts";
import { Cbc12Opener, Cbc12Sealer } from "../record/cbc12.ts";
import {
  EngineProtocol,
  type RecordProtection12,
  type Role,
} from "./protocol.ts";

/** A role that speaks TLS 1.3 and 1.2. */
export function bothVersions(role: Role): EngineProtocol {
  return new EngineProtocol({
    ...role,
    versions: ["TLSv1.3", "TLSv1.2"],
    suites: CIPHER_SUITES,
    defaultSuites: defaultCipherSuites,
    extensions: extensionsOfBoth(role.features),
    protection12,
  });
}

/** A role that speaks TLS 1.3 alone. */
export function tls13Alone(role: Role): EngineProtocol {
  return new EngineProtocol({
    ...role,
    versions: ["TLSv1.3"],
    suites: CIPHER_SUITES_13,
    defaultSuites: defaultCipherSuites13,
    extensions: extensionsOf13(role.features),
  });
}

/** Records of TLS 1.2 under an AEAD or a block cipher. */
export const protection12: RecordProtection12 = {
  openerOf: (keys) =>
    keys.kind === "aead12" ? new Aead12Opener(keys) : new Cbc12Opener(keys),
  sealerOf: (keys) =>
    keys.kind === "aead12" ? new Aead12Sealer(keys) : new Cbc12Sealer(keys),
};
