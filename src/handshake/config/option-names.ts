/**
 * The names of the options of configs. The compiler asks for each, so that what
 * is not in here is refused: a misspelt option would leave its default in force.
 */
import { TlsUsageError } from "../../errors.ts";
import { type Names, requireNames } from "../../options.ts";
import type { ClientOptions, CommonOptions, ServerOptions } from "./options.ts";

const COMMON: Names<CommonOptions> = {
  provider: true,
  versions: true,
  cipherSuites: true,
  groups: true,
  signatureSchemes: true,
  alpnProtocols: true,
  ocspStapling: true,
  signedCertificateTimestamps: true,
  certificateCompression: true,
  rawPublicKeys: true,
  peerCertificateTypes: true,
  delegatedCredentials: true,
  certificateSignatureSchemes: true,
  requireExtendedMainSecret: true,
  certificateAuthorities: true,
  recordSizeLimit: true,
  maxSendFragment: true,
  padding: true,
  keyLog: true,
  psk: true,
  pskModes: true,
  certificateWithPsk: true,
  grease: true,
  limits: true,
  shapes: true,
  trust: true,
};

/** Options of clients alone. */
export const CLIENT_OPTIONS: Names<Omit<ClientOptions, keyof CommonOptions>> = {
  verifier: true,
  credentials: true,
  credentialMismatch: true,
  certificateTypes: true,
  keyShares: true,
  encryptedClientHello: true,
  compatibilityMode: true,
  maxFragmentLength: true,
  legacyServerConnect: true,
  fallbackSignal: true,
  sessionTickets: true,
  minimumDhBits: true,
  session: true,
  postHandshakeAuth: true,
  earlyData: true,
};

/** Options of servers alone. */
export const SERVER_OPTIONS: Names<Omit<ServerOptions, keyof CommonOptions>> = {
  credentials: true,
  clientAuthentication: true,
  postHandshakeAuth: true,
  verifier: true,
  alpnMismatch: true,
  encryptedClientHello: true,
  retryCookies: true,
  helloRetryCookie: true,
  compatibilityMode: true,
  cipherPreference: true,
  groupPreference: true,
  ticketKeys: true,
  sessionTickets: true,
  sessionStore: true,
  numTickets: true,
  sessionContext: true,
  sessionLifetimeSeconds: true,
  dhParameters: true,
  pskIdentityHint: true,
  maxEarlyData: true,
  strikeRegister: true,
};

/**
 * @param own `CLIENT_OPTIONS` or `SERVER_OPTIONS`; a bundle of one role does not
 *   have those of the other
 * @throws TlsUsageError for a name that is no option
 */
export function requireOptionNames(
  factory: string,
  own: Readonly<Record<string, true>>,
  given: object,
): void {
  const isOption = (name: string): boolean =>
    Object.hasOwn(COMMON, name) || Object.hasOwn(own, name);
  // A config may be made for each connection: the whole table is for the error.
  if (Object(given) === given && Object.keys(given).every(isOption)) return;
  requireNames(factory, given, { ...COMMON, ...own }, { Fault: TlsUsageError });
}
