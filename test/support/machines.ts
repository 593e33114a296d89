/**
 * The engine's handshake without records: whole messages go from one side to
 * the other, and a test may change, drop or add any of them on the way.
 */
import { fromHex } from "../../src/bytes.ts";
import type { ClientConfig, ServerConfig } from "../../src/engine/index.ts";
import { TlsError } from "../../src/errors.ts";
import * as reason from "../../src/reasons.ts";
import { EVERY_CLIENT_FEATURE } from "../../src/handshake/client/features/every-feature.ts";
import { EVERY_FEATURE } from "../../src/handshake/features/every-feature.ts";
import { startClient } from "../../src/handshake/client/hello.ts";
import { clientProtocol } from "../../src/engine/client-protocols.ts";
import type {
  HandshakeEvent,
  HandshakeIo,
} from "../../src/handshake/machine/io.ts";
import type {
  ConnectionState,
  Machines,
} from "../../src/engine/connection-state.ts";
import { Handshake } from "../../src/engine/handshake.ts";
import { startServer } from "../../src/handshake/server/hello.ts";
import { serverProtocol } from "../../src/engine/server-protocols.ts";
import {
  type ChangeCipherSpecPolicy,
  HandshakeType,
  type HandshakeTypeName,
  nameOf,
} from "../../src/wire/code-points.ts";

/** Both roles, both versions. */
export const MACHINES: Machines = {
  ...clientProtocol(EVERY_CLIENT_FEATURE).machines,
  ...serverProtocol(EVERY_FEATURE).machines,
};

/** Stands for a change_cipher_spec record among the messages. */
export const CHANGE_CIPHER_SPEC: Uint8Array = Uint8Array.of(1);

export type SentName = HandshakeTypeName | "change_cipher_spec";

/** Replaces a message on its way: by itself, by others, or by none. */
export type Edit = (
  name: SentName,
  raw: Uint8Array,
  from: "client" | "server",
) => readonly Uint8Array[];

export interface Outcome {
  readonly client: ConnectionState;
  readonly server: ConnectionState;
  /** The error of the first side that failed, and which side it was. */
  readonly failed: { side: "client" | "server"; error: TlsError } | undefined;
  /** Names of all messages sent, in order. */
  readonly sent: readonly string[];
}

export const asSent: Edit = (_name, raw) => [raw];

/** Runs a handshake to its end, or to the first error. */
export function runMachines(
  clientConfig: ClientConfig,
  serverConfig: ServerConfig,
  edit: Edit = asSent,
): Outcome {
  const sent: string[] = [];
  const client = new Side("client", (io) =>
    startClient(clientConfig, "localhost", io),
  );
  const server = new Side("server", () => startServer(serverConfig));
  let failed: Outcome["failed"];
  while (!failed && client.outbox.length + server.outbox.length > 0) {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      for (const raw of from.outbox.splice(0)) {
        const name =
          raw === CHANGE_CIPHER_SPEC
            ? "change_cipher_spec"
            : nameOf(HandshakeType, raw[0] ?? 0);
        if (name === undefined) throw new Error("an unknown message was sent");
        sent.push(name);
        for (const edited of edit(name, raw, from.name)) {
          const error: TlsError | undefined = failed
            ? undefined
            : to.receive(edited);
          if (error) failed = { side: to.name, error };
        }
      }
    }
  }
  return { client: client.state, server: server.state, failed, sent };
}

/** A HandshakeIo that does nothing, except for the methods in `active`. */
export function silentIo(active: Partial<HandshakeIo>): HandshakeIo {
  return {
    send: () => undefined,
    showInnerHello: () => undefined,
    sendWarning: () => undefined,
    sendChangeCipherSpec: () => undefined,
    endFlight: () => undefined,
    allowHalfRtt: () => undefined,
    setReadKeys: () => undefined,
    setWriteKeys: () => undefined,
    setChangeCipherSpec: () => undefined,
    setWarningAlerts: () => undefined,
    setRecordRules: () => undefined,
    setRecordLimits: () => undefined,
    skipEarlyData: () => undefined,
    beginWritingEarlyData: () => undefined,
    endWritingEarlyData: () => undefined,
    beginReadingEarlyData: () => undefined,
    endReadingEarlyData: () => undefined,
    emit: () => undefined,
    ...active,
  };
}

/** A message with that type and body. */
export function message(
  name: HandshakeTypeName,
  body: Uint8Array | string,
): Uint8Array {
  const bytes = typeof body === "string" ? fromHex(body) : body;
  const { length } = bytes;
  return Uint8Array.of(
    HandshakeType[name],
    length >> 16,
    length >> 8,
    length,
    ...bytes,
  );
}

class Side {
  readonly name: "client" | "server";
  readonly outbox: Uint8Array[] = [];
  readonly events: HandshakeEvent[] = [];
  readonly #handshake: Handshake;
  #changeCipherSpec: ChangeCipherSpecPolicy;

  constructor(
    name: "client" | "server",
    begin: (io: HandshakeIo) => ConnectionState,
  ) {
    this.name = name;
    this.#changeCipherSpec = name === "client" ? "dropped" : "forbidden";
    const io = silentIo({
      send: (raw) => this.outbox.push(raw),
      // The dummies of TLS 1.3 mean nothing here.
      sendChangeCipherSpec: () => {
        if (this.#changeCipherSpec !== "dropped")
          this.outbox.push(CHANGE_CIPHER_SPEC);
      },
      setReadKeys: ({ epoch }) => {
        if (epoch === "application") this.#changeCipherSpec = "forbidden";
      },
      setChangeCipherSpec: (policy) => {
        this.#changeCipherSpec = policy;
      },
      emit: (event) => this.events.push(event),
    });
    this.#handshake = new Handshake(MACHINES, io, begin(io));
    // A client's external PSKs are asked for before its hello.
    this.#handshake.answerNeeds();
  }

  get state(): ConnectionState {
    return this.#handshake.state;
  }

  receive(raw: Uint8Array): TlsError | undefined {
    try {
      if (raw === CHANGE_CIPHER_SPEC) this.#receiveChangeCipherSpec();
      else {
        const type = raw[0] ?? 0;
        this.#handshake.receive({ type, body: raw.subarray(4), raw });
      }
      this.#handshake.answerNeeds();
      return undefined;
    } catch (error) {
      if (error instanceof TlsError) return error;
      throw error;
    }
  }

  /** As the record layer does. */
  #receiveChangeCipherSpec(): void {
    if (this.#changeCipherSpec === "forbidden")
      throw new TlsError(reason.unexpected_change_cipher_spec);
    if (this.#changeCipherSpec === "delivered")
      this.#handshake.advance("change_cipher_spec", {});
  }
}
