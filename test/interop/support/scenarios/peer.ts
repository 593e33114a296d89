/** The interface of a foreign peer. */
import { existsSync } from "node:fs";
import type { KeyKind } from "../certificates.ts";
import { type Command, type Needs, probe } from "../probe.ts";
import { CLASSIC_GROUPS } from "./options.ts";
import type {
  ClientOptions,
  ClientRun,
  Group,
  PeerServer,
  ServerOptions,
  Version,
} from "./options.ts";
import { binaryPayload } from "./payload.ts";
import { OPTIONAL_SUITES12 } from "./suites.ts";
import type { Suite, Suite12 } from "./suites.ts";

/** A feature that a peer may lack in one of its roles. */
export type Feature =
  | KeyKind
  | Suite
  | Group
  | "ALPN"
  | "a HelloRetryRequest to x25519"
  | "a HelloRetryRequest from x25519"
  | "own Diffie-Hellman parameters"
  | "a named Diffie-Hellman group"
  | "encrypt-then-MAC"
  | "a main secret of the old kind"
  | "post-handshake authentication"
  | "early data"
  | "resumption"
  | "alerts after the handshake"
  | "a name to expect"
  | "a CA for client certificates"
  | "optional client certificates";

export interface Peer {
  /** Program and version, for test titles. */
  readonly label: string;
  readonly versions: readonly Version[];
  readonly groups: readonly Group[];
  /** Those that are off by default, for a key exchange in TLS 1.3. */
  readonly rareGroups: readonly Group[];
  /**
   * The form of the data that its client exchanges: bytes, or the body of an
   * HTTP/1.1 POST.
   */
  readonly speaks: "bytes" | "http";
  /** Data that the peer can send back. */
  payload(length: number): Uint8Array;
  client(options: ClientOptions, payload: Uint8Array): Promise<ClientRun>;
  /** The features that its client and its server lack. */
  readonly lacks: Readonly<Record<"client" | "server", readonly Feature[]>>;
  /** The features that it lacks in TLS 1.2 in addition. */
  readonly lacks12?: Peer["lacks"];
  /** Tells whether it sends close_notify. */
  readonly saysGoodbye: boolean;
  /** Tells whether its client ends only after the server has closed. */
  readonly clientWaits: boolean;
  /** Absent from a program that is a client only. */
  readonly server?: (options: ServerOptions) => Promise<PeerServer>;
}

/** The peer, or why it is not here. */
export type Found = Peer | { readonly missing: string };

/** Ways to do without what TLS 1.2 should have: most have no such option. */
export const LEGACY: readonly Feature[] = [
  "own Diffie-Hellman parameters",
  "a named Diffie-Hellman group",
  "encrypt-then-MAC",
  "a main secret of the old kind",
];

/** Features before and after the handshake that only some peers have. */
export const LATE_AND_EARLY: readonly Feature[] = [
  "post-handshake authentication",
  "early data",
];

/** Optional suites of TLS 1.2. */
export function suitesLike(pattern: RegExp): Suite12[] {
  return OPTIONAL_SUITES12.filter((name) => pattern.test(name));
}

/** The program that knows it, where there is one. */
export function debianVersion(name: string): Command[] {
  const program = "/usr/bin/dpkg-query";
  return existsSync(program) ? [[program, "-W", name]] : [];
}

type Abilities = Pick<Peer, "client"> & Partial<Peer>;

/** The peer whose programs all start; its version is their output. */
export function installed(
  [name, version, source]: readonly [string, RegExp, string],
  needs: readonly Command[] | Omit<Needs, "source">,
  abilities: Abilities,
): Found {
  const found = probe({
    source,
    ...("length" in needs ? { programs: needs } : needs),
  });
  if ("missing" in found) return found;
  const label = version.exec(found.output);
  return {
    label: `${name} ${label?.[1] ?? "of unknown version"}`,
    versions: ["TLSv1.2", "TLSv1.3"],
    groups: CLASSIC_GROUPS,
    rareGroups: [],
    speaks: "bytes",
    payload: binaryPayload,
    lacks: { client: [], server: [] },
    saysGoodbye: true,
    clientWaits: false,
    ...abilities,
  };
}
