/**
 * Calls back every so many milliseconds, by the runtime's timer, which does not
 * keep a process alive where that can be said. Returns how to stop. Without
 * timers it never calls.
 */
export function startInterval(
  milliseconds: number,
  callback: () => void,
): () => void {
  const set: unknown = Reflect.get(globalThis, "setInterval");
  const clear: unknown = Reflect.get(globalThis, "clearInterval");
  if (typeof set !== "function" || typeof clear !== "function")
    return () => undefined;
  const most = 2 ** 31 - 1;
  const time = Math.min(milliseconds, most);
  const timer: unknown = Reflect.apply(set, undefined, [callback, time]);
  if (typeof timer === "object" && timer !== null) {
    const unref: unknown = Reflect.get(timer, "unref");
    if (typeof unref === "function") Reflect.apply(unref, timer, []);
  }
  return () => {
    Reflect.apply(clear, undefined, [timer]);
  };
}
