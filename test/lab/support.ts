/** Messages of honest handshakes, for the tests of fields. */
import {
  edit,
  type Lab,
  type LabScenario,
  playInMemory,
  scenario,
  scenarioOf,
} from "../../src/lab/index.ts";
import { messageName, SENT } from "../../src/lab/names.ts";

interface Message {
  readonly name: string;
  readonly raw: Uint8Array;
  readonly suite: "TLSv1.2" | "TLSv1.3";
}

const HONEST: readonly LabScenario[] = (["client", "server"] as const).flatMap(
  (role): LabScenario[] => [
    scenario("tls13", role)
      .with({ clientCertificate: true, alpnProtocols: ["h2"], retry: true })
      .expectConnected()
      .updateKeys(),
    scenario("tls13", role)
      .with({ resume: true, earlyData: true, externalPsk: true })
      .expectConnected(),
    scenario("tls12", role)
      .with({ clientCertificate: true, alpnProtocols: ["h2"] })
      .expectConnected(),
    scenario("tls12", role).with({ resume: true }).expectConnected(),
  ],
);

/** Each message that a misbehaving side sends, seen by an edit that changes nothing. */
export function honestMessages(lab: Lab): Message[] {
  const messages: Message[] = [];
  for (const { data } of HONEST) {
    const { version, role } = data;
    const suite = version === "tls13" ? "TLSv1.3" : "TLSv1.2";
    const look = edit.custom((raw) => {
      messages.push({ name: messageName(raw), raw, suite });
      return raw;
    });
    const rules = SENT[version][role]
      .filter((message) => message !== "change_cipher_spec")
      .map((message) => ({
        ...({ step: "after_send", message, edit: look, nth: 0 } as const),
      }));
    const watched = scenarioOf({ ...data, steps: [...rules, ...data.steps] });
    const { verdict, seen } = playInMemory(watched, { lab });
    if (verdict !== "pass") throw new Error(seen);
  }
  return messages;
}
