/** Keys that both sides have from elsewhere, as programs hand them in. */
import { type BytesLike, utf8Bytes, utf8Text, viewBytes } from "../../bytes.ts";
import { whenThere } from "../../promises.ts";
import type {
  ExternalPsk,
  PskRequest,
} from "../../handshake/sessions/external-psk.ts";

/** A key for a connection. */
export interface PreSharedKey {
  readonly key: BytesLike;
  /** TLS 1.3 ties a key to a hash. Default "SHA-256". */
  readonly hash?: "SHA-256" | "SHA-384";
}

/**
 * Python 3.13: what `set_psk_client_callback` takes. Gets the hint of a server
 * of TLS 1.2, null elsewhere, and answers with a name and its key; null: none.
 */
export type PskClientCallback = (
  hint: string | null,
) => ClientAnswer | Promise<ClientAnswer>;

/**
 * A client's answer: a name with its key, or as Python's tuple of both, in which null
 * stands for a name without letters; null: no key.
 */
export type ClientAnswer =
  ClientPsk | readonly [identity: string | null, key: BytesLike] | null;

/** A key and the name that the server knows it by. */
export interface ClientPsk extends PreSharedKey {
  readonly identity: string;
}

/**
 * Python 3.13: what `set_psk_server_callback` takes. Gets the name that a client
 * says, and answers with its key; null, or an empty one: there is none.
 */
export type PskServerCallback = (
  identity: string,
) => ServerPsk | Promise<ServerPsk>;

/** A server's answer: a key, its bytes alone, or null. */
export type ServerPsk = PreSharedKey | BytesLike | null;

/** The callbacks for pre-shared keys. */
export interface PskCallbacks {
  readonly pskClientCallback: PskClientCallback | null;
  readonly pskServerCallback: PskServerCallback | null;
}

/** Asks the program's callback. May throw or reject what that does. */
export function preSharedKey(
  { pskClientCallback, pskServerCallback }: PskCallbacks,
  { identity, hint }: PskRequest,
): ExternalPsk | undefined | Promise<ExternalPsk | undefined> {
  if (identity !== undefined) {
    if (pskServerCallback === null) return undefined;
    const answer = pskServerCallback(textOf(identity));
    const named = (psk: ServerPsk): ExternalPsk | undefined => {
      if (psk === null) return undefined;
      const { key, hash } = isKey(psk) ? psk : { key: psk, hash: undefined };
      return external(identity, key, hash);
    };
    return whenThere(answer, named);
  }
  if (pskClientCallback === null) return undefined;
  const answer = pskClientCallback(hint === undefined ? null : textOf(hint));
  const named = (given: ClientAnswer): ExternalPsk | undefined => {
    if (given === null) return undefined;
    const {
      identity: name,
      key,
      hash,
    } = isTuple(given) ? ofTuple(given) : given;
    return external(utf8Bytes(name), key, hash);
  };
  return whenThere(answer, named);
}

type Tuple = Extract<ClientAnswer, readonly unknown[]>;

const isTuple = (given: ClientPsk | Tuple): given is Tuple =>
  Array.isArray(given);

const ofTuple = ([identity, key]: Tuple): ClientPsk => ({
  identity: identity ?? "",
  key,
});

function external(
  identity: Uint8Array,
  secret: BytesLike,
  hash: PreSharedKey["hash"],
): ExternalPsk | undefined {
  const key = viewBytes(secret, "psk: key");
  if (key.length === 0) return undefined;
  return { identity, key, ...(hash !== undefined && { hash }) };
}

function isKey(psk: PreSharedKey | BytesLike): psk is PreSharedKey {
  return "key" in psk;
}

/** A name that is no UTF-8 text is one that nobody knows. */
function textOf(bytes: Uint8Array): string {
  return utf8Text(bytes) ?? "\ufffd";
}
