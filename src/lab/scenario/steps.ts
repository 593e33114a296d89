/** The steps of a scenario, as data. */
import type { AlertName } from "../../errors.ts";
import type { ContentTypeName } from "../../wire/code-points.ts";
import type { HandshakeTypeName } from "../../wire/code-points.ts";
import type { MessageEdit } from "../message/edits.ts";
import type { LabMessage } from "../names.ts";
import type { Epoch, RecordEdit } from "./records.ts";

/** Something to send that no ordinary side sends here. */
export type LabItem =
  | {
      /** A handshake message of that type and body (hexadecimal). */
      readonly send: "message";
      readonly type: HandshakeTypeName | number;
      readonly body: string;
    }
  | {
      /** A message that this side has sent before, once more. */
      readonly send: "copy";
      readonly message: LabMessage;
    }
  | {
      /** Bytes of a handshake message, header and all, which need not fit. */
      readonly send: "raw_message";
      readonly bytes: string;
    }
  | {
      /** Content of a record, protected as this side protects at the moment. */
      readonly send: "plaintext";
      readonly type: ContentTypeName | number;
      readonly content: string;
      readonly edits?: readonly RecordEdit[];
      readonly under?: Epoch;
    }
  | {
      /** Bytes on the wire as they are. */
      readonly send: "bytes";
      readonly bytes: string;
    }
  | {
      readonly send: "alert";
      readonly level: "warning" | "fatal" | number;
      readonly alert: AlertName | number;
    }
  | { readonly send: "change_cipher_spec"; readonly content?: string }
  | { readonly send: "data"; readonly content: string };

/** Chooses among several messages of a name: the first is 1; 0 are all. */
export interface Which {
  readonly nth?: number;
}

/** A rule: how a message of this side is sent, from that step on. */
export type Rule = Which &
  (
    | {
        /** Before the transcript has it: this side goes on with the changed one. */
        readonly step: "before_send";
        readonly message: LabMessage;
        readonly edit: MessageEdit;
      }
    | {
        /** Behind the transcript: this side goes on as if nothing were changed. */
        readonly step: "after_send";
        readonly message: LabMessage;
        readonly edit: MessageEdit;
      }
    | {
        readonly step: "skip";
        readonly message: LabMessage;
        readonly transcript: "follows" | "keeps";
      }
    | {
        readonly step: "repeat";
        readonly message: LabMessage;
        readonly times: number;
        readonly transcript: "follows" | "keeps";
      }
    | {
        readonly step: "replace";
        readonly message: LabMessage;
        readonly items: readonly LabItem[];
      }
    | {
        readonly step: "insert";
        readonly where: "before" | "after";
        readonly message: LabMessage;
        readonly items: readonly LabItem[];
      }
    | {
        /** Sent behind another one; what comes between goes first. */
        readonly step: "hold";
        readonly message: LabMessage;
        readonly until: LabMessage;
        readonly transcript: "follows" | "keeps";
      }
    | {
        readonly step: "split";
        readonly message: LabMessage;
        readonly pieces: readonly number[];
        readonly into: "records" | "segments";
      }
    | { readonly step: "coalesce"; readonly message: LabMessage }
    | {
        readonly step: "delay";
        readonly message: LabMessage;
        readonly milliseconds: number;
      }
    | {
        readonly step: "record";
        readonly message: LabMessage;
        readonly edits: readonly RecordEdit[];
      }
    | {
        readonly step: "protect";
        readonly message: LabMessage;
        readonly under: Epoch;
      }
    | {
        /** The signature of this side's CertificateVerify or ServerKeyExchange. */
        readonly step: "sign";
        readonly message: LabMessage;
        readonly sign: "wrong" | "empty" | "other_content" | "other_role";
      }
    | {
        /** A message of the peer, as this side's handshake sees it. */
        readonly step: "before_receive";
        readonly message: LabMessage;
        readonly edit: MessageEdit;
      }
  );

/** Something that this side does, once the steps before are done. */
export type Action =
  | { readonly step: "send"; readonly items: readonly LabItem[] }
  | { readonly step: "write"; readonly data: string }
  | { readonly step: "early_data"; readonly data: string }
  | { readonly step: "update_keys"; readonly askPeer: boolean }
  | { readonly step: "request_certificate" }
  | { readonly step: "close_notify" }
  | { readonly step: "skip_sequence"; readonly records: number }
  | { readonly step: "end" }
  | { readonly step: "wait"; readonly milliseconds: number };

/** Something that the peer has to do before the next step. */
export type Expectation =
  | { readonly step: "expect"; readonly message: LabMessage }
  | {
      /** One of these alerts; none named: any that ends the connection. */
      readonly step: "expect_alert";
      readonly alerts: readonly AlertName[];
      /** A close without an alert will do. */
      readonly orClose: boolean;
    }
  | { readonly step: "expect_data"; readonly data?: string }
  | { readonly step: "expect_silence"; readonly milliseconds: number }
  | { readonly step: "expect_close" }
  | { readonly step: "expect_connected" }
  | { readonly step: "expect_refusal" };

/** A step of a scenario. */
export type Step = Rule | Action | Expectation;

/** The handshake that a scenario begins with, as data. */
export interface Handshake {
  readonly cipherSuites?: readonly string[];
  readonly groups?: readonly string[];
  /** Groups that a client sends a share of. */
  readonly keyShares?: readonly string[];
  readonly alpnProtocols?: readonly string[];
  readonly serverName?: string;
  /** The server asks for a certificate and the client has one. */
  readonly clientCertificate?: boolean;
  /** The client comes with the session of an honest connection before. */
  readonly resume?: boolean;
  readonly earlyData?: boolean;
  readonly externalPsk?: boolean;
  /** The server asks for a second hello. */
  readonly retry?: boolean;
  readonly postHandshakeAuth?: boolean;
  readonly compatibilityMode?: boolean;
  /** Bytes of a record that this side says it takes (RFC 8449). */
  readonly recordSizeLimit?: number;
  /** Bytes of early data that a server's tickets allow. */
  readonly maxEarlyData?: number;
  /** The client offers TLS 1.2 beside TLS 1.3. */
  readonly bothVersions?: boolean;
  /** False keeps the alerts of this side's own engine from the peer. */
  readonly ownAlerts?: boolean;
}
