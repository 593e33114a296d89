/**
 * Connections in which every flight is tried in every cut of its bytes before
 * it is delivered: whole, one byte at a time, in random parts, and in two parts
 * at each byte. A snapshot makes that cheap: the handshake does not begin anew
 * for each cut. All of them must lead to the same, to the byte.
 */
import { expect } from "vitest";
import { concat, equal, toHex } from "../../src/bytes.ts";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import {
  type Answer,
  type ClientOptions,
  type EngineEvent,
  type Need,
  type ServerOptions,
  type Session,
  type SessionStore,
  type StrikeRegister,
  TlsEngine,
} from "../../src/engine/index.ts";
import { testClientConfig, testServerConfig } from "./engines.ts";
import { repeatable } from "./repeatable.ts";
import { seededRandom } from "./seeded-random.ts";
import { THOROUGH } from "./thorough.ts";

/** State beside the engine that a connection changes. */
interface Outside {
  /** Answers what puts it back to how it is now. */
  save(): () => void;
}

/** Two cuts at each byte up to that length; then at every few bytes. */
const EACH_BYTE = THOROUGH ? 400 : 40;

export const NOW = Date.now();

/** Random bytes that a test can go back in. */
class SavedRandom implements Outside {
  readonly #seed: string;
  #counter = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  readonly random = (length: number): Uint8Array =>
    seededRandom(`${this.#seed} ${String(this.#counter++)}`)(length);

  save(): () => void {
    const counter = this.#counter;
    return () => {
      this.#counter = counter;
    };
  }
}

/** A strike register that a test can go back in. */
class SavedRegister implements StrikeRegister, Outside {
  readonly id: Uint8Array;
  #struck: readonly string[] = [];

  constructor(id: Uint8Array) {
    this.id = id;
  }

  strike(key: Uint8Array): boolean {
    const name = toHex(key);
    if (this.#struck.includes(name)) return false;
    this.#struck = [...this.#struck, name];
    return true;
  }

  save(): () => void {
    const struck = this.#struck;
    return () => {
      this.#struck = struck;
    };
  }
}

/** A session store that a test can go back in. */
class SavedStore implements SessionStore, Outside {
  #kept: ReadonlyMap<string, Session> = new Map();

  take(id: Uint8Array): Session | undefined {
    const found = this.#kept.get(toHex(id));
    this.#kept = new Map(
      [...this.#kept].filter(([name]) => name !== toHex(id)),
    );
    return found;
  }

  put(id: Uint8Array, session: Session): void {
    this.#kept = new Map([...this.#kept, [toHex(id), session]]);
  }

  save(): () => void {
    const kept = this.#kept;
    return () => {
      this.#kept = kept;
    };
  }
}

/** The state that two sides and all their connections share. */
export class World {
  readonly #outside: Outside[] = [];
  readonly client = this.provider("client");
  readonly server = this.provider("server");

  /** With the time standing still and random bytes of a seed. */
  provider(seed: string): CryptoProvider {
    const { random } = this.#keep(new SavedRandom(seed));
    return { ...repeatable(random), now: () => NOW };
  }

  register(name: number): StrikeRegister {
    return this.#keep(new SavedRegister(Uint8Array.of(name)));
  }

  store(): SessionStore {
    return this.#keep(new SavedStore());
  }

  /** A connection; its handshake has yet to begin. */
  pair(
    client: Partial<ClientOptions>,
    server: Partial<ServerOptions>,
    serverName = "localhost",
  ): CutPair {
    return new CutPair(
      TlsEngine.client(
        testClientConfig({
          provider: this.client,
          groups: ["x25519"],
          ...client,
        }),
        serverName,
      ),
      TlsEngine.server(
        testServerConfig({
          provider: this.server,
          groups: ["x25519"],
          ...server,
        }),
      ),
      () => this.save(),
    );
  }

  save(): () => void {
    const restores = this.#outside.map((one) => one.save());
    return () => {
      for (const restore of restores) restore();
    };
  }

  #keep<T extends Outside>(one: T): T {
    this.#outside.push(one);
    return one;
  }
}

type Role = "client" | "server";
type Answerer = (need: Need, role: Role) => Answer | undefined;

/** Two engines between which bytes go in all cuts. */
export class CutPair {
  readonly client: TlsEngine;
  readonly server: TlsEngine;
  readonly #save: () => () => void;
  readonly #events: Record<Role, EngineEvent[]> = { client: [], server: [] };
  /** Number of ways of delivery that were tried. */
  tried = 0;

  constructor(client: TlsEngine, server: TlsEngine, save: () => () => void) {
    this.client = client;
    this.server = server;
    this.#save = save;
  }

  /** Until neither side has anything to say, whole: what others have tried. */
  carryWhole(): this {
    for (;;) {
      const out = this.client.takeOutput();
      const back = this.server.takeOutput();
      if (out.length + back.length === 0) return this;
      receiveLent(this.server, out);
      receiveLent(this.client, back);
    }
  }

  /** Until neither side has anything to say; needs get an answer, or wait. */
  carry(answer: Answerer = () => undefined): this {
    for (let quiet = 0; quiet < 2;) {
      quiet++;
      for (const role of ["client", "server"] as const) {
        const [from, to] =
          role === "client"
            ? [this.client, this.server]
            : [this.server, this.client];
        const bytes = from.takeOutput();
        if (bytes.length > 0) {
          this.deliver(to, bytes);
          quiet = 0;
        }
        if (this.#answerNeeds(answer)) quiet = 0;
      }
    }
    return this;
  }

  /** Hands bytes to one side: in all cuts to forks of it, then to itself. */
  deliver(to: TlsEngine, bytes: Uint8Array): void {
    const snapshot = to.snapshot();
    const restore = this.#save();
    const outcome = (parts: Iterable<Uint8Array>): string => {
      const fork = TlsEngine.restore(snapshot);
      for (const part of parts) receiveLent(fork, part);
      const seen = viewOf(fork);
      restore();
      return seen;
    };
    const whole = outcome([bytes]);
    for (const [name, parts] of cutsOf(bytes)) {
      this.tried++;
      const seen = outcome(parts);
      if (seen !== whole) expect(seen, `cut ${name}`).toBe(whole);
    }
    receiveLent(to, bytes);
  }

  /** All events of one side so far. */
  events(role: Role): readonly EngineEvent[] {
    const told = this.#events[role];
    const engine = this[role];
    for (let e = engine.nextEvent(); e; e = engine.nextEvent()) told.push(e);
    return told;
  }

  /** The application data, or the early data, that one side got. */
  data(role: Role, type: "data" | "early_data" = "data"): Uint8Array {
    return concat(
      ...this.events(role).flatMap((e) =>
        (e.type === "data" || e.type === "early_data") && e.type === type
          ? [e.bytes]
          : [],
      ),
    );
  }

  /** The session that the client can resume. */
  session(): Session {
    const found = this.events("client").find((e) => e.type === "session");
    if (found?.type !== "session") throw new Error("no session came");
    return found.session;
  }

  /** Both reasons, or undefined where all is well. */
  get failure(): string | undefined {
    return this.server.error?.reason ?? this.client.error?.reason;
  }

  #answerNeeds(answer: Answerer): boolean {
    let moved = false;
    for (const role of ["client", "server"] as const) {
      const { need } = this[role];
      const given = need && answer(need, role);
      if (given === undefined) continue;
      this[role].resume(given);
      moved = true;
    }
    return moved;
  }
}

/** Hands bytes over in an array that is spoilt afterwards. */
function receiveLent(engine: TlsEngine, bytes: Uint8Array): void {
  const lent = bytes.slice();
  engine.receive(lent);
  lent.fill(0xee);
}

/** All of one engine that a cut must not change. */
function viewOf(engine: TlsEngine): string {
  const told: string[] = [];
  for (let e = engine.nextEvent(); e; e = engine.nextEvent())
    told.push(describe(e));
  return [
    engine.state,
    engine.error?.reason ?? "no error",
    engine.need?.type ?? "no need",
    engine.info ? String(engine.info.resumed) : "no info",
    engine.info?.earlyData ?? "",
    ...told,
    toHex(engine.takeOutput()),
  ].join("\n");
}

function describe(event: EngineEvent): string {
  switch (event.type) {
    case "data":
    case "early_data":
      return `${event.type} ${toHex(event.bytes)}`;
    case "session":
      return `session ${toHex(event.session.ticket)}`;
    case "session_ended":
      return `session_ended ${toHex(event.session.ticket)}`;
    case "store_session":
      return `store_session ${toHex(event.id)}`;
    case "key_update":
      return `key_update ${event.direction}`;
    case "need":
      return `need ${event.need.type}`;
    case "failed":
      return `failed ${event.error.reason}`;
    default:
      return event.type;
  }
}

function* cutsOf(
  bytes: Uint8Array,
): Iterable<readonly [name: string, parts: Iterable<Uint8Array>]> {
  yield ["at every byte", Array.from(bytes, (byte) => Uint8Array.of(byte))];
  for (const seed of ["a", "b", "c"])
    yield [`at random (${seed})`, randomParts(bytes, seed)];
  const step = Math.ceil(bytes.length / EACH_BYTE);
  for (let at = 1; at < bytes.length; at += step)
    yield [
      `at byte ${String(at)}`,
      [bytes.subarray(0, at), bytes.subarray(at)],
    ];
}

/** Every cut of the bytes, the whole first. */
export function* partsOf(bytes: Uint8Array): Iterable<Iterable<Uint8Array>> {
  yield [bytes];
  for (const [, parts] of cutsOf(bytes)) yield parts;
}

function randomParts(bytes: Uint8Array, seed: string): Uint8Array[] {
  const random = seededRandom(seed);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const [a = 0, b = 0] = random(2);
    const length = 1 + (a < 128 ? b % 16 : b);
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts;
}

/** Tells whether both sides export the same keys, and not those of before. */
export function sameKeys({ client, server }: CutPair): boolean {
  const label = "EXPORTER-cuts";
  return equal(
    client.exportKeyingMaterial(label, 24, Uint8Array.of(1)),
    server.exportKeyingMaterial(label, 24, Uint8Array.of(1)),
  );
}
