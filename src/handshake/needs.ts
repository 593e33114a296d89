/** Needs and their answers: by the config where it can, else by the caller. */
import { equal } from "../bytes.ts";
import { type AlertName, TlsError, TlsUsageError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { X509Error } from "../x509/errors.ts";
import { isVerifiedKey, type VerifiedKey } from "../x509/raw-key.ts";
import { isVerifiedChain, type VerifiedChain } from "../x509/verifier.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import { type Credential, publicKeyOf } from "./credential.ts";
import { askForPsk, checkedPsk, type ExternalPsk } from "./external-psk.ts";
import { checkCredentialsNeeds } from "./feature-needs.ts";
import type { HandshakeIo, Need } from "./io.ts";
import { advance, type ConnectionState, type Machines } from "./machines.ts";
import { speakAlike } from "./protocol.ts";
import type { Session } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import { SIGNATURE_SCHEMES } from "./signature-schemes.ts";
import { certificateFault, tlsErrorOf } from "./x509-faults.ts";

/** What the caller says to a need. */
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
      /** On a server: goes on under this config. */
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
      readonly psk: ExternalPsk | undefined;
    }
  | {
      /** No: the connection ends. */
      readonly type: "refused";
      /** An X509Error decides about the alert by itself. */
      readonly error: unknown;
      /** Otherwise: internal_error, or this one. */
      readonly alert?: AlertName;
    };

const ANSWERED_BY = {
  verify: "verified",
  sign: "signed",
  certificate: "certificate_chosen",
  session: "session_found",
  psk: "psk_found",
} as const satisfies Record<Need["type"], Answer["type"]>;

/** What a connection waits for, undefined when it waits for the peer. */
export function needOf(state: ConnectionState): Need | undefined {
  return "need" in state ? state.need : undefined;
}

/** The answer that the config has by itself, in the same call. */
export function ownAnswer(
  need: Need,
  config: ClientConfig | ServerConfig,
): Answer | undefined {
  switch (need.type) {
    case "verify": {
      const { verifier, rawPublicKeys } = config;
      const { rawPublicKey } = need.peer;
      if (rawPublicKey !== undefined) {
        if (rawPublicKeys === "ask" || rawPublicKeys === undefined)
          return undefined;
        const key = verified(() =>
          rawPublicKeys.verify(rawPublicKey, need.context),
        );
        return { type: "verified", chain: key };
      }
      if (verifier === "ask" || verifier === undefined) return undefined;
      const chain = verified(() => verifier.verify(need.peer, need.context));
      return { type: "verified", chain };
    }
    case "sign": {
      const { key } = need.credential;
      if (key === "ask") return undefined;
      const { provider } = config;
      const sign = provider.signers[SIGNATURE_SCHEMES[need.scheme].signature];
      if (sign === undefined)
        throw new TlsUsageError(`the provider cannot sign ${need.scheme}`);
      const signature = sign(key.key, need.content, provider.random);
      return { type: "signed", signature };
    }
    case "certificate":
      return undefined;
    case "session": {
      const store = config.role === "server" ? config.sessionStore : undefined;
      if (store === "ask") return undefined;
      return { type: "session_found", session: taken(store, need.id) };
    }
    case "psk": {
      const { psk } = config;
      if (psk === "ask") return undefined;
      const found = psk === undefined ? psk : askForPsk(psk, need.request);
      return { type: "psk_found", psk: found };
    }
  }
}

/**
 * Checks an answer that came from outside before anything moves.
 *
 * @throws TlsUsageError when it does not fit the need
 */
export function checkAnswer(
  need: Need | undefined,
  answer: Answer,
  { protocol }: ClientConfig | ServerConfig,
): void {
  if (need === undefined)
    throw new TlsUsageError("resume: nothing waits for an answer");
  if (answer.type === "refused") return;
  if (answer.type !== ANSWERED_BY[need.type])
    throw new TlsUsageError(
      `resume: a need "${need.type}" takes an answer "${ANSWERED_BY[need.type]}", not "${answer.type}"`,
    );
  if (answer.type === "psk_found" && answer.psk) checkedPsk(answer.psk);
  if (answer.type === "certificate_chosen") {
    if (!speakAlike(answer.config?.protocol ?? protocol, protocol))
      throw new TlsUsageError(
        "resume: a config that speaks other versions or has other features",
      );
    checkCredentialsNeeds(protocol, answer.credentials);
  }
  if (need.type === "verify" && answer.type === "verified") {
    const { chain } = answer;
    const { rawPublicKey } = need.peer;
    const [leaf] = need.peer.certificates;
    if (rawPublicKey !== undefined) {
      if (isVerifiedKey(chain) && equal(chain.publicKeyInfo.der, rawPublicKey))
        return;
      throw new TlsUsageError("resume: not the VerifiedKey of this peer");
    }
    if (!isVerifiedChain(chain) || !leaf)
      throw new TlsUsageError("resume: a VerifiedChain that no verifier made");
    if (!equal(leaf, chain.leaf.der))
      throw new TlsUsageError("resume: a VerifiedChain of other certificates");
  }
}

/**
 * Moves a connection by an answer.
 *
 * @throws TlsError for a refusal, or for a signature that is not one
 */
export function advanceByAnswer(
  machines: Machines,
  state: ConnectionState,
  need: Need,
  answer: Answer,
  io: HandshakeIo,
): ConnectionState {
  switch (answer.type) {
    case "refused":
      throw refusal(answer);
    case "verified":
      return advance(machines, state, "verified", answer, io);
    case "certificate_chosen":
      return advance(machines, state, "certificate_chosen", answer, io);
    case "session_found":
      return advance(machines, state, "session_found", answer, io);
    case "psk_found": {
      const psk = answer.psk && checkedPsk(answer.psk);
      return advance(machines, state, "psk_found", { psk }, io);
    }
    case "signed":
      if (need.type === "sign" && need.credential.key === "ask")
        checkSignature(need, state.config, answer.signature);
      return advance(
        machines,
        state,
        "signed",
        { signature: answer.signature.slice() },
        io,
      );
  }
}

function verified<T extends VerifiedChain | VerifiedKey>(run: () => T): T {
  try {
    const chain = certificateFault(run);
    if (isVerifiedChain(chain) || isVerifiedKey(chain)) return chain;
  } catch (error) {
    if (error instanceof TlsError) throw error;
    throw new TlsError(reason.callback_failed, {
      detail: "verifier",
      cause: error,
    });
  }
  throw new TlsError(reason.callback_failed, {
    detail: "the verifier returned something that is no VerifiedChain",
  });
}

function taken(
  store: SessionStore | undefined,
  id: Uint8Array,
): Session | undefined {
  try {
    return store?.take(id);
  } catch (error) {
    throw new TlsError(reason.callback_failed, {
      detail: "session store",
      cause: error,
    });
  }
}

/** A signature of another key would only be noticed by the peer. */
function checkSignature(
  { credential, scheme, content }: Extract<Need, { type: "sign" }>,
  { provider }: ClientConfig | ServerConfig,
  signature: Uint8Array,
): void {
  const verify = provider.verifiers[SIGNATURE_SCHEMES[scheme].signature];
  const key = publicKeyOf(credential)?.key;
  if (key === undefined || verify === undefined) return;
  if (!verify(key, content, signature))
    throw new TlsError(reason.wrong_answer, {
      detail: "the signature does not verify under the certificate's key",
    });
}

function refusal({
  error,
  alert,
}: Extract<Answer, { type: "refused" }>): TlsError {
  if (error instanceof TlsError) return error;
  if (error instanceof X509Error) return tlsErrorOf(error);
  return new TlsError(reason.callback_failed, {
    cause: error,
    ...(alert === undefined ? {} : { alert }),
  });
}
