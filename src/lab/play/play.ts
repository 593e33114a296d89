/**
 * Plays a scenario: sans-IO, so that a peer in memory and one behind a socket are played
 * alike. Bytes go in, pieces come out; whoever drives it says when nothing came.
 */
import { fromHex, printable } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import type { EngineEvent, Session } from "../../engine/index.ts";
import { ContentType } from "../../wire/code-points.ts";
import { LabSide, type TappedConfig } from "../engine/side.ts";
import type { ReadRecord } from "../engine/read-layer.ts";
import type { Segment } from "../engine/write-layer.ts";
import { LabError } from "../errors.ts";
import { messageName } from "../names.ts";
import { checkScenario, type ScenarioData } from "../scenario/scenario.ts";
import type { Action, Expectation, Rule, Step } from "../scenario/steps.ts";
import type { Result, Sending, Verdict } from "./result.ts";
import {
  alertOf,
  expectationText,
  judge,
  type Seen,
  seenText,
} from "./seen.ts";

/** The time that a step waits for a peer elsewhere, in milliseconds. */
export interface Patience {
  /** For anything at all. Default 3000. */
  readonly answer: number;
  /** For an objection to a handshake that is done. Default 300. */
  readonly settle: number;
}

const DEFAULT_PATIENCE: Patience = { answer: 3000, settle: 300 };

/** Limits on what a peer can make a run grow to. */
const MOST_EVENTS = 2000;
const MOST_BYTES = 8 * 2 ** 20;

const CHECKED = new WeakSet<ScenarioData>();

export class Play {
  readonly #data: ScenarioData;
  readonly #made: TappedConfig;
  readonly #patience: Patience;
  #side: LabSide;
  #at = 0;
  #connected = false;
  #ended = false;
  #received = 0;
  #outcome: { verdict: Verdict; expected: string; seen: string } | undefined;
  readonly #events: string[] = [];
  readonly #sendings: Sending[] = [];
  /** Pieces that wait for an action to be done with them. */
  #waits = 0;
  #lastSeen: Seen | undefined;
  /** Set where the transport is to be ended. */
  wantsEnd = false;
  session: Session | undefined;

  /** @throws LabError for a step that the version or the role does not have */
  constructor(
    data: ScenarioData,
    made: TappedConfig,
    patience: Partial<Patience> = {},
  ) {
    if (!CHECKED.has(data)) {
      checkScenario(data);
      CHECKED.add(data);
    }
    this.#data = data;
    this.#made = made;
    this.#patience = { ...DEFAULT_PATIENCE, ...patience };
    this.#side = new LabSide(made, { sent: (what) => this.#note(`> ${what}`) });
  }

  /** True when the verdict is known. */
  get done(): boolean {
    return this.#outcome !== undefined;
  }

  /** True when every step is done, and what is expected was seen. */
  get isConnected(): boolean {
    return this.#connected;
  }

  get side(): LabSide {
    return this.#side;
  }

  /** Milliseconds in which nothing may come before {@link quiet} is to be called. */
  get patience(): number {
    const step = this.#data.steps[this.#at];
    if (step?.step === "expect_silence") return step.milliseconds;
    if (step?.step === "expect_connected" && this.#connected)
      return this.#patience.settle;
    return this.#patience.answer;
  }

  /** Puts the first rules in force, and begins. */
  begin(): void {
    this.#guarded(() => {
      this.#rules();
      this.#side.begin();
      this.#pollEvents();
      this.#advance();
    });
  }

  /** Takes what the peer sent. */
  receive(bytes: Uint8Array): void {
    if (this.done || this.#ended) return;
    this.#received += bytes.length;
    this.#sendings.push({ from: peer(this.#data), bytes });
    this.#guarded(() => {
      if (this.#received > MOST_BYTES)
        throw new LabError(`the peer sent more than ${MOST_BYTES} bytes`);
      try {
        for (const record of this.#side.receive(bytes)) {
          // The engine has had the record before this one.
          this.#pollEvents();
          this.#record(record);
        }
      } catch (error) {
        if (!(error instanceof TlsError)) throw error;
        this.#see({ seen: "garbage" });
      }
      this.#pollEvents();
      this.#advance();
    });
  }

  /** The peer has ended the transport. */
  receiveEnd(): void {
    if (this.done || this.#ended) return;
    this.#ended = true;
    this.#guarded(() => {
      this.#see({ seen: "close" });
      this.#side.receiveEof();
      this.#advance();
    });
  }

  /** Nothing came for as long as {@link patience} says. */
  quiet(): void {
    if (this.done) return;
    this.#guarded(() => {
      this.#see({ seen: "silence" });
      this.#advance();
    });
  }

  /** Takes the pieces that are to be sent now. */
  take(): Segment[] {
    let segments: Segment[] = [];
    this.#guarded(() => {
      segments = this.#side.take();
    });
    if (this.#waits > 0) {
      const [first] = segments;
      const wait = this.#waits;
      this.#waits = 0;
      if (first === undefined) segments = [{ bytes: new Uint8Array(), wait }];
      else segments[0] = { ...first, wait: first.wait + wait };
    }
    for (const { bytes } of segments)
      if (bytes.length > 0)
        this.#sendings.push({ from: this.#data.role, bytes });
    return segments;
  }

  /** True where something waits to be sent. */
  get hasOutput(): boolean {
    return this.#side.write.pending;
  }

  /** The peer's program has thrown an error, which no bytes may make it do. */
  crash(error: unknown): void {
    const step = this.#data.steps[this.#at];
    const expected =
      step !== undefined && isExpectation(step)
        ? expectationText(step)
        : "an end without a fault";
    const text = error instanceof Error ? error.message : "no error";
    this.#end("fail", expected, `an exception: ${printable(text)}`);
  }

  /** Ends a run for a reason that is not the peer's. */
  fault(message: string): void {
    this.#end("error", "", message);
  }

  /** The result, when it is done. */
  result(facts: {
    readonly seed: number;
    readonly duration: number;
    readonly states: readonly string[];
    readonly keyLog: readonly string[];
  }): Result {
    const { verdict, expected, seen } = this.#outcome ?? {
      verdict: "error",
      expected: "",
      seen: "the run has not ended",
    };
    return {
      scenario: this.#data,
      ...{ verdict, expected, seen },
      step: verdict === "pass" ? undefined : this.#at + 1,
      events: this.#events,
      ...facts,
      sendings: this.#sendings,
    };
  }

  /** Plays that go on from here, with other steps. */
  fork(): (data: ScenarioData) => Play {
    const restore = this.#side.fork({ sent: () => undefined });
    const [connected, ended] = [this.#connected, this.#ended];
    return (data) => {
      const copy = new Play(data, this.#made, this.#patience);
      copy.#side = restore({ sent: (what) => copy.#note(`> ${what}`) });
      copy.#connected = connected;
      copy.#ended = ended;
      return copy;
    };
  }

  /** Goes on with the steps of a fork. */
  resume(): void {
    this.#guarded(() => this.#advance());
  }

  #record(record: ReadRecord): void {
    const { type, content, messages } = record;
    for (const message of messages)
      this.#see({ seen: "message", name: messageName(message) });
    if (type === ContentType.alert) this.#see(alertOf(content));
    else if (type === ContentType.application_data)
      this.#see({ seen: "data", bytes: content });
    else if (type === ContentType.change_cipher_spec)
      this.#see({ seen: "change_cipher_spec" });
  }

  #pollEvents(): void {
    for (const event of this.#side.events()) this.#onEvent(event);
  }

  #onEvent(event: EngineEvent): void {
    if (event.type === "handshake_done") {
      this.#connected = true;
      this.#see({ seen: "connected", certain: this.#agrees });
    } else if (event.type === "session") this.session = event.session;
    else if (event.type === "failed") {
      const { error } = event;
      if (error.direction !== "received")
        this.#see({ seen: "own_end", reason: error.reason });
    }
  }

  /** True where the peer's Finished was the last one: it has no more to object. */
  get #agrees(): boolean {
    const { role, handshake, version } = this.#data;
    if (version === "tls13") return role === "server";
    return (role === "client") === (handshake.resume !== true);
  }

  #see(seen: Seen): void {
    if (this.#events.length > MOST_EVENTS)
      throw new LabError("the peer does not come to an end");
    this.#note(`< ${seenText(seen)}`);
    this.#lastSeen = seen;
    this.#judge(seen);
  }

  #judge(seen: Seen): void {
    const step = this.#data.steps[this.#at];
    if (this.done) return;
    if (step === undefined || !isExpectation(step)) return;
    const judgement = judge(step, seen, this.#connected);
    if (judgement === "met") {
      this.#at++;
      this.#rules();
      const isEvidence = seen.seen === "data" || seen.seen === "message";
      if (step.step === "expect_connected" && isEvidence) this.#judge(seen);
    } else if (judgement === "failed")
      this.#end("fail", expectationText(step), seenText(seen));
  }

  /** Puts the rules at this place in force. */
  #rules(): void {
    for (;;) {
      const step = this.#data.steps[this.#at];
      if (step === undefined || !isRule(step)) return;
      this.#side.rules.add(step);
      this.#at++;
    }
  }

  /** Carries out steps up to the next expectation. */
  #advance(): void {
    while (!this.done) {
      const step = this.#data.steps[this.#at];
      if (step === undefined) {
        this.#end("pass", "", this.#lastSeen ? seenText(this.#lastSeen) : "");
        return;
      }
      if (isRule(step)) this.#rules();
      else if (isExpectation(step)) {
        if (this.#ended && step.step !== "expect_silence") {
          const judgement = judge(step, { seen: "close" }, this.#connected);
          if (judgement !== "met") {
            this.#end("fail", expectationText(step), "close");
            return;
          }
          this.#at++;
          continue;
        }
        return;
      } else {
        this.#at++;
        this.#act(step);
      }
    }
  }

  #act(step: Action): void {
    const side = this.#side;
    switch (step.step) {
      case "send":
        side.send(step.items);
        return;
      case "write": {
        const content = fromHex(step.data);
        this.#note(`> ${content.length} bytes of data`);
        side.write.write(ContentType.application_data, content);
        return;
      }
      case "early_data": {
        this.#require(
          side.write.epoch === "early",
          "early data cannot be sent here: with({ resume: true, earlyData: true }) offers it",
        );
        const content = fromHex(step.data);
        this.#note(`> ${content.length} bytes of early data`);
        side.write.write(ContentType.application_data, content);
        return;
      }
      case "update_keys":
        this.#require(
          side.attempt((engine) => engine.updateKeys(step.askPeer)),
          "keys cannot be updated before the handshake is done",
        );
        return;
      case "request_certificate":
        this.#require(
          side.attempt((engine) => engine.requestCertificate()),
          "no certificate can be asked for here: with({ postHandshakeAuth: true }), and a client that offers it",
        );
        return;
      case "close_notify":
        this.#note("> close_notify");
        side.write.write(ContentType.alert, Uint8Array.of(1, 0));
        return;
      case "skip_sequence":
        side.write.skipSequence(step.records);
        return;
      case "end":
        this.#note("> end");
        this.wantsEnd = true;
        return;
      case "wait":
        this.#waits += step.milliseconds;
    }
  }

  #require(isDone: boolean, why: string): void {
    if (!isDone) throw new LabError(why);
  }

  #end(verdict: Verdict, expected: string, seen: string): void {
    this.#outcome ??= { verdict, expected, seen };
  }

  #note(text: string): void {
    this.#events.push(text);
  }

  /** Any fault of the lab ends the run, and never the program. */
  #guarded(step: () => void): void {
    try {
      step();
      if (this.#side.broken !== undefined) throw this.#side.broken;
    } catch (error) {
      this.#end(
        "error",
        "",
        error instanceof Error ? error.message : "a fault",
      );
    }
  }
}

function peer({ role }: ScenarioData): "client" | "server" {
  return role === "client" ? "server" : "client";
}

const RULES: ReadonlySet<string> = new Set<Rule["step"]>([
  "before_send",
  "after_send",
  "skip",
  "repeat",
  "replace",
  "insert",
  "hold",
  "split",
  "coalesce",
  "delay",
  "record",
  "protect",
  "sign",
  "before_receive",
]);

function isRule(step: Step): step is Rule {
  return RULES.has(step.step);
}

function isExpectation(step: Step): step is Expectation {
  return step.step.startsWith("expect");
}
