/** The options that every peer understands, by the RFCs' names. */
import type { KeyFiles } from "../certificates.ts";
import { opensslSuite } from "./suites.ts";
import type { Suite } from "./suites.ts";

export type Version = "TLSv1.2" | "TLSv1.3";

export type Group =
  | "X25519MLKEM768"
  | "SecP256r1MLKEM768"
  | "SecP384r1MLKEM1024"
  | "x25519"
  | "x448"
  | "secp256r1"
  | "secp384r1"
  | "secp521r1"
  | "ffdhe2048"
  | "ffdhe3072"
  | "ffdhe4096"
  | "ffdhe6144"
  | "ffdhe8192";

export const CLASSIC_GROUPS: readonly Group[] = [
  "x25519",
  "secp256r1",
  "secp384r1",
  "secp521r1",
];

/**
 * Options of both roles; a peer uses its own default for each that is absent.
 */
export interface TlsOptions {
  /** The only version that is spoken; TLS 1.3 if absent. */
  readonly version?: Version | undefined;
  readonly suites?: readonly Suite[] | undefined;
  /** In order of preference. A client sends a key share for the first. */
  readonly groups?: readonly Group[] | undefined;
  readonly alpn?: readonly string[] | undefined;
  /** An external pre-shared key, known to both sides. */
  readonly psk?: PresharedKey | undefined;
  /**
   * Programs of ours: a short connection comes first, and this one resumes its
   * session; "by its id" from the other side's store, in TLS 1.2.
   */
  readonly resumes?: "by ticket" | "by its id" | undefined;
  /** Erlang: a file that the client sends as early data; "any" on a server. */
  readonly earlyData?: string | undefined;
  /** Programs of ours: further keys of the command line. */
  readonly further?: Readonly<Record<string, string>> | undefined;
  /** TLS 1.2, RFC 7366: false does without. */
  readonly encryptThenMac?: false | undefined;
  /** TLS 1.2, RFC 7627: false does without. */
  readonly extendedMainSecret?: false | undefined;
}

export interface PresharedKey {
  readonly identity: string;
  /** In hexadecimal. */
  readonly key: string;
}

export interface ClientOptions extends TlsOptions {
  readonly port: number;
  /** File of the CA that the server's certificate must lead to. */
  readonly ca: string;
  /** SNI, and the name that the certificate must bear: `localhost` if absent. */
  readonly servername?: string | undefined;
  /** Presented when the server asks for a certificate. */
  readonly identity?: KeyFiles | undefined;
}

export interface ServerOptions extends TlsOptions {
  readonly identity: KeyFiles;
  readonly clientAuth?: "none" | "optional" | "required" | undefined;
  /** File of the CA for client certificates. */
  readonly ca?: string | undefined;
  /** TLS 1.2: PEM file of own Diffie-Hellman parameters. */
  readonly dhParameters?: string | undefined;
}

/** The result of a client peer, once it has ended. */
export interface ClientRun {
  /** The plaintext that came back. */
  readonly received: Uint8Array;
  /** Nought after a clean close; null when a signal ended it. */
  readonly exitCode: number | null;
  /** The output of the program. */
  readonly log: string;
}

/** A server peer on loopback. It sends back what it gets and ends with the test. */
export interface PeerServer {
  readonly port: number;
  /**
   * Waits for the connection's end where it can tell, or until the server has
   * printed the expected text, and returns its log.
   */
  stop(expected?: RegExp): Promise<string>;
  /** For a server that does not echo: it answers, and closes. */
  readonly dialogue?: Dialogue;
}

export interface Dialogue {
  /** Makes the request that causes the server to send the payload. */
  request(payload: Uint8Array): Uint8Array;
  /** The payload in what it sends. */
  answer(received: Uint8Array): Uint8Array;
}

const OPENSSL_GROUPS: Readonly<Record<Group, string>> = {
  X25519MLKEM768: "X25519MLKEM768",
  SecP256r1MLKEM768: "SecP256r1MLKEM768",
  SecP384r1MLKEM1024: "SecP384r1MLKEM1024",
  x25519: "X25519",
  x448: "X448",
  secp256r1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
  ffdhe2048: "ffdhe2048",
  ffdhe3072: "ffdhe3072",
  ffdhe4096: "ffdhe4096",
  ffdhe6144: "ffdhe6144",
  ffdhe8192: "ffdhe8192",
};

/** OpenSSL's list of groups, which Node and curl take too. */
export function opensslGroups(groups: readonly Group[]): string {
  return groups.map((group) => OPENSSL_GROUPS[group]).join(":");
}

/** OpenSSL's list of suites, all of one version. */
export function opensslSuites(suites: readonly Suite[]): string {
  return suites.map(opensslSuite).join(":");
}
