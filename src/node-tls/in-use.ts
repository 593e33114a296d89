/**
 * The functions that this room calls where Node's module calls its own: a program that
 * puts others in their place, as packages that add authorities do, is heard.
 */
import tls from "node:tls";
import { contextFor } from "./context/context-cache.ts";
import type { SecureContextOptions } from "./context/context-options.ts";
import { createSecureContext } from "./context/secure-context.ts";
import { checkServerIdentity } from "./peer/identity.ts";

const own = {
  createSecureContext,
  checkServerIdentity,
  /** The context of a client; one of earlier options serves the same ones. */
  clientContext: (options: SecureContextOptions): object =>
    contextFor(options, createSecureContext),
};

/** Those of `node:tls` once `puretls/register` has put this module there. */
export const inUse = { ...own };

/** Calls the members of `node:tls`, whatever they are at each time. */
export function callMembersOfNode(): void {
  inUse.createSecureContext = (options) => tls.createSecureContext(options);
  inUse.clientContext = (options) =>
    tls.createSecureContext === createSecureContext
      ? own.clientContext(options)
      : tls.createSecureContext(options);
  Object.defineProperty(inUse, "checkServerIdentity", {
    get: () => tls.checkServerIdentity,
  });
}
