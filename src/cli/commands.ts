/** All commands of `puretls`. */
import { cert } from "./cert/cert.ts";
import { ciphers } from "./ciphers.ts";
import type { Command } from "./command.ts";
import { connect } from "./connect/connect.ts";
import { demo } from "./demo.ts";
import { explainCapture } from "./explain/explain.ts";
import { completionOf } from "./help/completion.ts";
import { lab } from "./lab/lab.ts";
import { probe } from "./probe/probe.ts";
import { serve } from "./serve/serve.ts";

export const COMMANDS: readonly Command[] = [
  connect,
  serve,
  explainCapture,
  probe,
  cert,
  lab,
  ciphers,
  demo,
  completionOf(() => COMMANDS),
];
