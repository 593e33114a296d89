/**
 * The state machine as data. A table has a row for each state and in it a cell
 * for each message that the state allows; whatever has no cell is
 * `unexpected_message`, by construction. The compiler rejects a missing row, a
 * handler in the wrong cell and a handler that returns a foreign state.
 */
import { TlsError } from "../errors.ts";
import { HandshakeType, nameOf } from "../wire/code-points.ts";
import type { Answers, HandshakeIo } from "./io.ts";
import { readCertificate12 } from "./messages/certificate12.ts";
import { readCertificate13 } from "./messages/certificate13.ts";
import { readCertificateRequest12 } from "./messages/certificate-request12.ts";
import { readCertificateRequest13 } from "./messages/certificate-request13.ts";
import { readCertificateStatus } from "./messages/certificate-status.ts";
import { readCertificateVerify } from "./messages/certificate-verify.ts";
import { readClientHello } from "./messages/client-hello.ts";
import { readClientKeyExchange } from "./messages/client-key-exchange.ts";
import type { RawMessage } from "./messages/codec.ts";
import { readCompressedCertificate } from "./messages/compressed-certificate.ts";
import { readEncryptedExtensions } from "./messages/encrypted-extensions.ts";
import { readEndOfEarlyData } from "./messages/end-of-early-data.ts";
import { readFinished } from "./messages/finished.ts";
import { readHelloRequest } from "./messages/hello-request.ts";
import { readKeyUpdate } from "./messages/key-update.ts";
import { readNewSessionTicket12 } from "./messages/new-session-ticket12.ts";
import { readNewSessionTicket13 } from "./messages/new-session-ticket13.ts";
import { readServerHello } from "./messages/server-hello.ts";
import { readServerHelloDone } from "./messages/server-hello-done.ts";
import { readServerKeyExchange } from "./messages/server-key-exchange.ts";

/** The messages of TLS 1.3, and both hellos, each with its parser. */
export const READERS_13 = {
  client_hello: readClientHello,
  server_hello: readServerHello,
  encrypted_extensions: readEncryptedExtensions,
  certificate_request: readCertificateRequest13,
  certificate: readCertificate13,
  compressed_certificate: readCompressedCertificate,
  certificate_verify: readCertificateVerify,
  finished: readFinished,
  end_of_early_data: readEndOfEarlyData,
  new_session_ticket: readNewSessionTicket13,
  key_update: readKeyUpdate,
};

/** The messages of TLS 1.2 behind the hellos, each with its parser. */
export const READERS_12 = {
  hello_request: readHelloRequest,
  client_hello: readClientHello,
  certificate: readCertificate12,
  certificate_status: readCertificateStatus,
  server_key_exchange: readServerKeyExchange,
  certificate_request: readCertificateRequest12,
  server_hello_done: readServerHelloDone,
  client_key_exchange: readClientKeyExchange,
  certificate_verify: readCertificateVerify,
  new_session_ticket: readNewSessionTicket12,
  finished: readFinished,
};

/** Parsers by the name of their message. */
type Readers = Readonly<Record<string, (message: RawMessage) => unknown>>;

type Messages<R extends Readers> = { [N in keyof R]: ReturnType<R[N]> };

/** What this side's program may ask of a connection. */
export interface Commands {
  update_keys: { readonly askPeer: boolean };
  /** RFC 8446 4.6.2: a server wants to see the client's certificate. */
  request_certificate: Record<string, never>;
}

/** What the record layer tells beside messages. */
export interface Signals {
  /** RFC 5246 7.1: what follows is under the keys just agreed on. */
  change_cipher_spec: Record<string, never>;
}

/** What moves a machine besides messages, whatever the version. */
export type OtherInputs = Signals & Answers & Commands;
export type OtherInputName = keyof OtherInputs;

/** All that moves a machine of TLS 1.3. */
export type Inputs13 = Messages<typeof READERS_13> & OtherInputs;
/** All that moves a machine of TLS 1.2. */
export type Inputs12 = Messages<typeof READERS_12> & OtherInputs;

/** A state is flat data with a name; it carries exactly what it knows. */
export interface State {
  readonly at: string;
}

type At<S extends State, Name> = Extract<S, { readonly at: Name }>;

/**
 * `S`: the states that have rows. `Next`: the states that may follow.
 * `Inputs`: what the version knows.
 */
export type Transitions<
  S extends State,
  Next extends State = S,
  Inputs = Inputs13,
> = {
  readonly [Name in S["at"]]: {
    readonly [I in keyof Inputs]?: Handler<At<S, Name>, Inputs[I], Next>;
  };
};

export type Handler<S extends State, Input, Next extends State> = (
  state: S,
  input: Input,
  io: HandshakeIo,
) => Next;

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
export function step<
  S extends State,
  Next extends State,
  Inputs extends OtherInputs,
  I extends OtherInputName,
>(
  table: Transitions<S, Next, Inputs>,
  state: S,
  name: I,
  input: OtherInputs[I],
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
export function stepMessage<S extends State, Next extends State, Inputs>(
  table: Transitions<S, Next, Inputs>,
  readers: Readers,
  state: S,
  message: RawMessage,
  io: HandshakeIo,
): Next {
  const name = nameOf(HandshakeType, message.type);
  const read = name === undefined ? undefined : readers[name];
  if (name === undefined || read === undefined)
    throw unexpected(name ?? `message type ${message.type}`, state);
  const cell = cellOf<S, Next>(table, state, name);
  return cell(state, read(message), io);
}

function cellOf<S extends State, Next>(
  table: object,
  state: S,
  name: string,
): LooseCell<Next> {
  const cell = rowOf(table, state)[name];
  if (cell === undefined) throw unexpected(name, state);
  // The table's type says that the cell takes this state and this input.
  return cell as LooseCell<Next>;
}

function rowOf(table: object, state: State): Record<string, unknown> {
  return (table as Record<string, Record<string, unknown>>)[state.at] ?? {};
}

function unexpected(what: string, state: State): TlsError {
  return new TlsError("unexpected_message", {
    detail: `${what} in state ${state.at}`,
  });
}
