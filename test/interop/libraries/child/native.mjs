/** Tells whether this process has used Node's own TLS. */
import { createHook } from "node:async_hooks";

/** Calls back once, at the first socket that Node's own TLS wraps. */
export function onNativeTls(tell) {
  const hook = createHook({
    init(_, type) {
      if (type !== "TLSWRAP" || isLookedAt()) return;
      hook.disable();
      tell();
    },
  });
  hook.enable();
}

/** One is made for its class, and never used: docs/adr/0018. */
function isLookedAt() {
  return new Error().stack.includes("http2-wrap.ts");
}
