/** A way to speak puretls: by its ssl face, or by its bare engine. */
import type { Feature } from "../scenarios/peer.ts";
import type {
  ClientOptions,
  ServerOptions,
  Version,
} from "../scenarios/options.ts";

/**
 * The facts that puretls reports of the connection once the handshake is done.
 */
export interface PuretlsFacts {
  readonly version: string | null;
  readonly suite: string | undefined;
  readonly group: string | undefined;
  readonly alpn: string | undefined;
  /** The common name of the peer's verified certificate. */
  readonly peer: string | undefined;
}

/** The error that ended a connection. */
export interface PuretlsFailure {
  readonly reason: string | null;
  /** The alert's name. */
  readonly alert: string | undefined;
  readonly direction: "sent" | "received" | undefined;
  /** For those who read why a test failed. */
  readonly message: string;
}

export interface PuretlsRun {
  readonly received: Uint8Array;
  readonly facts: PuretlsFacts | undefined;
  readonly error: PuretlsFailure | undefined;
  /** Tells whether the peer's close_notify was received. */
  readonly closedCleanly: boolean;
  readonly helloRetried: boolean;
  /** Number of times that the peer changed its keys. */
  readonly readKeyUpdates: number;
}

export interface PuretlsServer {
  readonly port: number;
  /** Waits for the end of its one connection. */
  stop(): Promise<PuretlsRun>;
}

export interface Extra {
  /** Asks for a KeyUpdate in the midst of the data. */
  readonly updateKeys?: boolean | undefined;
}

export interface ClientExtra extends Extra {
  /** The condition for closing; by default, as many bytes received as sent. */
  readonly until?: "the peer closes" | undefined;
}

export interface ServerExtra extends Extra {
  /** Speaks HTTP/1.1: a request's body comes back as the body of its answer. */
  readonly http?: boolean | undefined;
  /** Sends close_notify after that many bytes; after the peer's if absent. */
  readonly closeAfter?: number | undefined;
}

export interface Road {
  readonly label: string;
  readonly lacks: readonly Feature[];
  /** The error reasons of failed verifications. */
  readonly reasons: Readonly<Record<RefusalReason, string>>;
  /** In TLS 1.2, where that differs. */
  readonly reasons12: Readonly<Partial<Record<RefusalReason, string>>>;
  /** Sends the payload, waits for as much, then closes. */
  client(
    options: ClientOptions & ClientExtra,
    payload: Uint8Array,
  ): Promise<PuretlsRun>;
  /** Sends back what it receives on one connection. */
  server(options: ServerOptions & ServerExtra): Promise<PuretlsServer>;
}

/** The way and the version in which puretls takes part in a test. */
export interface Meeting {
  readonly road: Road;
  readonly version: Version;
}

/** The reasons for which puretls rejects a peer in the tests. */
export type RefusalReason =
  "unknown_ca" | "wrong_name" | "no_certificate" | "no_shared_group";
