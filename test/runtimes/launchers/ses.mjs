/** Hardened JavaScript: lockdown, then a compartment with what is named here. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [, , inputFile, script, packages] = process.argv;
createRequire(packages)("ses");
lockdown();
const compartment = new Compartment({
  globals: harden({
    input: JSON.parse(readFileSync(inputFile, "utf8")),
    print: (line) => console.log(line),
    // A compartment has no clock and no random bytes unless it is given some.
    Date: globalThis.Date,
    crypto: globalThis.crypto,
  }),
  __options__: true,
});
compartment.evaluate(readFileSync(script, "utf8"));
