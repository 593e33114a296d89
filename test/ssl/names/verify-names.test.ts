import { describe, expect, it } from "vitest";
import { verifyNameOf } from "../../../src/ssl/errors/reasons.ts";
import * as faults from "../../../src/x509/faults/faults.ts";

/** X509_V_ERR_UNSPECIFIED, which is a name as well. */
const UNSPECIFIED = 1;
const numbers = Object.values(faults)
  .map(({ code, verifyCode }) => [code, verifyCode] as const)
  .filter(([, number]) => number !== UNSPECIFIED);

it("there are many faults", () => {
  expect(numbers.length).toBeGreaterThan(30);
});

describe("a fault of a verification has OpenSSL's name", () => {
  it.each(numbers)("%s, number %i", (_code, number) => {
    expect(verifyNameOf(number)).not.toBe("UNSPECIFIED");
  });
});
