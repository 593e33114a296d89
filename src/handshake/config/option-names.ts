/**
 * The names of the options of configs, the values of flags and words, and the kinds
 * of the others. The compiler asks for each, so that what is not in here is refused:
 * a misspelt option would leave its default in force, and a wrong value would be
 * noticed in the midst of a connection.
 */
import { TlsUsageError } from "../../errors.ts";
import {
  found,
  FUNCTION,
  type Kind,
  LIST,
  type Names,
  OBJECT,
  objectWith,
  requireKind,
  requireNames,
  hasOwn,
} from "../../options.ts";
import { RAISE_NEED } from "../../promises.ts";
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

const orNeed = ({ name, has }: Kind): Kind => ({
  name: `${name}, or RAISE_NEED,`,
  has: (value) => value === RAISE_NEED || has(value),
});

type ObjectsOf<Options> = Exclude<
  keyof Options,
  keyof typeof VALUES | NamesOf<Options, number | Uint8Array>
>;

/** The options that are neither flags, words, numbers nor bytes. */
const KINDS: {
  readonly [N in ObjectsOf<ClientOptions> | ObjectsOf<ServerOptions>]: Kind;
} = {
  provider: objectWith("now"),
  versions: LIST,
  cipherSuites: LIST,
  groups: LIST,
  signatureSchemes: LIST,
  alpnProtocols: LIST,
  certificateCompression: LIST,
  rawPublicKeys: orNeed(objectWith("verify")),
  peerCertificateTypes: LIST,
  delegatedCredentials: objectWith("keyOf"),
  certificateSignatureSchemes: LIST,
  certificateAuthorities: LIST,
  padding: FUNCTION,
  keyLog: FUNCTION,
  psk: orNeed(FUNCTION),
  pskModes: LIST,
  limits: OBJECT,
  shapes: OBJECT,
  trust: OBJECT,
  verifier: orNeed(objectWith("verify")),
  credentials: orNeed(LIST),
  certificateTypes: LIST,
  keyShares: LIST,
  // A server's has another method.
  encryptedClientHello: OBJECT,
  session: OBJECT,
  retryCookies: objectWith("seal"),
  ticketKeys: objectWith("seal"),
  sessionStore: orNeed(objectWith("take")),
  dhParameters: OBJECT,
  // Its strike() may be RAISE_NEED.
  strikeRegister: OBJECT,
};

// A config may be made for each connection.
const KIND_ROWS = /* @__PURE__ */ Object.entries(KINDS);
const VALUE_ROWS = /* @__PURE__ */ Object.entries<readonly unknown[]>(VALUES);

/** @throws TlsUsageError for a value of another kind, and without one that is needed */
function requireKinds(given: object, needed: readonly string[]): void {
  for (const [option, kind] of KIND_ROWS) {
    const value: unknown = Reflect.get(given, option);
    if (value !== undefined || needed.includes(option))
      requireKind(option, value, kind, TlsUsageError);
  }
}

/** @throws TlsUsageError for a value that a flag or a word does not have */
function requireValues(given: object): void {
  for (const [name, allowed] of VALUE_ROWS) {
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
 * @param needed options that have no default
 * @throws TlsUsageError for a name that is no option, for a value that a flag or a
 *   word does not have or of a kind that its option does not have, and without
 *   those that are needed
 */
export function requireOptionNames(
  factory: string,
  own: Readonly<Record<string, true>>,
  given: object,
  needed: readonly string[],
): void {
  const isOption = (name: string): boolean =>
    hasOwn(COMMON, name) || hasOwn(own, name);
  // A config may be made for each connection: the whole table is for the error.
  if (Object(given) !== given || !Object.keys(given).every(isOption))
    requireNames(
      factory,
      given,
      { ...COMMON, ...own },
      { Fault: TlsUsageError },
    );
  requireValues(given);
  requireKinds(given, needed);
}
