/** The callbacks of a server during a handshake, as Node's options have them. */
import { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import type { Session } from "../handshake/sessions/session.ts";
import {
  sessionFromBytes,
  sessionToBytes,
} from "../handshake/sessions/session-bytes.ts";
import type { ClientHello } from "../handshake/messages/client-hello.ts";
import type { ContextChanges } from "../ssl/context/options.ts";
import type { ContextSessionStore } from "../ssl/context/store-calls.ts";
import type { SniAnswer } from "../ssl/context/settings.ts";
import type { SSLContext } from "../ssl/ssl-context.ts";
import { alpnNames } from "./context/alpn-option.ts";
import { requireFunction, requireText, viewOf } from "./base/checks.ts";
import { verifierOf } from "./context/connection-context.ts";
import type { ContextFacts } from "./context/context-settings.ts";
import type { PeerJudge } from "./peer/peer-judge.ts";
import type { ProgramCalls } from "./program-calls.ts";
import { contextFacts, isOurContext } from "./context/secure-context.ts";
import { nodeError, typeError } from "./base/errors.ts";
import type { TLSSocketOptions } from "./socket-options.ts";

/** Milliseconds that a program has to find a session. */
const SESSION_TIME = 60_000;

/** The parts of a server's socket that its callbacks are made of. */
export interface ServerParts {
  /** `this` of the callbacks. */
  readonly socket: object;
  readonly options: TLSSocketOptions;
  readonly facts: ContextFacts;
  readonly judge: PeerJudge;
  readonly calls: ProgramCalls;
  readonly keyLog: ((line: string) => void) | null;
  /** Told of the name in SNI, null without one. */
  readonly onName: (name: string | null) => void;
  /** Of `setKeyCert()`, in place of the certificates of the context. */
  readonly keyCert: () => ContextFacts | undefined;
}

/**
 * Returns the context of a server's connection.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE for callbacks that are none
 */
export function serverContext(parts: ServerParts): SSLContext {
  const { options, facts } = parts;
  for (const name of ["ALPNCallback", "SNICallback", "pskCallback"] as const)
    if (options[name]) requireFunction(`options.${name}`, options[name]);
  requireHint(options.pskIdentityHint);
  const later = choosesLater(parts);
  if (!later && ownChanges(parts) === undefined) return sharedContext(parts);
  const first = facts.serverBase.extend(changesOf(parts));
  if (!later) return first;
  return first.extend({
    sniCallback: (_connection, name, _context, hello) =>
      chooseContext(parts, first, name, hello),
  });
}

/**
 * Contexts of connections that have no changes of their own, by secure context, the
 * last: making one takes as long as signing.
 */
const SHARED = new WeakMap<
  ContextFacts,
  { readonly protocols: string; readonly context: SSLContext }
>();

function sharedContext(parts: ServerParts): SSLContext {
  const { facts } = parts;
  const changes = commonChanges(parts);
  const protocols = JSON.stringify(changes.alpnProtocols);
  const known = SHARED.get(facts);
  if (known?.protocols === protocols) return known.context;
  const context = facts.serverBase.extend(changes);
  SHARED.set(facts, { protocols, context });
  return context;
}

/** Bytes of a hint that OpenSSL, and so Node, takes at most. */
const MAX_HINT = 256;

function requireHint(hint: unknown): void {
  if (!hint) return;
  requireText("options.pskIdentityHint", hint);
  if (Buffer.byteLength(hint) > MAX_HINT)
    throw nodeError(
      "ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED",
      `pskIdentityHint: ${String(Buffer.byteLength(hint))} bytes; at most ${String(MAX_HINT)} are allowed`,
    );
}

/** True where something about the connection depends on the ClientHello. */
function choosesLater({
  options: { SNICallback, ALPNCallback, server },
  keyCert,
}: ServerParts) {
  return (
    keyCert() !== undefined ||
    SNICallback !== undefined ||
    ALPNCallback !== undefined ||
    (server !== undefined && server.listenerCount("OCSPRequest") > 0)
  );
}

function changesOf(parts: ServerParts): ContextChanges {
  return { ...commonChanges(parts), ...ownChanges(parts) };
}

/** Changes that follow from the secure context and the protocols alone. */
function commonChanges({
  options: { ALPNProtocols },
  facts,
}: Pick<ServerParts, "options" | "facts">) {
  return {
    verifyMode: "none",
    alpnProtocols: alpnNames(ALPNProtocols),
    alpnMismatch: "alert",
    keyLog: null,
    ticketKeys: facts.tickets.keys,
    sessionStore: KEEPS_NOTHING,
    sessionStoreTimeout: SESSION_TIME,
  } as const satisfies ContextChanges;
}

/** Changes that belong to one connection, its socket or its server; undefined: none. */
function ownChanges(parts: ServerParts): ContextChanges | undefined {
  const { options, judge, calls, socket, keyLog } = parts;
  const { requestCert, rejectUnauthorized, pskCallback, server } = options;
  const store = server && storeOf(server, calls);
  const own: ContextChanges = {
    ...(requestCert && {
      verifyMode: rejectUnauthorized === false ? "optional" : "required",
      verifier: judge,
    }),
    ...(keyLog && { keyLog }),
    ...(store && { sessionStore: store }),
    ...(pskCallback && {
      pskServerCallback: (identity: string) =>
        calls.serverKey(pskCallback, socket, identity),
      pskIdentityHint: options.pskIdentityHint ?? null,
    }),
  };
  return Object.keys(own).length === 0 ? undefined : own;
}

/** Chooses context, protocol and staple for a client, in this order. */
function chooseContext(
  parts: ServerParts,
  first: SSLContext,
  name: string | null,
  hello: ClientHello,
): SniAnswer | Promise<SniAnswer> {
  const { SNICallback } = parts.options;
  parts.onName(name);
  if (SNICallback === undefined || name === null)
    return behindName(parts, first, undefined, hello);
  const { calls, socket } = parts;
  const answer = calls.answered((done) => {
    Reflect.apply(SNICallback, socket, [name, done]);
  });
  return answer.then((chosen) =>
    behindName(
      parts,
      first,
      chosen ? calls.run(() => sniContext(chosen)) : undefined,
      hello,
    ),
  );
}

/** @throws TypeError ERR_TLS_INVALID_CONTEXT for what is no context of this module */
function sniContext(chosen: unknown): ContextFacts {
  if (isOurContext(chosen)) return contextFacts(chosen);
  throw typeError("ERR_TLS_INVALID_CONTEXT", "Invalid SNI context");
}

function behindName(
  parts: ServerParts,
  first: SSLContext,
  named: ContextFacts | undefined,
  hello: ClientHello,
): SniAnswer | Promise<SniAnswer> {
  const { options, calls, socket } = parts;
  const { ALPNCallback, server } = options;
  const protocols = hello.extensions.application_layer_protocol_negotiation;
  const chosen =
    ALPNCallback === undefined || protocols === undefined
      ? undefined
      : calls.chosenProtocol(ALPNCallback, socket, {
          serverName: hello.extensions.server_name ?? null,
          protocols,
        });
  const facts = named ?? parts.facts;
  // Whoever is trusted follows from the name alone, and from no key that is presented.
  parts.judge.verifyBy(verifierOf(facts));
  const context =
    facts === parts.facts
      ? first
      : facts.serverBase.extend({ ...changesOf(parts), sniCallback: null });
  const keyCert = parts.keyCert();
  const result =
    chosen === undefined && keyCert === undefined
      ? context
      : context.extend({
          ...(chosen !== undefined && { alpnProtocols: [chosen] }),
        });
  keyCert?.presentIn(result);
  if (
    server === undefined ||
    hello.extensions.status_request === undefined ||
    server.listenerCount("OCSPRequest") === 0
  )
    return result === first ? undefined : { context: result };
  return stapled(server, keyCert ?? facts, result, calls);
}

async function stapled(
  server: EventEmitter,
  { chains, presentIn }: ContextFacts,
  context: SSLContext,
  calls: ProgramCalls,
): Promise<SniAnswer> {
  const [chain = []] = chains;
  const [leaf, issuer] = chain.map((der) => Buffer.from(der));
  const response = await calls.answered((done) => {
    server.emit("OCSPRequest", leaf ?? null, issuer ?? null, done);
  });
  if (!ArrayBuffer.isView(response)) return { context };
  const copy = context.extend();
  calls.run(() => {
    presentIn(copy, viewOf(response));
  });
  return { context: copy };
}

/** As in Node, a server that the program gives no store resumes by tickets alone. */
const KEEPS_NOTHING: ContextSessionStore = {
  put: () => undefined,
  take: () => undefined,
};

/** Sessions by their ids, where the program keeps them. */
function storeOf(
  server: EventEmitter,
  calls: ProgramCalls,
): ContextSessionStore | undefined {
  if (
    server.listenerCount("newSession") === 0 &&
    server.listenerCount("resumeSession") === 0
  )
    return undefined;
  return {
    put: (id, session) => {
      const bytes = Buffer.from(sessionToBytes(session));
      server.emit("newSession", Buffer.from(id), bytes, () => undefined);
    },
    take: async (id): Promise<Session | undefined> => {
      if (server.listenerCount("resumeSession") === 0) return undefined;
      const found = await calls.answered((done) => {
        server.emit("resumeSession", Buffer.from(id), done);
      });
      return ArrayBuffer.isView(found)
        ? sessionFromBytes(viewOf(found))
        : undefined;
    },
  };
}
