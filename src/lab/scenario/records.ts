/** Edits of the records that carry a message, as data. */
import type { Change } from "../message/edits.ts";

/** The keys of a direction by the time at which they came; "clear" are none. */
export type Epoch = "clear" | "early" | "handshake" | "application";

/** An edit of the records of a message: before their protection, or after it. */
export type RecordEdit =
  | {
      /** The content before it is protected. */
      readonly record: "content";
      readonly changes: readonly Change[];
    }
  | {
      /** TLS 1.2 with CBC: content, MAC and padding, as they are encrypted. */
      readonly record: "block";
      readonly changes: readonly Change[];
    }
  | {
      /** The content type: with TLS 1.3 the one inside. */
      readonly record: "inner_type";
      readonly to: number;
    }
  | {
      /** So many zeros behind the content type of TLS 1.3. */
      readonly record: "pad";
      readonly bytes: number;
    }
  | {
      /** So many sequence numbers that nothing is sent under. */
      readonly record: "sequence";
      readonly skip: number;
    }
  | {
      /** Once more, so often; `replay` sends the very same bytes. */
      readonly record: "repeat";
      readonly times: number;
      readonly replay?: boolean;
    }
  | {
      /** The version of a record that is not protected. */
      readonly record: "version";
      readonly to: number;
    }
  | {
      /** The bytes behind the header on the wire. */
      readonly record: "fragment";
      readonly changes: readonly Change[];
    }
  | { readonly record: "header_type"; readonly to: number }
  | { readonly record: "header_version"; readonly to: number }
  | { readonly record: "header_length"; readonly by: number }
  | { readonly record: "cut"; readonly bytes: number };

/**
 * Makes edits of the records that carry a message.
 *
 * @example
 * ```ts
 * import { flip, playInMemory, record, scenario } from "puretls/lab";
 *
 * const spoilt = scenario("tls13")
 *   .record("finished", record.fragment(flip()))
 *   .expectAlert("bad_record_mac");
 * if (playInMemory(spoilt).verdict !== "pass") throw new Error();
 * ```
 */
export const record = {
  /** Changes the content before it is protected. */
  content: (...changes: readonly Change[]): RecordEdit => ({
    record: "content",
    changes,
  }),
  /**
   * Changes what a suite of CBC encrypts: content, MAC where it is not outside, and
   * padding, whose last byte is its length.
   */
  block: (...changes: readonly Change[]): RecordEdit => ({
    record: "block",
    changes,
  }),
  /** Another content type: with TLS 1.3 the one inside. */
  innerType: (to: number): RecordEdit => ({ record: "inner_type", to }),
  /** So many zeros behind the content of a protected record of TLS 1.3. */
  pad: (bytes: number): RecordEdit => ({ record: "pad", bytes }),
  /** Leaves out so many sequence numbers. */
  skipSequence: (skip = 1): RecordEdit => ({ record: "sequence", skip }),
  /** Sends the record so often again, protected anew. */
  repeat: (times = 1): RecordEdit => ({ record: "repeat", times }),
  /** Sends the very same bytes so often again. */
  replay: (times = 1): RecordEdit => ({
    record: "repeat",
    times,
    replay: true,
  }),
  /** The version in the header of a record that is not protected. */
  version: (to: number): RecordEdit => ({ record: "version", to }),
  /** Changes what lies behind the header: ciphertext, where there are keys. */
  fragment: (...changes: readonly Change[]): RecordEdit => ({
    record: "fragment",
    changes,
  }),
  /** The type in the header. */
  headerType: (to: number): RecordEdit => ({ record: "header_type", to }),
  /** The version in the header, protected or not. */
  headerVersion: (to: number): RecordEdit => ({
    record: "header_version",
    to,
  }),
  /** A length in the header that says so many bytes more. */
  headerLength: (by: number): RecordEdit => ({ record: "header_length", by }),
  /** So many bytes at the end that never come. */
  cut: (bytes = 1): RecordEdit => ({ record: "cut", bytes }),
} as const;
