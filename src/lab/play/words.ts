/** Steps of a scenario in words, for reports and pages. */
import { fromHex } from "../../bytes.ts";
import { itemText } from "../engine/items.ts";
import { editText } from "../message/apply.ts";
import type { Step } from "../scenario/steps.ts";
import { expectationText } from "./seen.ts";

/**
 * A step in words.
 *
 * @example
 * ```ts
 * import { scenario, stepText } from "puretls/lab";
 *
 * const { steps } = scenario("tls13").skip("finished").expectAlert().data;
 * if (steps.map(stepText)[0] !== "finished left out") throw new Error();
 * ```
 */
export function stepText(step: Step): string {
  switch (step.step) {
    case "before_send":
      return `${step.message}: ${editText(step.edit)}`;
    case "after_send":
      return `${step.message}, not in the transcript: ${editText(step.edit)}`;
    case "before_receive":
      return `${step.message} read as: ${editText(step.edit)}`;
    case "skip":
      return `${step.message} left out`;
    case "repeat":
      return `${step.message} sent ${step.times} times more`;
    case "replace":
      return `${step.items.map(itemText).join(", ")} for ${step.message}`;
    case "insert":
      return `${step.items.map(itemText).join(", ")} ${step.where} ${step.message}`;
    case "hold":
      return `${step.message} behind ${step.until}`;
    case "split":
      return `${step.message} cut into ${step.pieces.length + 1} ${step.into}`;
    case "coalesce":
      return `${step.message} in one record with the next`;
    case "delay":
      return `${step.message} ${step.milliseconds} ms late`;
    case "record":
      return `record of ${step.message}: ${step.edits.map(({ record }) => record.replaceAll("_", " ")).join(", ")}`;
    case "protect":
      return `${step.message} under keys: ${step.under}`;
    case "sign":
      return `${step.message}: signature ${step.sign.replaceAll("_", " ")}`;
    case "send":
      return `sends ${step.items.map(itemText).join(", ")}`;
    case "write":
    case "early_data":
      return `${step.step === "write" ? "data" : "early data"} of ${fromHex(step.data).length} bytes`;
    case "update_keys":
      return step.askPeer ? "keys updated, the peer's too" : "keys updated";
    case "request_certificate":
      return "asks for a certificate";
    case "close_notify":
      return "close_notify";
    case "skip_sequence":
      return `${step.records} sequence numbers left out`;
    case "end":
      return "ends the transport";
    case "wait":
      return `waits ${step.milliseconds} ms`;
    default:
      return expectationText(step);
  }
}

/** Tells whether a step says what the peer has to do. */
export function isExpected(step: Step): boolean {
  return step.step.startsWith("expect");
}
