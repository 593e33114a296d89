/** Answers to the engine's needs, with the program's help. */
import { type AlertName, alertName, TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type {
  ClientConfig,
  ServerConfig,
} from "../../handshake/config/config.ts";
import type { Need } from "../../handshake/machine/io.ts";
import type { ClientHello } from "../../handshake/messages/client-hello.ts";
import type { Answer } from "../../engine/answer.ts";
import type { TlsEngine } from "../../engine/tls-engine.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { Protocol } from "../constants.ts";
import { contextState } from "../context/context-state.ts";
import { isContext, type SSLContext } from "../context/context-type.ts";
import { presentedCredentials, signerOf } from "../context/credentials.ts";
import type { Settings, SniConnection } from "../context/settings.ts";
import { preSharedKey } from "../material/pre-shared-keys.ts";
import { readAnswer, whenThere } from "../../promises.ts";
import type { Timers } from "../platform/timers.ts";

/** A context and its settings, as they were when a connection began. */
export interface Choice {
  readonly context: SSLContext;
  readonly settings: Settings;
}

/** A context as it is now. */
export function choiceOf(context: SSLContext): Choice {
  return { context, settings: contextState(context).settings };
}

/** Those that the engine's config was made of. */
export interface RulesInForce extends Choice {
  readonly config: ClientConfig | ServerConfig;
}

/** The part of a connection that answers need. */
export interface Answering {
  /** The context that the program sees, which its SNI callback may replace. */
  context: SSLContext;
  /** That context, with the settings that it had when it became this one's. */
  readonly choice: Choice;
  /** The rules that the engine is under: they answer all needs. */
  rules: RulesInForce | undefined;
  readonly owner: SniConnection | undefined;
  /** The timers that bound the time of session stores and strike registers. */
  readonly timers: Timers;
}

/**
 * Gives the engine its answer. One that does not fit, as from a verifier in
 * JavaScript, is a no.
 */
export function resume(engine: TlsEngine, answer: Answer): void {
  // The connection has failed while a callback was waited for.
  if (engine.need === undefined) return;
  try {
    engine.resume(answer);
  } catch (error) {
    const fault = new TlsError(reason.wrong_answer, { cause: error });
    engine.resume({ type: "refused", error: fault });
  }
}

/** The answer, or a promise where a callback has given one. Never throws. */
export function answerNeed(
  need: Need,
  connection: Answering,
): Answer | Promise<Answer> {
  const { rules } = connection;
  if (rules === undefined)
    return refusedWith(new TlsError(reason.wrong_answer));
  const { settings } = rules;
  const { verifier } = settings;
  switch (need.type) {
    case "verify":
      return attempt(
        () => {
          if (verifier === null) throw new TlsError(reason.wrong_answer);
          return verifier.verify(need.peer, need.context);
        },
        (chain) => ({ type: "verified", chain }),
      );
    case "sign":
      return attempt(
        () => {
          const signer = signerOf(settings, need.credential);
          if (signer === undefined) throw new TlsError(reason.wrong_answer);
          return signer.sign(need.scheme, need.content);
        },
        (signature) => ({ type: "signed", signature }),
      );
    case "certificate":
      return need.clientHello === undefined
        ? { type: "certificate_chosen", credentials: [] }
        : chooseByName(need.clientHello, connection);
    case "session":
      return sessionOf(need.id, rules, connection.timers);
    case "psk":
      return attempt(
        () => preSharedKey(settings, need.request),
        (psk) => ({ type: "psk_found", psk }),
      );
    case "strike":
      return strikeIn(rules, need, connection.timers);
  }
}

/** A store that fails costs the resumption: a full handshake follows. */
function sessionOf(
  id: Uint8Array,
  { context, settings }: Choice,
  timers: Timers,
): Answer | Promise<Answer> {
  const { sessions } = contextState(context);
  return whenThere(sessions.take(id, settings, timers), (session): Answer => ({
    type: "session_found",
    session,
  }));
}

/** A register that fails costs the early data: the handshake goes on without. */
function strikeIn(
  { context, settings }: Choice,
  { key, until }: Extract<Need, { type: "strike" }>,
  timers: Timers,
): Answer | Promise<Answer> {
  const { sessions } = contextState(context);
  const struck = sessions.strike(key, until, settings, timers);
  return whenThere(struck, (first): Answer => ({ type: "struck", first }));
}

function chooseByName(
  hello: ClientHello,
  connection: Answering,
): Answer | Promise<Answer> {
  const { owner } = connection;
  const { context, settings } = connection.choice;
  const { sniCallback } = settings;
  if (sniCallback === null || owner === undefined)
    return chooseProtocol(hello, connection);
  const name = hello.extensions.server_name ?? null;
  return attempt(
    () => sniCallback(owner, name, context, hello),
    (answer) => {
      const chosen = contextIn(answer);
      if (chosen !== undefined) connection.context = chosen;
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
  // One choice from here on, whatever is set while a callback waits.
  const { choice } = connection;
  const { alpnCallback } = choice.settings;
  const { server_name: serverName = null } = hello.extensions;
  const protocols = hello.extensions.application_layer_protocol_negotiation;
  if (alpnCallback === null || protocols === undefined)
    return certificateOf(connection, choice);
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
      const names = chosen === null ? [] : [chosen];
      return certificateOf(connection, choice, names);
    },
    "handshake_failure",
  );
}

/**
 * The certificates that a server presents. Its connection goes on by the rules
 * of that context, all of them, and by no other.
 */
function certificateOf(
  connection: Answering,
  { context, settings }: Choice,
  alpnProtocols?: readonly string[],
): Answer {
  if (settings.credentials.length === 0 && settings.pskServerCallback === null)
    return refusedWith(new TlsError(reason.no_shared_cipher, NO_CERTIFICATE));
  try {
    const state = contextState(context);
    if (state.kind.protocol === Protocol.PROTOCOL_TLS_CLIENT)
      throw new TypeError(
        "sniCallback: a context of PROTOCOL_TLS_CLIENT cannot be a server's",
      );
    const config = state.serverConfig(settings, alpnProtocols);
    connection.rules = { context, settings, config };
    const credentials = presentedCredentials(settings, state.kind);
    return { type: "certificate_chosen", credentials, config };
  } catch (error) {
    return refusedWith(new TlsError(reason.callback_failed, { cause: error }));
  }
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

/** The context of an answer that has one. */
function contextIn(answer: unknown): SSLContext | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const context: unknown = Reflect.get(answer, "context");
  return isContext(context) ? context : undefined;
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
  return readAnswer(run, answer, (error) =>
    refusedWith(
      error instanceof X509Error || error instanceof TlsError
        ? error
        : new TlsError(reason.callback_failed, { alert, cause: error }),
    ),
  );
}
