/** Runs a program, and asserts what must hold whatever the wire does. */
import { concat, equal, toHex } from "../../../src/bytes.ts";
import type { Notes } from "../engine/edits.ts";
import { corpus } from "../engine/corpus.ts";
import type { Role } from "../engine/program.ts";
import { Finding } from "../engine/side.ts";
import { Wire } from "../engine/wire.ts";
import { Tally } from "../report.ts";
import { Callbacks, contextsOf, earlierSession } from "./callbacks.ts";
import { Clock, rest } from "./clock.ts";
import { type End, type Options, Signal } from "./end.ts";
import {
  checkError,
  isOrderly,
  type Made,
  READING,
  SUCCEEDING,
} from "./expectations.ts";
import { QueueListener } from "./listener.ts";
import { clientEnd, serverEnd } from "./ends.ts";
import type { Action, Program } from "./program.ts";
import { LEAVES, type Prepared, prepared } from "./settings.ts";
import { type Endpoint, link, type LinkOptions, Planned } from "./transport.ts";

/** Longer than any time that this library waits for by itself. */
const LONG = 120_000;
/** The time that a session store has. */
const STORE_TIMEOUT = 100;
/** Rounds after which bytes must have come to rest. */
const MOST_ROUNDS = 3000;

const KNOWN: ReadonlySet<string> = new Set(LEAVES.map(toHex));

export interface RunResult {
  /** Pieces of bytes that were written to the wire. */
  readonly inputs: number;
  readonly calls: Tally;
  readonly applied: Tally;
  readonly callbacks: Tally;
  readonly outcome: string;
}

export class Run {
  readonly #program: Program;
  readonly #clock = new Clock();
  readonly #prepared: Prepared;
  readonly #callbacks: Callbacks;
  readonly #notes: Notes = {
    neutral: true,
    agreed: new Set(),
    applied: new Tally(),
  };
  readonly #signals = [
    new Signal(new Planned("signal")),
    new Signal(new Planned("signal")),
  ];
  readonly #made: Made[] = [];
  readonly #checked = new Set<Made>();
  readonly #calls = new Tally();
  readonly #endpoints: Readonly<Record<Role, Endpoint>>;
  readonly #silent: Endpoint[] = [];
  readonly #listener = new QueueListener();
  #ends: Readonly<Record<Role, End>> | undefined;
  #inputs = 0;
  #unhandled: { readonly error: unknown } | undefined;
  #misuse: string | undefined;

  constructor(program: Program) {
    this.#program = program;
    this.#prepared = prepared(program.setting);
    this.#callbacks = new Callbacks(program, this.#clock);
    this.#endpoints = this.#link();
  }

  /** @throws Finding, or whatever else must not be thrown */
  async execute(): Promise<RunResult> {
    const restore = this.#clock.install();
    const onUnhandled = (error: unknown): void => {
      this.#unhandled ??= { error };
    };
    process.on("unhandledRejection", onUnhandled);
    try {
      this.#begin();
      for (const action of this.#program.actions) await this.#act(action);
      await this.#end();
      await this.#letGo();
      return this.#result();
    } finally {
      process.off("unhandledRejection", onUnhandled);
      restore();
    }
  }

  #link(): Readonly<Record<Role, Endpoint>> {
    const { highWaterMark, chunk, flows, lends, timers } = this.#program;
    const options: LinkOptions = {
      clock: this.#clock,
      highWaterMark,
      chunk,
      flows,
      lends,
      ownTimers: timers === "transport",
      found: (what) => (this.#misuse ??= what),
      arrived: () => this.#inputs++,
    };
    return link(
      { client: this.#wire("client"), server: this.#wire("server") },
      options,
    );
  }

  #wire(from: Role): Wire {
    return new Wire({
      mutations: this.#program.faults.filter((one) => one.from === from),
      notes: this.#notes,
      corpus: corpus(),
      dummyIsNeutral: () => false,
    });
  }

  #begin(): void {
    const { setting } = this.#prepared;
    const contexts = contextsOf(this.#prepared, this.#callbacks);
    const session =
      setting.resumes === true
        ? earlierSession(contexts.client, contexts.server)
        : null;
    this.#callbacks.armed = true;
    const made = {
      program: this.#program,
      other: this.#prepared.other,
      listener: this.#listener,
      callbacks: this.#callbacks,
    };
    const { client, server } = this.#endpoints;
    this.#ends = {
      client: clientEnd(made, contexts.client, client, session),
      server: serverEnd(made, contexts.server, server),
    };
  }

  async #act(action: Action): Promise<void> {
    switch (action.does) {
      case "call":
        this.#call(action);
        if (action.rests) await this.#settle();
        break;
      case "deliver":
        this.#endpoints[action.by].outgoing.deliver(action.size);
        await this.#settle();
        break;
      case "tick":
        await this.#pass(action.size);
        break;
      case "abort":
        this.#signals[action.signal]?.abort();
        break;
      case "knock":
        this.#knock();
        await this.#settle();
        break;
      case "break": {
        const { outgoing } = this.#endpoints[action.by];
        if (action.how === "stall") outgoing.stalled = true;
        else if (action.how === "resume") {
          outgoing.stalled = false;
          outgoing.deliver(0);
        } else {
          this.#notes.neutral = false;
          this.#endpoints[action.by].break(action.how);
        }
        this.#notes.applied.add(`break ${action.how}`);
        await this.#settle();
      }
    }
    this.#check();
  }

  #knock(): void {
    const { server } = this.#link();
    this.#silent.push(server);
    this.#listener.offer(server);
  }

  #call(action: Extract<Action, { does: "call" }>): void {
    const { by, call, size, timeout, signal } = action;
    const given = this.#signals[signal];
    const options: Options = {
      size,
      ...(timeout > 0 && { timeout }),
      ...(given && { signal: given }),
    };
    const made = this.#ends?.[by].call(call, options);
    if (made !== undefined) this.#note(by, call, options, made);
  }

  #note(
    by: Made["by"],
    name: Made["name"],
    options: Options,
    promise: Promise<unknown>,
  ): Made {
    const made: Made = { by, name, options, outcome: "pending" };
    this.#made.push(made);
    promise.then(
      () => {
        made.outcome = "resolved";
      },
      (error: unknown) => {
        made.outcome = "rejected";
        made.error = error;
      },
    );
    return made;
  }

  /** Settles all that can happen without another action. */
  async #settle(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const before = this.#inputs;
      await rest();
      const ends = Object.values(this.#ends ?? {});
      const moved = ends.map((end) => end.poll());
      if (moved.includes(true) || before !== this.#inputs) continue;
      if (ends.some((end) => end.isOvertaken))
        throw new Finding("a call reads what is an earlier one's");
      return;
    }
    throw new Finding(`no rest after ${MOST_ROUNDS} rounds`);
  }

  async #pass(milliseconds: number): Promise<void> {
    await this.#clock.advance(milliseconds, () => this.#settle());
  }

  /**
   * Lets everything through that waits; the system reads what no call reads.
   */
  #open(): void {
    for (const endpoint of Object.values(this.#endpoints)) {
      endpoint.outgoing.stalled = false;
      endpoint.outgoing.flows = true;
      endpoint.outgoing.highWaterMark = Infinity;
      endpoint.outgoing.deliverRest();
    }
  }

  async #end(): Promise<void> {
    const ends = this.#ends;
    if (ends === undefined) return;
    const { ending } = this.#program;
    if (ending === "destroy") return;
    this.#open();
    await this.#settle();
    if (ending === "drain") await this.#drain(ends);
    else if (ending === "close") {
      for (const role of ["client", "server"] as const)
        this.#note(role, "the end", { size: 0 }, ends[role].close());
      await this.#pass(LONG);
      this.#requireSettled("after close()");
    } else {
      for (const { incoming, outgoing } of Object.values(this.#endpoints)) {
        incoming.cut();
        outgoing.fail(new Planned("reset"));
      }
      await this.#pass(LONG);
      this.#requireSettled("after the transport's end");
    }
    this.#check();
  }

  async #drain(ends: Readonly<Record<Role, End>>): Promise<void> {
    const earlier = [...this.#made];
    for (const role of ["client", "server"] as const)
      this.#note(role, "drain", { size: 0 }, ends[role].drain());
    await this.#pass(1000);
    const orderly =
      this.#notes.neutral &&
      this.#prepared.setting.fails !== true &&
      isOrderly(this.#program);
    if (orderly)
      for (const { name, by, outcome, error } of earlier)
        if (
          outcome === "pending"
            ? !READING.has(name)
            : SUCCEEDING.has(name) && outcome === "rejected"
        )
          throw new Finding(`${by}: ${name} ${outcome} in an orderly run`, {
            cause: error,
          });
    for (const role of ["client", "server"] as const)
      this.#note(role, "finish", { size: 0 }, ends[role].finish());
    await this.#pass(LONG);
    if (!orderly || !this.#notes.neutral) return;
    this.#requireSettled("in an orderly run");
    for (const { name, by, outcome, error } of this.#made)
      if (SUCCEEDING.has(name) && outcome === "rejected")
        throw new Finding(`${by}: ${name} rejected in an orderly run`, {
          cause: error,
        });
    this.#checkStreams(ends, true);
  }

  /** Everything is destroyed: nothing may be left of it. */
  async #letGo(): Promise<void> {
    for (const end of Object.values(this.#ends ?? {}))
      this.#note("run", "the end", { size: 0 }, end.destroy());
    await this.#settle();
    this.#requireSettled("after destroy()", true);
    this.#check();
    const late = this.#clock.pending.filter((left) => left > STORE_TIMEOUT);
    if (late.length > 0)
      throw new Finding(`timers left: ${late.join(", ")} ms`);
    await this.#pass(LONG);
    if (this.#clock.pending.length > 0) throw new Finding("timers left");
    for (const signal of this.#signals)
      if (signal.listeners > 0)
        throw new Finding(`${signal.listeners} listeners of a signal left`);
    const kept = Object.entries(this.#endpoints).filter(
      ([role, endpoint]) =>
        !endpoint.closed &&
        !this.#listener.has(endpoint) &&
        this.#ends?.[role as Role].detached !== true,
    );
    const silent = this.#silent.filter(
      (endpoint) => !endpoint.closed && !this.#listener.has(endpoint),
    );
    if (kept.length + silent.length > 0)
      throw new Finding("transports that nobody has closed");
    this.#check();
  }

  #requireSettled(when: string, always = false): void {
    const waits = Object.values(this.#program.callbacks).includes("never");
    if (waits && !always) return;
    // Another client may still come.
    const left = this.#made.filter(
      ({ name, outcome }) =>
        outcome === "pending" && (always || name !== "accept"),
    );
    if (left.length > 0)
      throw new Finding(
        `${when}: ${left.map(({ by, name }) => `${name} of the ${by}`).join(", ")} does not settle`,
      );
  }

  /** Checks what holds at every moment. */
  #check(): void {
    if (this.#misuse !== undefined) throw new Finding(this.#misuse);
    if (this.#unhandled !== undefined)
      throw new Finding("an unhandled rejection", {
        cause: this.#unhandled.error,
      });
    for (const made of this.#made)
      if (made.outcome === "rejected" && !this.#checked.has(made)) {
        this.#checked.add(made);
        checkError(made, this.#made);
      }
    const ends = this.#ends;
    if (ends === undefined) return;
    for (const end of Object.values(ends)) this.#checkEnd(end);
    this.#checkStreams(ends, false);
    const [one, other] = [ends.client.exported(), ends.server.exported()];
    if (one && other && !equal(one, other))
      throw new Finding("the two sides export different keys");
  }

  #checkEnd(end: End): void {
    const { connection } = end;
    if (connection?.handshakeDone !== true) return;
    const most = 2 ** 16 + 2 ** 14;
    if (connection.pending() > most)
      throw new Finding(`${connection.pending()} bytes pending`);
    const leaf = connection.getPeerCert({ binary: true });
    if (leaf !== null && !KNOWN.has(toHex(leaf)))
      throw new Finding("connected to a certificate of nobody's");
    if (
      this.#prepared.setting.fails === true &&
      !connection.serverSide === false
    )
      throw new Finding("connected, and must not in this setting");
  }

  #checkStreams(ends: Readonly<Record<Role, End>>, whole: boolean): void {
    const { client, server } = ends;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      if (!from.sent.explains(to.receivedBytes, whole))
        throw new Finding(
          `${to === server ? "server" : "client"}: ${whole ? "not all of what was" : "data that nobody"} sent`,
        );
    }
    if (!client.early.explains(concat(...server.receivedEarly), false))
      throw new Finding("early data that nobody sent");
  }

  #result(): RunResult {
    for (const { name, outcome, error } of this.#made) {
      const what = error instanceof Error ? error.name : typeof error;
      const detail =
        error instanceof Error && "code" in error
          ? ` ${String(error.code)}`
          : "";
      this.#calls.add(
        `${name}: ${outcome === "rejected" ? `${what}${detail}` : outcome}`,
      );
    }
    const callbacks = new Tally();
    for (const [name, times] of this.#callbacks.called)
      callbacks.add(`${name} ${this.#program.callbacks[name] ?? ""}`, times);
    const done = Object.entries(this.#ends ?? {}).map(
      ([role, { connection }]) =>
        `${role} ${connection?.version() ?? "not connected"}`,
    );
    return {
      inputs: this.#inputs,
      calls: this.#calls,
      applied: this.#notes.applied,
      callbacks,
      outcome: done.join(", "),
    };
  }
}
