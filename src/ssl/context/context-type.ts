/**
 * The type of the class that stands above all that it wraps. Imports run
 * downward only: `SSLContext` enters its type here where it is declared
 * (ssl-context.ts), so that a connection below can say that it has one.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by ssl-context.ts
export interface TypesAbove {}

/** The class `SSLContext`, for code below it. */
export type SSLContext = TypesAbove["sslContext"];

const CONTEXTS = new WeakSet();

/** Makes a context known as one, when it is made. */
export function enterContext(context: SSLContext): void {
  CONTEXTS.add(context);
}

/** Tells whether a value is a context of this library. */
export function isContext(value: unknown): value is SSLContext {
  return typeof value === "object" && value !== null && CONTEXTS.has(value);
}
