/** undici's Agent over HTTP/2. */
import { open } from "./undici-agent.mjs";

export const client = {
  asksForCertificate: true,
  waits: true,
  lingers: true,
  open: (target) => open(target, { allowH2: true }),
};
