/** What a connection answers to the engine's needs, with the program's help. */
import { type AlertName, alertName, TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { ServerConfig } from "../handshake/config.ts";
import type { EchServer } from "../handshake/ech.ts";
import type { Need } from "../handshake/io.ts";
import type { ClientHello } from "../handshake/messages/client-hello.ts";
import type { Answer } from "../handshake/needs.ts";
import { X509Error } from "../x509/errors.ts";
import { ContextSettings, type SniConnection } from "./context-settings.ts";
import { preSharedKey } from "./pre-shared-keys.ts";
import { contextState } from "./protocol-settings.ts";

/** What is asked of a connection to answer for it. */
export interface Answering {
  context: ContextSettings;
  readonly owner: SniConnection | undefined;
  /** The keys that the hello was opened with. */
  readonly encryptedClientHello: EchServer | undefined;
}

/** The answer, or a promise where a callback has given one. Never throws. */
export function answerNeed(
  need: Need,
  connection: Answering,
): Answer | Promise<Answer> {
  switch (need.type) {
    case "verify":
      return attempt(
        () => {
          const { verifier } = contextState(connection.context);
          if (verifier === null) throw new TlsError(reason.wrong_answer);
          return verifier.verify(need.peer, need.context);
        },
        (chain) => ({ type: "verified", chain }),
      );
    case "sign":
      return attempt(
        () => {
          const signer = contextState(connection.context).signerOf(
            need.credential,
          );
          if (signer === undefined) throw new TlsError(reason.wrong_answer);
          return signer.sign(need.scheme, need.content);
        },
        (signature) => ({ type: "signed", signature }),
      );
    case "certificate":
      return need.clientHello === undefined
        ? certificateOf(connection)
        : chooseByName(need.clientHello, connection);
    case "session":
      return attempt(
        () => contextState(connection.context).sessions.take(need.id),
        (session) => ({ type: "session_found", session }),
      );
    case "psk":
      return attempt(
        () => preSharedKey(contextState(connection.context), need.request),
        (psk) => ({ type: "psk_found", psk }),
      );
  }
}

function chooseByName(
  hello: ClientHello,
  connection: Answering,
): Answer | Promise<Answer> {
  const { context, owner } = connection;
  const { sniCallback } = context;
  if (sniCallback === null || owner === undefined)
    return chooseProtocol(hello, connection);
  const name = hello.extensions.server_name ?? null;
  return attempt(
    () => sniCallback(owner, name, context, hello),
    (answer) => {
      if (isContextAnswer(answer)) connection.context = answer.context;
      else if (answer !== undefined && answer !== null)
        return refused(alertOf(answer));
      return chooseProtocol(hello, connection);
    },
    // Python: an exception in there ends with handshake_failure.
    "handshake_failure",
  );
}

function chooseProtocol(
  hello: ClientHello,
  connection: Answering,
): Answer | Promise<Answer> {
  const { alpnCallback } = connection.context;
  const { server_name: serverName = null } = hello.extensions;
  const protocols = hello.extensions.application_layer_protocol_negotiation;
  if (alpnCallback === null || protocols === undefined)
    return certificateOf(connection);
  return attempt(
    () => alpnCallback({ serverName, protocols: [...protocols] }),
    (chosen) => {
      // RFC 7301 3.2: a server chooses among what the client offers.
      if (chosen !== null && !protocols.includes(chosen))
        return refusedWith(
          new TlsError(reason.callback_failed, {
            detail: "alpnCallback chose what the client did not offer",
          }),
        );
      return certificateOf(connection, chosen === null ? [] : [chosen]);
    },
    "handshake_failure",
  );
}

/** What a server shows, and by what rules it goes on. */
function certificateOf(
  { context, encryptedClientHello }: Answering,
  alpnProtocols = context.alpnProtocols,
): Answer {
  const state = contextState(context);
  if (state.credentials.length === 0 && state.pskServer === null)
    return refusedWith(new TlsError(reason.no_shared_cipher, NO_CERTIFICATE));
  let config: ServerConfig;
  try {
    config = { ...state.serverConfig(encryptedClientHello), alpnProtocols };
  } catch (error) {
    return refusedWith(new TlsError(reason.callback_failed, { cause: error }));
  }
  return { type: "certificate_chosen", credentials: state.credentials, config };
}

const NO_CERTIFICATE = {
  detail: "this server has no certificate: call loadCertChain()",
} as const;

/** An alert number that means something; anything else is internal_error. */
function alertOf(answer: unknown): AlertName {
  const name =
    typeof answer === "number" && answer !== 0 ? alertName(answer) : undefined;
  return name ?? "internal_error";
}

function isContextAnswer(
  answer: unknown,
): answer is { readonly context: ContextSettings } {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "context" in answer &&
    ContextSettings.is(answer.context)
  );
}

function refused(alert: AlertName): Answer {
  return refusedWith(
    new TlsError(reason.callback_failed, {
      alert,
      detail: `it chose ${alert}`,
    }),
  );
}

function refusedWith(error: unknown): Answer {
  return { type: "refused", error };
}

function attempt<T>(
  run: () => T | Promise<T>,
  answer: (result: T) => Answer | Promise<Answer>,
  alert: AlertName = "internal_error",
): Answer | Promise<Answer> {
  const fault = (error: unknown): Answer =>
    refusedWith(
      error instanceof X509Error || error instanceof TlsError
        ? error
        : new TlsError(reason.callback_failed, { alert, cause: error }),
    );
  try {
    const result = run();
    return result instanceof Promise
      ? result.then(answer).catch(fault)
      : answer(result);
  } catch (error) {
    return fault(error);
  }
}
