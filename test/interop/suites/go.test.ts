import {
  echClientTests,
  echServerTests,
} from "../support/programs/ech-programs.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("go");
interopSuite("go", { version: "TLSv1.2" });

describePeers(["go"], (peer) => {
  const [, minor = 0] = /Go 1\.(\d+)/.exec(peer.label) ?? [];
  // Its servers have had it since then.
  if (Number(minor) < 24) return;
  echClientTests(peer);
  echServerTests(peer);
});
