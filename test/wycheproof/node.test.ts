import { describe } from "vitest";
import { node } from "../../src/crypto/node.ts";
import { aeadSuites } from "./suites/aead.ts";
import { keyExchangeSuites, mlKemSuites } from "./suites/key-exchange.ts";
import { macAndKdfSuites } from "./suites/mac-and-kdf.ts";
import { rsaSuites } from "./suites/rsa.ts";
import { ecdsaSuites, eddsaSuites, mlDsaSuites } from "./suites/signatures.ts";

describe("Wycheproof over the node provider", () => {
  aeadSuites(node);
  macAndKdfSuites(node);
  keyExchangeSuites(node);
  mlKemSuites(node);
  ecdsaSuites(node);
  eddsaSuites(node);
  mlDsaSuites(node);
  rsaSuites(node);
});
