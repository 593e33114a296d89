import type { CryptoProvider } from "../crypto/provider.ts";
import type { RootProgram } from "../x509/trust/root-program.ts";
import { SSLContext } from "./ssl-context.ts";
import { Purpose } from "./constants.ts";
import type { Encoded } from "./material/reading.ts";
import { type Names, requireNames, withoutNulls } from "./names/arguments.ts";
import type { Platform } from "./platform/platform.ts";
import { type PurposeChoice, purposeOf } from "./names/words.ts";

/** Python: the arguments of `create_default_context`. */
export interface DefaultContextOptions {
  /** The peers to authenticate. Default: servers, so a context for clients. */
  readonly purpose?: PurposeChoice;
  /** Certificates to trust in place of the system's: PEM or DER. */
  readonly ca?: Encoded | readonly Encoded[];
  /** A PEM file of certificates to trust in place of the system's. */
  readonly caFile?: string;
  /** A hashed directory of certificates to trust in place of the system's. */
  readonly caPath?: string;
  /**
   * Roots to trust in place of the system's: `mozillaRoots` of `puretls/roots`, or
   * a list of the program.
   */
  readonly roots?: RootProgram;
  /** Python's name for {@link ca}. */
  readonly caData?: Encoded;
  /** The environment; `SSLKEYLOGFILE` in it turns key logging on. */
  readonly env?: { readonly SSLKEYLOGFILE?: string | undefined };
  readonly provider?: CryptoProvider;
  readonly platform?: Platform;
}

/** The names of {@link DefaultContextOptions}. */
const DEFAULT_CONTEXT_OPTIONS: Names<DefaultContextOptions> = {
  purpose: true,
  ca: true,
  caFile: true,
  caPath: true,
  caData: true,
  roots: true,
  env: true,
  provider: true,
  platform: true,
};

/**
 * Python: `create_default_context`. A context with good settings, which may
 * become stricter with any version: for clients it verifies the server and its
 * name, for servers it asks for no certificate. Certificates are validated by the
 * letter of RFC 5280 (`verifyFlags`). Without certificates given it trusts what
 * the system trusts; in Node, take the one of `puretls/node`, which knows that.
 *
 * @throws TypeError for a purpose that is none
 * @throws SSLError where nobody knows what the system trusts, and for
 *   certificates that do not parse
 *
 * @example
 * ```ts
 * import { createDefaultContext } from "puretls";
 * import { createSelfSigned } from "puretls/pki";
 * import { noble } from "puretls/crypto/noble";
 *
 * const { pem } = createSelfSigned({ provider: noble, hosts: ["a.test"] });
 * const context = createDefaultContext({ ca: pem });
 * if (!context.checkHostname) throw new Error();
 * ```
 */
export function createDefaultContext(
  options: DefaultContextOptions = {},
): SSLContext {
  requireNames("createDefaultContext", options, DEFAULT_CONTEXT_OPTIONS);
  const { platform, provider, env, purpose, ...given } = withoutNulls(options);
  const isClient = purposeOf(purpose ?? "serverAuth") === Purpose.SERVER_AUTH;
  const context = new SSLContext({
    protocol: isClient ? "tlsClient" : "tlsServer",
    ...(provider !== undefined && { provider }),
    ...(platform !== undefined && { platform }),
    verifyFlags: { strict: true, partialChain: true },
  });
  const { ca, caData, caFile, caPath, roots } = given;
  if (ca !== undefined) context.loadVerifyLocations({ ca });
  if (caData !== undefined) context.loadVerifyLocations({ ca: caData });
  if (caFile !== undefined) context.loadVerifyLocations({ caFile });
  if (caPath !== undefined) context.loadVerifyLocations({ caPath });
  if (roots !== undefined) context.loadVerifyLocations({ roots });
  const isGiven = (ca ?? caData ?? caFile ?? caPath ?? roots) !== undefined;
  if (!isGiven && isClient) context.loadDefaultCerts();
  const path = env?.SSLKEYLOGFILE;
  if (path !== undefined && path !== "") context.keyLogFile(path);
  return context;
}
