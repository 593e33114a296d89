import { expect, it } from "vitest";
import { acceptOver, connectOver } from "../../src/adapters/web/index.ts";
import { createDefaultContext, memoryPair } from "../../src/index.ts";
import { serve } from "../../src/net/node.ts";
import { mozillaRoots } from "../../src/roots/index.ts";
import { testAuthority } from "../support/pki.ts";

const { pem } = testAuthority();
const context = createDefaultContext({ ca: pem });

it.each([
  { ca: pem },
  { ca: [] },
  { caFile: "ca.pem" },
  { caPath: "certs" },
  { roots: mozillaRoots },
  { cert: pem, key: pem },
  { alpnProtocols: ["h2"] },
])("%o is refused beside a context, which would pass it over", async (more) => {
  const options = { context, serverHostname: "a.test", ...more };
  const [near, far] = memoryPair();
  const word = Object.keys(more)[0] ?? "";
  const message = expect.stringMatching(`${word}: given together`);
  const refused = { name: "TypeError", message };
  await expect(connectOver(near, options)).rejects.toMatchObject(refused);
  const { serverHostname: _, ...server } = options;
  await expect(acceptOver(far, server)).rejects.toMatchObject(refused);
  await expect(serve({ ...server, port: 0 })).rejects.toMatchObject(refused);
});
