/** What a server speaks. */
import { TlsUsageError } from "../errors.ts";
import {
  CIPHER_SUITES,
  defaultCipherSuites,
} from "../handshake/cipher-suites.ts";
import {
  CIPHER_SUITES_13,
  defaultCipherSuites13,
} from "../handshake/cipher-suites13.ts";
import { startServer } from "../handshake/server/hello.ts";
import {
  serverMachines,
  serverMachines13,
} from "../handshake/server/machines.ts";
import { protection12 } from "./protection12.ts";
import { type Begin, EngineProtocol } from "./protocol.ts";

const begin: Begin = (config) => {
  if (config.role !== "server")
    throw new TlsUsageError("config: a server's is wanted");
  return startServer(config);
};

export const serverProtocol: EngineProtocol =
  /* @__PURE__ */ new EngineProtocol({
    versions: ["TLSv1.3", "TLSv1.2"],
    suites: CIPHER_SUITES,
    defaultSuites: defaultCipherSuites,
    begin,
    machines: /* @__PURE__ */ serverMachines(),
    protection12,
  });

export const serverProtocol13: EngineProtocol =
  /* @__PURE__ */ new EngineProtocol({
    versions: ["TLSv1.3"],
    suites: CIPHER_SUITES_13,
    defaultSuites: defaultCipherSuites13,
    begin,
    machines: /* @__PURE__ */ serverMachines13(),
  });
