/**
 * The state machine as data. A table has a row for each state and in it a cell
 * for each message that the state allows; whatever has no cell is
 * `unexpected_message`, by construction. The compiler rejects a missing row, a
 * handler in the wrong cell and a handler that returns a foreign state.
 */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import {
  HandshakeType,
  type HandshakeTypeName,
  nameOf,
} from "../../wire/code-points.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { CertificateAsked } from "../extensions/spec.ts";
import type { ExtensionTable } from "../extensions/table.ts";
import type { ANSWERED_BY, Answers, HandshakeIo } from "./io.ts";
import type { RawMessage } from "../messages/codec.ts";
import type {
  CLIENT_READERS_12,
  SERVER_READERS_12,
} from "../messages/readers12.ts";
import type {
  CLIENT_READERS_13,
  SERVER_READERS_13,
} from "../messages/readers13.ts";

/** Parsers by the name of their message. */
type Readers = Readonly<
  Record<string, (message: RawMessage, extensions: ExtensionTable) => unknown>
>;

type Messages<R extends Readers> = { [N in keyof R]: ReturnType<R[N]> };

/** Calls that this side's program may make on a connection. */
export interface Commands {
  update_keys: { readonly askPeer: boolean };
  /** RFC 9846 4.7.2: a server wants to see the client's certificate. */
  request_certificate: Record<string, never>;
}

/** Signals of the record layer beside messages. */
export interface Signals {
  /** RFC 5246 7.1: what follows is under the keys just agreed on. */
  change_cipher_spec: Record<string, never>;
}

/** Inputs of a machine besides messages, whatever the version. */
export type OtherInputs = Signals & Answers & Commands;
export type OtherInputName = keyof OtherInputs;

/** All that moves a machine of TLS 1.3. */
export type Inputs13 = Messages<
  typeof CLIENT_READERS_13 & typeof SERVER_READERS_13
> &
  OtherInputs;

/**
 * Messages that a peer may send in place of another one, and are read as that
 * one: they have the cells that it has.
 */
export type MessageForms = {
  readonly [N in HandshakeTypeName]?: MessageForm<Inputs13>;
};

type MessageForm<Inputs> = {
  [N in keyof Inputs & string]: {
    readonly standsFor: N;
    /** @throws TlsError */
    readonly read: (
      message: RawMessage,
      config: ClientConfig | ServerConfig,
    ) => Inputs[N];
    /** Answers the message that goes out, or this one in its place. */
    readonly write?: (
      message: Uint8Array,
      config: ClientConfig | ServerConfig,
      asked: CertificateAsked,
    ) => Uint8Array;
  };
}[keyof Inputs & string];

/** All that moves a machine of TLS 1.2. */
export type Inputs12 = Messages<
  typeof CLIENT_READERS_12 & typeof SERVER_READERS_12
> &
  OtherInputs;

/** A state is flat data with a name; it carries exactly what it knows. */
export interface State {
  readonly at: string;
  readonly config: ClientConfig | ServerConfig;
}

type At<S extends State, Name> = Extract<S, { readonly at: Name }>;

/** The answer that a state with a need waits for. */
type AwaitedBy<S> = S extends {
  readonly need: { readonly type: infer T extends keyof typeof ANSWERED_BY };
}
  ? (typeof ANSWERED_BY)[T]
  : never;

/** The cells of a state; the answer to its need must have one. */
type Row<S extends State, Next extends State, Inputs> = {
  readonly [I in keyof Inputs]?: Handler<S, Inputs[I], Next>;
} & {
  readonly [I in AwaitedBy<S> & keyof Inputs]: Handler<S, Inputs[I], Next>;
};

/**
 * `S`: the states that have rows. `Next`: the states that may follow.
 * `Inputs`: what the version knows.
 */
export type Transitions<
  S extends State,
  Next extends State = S,
  Inputs = Inputs13,
> = {
  readonly [Name in S["at"]]: Row<At<S, Name>, Next, Inputs>;
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

/** A table as what moves a connection: which states it takes, they say. */
export interface Machine<Next extends State> {
  /**
   * By a signal, an answer or a command.
   *
   * @throws TlsError `unexpected_message` when the state has no cell for it
   */
  advance<I extends OtherInputName>(
    state: State,
    name: I,
    input: OtherInputs[I],
    io: HandshakeIo,
  ): Next;
  /**
   * By a handshake message, which is parsed only when the state allows its
   * type.
   *
   * @throws TlsError
   */
  advanceByMessage(state: State, message: RawMessage, io: HandshakeIo): Next;
}

/** The machine that moves by a table, with the parsers of its messages. */
export function machineOf<S extends State, Next extends State, Inputs>(
  table: Transitions<S, Next, Inputs>,
  readers: Readers,
  forms: MessageForms = {},
): Machine<Next> {
  return {
    advance: (state, name, input, io) =>
      cellOf<Next>(table, state, name)(state, input, io),
    advanceByMessage: (state, message, io) => {
      const name = nameOf(HandshakeType, message.type);
      if (name === undefined)
        throw unexpected(`message type ${message.type}`, state);
      const { config } = state;
      const form = forms[name];
      if (form !== undefined) {
        const cell = cellOf<Next>(table, state, form.standsFor, name);
        return cell(state, form.read(message, config), io);
      }
      const read = readers[name];
      if (read === undefined) throw unexpected(name, state);
      const cell = cellOf<Next>(table, state, name);
      return cell(state, read(message, config.protocol.extensions), io);
    },
  };
}

/** The table with further cells in its rows. */
export function withCells<S extends State, Next extends State, Inputs>(
  table: Transitions<S, Next, Inputs>,
  cells: readonly Partial<Transitions<S, Next, Inputs>>[],
): Transitions<S, Next, Inputs> {
  const rows: Record<string, object> = { ...table };
  for (const more of cells)
    for (const [at, row] of Object.entries(more as Record<string, object>))
      rows[at] = { ...rows[at], ...row };
  // Rows of the same states, with cells that their types allow.
  return rows as Transitions<S, Next, Inputs>;
}

function cellOf<Next>(
  table: object,
  state: State,
  name: string,
  cameAs = name,
): LooseCell<Next> {
  const cell = rowOf(table, state)[name];
  if (cell === undefined) throw unexpected(cameAs, state);
  // The table's type says that the cell takes this state and this input.
  return cell as LooseCell<Next>;
}

function rowOf(table: object, state: State): Record<string, unknown> {
  return (table as Record<string, Record<string, unknown>>)[state.at] ?? {};
}

function unexpected(what: string, state: State): TlsError {
  const isRenegotiation =
    "info" in state && (what === "hello_request" || what === "client_hello");
  // [9846-4-02] [9846-4.2.2-03] [9846-4.7.3-01]
  return new TlsError(reason.unexpected_message, {
    detail: `${what} in state ${state.at}${isRenegotiation ? ": the peer wants to renegotiate, which TLS 1.3 does not have" : ""}`,
  });
}
