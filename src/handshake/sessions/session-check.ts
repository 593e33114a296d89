/** Reads sessions out of whatever a store may return. */
import { ownBytes, Secret } from "../../bytes.ts";
import type {
  CipherSuite,
  TlsProtocolVersion,
} from "../registries/cipher-suites.ts";
import type { Session, Session12, Session13 } from "./session.ts";

/** Reads a fact: its own copy, or undefined for what it cannot be. */
type Read = (value: unknown) => unknown;
type Reads<Fields> = {
  readonly [Name in keyof Fields]-?: {
    readonly read: Read;
    readonly isOptional?: boolean;
  };
};

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null;
const number = {
  read: (value: unknown) => (Number.isFinite(value) ? value : undefined),
};
const boolean = {
  read: (value: unknown) => (typeof value === "boolean" ? value : undefined),
};
const bytes = { read: ownBytes };
const text = {
  read: (value: unknown) => (typeof value === "string" ? value : undefined),
  isOptional: true,
};
/** A copy of its own: nobody else wipes it, or answers for it. */
const secret = {
  read: (value: unknown) => {
    const own = isObject(value) && ownBytes(Reflect.get(value, "bytes"));
    return own && own.length > 0 ? new Secret(own) : undefined;
  },
};
/** More than any limits let a peer send. */
const MOST_ENTRIES = 1000;
const list = {
  read: (value: unknown) => {
    if (!Array.isArray(value)) return undefined;
    const { length } = value;
    if (length > MOST_ENTRIES) return undefined;
    const items = Array.from({ length }, (_, at) => ownBytes(value[at]));
    return items.includes(undefined) ? undefined : Object.freeze(items);
  },
};
const stapled = {
  read: (value: unknown) =>
    isObject(value)
      ? copied(value, {
          ocspResponse: { ...bytes, isOptional: true },
          scts: { ...list, isOptional: true },
        } satisfies Reads<Session["stapled"]>)
      : undefined,
};
/** A proof is checked by its own type where it is used. */
const proof = { read: (value: unknown) => value, isOptional: true };

type OwnOf13 = Exclude<keyof Session13, keyof Session12>;
type OwnOf12 = Exclude<keyof Session12, keyof Session13>;

/** Those of both versions; version and suite are looked at first. */
const FACTS: Reads<Omit<Session13, OwnOf13 | "version" | "cipherSuite">> = {
  createdAt: number,
  authenticatedAt: number,
  lifetimeSeconds: number,
  serverName: text,
  alpnProtocol: text,
  sessionContext: bytes,
  serverEndPoint: bytes,
  peerCertificates: list,
  peerRawPublicKey: { ...bytes, isOptional: true },
  stapled,
  peer: proof,
  ticket: bytes,
};

const OWN13: Reads<Pick<Session13, OwnOf13>> = {
  psk: secret,
  ageAdd: number,
  maxEarlyData: number,
  ofExternalPsk: boolean,
  strikeRegister: bytes,
};

const OWN12: Reads<Pick<Session12, OwnOf12>> = {
  mainSecret: secret,
  extendedMainSecret: boolean,
  encryptThenMac: boolean,
  sessionId: bytes,
};

/** The versions of a protocol, and the suites of each. */
interface Spoken {
  readonly versions: readonly TlsProtocolVersion[];
  readonly suites: Readonly<Record<string, CipherSuite>>;
}

/** Ticket keys whose `open()` returns sessions that nobody else keeps. */
const GIVING = new WeakSet<object>();

/** Notes that `open()` of these keys makes a session for its caller alone. */
export function opensForCallerAlone(keys: object): void {
  GIVING.add(keys);
}

/**
 * As {@link readSession}, of what ticket keys have opened: a secret of which only
 * this copy is needed is overwritten.
 */
export function readOpened(
  opened: Session | undefined,
  keys: object,
  spoken: Spoken,
): Session | undefined {
  const session = readSession(opened, spoken);
  if (opened !== undefined && GIVING.has(keys))
    (opened.version === "TLSv1.3" ? opened.psk : opened.mainSecret).wipe();
  return session;
}

/**
 * Reads what a store or a program had in place of a session: each fact once,
 * into an object that is this library's. Undefined for what is no session of
 * this library (bytes, JSON of one, something else that was kept under its
 * name), and for what throws when it is read. Never throws.
 *
 * @param protocol has the suites of the versions that it speaks; the suite of a
 *   session of another version, which it will not resume, is not looked at
 */
export function readSession(
  value: unknown,
  { versions, suites }: Spoken,
): Session | undefined {
  try {
    if (!isObject(value)) return undefined;
    const version: unknown = Reflect.get(value, "version");
    if (version !== "TLSv1.3" && version !== "TLSv1.2") return undefined;
    const suite: unknown = Reflect.get(value, "cipherSuite");
    const isKnown = Object.values(suites).some(
      (known) => known === suite && known.version === version,
    );
    if (!isKnown && (versions.includes(version) || !isObject(suite)))
      return undefined;
    const own = version === "TLSv1.3" ? OWN13 : OWN12;
    const facts = copied(value, { ...FACTS, ...own });
    if (facts === undefined) return undefined;
    const session = { version, cipherSuite: suite, ...facts };
    return isRead(session) ? Object.freeze(session) : undefined;
  } catch {
    // A getter that throws, as that of a secret that was wiped.
    return undefined;
  }
}

/** Every fact of the object, read once; undefined where one does not fit. */
function copied(
  from: object,
  reads: Reads<Record<string, unknown>>,
): object | undefined {
  const facts = new Map<string, unknown>();
  for (const [name, { read, isOptional = false }] of Object.entries(reads)) {
    const value: unknown = Reflect.get(from, name);
    if (value === undefined && isOptional) continue;
    const fact = read(value);
    if (fact === undefined) return undefined;
    facts.set(name, fact);
  }
  return Object.fromEntries(facts);
}

/** Its facts were read by the table, which the compiler does not follow. */
function isRead(session: object): session is Session {
  return "version" in session && "cipherSuite" in session;
}
