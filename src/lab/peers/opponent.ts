/** A peer elsewhere: behind a socket, or a client that a command starts. */
import type { LabRole } from "../names.ts";

/** One transport to a peer. */
export interface LabConnection {
  /** Sends bytes; resolves when they are on their way, or the peer is gone. */
  send(bytes: Uint8Array): Promise<void>;
  /**
   * Waits for bytes.
   *
   * @param patience milliseconds after which it is "silence"
   */
  receive(patience: number): Promise<Uint8Array | "end" | "silence">;
  /** Ends this side's direction, and reads on. */
  end(): void;
  /** Lets go of it, at once. */
  destroy(): void;
}

/** A peer that can be connected to any number of times, one after the other. */
export interface Opponent {
  /** Its role: a scenario of the other one is played against it. */
  readonly role: LabRole;
  /** For reports. */
  readonly name: string;
  /** The name that a client of the lab asks for. */
  readonly serverName?: string;
  /**
   * Connects, or waits for the peer to connect.
   *
   * @throws LabError where it cannot be reached in time
   */
  connect(): Promise<LabConnection>;
  /** Lets go of all that it holds. */
  close(): Promise<void>;
}
