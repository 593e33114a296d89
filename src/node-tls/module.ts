/** The module as one object, for `import tls from "puretls/node-tls"`. */
import {
  currentDefault,
  DEFAULT_NAMES,
  CLIENT_RENEG_LIMIT,
  CLIENT_RENEG_WINDOW,
  setDefault,
} from "./base/defaults.ts";
import { connect } from "./connect.ts";
import {
  getCACertificates,
  rootCertificates,
  setDefaultCACertificates,
} from "./context/authorities.ts";
import {
  getCertificateCompressionAlgorithms,
  getCiphers,
} from "./context/ciphers.ts";
import { createSecureContext } from "./context/secure-context.ts";
import { checkServerIdentity } from "./peer/identity.ts";
import { createServer, Server } from "./server.ts";
import { TLSSocket } from "./tls-socket.ts";

/**
 * The members of Node's `tls` as one object. The defaults in it can be set, as in Node.
 *
 * @example
 * ```ts
 * import tls from "puretls/node-tls";
 *
 * tls.DEFAULT_MIN_VERSION = "TLSv1.3";
 * const context = tls.createSecureContext();
 * tls.DEFAULT_MIN_VERSION = "TLSv1.2";
 * if (!("context" in context)) throw new Error();
 * ```
 */
export const tls = {
  CLIENT_RENEG_LIMIT,
  CLIENT_RENEG_WINDOW,
  DEFAULT_CIPHERS: "",
  DEFAULT_ECDH_CURVE: "",
  DEFAULT_MAX_VERSION: "",
  DEFAULT_MIN_VERSION: "",
  rootCertificates,
  checkServerIdentity,
  connect,
  createSecureContext,
  createServer,
  getCACertificates,
  getCertificateCompressionAlgorithms,
  getCiphers,
  Server,
  setDefaultCACertificates,
  TLSSocket,
};

for (const name of DEFAULT_NAMES)
  Object.defineProperty(tls, name, {
    enumerable: true,
    get: (): unknown => currentDefault(name),
    set: (value: unknown) => {
      setDefault(name, value);
    },
  });
