/** undici's Agent over HTTP/1.1. */
import { open } from "./undici-agent.mjs";

export const client = {
  asksForCertificate: true,
  waits: true,
  lingers: true,
  open: (target) => open(target, { allowH2: false }),
};
