import { expect, it } from "vitest";
import { ALERTS } from "../src/alerts.ts";
import { TlsError } from "../src/errors.ts";
import * as REASONS from "../src/reasons.ts";

// [9846-6.2-03] [9846-6.2-07a]
it("every reason has its own name, an alert of the registry, words and a section", () => {
  for (const [key, row] of Object.entries(REASONS)) {
    const { name, alert, says, rfc } = row;
    expect(name).toBe(key);
    expect(alert === null || alert in ALERTS, key).toBe(true);
    expect(says.length, key).toBeGreaterThan(15);
    expect(rfc, key).toMatch(/^\d{4} [\dA-Z]/);
    const error = new TlsError(row);
    expect([error.reason, error.message, error.rfc]).toEqual([key, says, rfc]);
    expect(error.alert).toBe(alert ?? undefined);
  }
});
