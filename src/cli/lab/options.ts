/** The options of `puretls lab`. */
import type { Values } from "../command.ts";

const PEER_OPTIONS = {
  peer: { type: "string" },
  client: { type: "string" },
  servername: { type: "string" },
  seed: { type: "string" },
  patience: { type: "string" },
} as const;

export const RUN_OPTIONS = {
  ...PEER_OPTIONS,
  only: { type: "string", multiple: true },
  replay: { type: "string" },
  json: { type: "boolean" },
  junit: { type: "string" },
  verbose: { type: "boolean" },
  quiet: { type: "boolean" },
} as const;

export const EXPLORE_OPTIONS = {
  ...PEER_OPTIONS,
  tls: { type: "string", choices: ["1.2", "1.3"] },
  role: { type: "string", choices: ["client", "server"] },
  depth: { type: "string" },
  format: { type: "string", choices: ["dot", "mermaid", "json"] },
  all: { type: "boolean" },
} as const;

export const LIST_OPTIONS = {
  only: { type: "string", multiple: true },
  json: { type: "boolean" },
} as const;

export type PeerValues = Values<typeof PEER_OPTIONS>;
