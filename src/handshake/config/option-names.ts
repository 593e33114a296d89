/**
 * The names of the options of configs, and the values of flags and words. The
 * compiler asks for each, so that what is not in here is refused: a misspelt
 * option would leave its default in force.
 */
import { TlsUsageError } from "../../errors.ts";
import { found, type Names, requireNames } from "../../options.ts";
import { listed } from "../registries/listing.ts";
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

/** The names of those options that have values of a kind. */
type NamesOf<Options, Kind> = {
  [N in keyof Options]-?: Exclude<Options[N], undefined> extends Kind
    ? N
    : never;
}[keyof Options];

const FLAG = [true, false] as const;

/**
 * The values of flags and words, all of them: another one, as "false" of a text,
 * would be taken for one that it is not.
 */
const VALUES: {
  readonly [
    N in NamesOf<ClientOptions, boolean> | NamesOf<ServerOptions, boolean>
  ]: typeof FLAG;
} & {
  readonly [N in NamesOf<ClientOptions, string>]: readonly ClientOptions[N][];
} & {
  readonly [N in NamesOf<ServerOptions, string>]: readonly ServerOptions[N][];
} = {
  ocspStapling: FLAG,
  signedCertificateTimestamps: FLAG,
  requireExtendedMainSecret: FLAG,
  certificateWithPsk: FLAG,
  grease: FLAG,
  compatibilityMode: FLAG,
  legacyServerConnect: FLAG,
  fallbackSignal: FLAG,
  sessionTickets: FLAG,
  postHandshakeAuth: FLAG,
  earlyData: FLAG,
  helloRetryCookie: FLAG,
  credentialMismatch: ["empty", "alert"],
  clientAuthentication: ["none", "optional", "required"],
  alpnMismatch: ["alert", "ignore"],
  cipherPreference: ["server", "client"],
  groupPreference: ["share", "order"],
};

/** @throws TlsUsageError for a value that a flag or a word does not have */
function requireValues(given: object): void {
  for (const [name, allowed] of Object.entries<readonly unknown[]>(VALUES)) {
    // Inherited options count as well.
    const value: unknown = Reflect.get(given, name);
    if (value === undefined || allowed.includes(value)) continue;
    const all = allowed.map((one) =>
      typeof one === "string" ? `"${one}"` : String(one),
    );
    throw new TlsUsageError(
      `${name}: ${found(value)}; allowed are ${listed(all)}`,
    );
  }
}

/**
 * @param own `CLIENT_OPTIONS` or `SERVER_OPTIONS`; a bundle of one role does not
 *   have those of the other
 * @throws TlsUsageError for a name that is no option, and for a value that a flag
 *   or a word does not have
 */
export function requireOptionNames(
  factory: string,
  own: Readonly<Record<string, true>>,
  given: object,
): void {
  const isOption = (name: string): boolean =>
    Object.hasOwn(COMMON, name) || Object.hasOwn(own, name);
  // A config may be made for each connection: the whole table is for the error.
  if (Object(given) !== given || !Object.keys(given).every(isOption))
    requireNames(
      factory,
      given,
      { ...COMMON, ...own },
      { Fault: TlsUsageError },
    );
  requireValues(given);
}
