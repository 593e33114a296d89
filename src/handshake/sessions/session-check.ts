/** Tells sessions from whatever else a store may return. */
import type {
  CipherSuite,
  TlsProtocolVersion,
} from "../registries/cipher-suites.ts";
import type { Session, Session12, Session13 } from "./session.ts";

type Check = (value: unknown) => boolean;
type Checks<Fields> = {
  readonly [Name in keyof Fields]-?: Check;
};

const isNumber: Check = (value) => Number.isFinite(value);
const isBoolean: Check = (value) => typeof value === "boolean";
const isBytes: Check = (value) => value instanceof Uint8Array;
const isText: Check = (value) =>
  value === undefined || typeof value === "string";
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null;
const isSecret: Check = (value) =>
  isObject(value) && Reflect.get(value, "bytes") instanceof Uint8Array;

type OwnOf13 = Exclude<keyof Session13, keyof Session12>;
type OwnOf12 = Exclude<keyof Session12, keyof Session13>;

/** Those of both versions; the version is looked at first. */
const FACTS: Checks<Omit<Session13, OwnOf13 | "version">> = {
  cipherSuite: isObject,
  createdAt: isNumber,
  authenticatedAt: isNumber,
  lifetimeSeconds: isNumber,
  serverName: isText,
  alpnProtocol: isText,
  sessionContext: isBytes,
  serverEndPoint: isBytes,
  peerCertificates: (value) => Array.isArray(value) && value.every(isBytes),
  peerRawPublicKey: (value) => value === undefined || isBytes(value),
  stapled: isObject,
  // A proof is checked by its own type where it is used.
  peer: () => true,
  ticket: isBytes,
};

const OWN: {
  readonly "TLSv1.3": Checks<Pick<Session13, OwnOf13>>;
  readonly "TLSv1.2": Checks<Pick<Session12, OwnOf12>>;
} = {
  "TLSv1.3": {
    psk: isSecret,
    ageAdd: isNumber,
    maxEarlyData: isNumber,
    ofExternalPsk: isBoolean,
    strikeRegister: isBytes,
  },
  "TLSv1.2": {
    masterSecret: isSecret,
    extendedMasterSecret: isBoolean,
    encryptThenMac: isBoolean,
    sessionId: isBytes,
  },
};

/** The versions of a protocol, and the suites of each. */
interface Spoken {
  readonly versions: readonly TlsProtocolVersion[];
  readonly suites: Readonly<Record<string, CipherSuite>>;
}

/**
 * Tells whether a store returned a session: an object that this library made,
 * and not bytes, JSON of one, or something else that was kept under its name.
 *
 * @param protocol has the suites of the versions that it speaks; the suite of a
 *   session of another version, which it will not resume, is not looked at
 */
export function isSession(
  value: unknown,
  { versions, suites }: Spoken,
): value is Session {
  if (!isObject(value)) return false;
  const version: unknown = Reflect.get(value, "version");
  if (version !== "TLSv1.3" && version !== "TLSv1.2") return false;
  const suite: unknown = Reflect.get(value, "cipherSuite");
  const isKnown = Object.values(suites).some(
    (known) => known === suite && known.version === version,
  );
  if (!isKnown && versions.includes(version)) return false;
  return fits(value, FACTS) && fits(value, OWN[version]);
}

function fits(value: object, checks: Readonly<Record<string, Check>>): boolean {
  try {
    return Object.entries(checks).every(([name, check]) =>
      check(Reflect.get(value, name)),
    );
  } catch {
    // A getter that throws, as that of a secret that was wiped.
    return false;
  }
}
