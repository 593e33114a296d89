/** Outcomes of the acts of programs/acts.ts, which are the same in every runtime. */
import { expect } from "vitest";
import { FLOOD, type Stage } from "./stage.ts";

/** Bytes that the system's buffers of both sides may hold, generously. */
const SYSTEM = 14 << 20;

/** Differences of a runtime or of a way, each with its reason where it is used. */
export interface Ways {
  /** Text of the error where nobody listens. */
  readonly refused: RegExp;
  /** False where the source cannot be stopped: a WebSocket of a browser. */
  readonly stops?: boolean;
}

/** Compares what a program told with what it should have. */
export function expectActs(
  told: Readonly<Record<string, unknown>>,
  { seen }: Stage,
  { refused, stops = true }: Ways,
): void {
  const own = { name: "Error", message: "the program's own reason" };
  expect(told).toMatchObject({
    openssl: ["TLSv1.3", 1 << 20, true],
    wrongName: { reason: "HOSTNAME_MISMATCH" },
    wrongAuthority: { reason: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    wrongOption: {
      name: "TypeError",
      message: expect.stringMatching(/servername .*serverHostname/),
    },
    refused: { message: expect.stringMatching(refused) },
    timeout: { code: "ERR_SSL_TIMEOUT" },
    abort: own,
    abortedBefore: own,
    halfCloseHere: [300_000, true, false],
    halfCloseThere: [0, false],
    cut: { name: "SSLEOFError" },
    slowReader: FLOOD,
    slowServer: [expect.stringMatching(/^(waits|settled)$/), String(24 << 20)],
    closeInTime: [
      { name: expect.stringMatching(/Error/) },
      { code: "ERR_SSL_TIMEOUT" },
    ],
  });
  const [read, written] = told["reset"] as Record<string, unknown>[];
  expect(read).toHaveProperty("name");
  expect(written).toHaveProperty("name");
  expect(seen.afterEnd).toBe(100_000);
  // A connection that was given up is closed at once, not when the program ends.
  expect(seen.silence).toBeGreaterThan(200);
  expect(seen.silence).toBeLessThan(2000);
  if (stops) {
    expect(seen.flooded).toBeGreaterThan(0);
    expect(seen.flooded).toBeLessThan(SYSTEM);
  }
}
