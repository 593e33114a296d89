/** The answers of a program, or of a config, to the needs of a connection. */
import type { AlertName } from "../errors.ts";
import type { ServerConfig } from "../handshake/config/config.ts";
import type { Credential } from "../handshake/credentials/credential.ts";
import type { OwnPsk, PskAnswer } from "../handshake/sessions/external-psk.ts";
import type { Session } from "../handshake/sessions/session.ts";
import type { VerifiedKey } from "../x509/raw-key.ts";
import type { VerifiedChain } from "../x509/verifier.ts";

/** The caller's answer to a need. */
export type Answer =
  | {
      readonly type: "verified";
      /** A VerifiedKey where the peer has shown a raw public key. */
      readonly chain: VerifiedChain | VerifiedKey;
    }
  | { readonly type: "signed"; readonly signature: Uint8Array }
  | {
      readonly type: "certificate_chosen";
      readonly credentials: readonly Credential[];
      /**
       * On a server: the connection continues under the rules of this config;
       * its provider, limits and protocol stay as they began.
       */
      readonly config?: ServerConfig;
    }
  | {
      readonly type: "session_found";
      /** Undefined: a full handshake follows. */
      readonly session: Session | undefined;
    }
  | {
      readonly type: "psk_found";
      /** Undefined: there is none. The bytes are copied. */
      readonly psk: PskAnswer;
    }
  | {
      readonly type: "struck";
      /** False: early data is refused, and the handshake goes on without it. */
      readonly first: boolean;
    }
  | {
      /** No: the connection ends. */
      readonly type: "refused";
      /** An X509Error decides about the alert by itself. */
      readonly error: unknown;
      /** Otherwise: internal_error, or this one. */
      readonly alert?: AlertName;
    };

/** An answer that was read and checked: what it holds is the engine's. */
export type OwnAnswer =
  | Exclude<Answer, { type: "psk_found" }>
  | { readonly type: "psk_found"; readonly psk: readonly OwnPsk[] };
