/** One row of the matrix: a runtime, from its start to its result. */

import { findOpenssl, startPeers } from "./peers.mjs";

/** Milliseconds that a row may take: goja needs half of it on a busy machine. */
const TIME_LIMIT = 300_000;

/**
 * Runs a row within its time.
 *
 * @returns its version or the reason why it was skipped, its checks, what
 *   failed, and the handshake times
 */
export async function runRow(row, context, timeLimit = TIME_LIMIT) {
  const { name, label, notes = {} } = row;
  const result = { name, label, ...notes, checks: [], failures: [] };
  const found = await row.find();
  if ("missing" in found) return { ...result, skipped: found.missing };
  const openssl = row.sockets ? findOpenssl() : {};
  if ("missing" in openssl) return { ...result, skipped: openssl.missing };
  result.version = found.version;
  const limit = new AbortController();
  let late;
  const tooLate = new Promise((_, reject) => (late = reject));
  tooLate.catch(() => {});
  const timer = setTimeout(() => {
    late(new Error(`not done after ${String(timeLimit / 1000)} s`));
  }, timeLimit);
  let done = false;
  const began = Date.now();
  const visits = [];
  let peers;
  try {
    const { signal } = limit;
    const { gateway: withGateway } = row;
    if (row.sockets)
      peers = await startPeers({ ...context, signal }, { withGateway });
    const running = row.run({
      ...context,
      input: {
        ...context.input,
        ports: peers?.ports,
        gateway: peers?.gateway,
      },
      come: peers?.come,
      signal,
      emit: (line) => {
        if (line.done) done = true;
        if (line.check !== undefined) result.checks.push(line);
        if (line.first !== undefined)
          Object.assign(result, { first: line.first, next: line.next });
        if (line.listening !== undefined) visits.push(visit(peers.come, line));
      },
    });
    await Promise.race([running, tooLate]);
    for (const failure of await Promise.all(visits))
      if (failure !== undefined) result.failures.push(failure);
    if (!done) result.failures.push("the program did not come to its end");
  } catch (error) {
    result.failures.push(error.message);
  } finally {
    clearTimeout(timer);
    peers?.stop();
    limit.abort();
  }
  for (const { check, ok, error } of result.checks)
    if (!ok) result.failures.push(`${check}: ${error}`);
  result.seconds = Math.round((Date.now() - began) / 1000);
  return result;
}

/** Has a foreign client come; answers how that failed. */
async function visit(come, line) {
  try {
    await come(line);
    return undefined;
  } catch (error) {
    return `${line.kind} as a client: ${error.message}`;
  }
}
