/**
 * The state machine as data. A table has a row for each state and in it a cell
 * for each message that the state allows; whatever has no cell is
 * `unexpected_message`, by construction. The compiler rejects a missing row, a
 * handler in the wrong cell and a handler that returns a foreign state.
 */
import { TlsError } from "../errors.ts";
import { HandshakeType, nameOf } from "../wire/code-points.ts";
import type { Answers, HandshakeIo } from "./io.ts";
import { readCertificate13 } from "./messages/certificate13.ts";
import { readCertificateRequest13 } from "./messages/certificate-request13.ts";
import { readCertificateVerify } from "./messages/certificate-verify.ts";
import { readClientHello } from "./messages/client-hello.ts";
import type { RawMessage } from "./messages/codec.ts";
import { readCompressedCertificate } from "./messages/compressed-certificate.ts";
import { readEncryptedExtensions } from "./messages/encrypted-extensions.ts";
import { readFinished } from "./messages/finished.ts";
import { readKeyUpdate } from "./messages/key-update.ts";
import { readNewSessionTicket13 } from "./messages/new-session-ticket13.ts";
import { readServerHello } from "./messages/server-hello.ts";

/** The messages that a peer may send, each with its parser. */
const READERS = {
  client_hello: readClientHello,
  server_hello: readServerHello,
  encrypted_extensions: readEncryptedExtensions,
  certificate_request: readCertificateRequest13,
  certificate: readCertificate13,
  compressed_certificate: readCompressedCertificate,
  certificate_verify: readCertificateVerify,
  finished: readFinished,
  new_session_ticket: readNewSessionTicket13,
  key_update: readKeyUpdate,
};

type Messages = {
  [N in keyof typeof READERS]: ReturnType<(typeof READERS)[N]>;
};

/** What this side's program may ask of a connection. */
export interface Commands {
  update_keys: { readonly askPeer: boolean };
}

/** What the record layer tells beside messages. */
export interface Signals {
  /** RFC 5246 7.1: what follows is under the keys just agreed on. */
  change_cipher_spec: Record<string, never>;
}

/** All that moves a machine: messages, signals, answers to needs, commands. */
export type Inputs = Messages & Signals & Answers & Commands;
export type InputName = keyof Inputs;

/** A state is flat data with a name; it carries exactly what it knows. */
export interface State {
  readonly at: string;
}

type At<S extends State, Name> = Extract<S, { readonly at: Name }>;

/** `S`: the states that have rows. `Next`: the states that may follow. */
export type Transitions<S extends State, Next extends State = S> = {
  readonly [Name in S["at"]]: {
    readonly [I in InputName]?: Handler<At<S, Name>, I, Next>;
  };
};

export type Handler<
  S extends State,
  I extends InputName,
  Next extends State,
> = (state: S, input: Inputs[I], io: HandshakeIo) => Next;

type LooseCell<Next> = (
  state: unknown,
  input: unknown,
  io: HandshakeIo,
) => Next;

/**
 * Moves a machine by a signal, an answer or a command.
 *
 * @throws TlsError `unexpected_message` when the state has no cell for it
 */
export function step<S extends State, Next extends State, I extends InputName>(
  table: Transitions<S, Next>,
  state: S,
  name: I,
  input: Inputs[I],
  io: HandshakeIo,
): Next {
  return cellOf<S, Next>(table, state, name)(state, input, io);
}

/**
 * Moves a machine by a handshake message, which is parsed only when the state
 * allows its type.
 *
 * @throws TlsError
 */
export function stepMessage<S extends State, Next extends State>(
  table: Transitions<S, Next>,
  state: S,
  message: RawMessage,
  io: HandshakeIo,
): Next {
  const name = nameOf(HandshakeType, message.type);
  if (name === undefined || !isReadable(name))
    throw unexpected(name ?? `message type ${message.type}`, state);
  const cell = cellOf<S, Next>(table, state, name);
  return cell(state, READERS[name](message), io);
}

/** Whether the state allows that input. */
export function allows<S extends State>(
  table: Transitions<S, State>,
  state: S,
  name: InputName,
): boolean {
  return name in rowOf(table, state);
}

function cellOf<S extends State, Next>(
  table: object,
  state: S,
  name: InputName,
): LooseCell<Next> {
  const cell = rowOf(table, state)[name];
  if (cell === undefined) throw unexpected(name, state);
  // The table's type says that the cell takes this state and this input.
  return cell as LooseCell<Next>;
}

function rowOf(table: object, state: State): Record<string, unknown> {
  return (table as Record<string, Record<string, unknown>>)[state.at] ?? {};
}

function isReadable(name: string): name is keyof typeof READERS {
  return Object.hasOwn(READERS, name);
}

function unexpected(what: string, state: State): TlsError {
  return new TlsError("unexpected_message", {
    detail: `${what} in state ${state.at}`,
  });
}
