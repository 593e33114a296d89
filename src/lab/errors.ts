/**
 * A scenario that cannot be played as it stands: a step that the version or the role
 * does not have, a field that the message lacks. Nothing of the peer's is in it.
 *
 * @example
 * ```ts
 * import { LabError, scenario, scenarioOf } from "puretls/lab";
 *
 * const { data } = scenario("tls13").skip("finished");
 * try {
 *   scenarioOf({ ...data, role: "server", version: "tls12", steps: [
 *     { step: "skip", message: "key_update", transcript: "keeps" },
 *   ] });
 *   throw new Error("not reached");
 * } catch (error) {
 *   if (!(error instanceof LabError)) throw error;
 * }
 * ```
 */
export class LabError extends Error {
  override readonly name = "LabError";
}
