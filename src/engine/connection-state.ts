/** The machines that a config brought: a state says which one moves it. */
import type {
  Client13State,
  ClientHelloState,
} from "../handshake/client/states.ts";
import type { Client12State } from "../handshake/client/tls12/states.ts";
import type { HandshakeIo } from "../handshake/machine/io.ts";
import type {
  Machine,
  OtherInputName,
  OtherInputs,
} from "../handshake/machine/transitions.ts";
import type { RawMessage } from "../handshake/messages/codec.ts";
import type {
  Server13State,
  ServerHelloState,
} from "../handshake/server/states.ts";
import type { Server12State } from "../handshake/server/tls12/states.ts";

/** Every state that a connection can be in. */
export type ConnectionState =
  | ClientHelloState
  | Client13State
  | Client12State
  | ServerHelloState
  | Server13State
  | Server12State;

/** Only what is among these gets into a bundle. */
export type Machines = {
  readonly [M in ConnectionState["machine"]]?: Machine<ConnectionState>;
};

/** Moves a connection by a signal, an answer or a command. */
export function advance<I extends OtherInputName>(
  machines: Machines,
  state: ConnectionState,
  name: I,
  input: OtherInputs[I],
  io: HandshakeIo,
): ConnectionState {
  return machineFor(machines, state).advance(state, name, input, io);
}

/** Moves a connection by a message of the peer. */
export function advanceByMessage(
  machines: Machines,
  state: ConnectionState,
  message: RawMessage,
  io: HandshakeIo,
): ConnectionState {
  return machineFor(machines, state).advanceByMessage(state, message, io);
}

function machineFor(
  machines: Machines,
  { machine: name }: ConnectionState,
): Machine<ConnectionState> {
  const machine = machines[name];
  if (machine === undefined) throw new Error(`no machine ${name} was brought`);
  return machine;
}
