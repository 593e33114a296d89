/** Checks over the sockets of a runtime, with foreign peers. */

/** The checks, by name: none where the runtime has no sockets. */
export function socketChecks({ sockets }) {
  if (sockets === undefined) return {};
  return {};
}
