/** Which versions a role speaks, and with which features. */
import {
  CIPHER_SUITES,
  defaultCipherSuites,
} from "../handshake/cipher-suites.ts";
import {
  CIPHER_SUITES_13,
  defaultCipherSuites13,
} from "../handshake/cipher-suites13.ts";
import { extensionsOfBoth } from "../handshake/extensions/rows12.ts";
import { extensionsOf13 } from "../handshake/extensions/rows13.ts";
import { type Feature, Features } from "../handshake/features.ts";
import type { Machines } from "../handshake/machines.ts";
import { protection12 } from "./protection12.ts";
import { type Begin, EngineProtocol } from "./protocol.ts";

/** How a role begins, and what moves it, with its features. */
interface Role {
  readonly begin: Begin;
  readonly machines: (features: Features) => Machines;
}

export function bothVersions(
  { begin, machines }: Role,
  list: readonly Feature[],
): EngineProtocol {
  const features = new Features(list);
  return new EngineProtocol({
    versions: ["TLSv1.3", "TLSv1.2"],
    suites: CIPHER_SUITES,
    defaultSuites: defaultCipherSuites,
    extensions: extensionsOfBoth(features),
    features,
    begin,
    machines: machines(features),
    protection12,
  });
}

export function tls13Alone(
  { begin, machines }: Role,
  list: readonly Feature[],
): EngineProtocol {
  const features = new Features(list);
  return new EngineProtocol({
    versions: ["TLSv1.3"],
    suites: CIPHER_SUITES_13,
    defaultSuites: defaultCipherSuites13,
    extensions: extensionsOf13(features),
    features,
    begin,
    machines: machines(features),
  });
}
