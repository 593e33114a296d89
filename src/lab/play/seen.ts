/** Things that a misbehaving side sees of its peer, and the judgement of expectations by them. */
import { alertName, type AlertName } from "../../errors.ts";
import { beginsWith, type LabMessage } from "../names.ts";
import { fromHex } from "../../bytes.ts";
import type { Expectation } from "../scenario/steps.ts";

/** Something that the peer did, or that came of it. */
export type Seen =
  | { readonly seen: "message"; readonly name: LabMessage }
  | {
      readonly seen: "alert";
      readonly level: number;
      readonly alert: AlertName | number;
    }
  | { readonly seen: "data"; readonly bytes: Uint8Array }
  | { readonly seen: "change_cipher_spec" }
  | { readonly seen: "garbage" }
  | { readonly seen: "close" }
  | {
      readonly seen: "connected";
      /** The peer has agreed by what it sent last. */
      readonly certain: boolean;
    }
  | { readonly seen: "own_end"; readonly reason: string }
  | { readonly seen: "silence" };

/** Reads an alert off its two bytes. */
export function alertOf([level = 0, code = 0]: Uint8Array): Seen {
  return { seen: "alert", level, alert: alertName(code) ?? code };
}

/** Something seen, in words. */
export function seenText(seen: Seen): string {
  switch (seen.seen) {
    case "message":
      return seen.name;
    case "alert":
      return `alert ${seen.alert}${seen.level === 1 ? " (warning)" : ""}`;
    case "data":
      return `${seen.bytes.length} bytes of data`;
    case "garbage":
      return "bytes that are no TLS";
    case "own_end":
      return `this side's own end by ${seen.reason}`;
    default:
      return seen.seen;
  }
}

/** An expectation in words. */
export function expectationText(step: Expectation): string {
  switch (step.step) {
    case "expect":
      return step.message;
    case "expect_alert": {
      const alerts =
        step.alerts.length === 0
          ? "an alert that ends the connection"
          : `alert ${step.alerts.join(" or ")}`;
      return step.orClose ? `${alerts}, or a close` : alerts;
    }
    case "expect_data":
      return "data";
    case "expect_silence":
      return "silence";
    case "expect_close":
      return "a close";
    case "expect_connected":
      return "a connection";
    case "expect_refusal":
      return "an alert or a close";
  }
}

/** "met", "failed", or "open" where the next thing decides. */
export type Judgement = "met" | "failed" | "open";

/** Judges an expectation by what was seen. */
export function judge(
  step: Expectation,
  seen: Seen,
  isConnected: boolean,
): Judgement {
  if (seen.seen === "own_end") return "open";
  if (seen.seen === "garbage")
    return step.step === "expect_close" || step.step === "expect_refusal"
      ? "open"
      : "failed";
  const ends =
    seen.seen === "close" ||
    seen.seen === "silence" ||
    (seen.seen === "alert" && isEnd(seen));
  switch (step.step) {
    case "expect":
      if (seen.seen === "message" && seen.name === step.message) return "met";
      if (seen.seen === "change_cipher_spec" && step.message === seen.seen)
        return "met";
      return ends ? "failed" : "open";
    case "expect_alert":
      // A warning that is named is what was asked for.
      if (seen.seen === "alert" && isNamed(step.alerts, seen.alert))
        return "met";
      if (seen.seen === "alert" && isEnd(seen))
        return step.alerts.length === 0 ? "met" : "failed";
      if (seen.seen === "close") return step.orClose ? "met" : "failed";
      return ends ? "failed" : "open";
    case "expect_data": {
      if (seen.seen !== "data") return ends ? "failed" : "open";
      const isRight =
        step.data === undefined || beginsWith(seen.bytes, fromHex(step.data));
      return isRight ? "met" : "failed";
    }
    case "expect_silence":
      return seen.seen === "silence" ? "met" : "failed";
    case "expect_close":
      if (seen.seen === "close") return "met";
      return seen.seen === "silence" ? "failed" : "open";
    case "expect_connected":
      if (!isConnected) return ends ? "failed" : "open";
      if (seen.seen === "alert" || seen.seen === "close")
        return isEnd(seen) || seen.seen === "close" ? "failed" : "open";
      return seen.seen === "connected" && !seen.certain ? "open" : "met";
    case "expect_refusal":
      if (seen.seen === "alert") return isEnd(seen) ? "met" : "open";
      if (seen.seen === "close") return "met";
      return seen.seen === "silence" ? "failed" : "open";
  }
}

function isNamed(
  alerts: readonly AlertName[],
  alert: AlertName | number,
): boolean {
  return alerts.some((name) => name === alert);
}

/** Tells whether an alert ends a connection, whatever its level says. */
export function isEnd(seen: Seen): boolean {
  return (
    seen.seen === "alert" &&
    seen.alert !== "user_canceled" &&
    seen.alert !== "no_renegotiation" &&
    !(seen.level === 1 && seen.alert === "unrecognized_name")
  );
}
