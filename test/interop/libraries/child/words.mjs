/** Words for an outcome that are the same in each run. */

/** Milliseconds that anything may take. */
export const PATIENCE = 15_000;

/** Codes of nodemailer and mysql2 for whatever happens to a socket. */
const VAGUE = new Set(["ESOCKET", "HANDSHAKE_SSL_ERROR"]);

/** Rejects when it has not settled after that time. */
export function within(promise, milliseconds = PATIENCE) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`nothing happened within ${milliseconds} ms`));
    }, milliseconds);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** The code of an error, or of the one that caused it, or else its message. */
export function wordsOf(error) {
  let found = error;
  for (
    let one = error;
    one instanceof Error;
    one = one.cause ?? one.errors?.[0]
  )
    if (/^[A-Z]/.test(one.code)) found = one;
  const code = String(found?.code);
  if (/^[A-Z]/.test(code) && !VAGUE.has(code)) return code;
  // Behind the colon stands what only one of the implementations says.
  return String(found?.message ?? found)
    .split(/[:\n]/)[0]
    .replaceAll(/\b\d{4,5}\b/g, "PORT");
}
