/**
 * Counts the messages that untouched engines met in each state, and how runs
 * ended.
 */
import { TlsError } from "../../../src/errors.ts";
import type {
  ConnectionState,
  Machines,
} from "../../../src/engine/connection-state.ts";
import type { EngineProtocol } from "../../../src/engine/protocol.ts";
import { clientHello } from "../../../src/handshake/client/hello.ts";
import { client12 } from "../../../src/handshake/client/tls12/machine.ts";
import { client13 } from "../../../src/handshake/client/tls13/machine.ts";
import type { Machine } from "../../../src/handshake/machine/transitions.ts";
import { serverHello } from "../../../src/handshake/server/hello.ts";
import { server12 } from "../../../src/handshake/server/tls12/machine.ts";
import { server13 } from "../../../src/handshake/server/tls13/machine.ts";
import { HandshakeType, nameOf } from "../../../src/wire/code-points.ts";
import { changedProtocol } from "./peer.ts";

const TABLES: Readonly<Record<ConnectionState["machine"], object>> = {
  clientHello,
  client13,
  client12,
  serverHello,
  server13,
  server12,
};

export class Coverage {
  /** Machine, state and message type; "accepted" or the reason of refusal. */
  readonly met = new Map<string, Set<string>>();

  /** The protocol with machines that say what they are given. */
  observed(own: EngineProtocol): EngineProtocol {
    const machines: { -readonly [M in keyof Machines]: Machines[M] } = {};
    for (const name of Object.keys(own.machines) as (keyof Machines)[]) {
      const machine = own.machines[name];
      if (machine !== undefined) machines[name] = this.#observe(name, machine);
    }
    return changedProtocol(own, { machines });
  }

  #observe(
    name: ConnectionState["machine"],
    machine: Machine<ConnectionState>,
  ): Machine<ConnectionState> {
    return {
      advance: machine.advance.bind(machine),
      advanceByMessage: (state, message, io) => {
        const at = `${name} ${state.at}`;
        const type = nameOf(HandshakeType, message.type) ?? "unassigned";
        try {
          const next = machine.advanceByMessage(state, message, io);
          this.#note(at, type, "accepted");
          return next;
        } catch (error) {
          const reason = error instanceof TlsError ? error.reason : "internal";
          this.#note(at, type, reason);
          throw error;
        }
      },
    };
  }

  #note(at: string, type: string, outcome: string): void {
    const key = `${at} × ${type}`;
    const outcomes = this.met.get(key) ?? new Set();
    outcomes.add(outcome);
    this.met.set(key, outcomes);
  }

  /** By state: the types that it never met. */
  untried(): string[] {
    const types = [...Object.keys(HandshakeType), "unassigned"];
    return Object.entries(TABLES).flatMap(([machine, table]) =>
      Object.entries(table).flatMap(([state, row]) => {
        const at = `${machine} ${state}`;
        // Where an answer is awaited, messages wait too.
        if (!types.some((type) => type in (row as object))) return [];
        const missing = types.filter(
          (type) => !this.met.has(`${at} × ${type}`),
        );
        if (missing.length === 0) return [];
        return missing.length === types.length
          ? [`${at}: no message at all`]
          : [`${at}: ${missing.join(", ")}`];
      }),
    );
  }
}
