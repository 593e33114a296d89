/** Scenarios: what a handshake does wrong, and what the other side must make of it. */
import { toHex, utf8Bytes } from "../../bytes.ts";
import type { AlertName } from "../../errors.ts";
import { LabError } from "../errors.ts";
import type { MessageEdit } from "../message/edits.ts";
import {
  LAB_VERSIONS,
  type LabMessage,
  type LabRole,
  type LabVersion,
  otherRole,
  type Received,
  SENT,
  type Sent,
} from "../names.ts";
import type { Epoch, RecordEdit } from "./records.ts";
import type { Handshake, LabItem, Rule, Step, Which } from "./steps.ts";

/** A scenario as data, to be written to JSON and read back by {@link scenarioOf}. */
export interface ScenarioData {
  readonly version: LabVersion;
  readonly role: LabRole;
  readonly name: string;
  /** Ids of requirements, as in docs/rfc9846.md. */
  readonly requirements: readonly string[];
  /** Free words to choose scenarios by. */
  readonly tags: readonly string[];
  readonly handshake: Handshake;
  readonly steps: readonly Step[];
}

/** Says whether this side's transcript follows a change of what is sent. */
interface TranscriptChoice extends Which {
  /** "follows" unless given: the handshake is consistent, and wrong all the same. */
  readonly transcript?: "follows" | "keeps";
}

/**
 * A scenario: an ordinary handshake of one side, rules that change what it sends, actions,
 * and what is expected of the peer. It is a value: each call answers a new one. Rules
 * hold from their place on; actions and expectations come one after the other.
 *
 * @example
 * ```ts
 * import { drop, edit, playInMemory, scenario } from "puretls/lab";
 *
 * const noShare = scenario("tls13")
 *   .named("a hello without key_share")
 *   .requires("9846-9.2-05")
 *   .beforeSend("client_hello", edit.extension("key_share", drop))
 *   .expectAlert("missing_extension");
 * const result = playInMemory(noShare);
 * if (result.verdict !== "pass") throw new Error(result.seen);
 * ```
 */
export class LabScenario<
  V extends LabVersion = LabVersion,
  R extends LabRole = LabRole,
> {
  readonly data: ScenarioData;
  /** Only for the types: which messages there are. */
  declare readonly kind: readonly [V, R];

  /** Made by {@link scenario} or {@link scenarioOf}. */
  constructor(data: ScenarioData) {
    this.data = data;
  }

  get version(): LabVersion {
    return this.data.version;
  }

  get role(): LabRole {
    return this.data.role;
  }

  get name(): string {
    return this.data.name;
  }

  /** The scenario as JSON.stringify() takes it. */
  toJSON(): ScenarioData {
    return this.data;
  }

  /** Gives it a name, for reports and for choosing it. */
  named(name: string): LabScenario<V, R> {
    return this.#with({ name });
  }

  /** Names the requirements that a peer breaks where the scenario fails. */
  requires(...ids: readonly string[]): LabScenario<V, R> {
    return this.#with({ requirements: [...this.data.requirements, ...ids] });
  }

  /** Adds words to choose it by. */
  tagged(...tags: readonly string[]): LabScenario<V, R> {
    return this.#with({ tags: [...this.data.tags, ...tags] });
  }

  /** Changes the handshake that it begins with: resumption, client certificates, ... */
  with(handshake: Handshake): LabScenario<V, R> {
    return this.#with({
      handshake: { ...this.data.handshake, ...handshake },
    });
  }

  // ## Rules

  /** Changes a message before this side's transcript has it. */
  beforeSend(
    message: Sent<V, R>,
    edit: MessageEdit,
    which: Which = {},
  ): LabScenario<V, R> {
    return this.#rule({ step: "before_send", message, edit, ...which });
  }

  /** Changes a message behind this side's transcript, which keeps the right one. */
  afterSend(
    message: Sent<V, R>,
    edit: MessageEdit,
    which: Which = {},
  ): LabScenario<V, R> {
    return this.#rule({ step: "after_send", message, edit, ...which });
  }

  /** Leaves a message out. */
  skip(message: Sent<V, R>, options: TranscriptChoice = {}): LabScenario<V, R> {
    const { transcript = "follows" } = options;
    return this.#rule({ ...options, step: "skip", message, transcript });
  }

  /** Sends a message so often again. */
  repeat(
    message: Sent<V, R>,
    times = 1,
    options: TranscriptChoice = {},
  ): LabScenario<V, R> {
    const { transcript = "follows" } = options;
    return this.#rule({
      ...options,
      step: "repeat",
      message,
      times,
      transcript,
    });
  }

  /** Sends other things in the place of a message. */
  replace(
    message: Sent<V, R>,
    ...items: readonly LabItem[]
  ): LabScenario<V, R> {
    return this.#rule({ step: "replace", message, items });
  }

  /** Sends more before a message. */
  insertBefore(
    message: Sent<V, R>,
    ...items: readonly LabItem[]
  ): LabScenario<V, R> {
    return this.#rule({ step: "insert", where: "before", message, items });
  }

  /** Sends more behind a message. */
  insertAfter(
    message: Sent<V, R>,
    ...items: readonly LabItem[]
  ): LabScenario<V, R> {
    return this.#rule({ step: "insert", where: "after", message, items });
  }

  /** Sends a message behind a later one: another order. */
  hold(
    message: Sent<V, R>,
    until: Sent<V, R>,
    options: TranscriptChoice = {},
  ): LabScenario<V, R> {
    const { transcript = "follows" } = options;
    return this.#rule({ ...options, step: "hold", message, until, transcript });
  }

  /** Cuts a message into records of so many bytes; the last one has the rest. */
  split(
    message: Sent<V, R>,
    pieces: readonly number[],
    into: "records" | "segments" = "records",
  ): LabScenario<V, R> {
    return this.#rule({ step: "split", message, pieces, into });
  }

  /** Puts the next message into the same record, whatever keys it should have. */
  coalesce(message: Sent<V, R>): LabScenario<V, R> {
    return this.#rule({ step: "coalesce", message });
  }

  /** Sends a message so many milliseconds late. */
  delay(message: Sent<V, R>, milliseconds: number): LabScenario<V, R> {
    return this.#rule({ step: "delay", message, milliseconds });
  }

  /** Changes the records that carry a message. */
  record(
    message: Sent<V, R>,
    ...edits: readonly RecordEdit[]
  ): LabScenario<V, R> {
    return this.#rule({ step: "record", message, edits });
  }

  /** Protects a message by the keys of another time, or not at all. */
  protect(message: Sent<V, R>, under: Epoch): LabScenario<V, R> {
    return this.#rule({ step: "protect", message, under });
  }

  /** Signs wrongly: another signature, an empty one, over other content. */
  sign(
    message: Sent<V, R> & ("certificate_verify" | "server_key_exchange"),
    sign: Extract<Rule, { step: "sign" }>["sign"],
  ): LabScenario<V, R> {
    return this.#rule({ step: "sign", message, sign });
  }

  /** Changes a message of the peer for this side's handshake, not for its transcript. */
  beforeReceive(
    message: Received<V, R>,
    edit: MessageEdit,
    which: Which = {},
  ): LabScenario<V, R> {
    return this.#step({ step: "before_receive", message, edit, ...which });
  }

  // ## Actions

  /** Sends things that no ordinary side sends here. */
  send(...items: readonly LabItem[]): LabScenario<V, R> {
    return this.#step({ step: "send", items });
  }

  /** Writes application data, by the keys that this side has. */
  write(data: string | Uint8Array): LabScenario<V, R> {
    const bytes = typeof data === "string" ? utf8Bytes(data) : data;
    return this.#step({ step: "write", data: toHex(bytes) });
  }

  /** Writes early data: needs `with({ resume: true, earlyData: true })`. */
  earlyData(
    this: LabScenario<"tls13", "client">,
    data: string | Uint8Array,
  ): LabScenario<"tls13", "client"> {
    const bytes = typeof data === "string" ? utf8Bytes(data) : data;
    return this.#step({ step: "early_data", data: toHex(bytes) });
  }

  /** Updates this side's keys (TLS 1.3), and asks for the peer's too. */
  updateKeys(
    this: LabScenario<"tls13", R>,
    askPeer = false,
  ): LabScenario<"tls13", R> {
    return this.#step({ step: "update_keys", askPeer });
  }

  /** Asks a connected client of TLS 1.3 for its certificate. */
  requestCertificate(
    this: LabScenario<"tls13", "server">,
  ): LabScenario<"tls13", "server"> {
    return this.#step({ step: "request_certificate" });
  }

  /** Says close_notify. */
  closeNotify(): LabScenario<V, R> {
    return this.#step({ step: "close_notify" });
  }

  /** Leaves out so many sequence numbers under the present keys. */
  skipSequence(records = 1): LabScenario<V, R> {
    return this.#step({ step: "skip_sequence", records });
  }

  /** Ends the transport, with nothing said. */
  end(): LabScenario<V, R> {
    return this.#step({ step: "end" });
  }

  /** Waits so many milliseconds. */
  wait(milliseconds: number): LabScenario<V, R> {
    return this.#step({ step: "wait", milliseconds });
  }

  // ## Expectations

  /** Expects a message of the peer; others may come before it, an alert or an end not. */
  expect(message: Received<V, R>): LabScenario<V, R> {
    return this.#step({ step: "expect", message });
  }

  /** Expects one of these alerts; none named: any that ends the connection. */
  expectAlert(...alerts: readonly AlertName[]): LabScenario<V, R> {
    return this.#step({ step: "expect_alert", alerts, orClose: false });
  }

  /** Expects one of these alerts, or a close without one. */
  expectAlertOrClose(...alerts: readonly AlertName[]): LabScenario<V, R> {
    return this.#step({ step: "expect_alert", alerts, orClose: true });
  }

  /** Expects application data: any, or what begins with this. */
  expectData(data?: string | Uint8Array): LabScenario<V, R> {
    if (data === undefined) return this.#step({ step: "expect_data" });
    const bytes = typeof data === "string" ? utf8Bytes(data) : data;
    return this.#step({ step: "expect_data", data: toHex(bytes) });
  }

  /** Expects that nothing comes for so long. */
  expectSilence(milliseconds = 300): LabScenario<V, R> {
    return this.#step({ step: "expect_silence", milliseconds });
  }

  /** Expects the end of the transport; what comes before does not matter. */
  expectClose(): LabScenario<V, R> {
    return this.#step({ step: "expect_close" });
  }

  /** Expects that the handshake comes to its end, and the peer does not object. */
  expectConnected(): LabScenario<V, R> {
    return this.#step({ step: "expect_connected" });
  }

  /** Expects an alert that ends the connection, or its end: anything but going on. */
  expectRefusal(): LabScenario<V, R> {
    return this.#step({ step: "expect_refusal" });
  }

  /** Adds a step that is data already; it is checked when it is played. */
  step(...steps: readonly Step[]): LabScenario<V, R> {
    return this.#with({ steps: [...this.data.steps, ...steps] });
  }

  #rule(rule: Rule): LabScenario<V, R> {
    return this.#step(rule);
  }

  #step(step: Step): LabScenario<V, R> {
    return this.#with({ steps: [...this.data.steps, step] });
  }

  #with(changes: Partial<ScenarioData>): LabScenario<V, R> {
    return new LabScenario<V, R>({ ...this.data, ...changes });
  }
}

/**
 * Begins a scenario of a version, with the role of the side that misbehaves. See
 * {@link LabScenario} for an example.
 */
export function scenario<V extends LabVersion, R extends LabRole = "client">(
  version: V,
  role?: R,
): LabScenario<V, R>;
export function scenario(
  version: LabVersion,
  role: LabRole = "client",
): LabScenario {
  return scenarioOf({
    version,
    role,
    name: "",
    requirements: [],
    tags: [],
    handshake: {},
    steps: [],
  });
}

/**
 * The scenario of data, as read from JSON.
 *
 * @throws LabError for a step that the version or the role does not have
 * @example
 * ```ts
 * import { scenario, scenarioOf } from "puretls/lab";
 *
 * const text = JSON.stringify(scenario("tls13").repeat("client_hello"));
 * if (scenarioOf(JSON.parse(text)).version !== "tls13") throw new Error();
 * ```
 */
export function scenarioOf(data: ScenarioData): LabScenario {
  const made = new LabScenario(data);
  checkScenario(made.data);
  return made;
}

/**
 * Checks that every step exists in the version and the role.
 *
 * @throws LabError with the number of the step, the name and what is allowed
 */
export function checkScenario({ version, role, steps }: ScenarioData): void {
  if (!(version in LAB_VERSIONS))
    throw new LabError(
      `scenario: version "${version}"; allowed are ${Object.keys(LAB_VERSIONS).join(" and ")}`,
    );
  if (role !== "client" && role !== "server")
    throw new LabError(
      `scenario: role "${String(role)}"; allowed are client and server`,
    );
  steps.forEach((step, index) => {
    checkStep(step, version, role, `step ${index + 1}, ${step.step}`);
  });
}

function checkStep(
  step: Step,
  version: LabVersion,
  role: LabRole,
  where: string,
): void {
  const is13Alone =
    step.step === "early_data" ||
    step.step === "update_keys" ||
    step.step === "request_certificate";
  if (is13Alone && version !== "tls13")
    throw new LabError(`${where}: TLS 1.2 has none; use scenario("tls13")`);
  if (step.step === "early_data" && role !== "client")
    throw new LabError(`${where}: a client alone sends early data`);
  if (step.step === "request_certificate" && role !== "server")
    throw new LabError(`${where}: a server alone asks for a certificate`);
  if (step.step === "hold") requireMessage(step.until, version, role, where);
  if (!("message" in step)) return;
  const isTheirs = step.step === "expect" || step.step === "before_receive";
  const from = isTheirs ? otherRole(role) : role;
  requireMessage(step.message, version, from, where);
}

function requireMessage(
  message: LabMessage,
  version: LabVersion,
  from: LabRole,
  where: string,
): void {
  const allowed: readonly string[] = SENT[version][from];
  if (!allowed.includes(message))
    throw new LabError(
      `${where}: a ${from} of ${LAB_VERSIONS[version]} sends no "${message}"; it sends ${allowed.join(", ")}`,
    );
}
