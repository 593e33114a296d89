/** Runs a program, and asserts what must hold whatever the peer does. */
import { concat, equal, toHex } from "../../../src/bytes.ts";
import {
  type ConnectionInfo,
  TlsEngine,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import { ContentType } from "../../../src/wire/code-points.ts";
import { Tally } from "../report.ts";
import { corpus } from "./corpus.ts";
import { MessageEdits, type Notes } from "./edits.ts";
import { unsolicited } from "./extensions.ts";
import { HostilePeer, type Sent } from "./peer.ts";
import type { Program, Role, Step } from "./program.ts";
import { type Setup, setupOf } from "./setup.ts";
import { Finding, UntouchedSide } from "./side.ts";
import { gotWhatWasSent, Wire } from "./wire.ts";
import { HONEST_LEAVES } from "./world.ts";

/** Rounds of a connection, after which it must have come to rest. */
const MOST_TURNS = 300;

const LEAVES: ReadonlySet<string> = new Set(HONEST_LEAVES.map(toHex));

/** The counts and outcomes of one run. */
export interface RunResult {
  /** Calls of `receive` on untouched engines. */
  readonly inputs: number;
  readonly outcomes: readonly string[];
  readonly applied: Tally;
  readonly states: readonly string[];
}

type Side = UntouchedSide | HostilePeer;

export class Run {
  readonly #program: Program;
  readonly #setup: Setup;
  readonly #sides: Readonly<Record<Role, Side>>;
  readonly #wires: Readonly<Record<Role, Wire>>;
  readonly #notes: Notes = {
    neutral: true,
    agreed: new Set(),
    applied: new Tally(),
  };
  /** Application data that each side wrote, and early data. */
  readonly #written: Record<Role, Uint8Array[]> = { client: [], server: [] };
  #early: Uint8Array = new Uint8Array();
  #inputs = 0;
  #edits: MessageEdits | undefined;

  constructor(program: Program) {
    this.#program = program;
    this.#setup = setupOf(program.scenario, program.provider);
    this.#setup.reset();
    this.#sides = {
      client: this.#side("client"),
      server: this.#side("server"),
    };
    this.#wires = {
      client: this.#wire("client"),
      server: this.#wire("server"),
    };
  }

  /** @throws Finding, or whatever an engine has thrown */
  execute(): RunResult {
    this.#writeEarly();
    this.#carry();
    for (const side of this.#untouched) this.#checkHonest(side);
    for (const step of this.#program.steps) {
      this.#step(step);
      this.#carry();
    }
    this.#checkSettled();
    const sides = this.#untouched;
    const outcomes = sides.map(
      ({ role, engine, connected }) =>
        `${role}: ${engine.error?.reason ?? "no error"}${connected ? ", connected" : ""}`,
    );
    for (const side of sides) {
      side.end();
      side.checkEnd();
    }
    return {
      inputs: this.#inputs,
      outcomes,
      applied: this.#notes.applied,
      states: sides.map(({ role, engine }) => `${role} ${engine.state}`),
    };
  }

  get #untouched(): UntouchedSide[] {
    return Object.values(this.#sides).filter(
      (side) => side instanceof UntouchedSide,
    );
  }

  #side(role: Role): Side {
    const { clients, servers, serverName, providers, scenario } = this.#setup;
    const configs = role === "client" ? clients : servers;
    if (this.#program.hostile === role) {
      this.#edits = new MessageEdits({
        mutations: this.#program.mutations,
        notes: this.#notes,
        corpus: corpus(),
        isTls13: scenario.version === "TLSv1.3",
        paddingCounts: scenario.client.recordSizeLimit !== undefined,
      });
      return new HostilePeer(configs.hostile, serverName, this.#edits);
    }
    const engine =
      role === "client"
        ? TlsEngine.client(clients.untouched, serverName)
        : TlsEngine.server(servers.untouched);
    return new UntouchedSide(role, engine, () => providers[role].counts);
  }

  #wire(from: Role): Wire {
    const to = from === "client" ? "server" : "client";
    return new Wire({
      mutations: this.#program.mutations.flatMap((one) =>
        one.on === "wire" && one.from === from ? [one] : [],
      ),
      notes: this.#notes,
      corpus: corpus(),
      dummyIsNeutral: () =>
        this.#setup.scenario.version === "TLSv1.3" &&
        this.#sides[to].engine.info === undefined &&
        (from === "server" || this.#wires.client.sent.length > 1) &&
        !this.#program.mutations.some(({ change }) => change === "split"),
    });
  }

  #writeEarly(): void {
    const { client } = this.#sides;
    if (client.engine.earlyDataLeft < 100) return;
    const bytes = new Uint8Array(100).fill(7);
    client.attempt((engine) => {
      engine.writeEarlyData(bytes);
      return bytes.length;
    });
    this.#early = bytes;
  }

  /** Until neither side has anything to say. */
  #carry(): void {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const moved = [this.#turn("client"), this.#turn("server")];
      if (!moved.includes(true)) return;
    }
    throw new Finding(`no rest after ${MOST_TURNS} turns`);
  }

  #turn(from: Role): boolean {
    const wire = this.#wires[from];
    const sent: readonly Sent[] = this.#sides[from].take();
    const arriving = sent.length > 0 ? wire.carry(sent) : wire.rest();
    for (const bytes of arriving) this.#deliver(from, bytes);
    return sent.length + arriving.length > 0;
  }

  #deliver(from: Role, bytes: Uint8Array): void {
    const to = from === "client" ? "server" : "client";
    const receiver = this.#sides[to];
    this.#wires[from].delivered.push(bytes);
    const { length } = bytes;
    const { chunk } = this.#program;
    const size = chunk === 0 ? length : Math.max(chunk, length >> 8);
    for (let at = 0; at < length; at += size) {
      receiver.receive(bytes.subarray(at, at + size));
      if (!(receiver instanceof UntouchedSide)) continue;
      this.#inputs++;
    }
    if (!(receiver instanceof UntouchedSide)) return;
    if (this.#wires[from].ended) receiver.end();
    if (receiver.connected !== undefined && !this.#checked.has(receiver)) {
      this.#checked.add(receiver);
      this.#checkConnected(receiver, receiver.connected, this.#wires[from]);
    }
  }

  readonly #checked = new Set<UntouchedSide>();

  #step({ by, does, size }: Step): void {
    const side = this.#sides[by];
    if (does === "write" && side instanceof HostilePeer && this.#isClosed)
      this.#writeLate(side, size);
    if (does === "say") {
      this.#say(side, size);
      return;
    }
    side.attempt((engine) => {
      switch (does) {
        case "write": {
          if (!engine.canWrite) return 0;
          const bytes = new Uint8Array(size).fill(size);
          engine.write(bytes);
          this.#written[by].push(bytes);
          return size;
        }
        case "update":
          engine.updateKeys(false);
          return 0;
        case "updateBoth":
          engine.updateKeys(true);
          return 0;
        case "ask":
          engine.requestCertificate();
          return 0;
        case "close":
          side.close();
          return 0;
      }
    });
  }

  /** Data behind this side's close_notify, which its engine would not send. */
  #writeLate(side: HostilePeer, size: number): void {
    const { canWrite, info } = side.engine;
    if (canWrite || info === undefined || size === 0) return;
    side.write(ContentType.application_data, new Uint8Array(size).fill(size));
    this.#notes.neutral = false;
    this.#notes.applied.add("data behind close_notify");
  }

  #say(side: Side, which: number): void {
    const message = corpus()[which % corpus().length];
    if (!(side instanceof HostilePeer) || message === undefined) return;
    side.say(message);
    this.#notes.neutral = false;
    this.#notes.applied.add("message said after the handshake");
  }

  /** At the moment at which a side connects. */
  #checkConnected(side: UntouchedSide, info: ConnectionInfo, wire: Wire): void {
    const { scenario } = this.#setup;
    const { agreed } = this.#notes;
    const { role } = side;
    const fail = (why: string): never => {
      throw new Finding(`${role} connected: ${why}`);
    };
    if (scenario.fails === role && this.#notes.neutral)
      fail("and must not in this scenario");
    if (this.#edits?.isTrue === false)
      fail("the handshake is another than in its peer's transcript");
    if (role === "client" && this.#edits !== undefined) {
      const types = unsolicited(this.#wires.client.sent, this.#edits.said);
      if (types.length > 0) fail(`with extensions ${types.join()} unasked`);
    }
    const refused = role === "server" && this.#refusedEarlyData(info);
    const offered = scenario.client.versions ?? [];
    const dummies = role === "client" && offered.includes("TLSv1.3");
    if (!this.#edits && !gotWhatWasSent(wire, info.version, refused, dummies))
      fail("what arrived is not what was sent");
    if (agreed.has("finished")) fail("a changed Finished");
    const shown = info.peer ?? info.peerRawPublicKey;
    const proved = info.resumed || info.pskIdentity !== undefined;
    if (agreed.has("certificate_verify") && shown && !proved)
      fail("a changed CertificateVerify");
    if (agreed.has("server_key_exchange") && shown && !proved)
      fail("a changed ServerKeyExchange");
    if (role === "client" && !shown && !proved) fail("to nobody");
    if (
      role === "server" &&
      scenario.server.clientAuthentication === "required" &&
      !shown &&
      !proved
    )
      fail("to nobody");
    const leaf = info.peer?.leaf.der;
    const takesAny = scenario[role].verifier !== undefined;
    if (leaf && !takesAny && !LEAVES.has(toHex(leaf)))
      fail("to a certificate of nobody's");
  }

  #refusedEarlyData(info: ConnectionInfo): boolean {
    // One with cookies takes what it cannot read for early data of a hello
    // that another engine has seen.
    const { retryCookies } = this.#setup.scenario.server;
    if (retryCookies !== undefined) return true;
    return this.#early.length > 0 && info.earlyData !== "accepted";
  }

  /**
   * Expects untouched sides to connect and exchange data if nothing that counts
   * was changed.
   */
  #checkHonest(side: UntouchedSide): void {
    const { scenario } = this.#setup;
    if (!this.#notes.neutral || scenario.fails) return;
    const { engine, role } = side;
    if (engine.error !== undefined || engine.info === undefined)
      throw new Finding(
        `${role}: ${engine.error?.reason ?? engine.state} though nothing that counts was changed`,
        { cause: engine.error },
      );
  }

  /** Checks both sides once no more bytes are under way. */
  #checkSettled(): void {
    const { client, server } = this.#sides;
    const both = [client, server];
    const connected = both.every(
      ({ engine }) => engine.info !== undefined && engine.error === undefined,
    );
    const [one, other] = both.map(exported);
    if (connected && one && other && !equal(one, other))
      throw new Finding("the two sides export different keys");
    const isHonest = this.#notes.neutral;
    const bySelf = this.#program.mutations.every(({ on }) => on === "wire");
    for (const side of this.#untouched) {
      this.#checkEarly(side);
      this.#checkSpoilt(side);
      const other = side.role === "client" ? "server" : "client";
      const written = concat(...this.#written[other]);
      if (bySelf && !side.gotOnly(written, this.#early))
        throw new Finding(`${side.role}: data that nobody wrote`);
      if (!isHonest || this.#setup.scenario.fails) continue;
      this.#checkHonest(side);
      const got = side.data.reduce((sum, { length }) => sum + length, 0);
      if (got !== written.length && !this.#isClosed)
        throw new Finding(
          `${side.role}: ${got} bytes of data of ${written.length}`,
        );
    }
  }

  /** RFC 9846 4.3.10: what was refused, or never allowed, is never handed on. */
  #checkEarly({ role, early, engine }: UntouchedSide): void {
    if (role === "client" || early.length === 0) return;
    const { server, second } = this.#setup.scenario;
    const allowed = second?.maxEarlyData ?? server.maxEarlyData ?? 0;
    const { info } = engine;
    if (allowed === 0 || (info && info.earlyData !== "accepted"))
      throw new Finding("server: early data that it refused");
  }

  /** RFC 5246 6.2.3.2: wrong padding is bad_record_mac, whatever is in it. */
  #checkSpoilt({ role, engine, events }: UntouchedSide): void {
    const peer = this.#sides[role === "client" ? "server" : "client"];
    if (!(peer instanceof HostilePeer) || !peer.hasSpoilt) return;
    // What comes behind an end is not opened.
    const isEnded = this.#isClosed || events.includes("peer_closed");
    if (engine.error === undefined && !isEnded)
      throw new Finding(`${role}: a record with wrong padding`);
  }

  get #isClosed(): boolean {
    return this.#program.steps.some(({ does }) => does === "close");
  }
}

/** Undefined without extended main secret, which export needs. */
function exported({ engine }: Side): Uint8Array | undefined {
  try {
    return engine.exportKeyingMaterial("EXPORTER-fuzz", 24, Uint8Array.of(1));
  } catch (error) {
    if (error instanceof TlsUsageError) return undefined;
    throw error;
  }
}
