/**
 * The lab: says what a handshake does wrong, and sees what the other side makes of it.
 *
 * The misbehaving side is an engine of ours whose messages pass the rules of a scenario;
 * the other side is any TLS peer. The parts:
 *
 * - `scenario(version, role)` begins a {@link LabScenario}, a value that each call extends.
 *   Rules (`beforeSend`, `afterSend`, `skip`, `repeat`, `replace`, `insertBefore`,
 *   `insertAfter`, `hold`, `split`, `coalesce`, `delay`, `record`, `protect`, `sign`,
 *   `beforeReceive`) hold from their place on, each for the next message of its name
 *   (`{ nth: 2 }`: the second, `{ nth: 0 }`: all). Actions (`send`, `write`, `earlyData`,
 *   `updateKeys`, `closeNotify`, `end`, `wait`) and expectations (`expect`, `expectAlert`,
 *   `expectData`, `expectSilence`, `expectClose`, `expectConnected`, `expectRefusal`)
 *   come one after the other. `with()` changes the handshake: resumption, early data,
 *   a client certificate, HelloRetryRequest, groups, suites.
 * - {@link edit} changes messages by the names of their fields, {@link record} the records
 *   that carry them, {@link item} makes what no ordinary side sends.
 * - `beforeSend` changes what this side's transcript has too: signatures, binders and
 *   Finished are right for the changed message. `afterSend` leaves the transcript alone.
 * - {@link library} has the scenarios that ship, docs/lab-scenarios.md says which.
 * - {@link playInMemory} plays against an engine of ours, {@link play}
 *   against a peer elsewhere: `connectTo()` and `clientByCommand()` of `puretls/lab/node`.
 * - A {@link Result} has the verdict, what was expected and seen, and the bytes for a trace.
 *
 * @module
 */
export { LabError } from "./errors.ts";
export {
  type LabMessage,
  type LabRole,
  type LabVersion,
  type Received,
  type Sent,
} from "./names.ts";
export {
  append,
  type Change,
  cut,
  double,
  drop,
  edit,
  empty,
  fill,
  first,
  flip,
  last,
  lie,
  type MessageEdit,
  prepend,
  resize,
  retype,
  reverse,
  set,
  type Value,
} from "./message/edits.ts";
export { type Epoch, record, type RecordEdit } from "./scenario/records.ts";
export { item } from "./scenario/items.ts";
export type {
  Action,
  Expectation,
  Handshake,
  LabItem,
  Rule,
  Step,
  Which,
} from "./scenario/steps.ts";
export {
  LabScenario,
  type ScenarioData,
  scenario,
  scenarioOf,
} from "./scenario/scenario.ts";
export { library } from "./library/index.ts";
export { stepText } from "./play/words.ts";
export { Lab, type LabOptions } from "./world/lab.ts";
export { labAuthorityPem } from "./world/credentials.ts";
export type { MemoryConnection } from "./peers/memory.ts";
export type { LabConnection, Opponent } from "./peers/opponent.ts";
export type { Patience } from "./play/play.ts";
export { play, type PlayOptions } from "./play/play-against.ts";
export {
  type Branch,
  branchInMemory,
  type MemoryOptions,
  playInMemory,
} from "./play/memory.ts";
export {
  ladderOf,
  type Result,
  type Sending,
  traceOf,
  type Verdict,
} from "./play/result.ts";
export {
  reportJUnit,
  reportText,
  resultJson,
  type ReportedResult,
} from "./report/report.ts";
export {
  type Exploration,
  explore,
  type ExploredEdge,
  type ExploredState,
  type ExploreOptions,
} from "./explore/explore.ts";
export { explorationDot, explorationMermaid } from "./explore/graph.ts";
export { type Letter, lettersOf } from "./explore/letters.ts";
export type {
  ContentTypeName,
  ExtensionTypeName,
  HandshakeTypeName,
} from "../wire/code-points.ts";
