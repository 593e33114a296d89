import { describe, expect, it } from "vitest";
import {
  encodeAlert,
  isHarmless,
  readAlert,
} from "../../../src/engine/alerts.ts";

describe("alerts", () => {
  it("have a level and a description, with or without names", () => {
    expect(readAlert(encodeAlert("fatal", "no_renegotiation"))).toEqual({
      level: "fatal",
      alert: "no_renegotiation",
    });
    expect(readAlert(Uint8Array.of(1, 99))).toEqual({
      level: "warning",
      alert: 99,
    });
    for (const level of [0, 3, 42])
      expect(() => readAlert(Uint8Array.of(level, 10))).toThrow(/neither/);
    for (const bytes of [[], [1], [1, 0, 0]])
      expect(() => readAlert(Uint8Array.from(bytes))).toThrow(/one alert/);
  });

  it.each([
    ["warning", "user_canceled", true, true],
    ["fatal", "user_canceled", true, false],
    ["warning", "no_renegotiation", false, true],
    ["fatal", "no_renegotiation", false, false],
    ["warning", "unrecognized_name", false, true],
    ["warning", 99, false, true],
    ["warning", "close_notify", false, false],
    ["fatal", "handshake_failure", false, false],
  ] as const)(
    // [9846-6-04b]
    "%s %s: passed over in TLS 1.3 %s, in TLS 1.2 %s",
    (level, alert, in13, in12) => {
      expect(isHarmless({ level, alert }, "fatal")).toBe(in13);
      expect(isHarmless({ level, alert }, "ignored")).toBe(in12);
    },
  );
});
