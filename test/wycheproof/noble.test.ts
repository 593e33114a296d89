import { describe } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { aeadSuites } from "./suites/aead.ts";
import { keyExchangeSuites, mlKemSuites } from "./suites/key-exchange.ts";
import { macAndKdfSuites } from "./suites/mac-and-kdf.ts";
import { rsaSuites } from "./suites/rsa.ts";
import { ecdsaSuites, eddsaSuites, mlDsaSuites } from "./suites/signatures.ts";

describe("Wycheproof over the noble provider", () => {
  aeadSuites(noble);
  macAndKdfSuites(noble);
  keyExchangeSuites(noble);
  mlKemSuites(noble);
  ecdsaSuites(noble);
  eddsaSuites(noble);
  mlDsaSuites(noble);
  rsaSuites(noble);
});
