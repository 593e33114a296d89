/** Bounds on what a peer can make this side do. */
export interface Limits {
  /** Bytes of a Certificate or CertificateRequest message. */
  readonly certificateMessage: number;
  /** Bytes of any other handshake message. */
  readonly handshakeMessage: number;
  /** Session tickets on one connection. */
  readonly tickets: number;
  /** KeyUpdates without application data between them. */
  readonly keyUpdates: number;
  /** Warning alerts in a row. */
  readonly warningAlerts: number;
  /** Bytes of refused early data that a server skips. */
  readonly skippedEarlyData: number;
  /** Ciphertext kept while a need waits for its answer. */
  readonly inputWhileWaiting: number;
  /**
   * Records under one key before it is updated; never more than the cipher
   * suite allows.
   */
  readonly recordsPerKey: number;
}

export const DEFAULT_LIMITS: Limits = {
  certificateMessage: 100 * 1024,
  handshakeMessage: 64 * 1024,
  tickets: 64,
  keyUpdates: 32,
  warningAlerts: 4,
  skippedEarlyData: 64 * 1024,
  inputWhileWaiting: 256 * 1024,
  recordsPerKey: Number.MAX_SAFE_INTEGER,
};
