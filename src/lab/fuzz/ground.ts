/** The messages of an honest handshake and their fields: what a random change can be about. */
import { messageName, type LabMessage } from "../names.ts";
import { applyEdit } from "../message/apply.ts";
import type { MessageEdit } from "../message/edits.ts";
import { parseMessage, pathsOf } from "../message/tree.ts";
import { playInMemory } from "../play/memory.ts";
import { LabScenario, type ScenarioData } from "../scenario/scenario.ts";
import type { Handshake, Rule } from "../scenario/steps.ts";
import { SENT, type LabRole, type LabVersion } from "../names.ts";
import type { Lab } from "../world/lab.ts";

/** A message that the misbehaving side sends in an honest handshake. */
export interface GroundMessage {
  readonly name: LabMessage;
  readonly raw: Uint8Array;
  readonly paths: readonly string[];
}

/** A kind of handshake, with the messages of the misbehaving side in order. */
export interface Ground {
  readonly version: LabVersion;
  readonly role: LabRole;
  readonly handshake: Handshake;
  /** Rules that every scenario on it begins with. */
  readonly rules: readonly Rule[];
  readonly messages: readonly GroundMessage[];
}

const COMMON: readonly Handshake[] = [
  {},
  { clientCertificate: true },
  { resume: true },
  { alpnProtocols: ["h2", "http/1.1"] },
];

const KINDS: Readonly<Record<LabVersion, readonly Handshake[]>> = {
  tls12: [
    ...COMMON,
    { cipherSuites: ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"] },
  ],
  tls13: [
    ...COMMON,
    { retry: true },
    { externalPsk: true },
    { bothVersions: true },
    { resume: true, earlyData: true, alpnProtocols: ["h2", "http/1.1"] },
  ],
};

/** CBC as it was before RFC 7366. */
const MAC_THEN_ENCRYPT: Rule = {
  step: "before_send",
  message: "client_hello",
  edit: {
    edit: "extension",
    extension: "encrypt_then_mac",
    changes: [{ change: "drop" }],
  },
};

/** The kinds of handshake of a version and a role, each played once. */
export function groundsOf(
  version: LabVersion,
  role: LabRole,
  lab: Lab,
): Ground[] {
  return KINDS[version]
    .flatMap((handshake) => [
      { version, role, handshake, rules: [] },
      ...(handshake.cipherSuites && role === "client"
        ? [{ version, role, handshake, rules: [MAC_THEN_ENCRYPT] }]
        : []),
    ])
    .map((kind) => ({ ...kind, messages: messagesOf(kind, lab) }));
}

function messagesOf(kind: Omit<Ground, "messages">, lab: Lab): GroundMessage[] {
  const messages: GroundMessage[] = [];
  const watch: MessageEdit = {
    edit: "custom",
    apply: (raw) => {
      const paths = [...new Set(pathsOf(parseMessage(raw, undefined)))];
      messages.push({ name: messageName(raw), raw: raw.slice(), paths });
      return raw;
    },
  };
  const names: readonly LabMessage[] = SENT[kind.version][kind.role];
  const steps = names
    .filter((message) => message !== "change_cipher_spec")
    .map((message): Rule => {
      return { step: "after_send", message, edit: watch, nth: 0 };
    });
  const { rules, ...rest } = kind;
  const data: ScenarioData = {
    ...rest,
    ...{ name: "", requirements: [], tags: [] },
    steps: [...rules, ...steps, { step: "expect_connected" }],
  };
  playInMemory(new LabScenario(data), { lab });
  return messages;
}

/** Tells whether an edit changes that message at all; false where it has no such field. */
export function changes({ raw }: GroundMessage, edit: MessageEdit): boolean {
  try {
    const changed = applyEdit(raw, edit, undefined);
    return (
      changed.length !== raw.length ||
      changed.some((byte, at) => byte !== raw[at])
    );
  } catch {
    return false;
  }
}
