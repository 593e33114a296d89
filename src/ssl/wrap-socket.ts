import type { VerifyMode, VerifyModeName, Protocol } from "./constants.ts";
import type { ProtocolName } from "./constants.ts";
import { SSLContext } from "./ssl-context.ts";
import { type Names, requireNames, withoutNulls } from "./names/arguments.ts";
import type { SSLSocket } from "./socket/ssl-socket.ts";
import type { Transport } from "./socket/transport.ts";

/** Python: the arguments of the module's `wrap_socket`. */
export interface LooseWrapOptions {
  readonly keyFile?: string;
  readonly certFile?: string;
  readonly serverSide?: boolean;
  /** Default: CERT_NONE. */
  readonly certReqs?: VerifyMode | VerifyModeName;
  /** Default: PROTOCOL_TLS. */
  readonly sslVersion?: Protocol | ProtocolName;
  readonly caCerts?: string;
  readonly doHandshakeOnConnect?: boolean;
  readonly suppressRaggedEofs?: boolean;
  /** As `setCiphers()` takes it. */
  readonly ciphers?: string;
}

const LOOSE_WRAP_OPTIONS: Names<LooseWrapOptions> = {
  keyFile: true,
  certFile: true,
  serverSide: true,
  certReqs: true,
  sslVersion: true,
  caCerts: true,
  doHandshakeOnConnect: true,
  suppressRaggedEofs: true,
  ciphers: true,
};

/**
 * Python: `ssl.wrap_socket`. With its defaults **anyone can be the peer**: it
 * verifies no certificate, sends no name and checks none.
 *
 * @deprecated Make an {@link SSLContext} and call its `wrapSocket()`.
 * @throws TypeError for a key without a certificate, and on a server without one
 * @throws SSLError for files that are no certificate or no key
 */
export function wrapSocket(
  transport: Transport,
  options: LooseWrapOptions = {},
): SSLSocket {
  requireNames("wrapSocket", options, LOOSE_WRAP_OPTIONS);
  const given = withoutNulls(options);
  const { keyFile, certFile, serverSide = false, caCerts, ciphers } = given;
  if (serverSide && certFile === undefined)
    throw new TypeError(
      "certFile must be specified for server-side operations",
    );
  if (keyFile !== undefined && certFile === undefined)
    throw new TypeError("certFile must be specified");
  const context = new SSLContext({
    protocol: given.sslVersion ?? "tls",
    checkHostname: false,
    verifyMode: given.certReqs ?? "none",
  });
  if (caCerts !== undefined) context.loadVerifyLocations({ caFile: caCerts });
  if (certFile !== undefined)
    context.loadCertChain({
      certFile,
      ...(keyFile !== undefined && { keyFile }),
    });
  if (ciphers !== undefined) context.setCiphers(ciphers);
  return context.wrapSocket(transport, {
    serverSide,
    doHandshakeOnConnect: options.doHandshakeOnConnect ?? true,
    suppressRaggedEofs: options.suppressRaggedEofs ?? true,
  });
}
