/**
 * An algorithm for certificates (RFC 8879), as a config names it. Arrays are
 * neither kept nor changed; results belong to the caller.
 */
export interface CertificateCompressor {
  readonly name: string;
  /** CertificateCompressionAlgorithm, RFC 8879 7.3. */
  readonly code: number;
  compress(data: Uint8Array): Uint8Array;
  /** Sends what it gives though that be no shorter. Default false. */
  readonly evenIfLonger?: boolean;
  /**
   * Decompresses bytes of the peer: memory and work must be bounded by the
   * length that they should have. It comes from the peer: memory and work must
   * be bounded by the length that it should have.
   *
   * @throws Error of any kind for what cannot be undone or is longer
   */
  decompress(data: Uint8Array, length: number): Uint8Array;
}
