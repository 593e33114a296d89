/** All machines together: a state says by itself which table is its own. */
import { client13 } from "./client/tls13.ts";
import { clientHello } from "./client/hello.ts";
import type { Client13State, ClientHelloState } from "./client/states.ts";
import type { Client12State } from "./client/states12.ts";
import { client12 } from "./client/tls12.ts";
import type { HandshakeIo } from "./io.ts";
import {
  type OtherInputName,
  type OtherInputs,
  READERS_12,
  READERS_13,
  step,
  stepMessage,
} from "./machine.ts";
import type { RawMessage } from "./messages/codec.ts";
import { server13 } from "./server/tls13.ts";
import { serverHello } from "./server/hello.ts";
import type { Server13State, ServerHelloState } from "./server/states.ts";
import type { Server12State } from "./server/states12.ts";
import { server12 } from "./server/tls12.ts";

/** Every state that a connection can be in. */
export type ConnectionState =
  | ClientHelloState
  | Client13State
  | Client12State
  | ServerHelloState
  | Server13State
  | Server12State;

/** Moves a connection by a signal, an answer or a command. */
export function advance<I extends OtherInputName>(
  state: ConnectionState,
  name: I,
  input: OtherInputs[I],
  io: HandshakeIo,
): ConnectionState {
  switch (state.machine) {
    case "clientHello":
      return step(clientHello, state, name, input, io);
    case "client13":
      return step(client13, state, name, input, io);
    case "client12":
      return step(client12, state, name, input, io);
    case "serverHello":
      return step(serverHello, state, name, input, io);
    case "server12":
      return step(server12, state, name, input, io);
    case "server13":
      return step(server13, state, name, input, io);
  }
}

/** Moves a connection by a message of the peer. */
export function advanceByMessage(
  state: ConnectionState,
  message: RawMessage,
  io: HandshakeIo,
): ConnectionState {
  switch (state.machine) {
    case "clientHello":
      return stepMessage(clientHello, READERS_13, state, message, io);
    case "client13":
      return stepMessage(client13, READERS_13, state, message, io);
    case "client12":
      return stepMessage(client12, READERS_12, state, message, io);
    case "serverHello":
      return stepMessage(serverHello, READERS_13, state, message, io);
    case "server12":
      return stepMessage(server12, READERS_12, state, message, io);
    case "server13":
      return stepMessage(server13, READERS_13, state, message, io);
  }
}
