/** Secure contexts: Node's objects, with the settings of puretls beside them. */
import type { SecureContext as NodeSecureContext } from "node:tls";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import type { SecureContextOptions } from "./context-options.ts";
import { contextSettings, type ContextFacts } from "./context-settings.ts";
import { nodeError } from "../base/errors.ts";
import { native } from "../base/native.ts";

const FACTS = new WeakMap<object, ContextFacts>();

/**
 * Makes the context of connections: keys, certificates, whom to trust and by what
 * rules. It is one of Node's, made when Node's own code asks for its inside, and
 * has the settings of puretls beside it. Node's `tls.createSecureContext()`.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE,
 *   ERR_TLS_INVALID_PROTOCOL_VERSION and so on, with Node's code of each
 *
 * @example
 * ```ts
 * import { createSecureContext } from "puretls/node-tls";
 *
 * const context = createSecureContext({ minVersion: "TLSv1.3" });
 * if (!("context" in context)) throw new Error();
 * ```
 */
export function createSecureContext(
  options: SecureContextOptions = {},
): NodeSecureContext {
  const given: SecureContextOptions = options || {};
  const facts = contextSettings(given);
  const made = {};
  Reflect.setPrototypeOf(made, secureContextPrototype());
  let inside: unknown;
  Object.defineProperty(made, "context", {
    configurable: true,
    enumerable: true,
    get: (): unknown => (inside ??= insideOf(given)),
    set: (value: unknown) => {
      inside = value;
    },
  });
  FACTS.set(made, facts);
  if (isSecureContext(made)) return made;
  throw new TypeError("createSecureContext: no context came out");
}

function insideOf(options: SecureContextOptions): unknown {
  return Reflect.get(native.createSecureContext(options), "context");
}

function isSecureContext(made: object): made is NodeSecureContext {
  return FACTS.has(made);
}

/**
 * The settings of a context.
 *
 * @throws TypeError ERR_TLS_INVALID_CONTEXT for what createSecureContext() of this
 *   module did not make
 */
export function contextFacts(context: unknown): ContextFacts {
  const facts =
    typeof context === "object" && context !== null
      ? FACTS.get(context)
      : undefined;
  if (facts !== undefined) return facts;
  throw nodeError(
    "ERR_TLS_INVALID_CONTEXT",
    "context: createSecureContext() of puretls/node-tls has to make it; Node's own has no settings that puretls could read",
  );
}

/** Tells whether this module made the context. */
export function isOurContext(context: unknown): context is NodeSecureContext {
  return typeof context === "object" && context !== null && FACTS.has(context);
}

let prototype: object | undefined;

function secureContextPrototype(): object {
  return (prototype ??= prototypeOf(native.createSecureContext()));
}

function prototypeOf(value: object): object {
  const found: unknown = Object.getPrototypeOf(value);
  return typeof found === "object" && found !== null ? found : {};
}

/** The context of SSLContext's own settings in a SecureContext, for tests. */
export function sslContextOf(context: unknown): SSLContext {
  return contextFacts(context).base;
}
