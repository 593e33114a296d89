/** What a client speaks. */
import { TlsUsageError } from "../errors.ts";
import {
  CIPHER_SUITES,
  defaultCipherSuites,
} from "../handshake/cipher-suites.ts";
import {
  CIPHER_SUITES_13,
  defaultCipherSuites13,
} from "../handshake/cipher-suites13.ts";
import { startClient } from "../handshake/client/hello.ts";
import {
  clientMachines,
  clientMachines13,
} from "../handshake/client/machines.ts";
import { protection12 } from "./protection12.ts";
import { type Begin, EngineProtocol } from "./protocol.ts";

const begin: Begin = (config, serverName, io) => {
  if (config.role !== "client")
    throw new TlsUsageError("config: a client's is wanted");
  return startClient(config, serverName, io);
};

export const clientProtocol: EngineProtocol =
  /* @__PURE__ */ new EngineProtocol({
    versions: ["TLSv1.3", "TLSv1.2"],
    suites: CIPHER_SUITES,
    defaultSuites: defaultCipherSuites,
    begin,
    machines: /* @__PURE__ */ clientMachines(),
    protection12,
  });

export const clientProtocol13: EngineProtocol =
  /* @__PURE__ */ new EngineProtocol({
    versions: ["TLSv1.3"],
    suites: CIPHER_SUITES_13,
    defaultSuites: defaultCipherSuites13,
    begin,
    machines: /* @__PURE__ */ clientMachines13(),
  });
