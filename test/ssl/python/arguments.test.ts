/**
 * Arguments as programmers of Python and Node write them by habit: each works, or
 * is refused by a sentence with the right name. Plain JavaScript has no compiler
 * that would say so.
 */
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import {
  createDefaultContext,
  MemoryBIO,
  memoryPair,
  Options,
  Protocol,
  Purpose,
  SSLContext,
  SSLObject,
  SSLServer,
  wrapSocket,
} from "../../../src/index.ts";
import {
  connect,
  getServerCertificate,
  listenTcp,
  serve,
} from "../../../src/net/node.ts";
import { testServer } from "../../support/pki.ts";
import { ascii, BioPair, clientContext, serverContext } from "../support.ts";

/** As plain JavaScript: with any argument. */
const call =
  (target: object, name: string, ...args: readonly unknown[]) =>
  (): unknown => {
    const method: unknown = Reflect.get(target, name);
    if (typeof method !== "function") throw new Error(`no ${name}`);
    const result: unknown = Reflect.apply(method, target, args);
    return result;
  };
const assign = (target: object, name: string, value: unknown) => () => {
  if (!Reflect.set(target, name, value))
    throw new TypeError(`Cannot add property ${name}`);
};

function pair(): BioPair {
  const both = new BioPair(clientContext(), serverContext()).handshake();
  both.server.write(ascii("data"));
  both.exchange();
  return both;
}

describe("numbers of bytes", () => {
  const { client } = pair();

  it.each(["read", "tryRead"])(
    "O-11: %s takes whole numbers from 0 on",
    (name) => {
      expect(call(client, name, -1)).toThrow(RangeError);
      expect(call(client, name, -1)).toThrow(/^size should not be negative/);
      expect(call(client, name, NaN)).toThrow(RangeError);
      expect(call(client, name, 1.5)).toThrow("a whole number of bytes");
      expect(call(client, name, "2")).toThrow(TypeError);
      expect(client.pending()).toBe(0);
    },
  );

  it("S-11: recv and recvInto do", async () => {
    const [near] = memoryPair();
    const socket = clientContext().wrapSocket(near, {
      serverHostname: "server.test",
    });
    for (const name of ["recv", "read"]) {
      expect(call(socket, name, -1)).toThrow(RangeError);
      expect(call(socket, name, "1")).toThrow(TypeError);
    }
    const target = new Uint8Array(4);
    await expect(call(socket, "recvInto", target, "1")()).rejects.toThrow(
      TypeError,
    );
    socket.destroy();
  });

  it("O-11: a buffer is filled where no number from 1 on is given", () => {
    for (const most of [undefined, 0, -1, 9]) {
      const target = new Uint8Array(4);
      expect(pair().client.readInto(target, most)).toBe(4);
      expect(target).toEqual(ascii("data"));
    }
    expect(call(client, "readInto", new Uint8Array(4), 1.5)).toThrow(
      RangeError,
    );
    expect(call(client, "readInto", new Uint8Array(4), "1")).toThrow(TypeError);
  });

  it("M-04: of a MemoryBIO", () => {
    const bio = new MemoryBIO();
    bio.write(ascii("data"));
    expect(call(bio, "read", 1.5)).toThrow(RangeError);
    expect(call(bio, "read", "2")).toThrow(TypeError);
    expect(bio.read(-1)).toEqual(ascii("data"));
  });
});

describe("contexts", () => {
  it("X-01: a protocol alone makes one", () => {
    const server = new SSLContext(Protocol.PROTOCOL_TLS_SERVER);
    expect(server.protocol).toBe(17);
    expect(new SSLContext("tlsServer").protocol).toBe(17);
    expect(() => new SSLContext(99 as never)).toThrow(RangeError);
    expect(() => new SSLContext(null as never)).toThrow(TypeError);
  });

  it("F-09: a purpose stands in the options", () => {
    const make = call(
      { createDefaultContext },
      "createDefaultContext",
      Purpose.CLIENT_AUTH,
    );
    expect(make).toThrow("purpose");
  });

  it("N-55 N-56: options in arithmetic are the sum of flags", () => {
    const context = new SSLContext();
    const before = context.optionFlags;
    const words: { options: number } = context as never;
    words.options |= Options.OP_NO_TLSv1_3;
    expect(context.optionFlags).toBe((before | Options.OP_NO_TLSv1_3) >>> 0);
    words.options &= ~Options.OP_NO_TLSv1_3;
    expect(context.optionFlags).toBe(before);
    expect(Object.keys(context.options)).toContain("noTicket");
  });

  it("N-55: flags that mean nothing here are refused", () => {
    const context = new SSLContext();
    const before = context.optionFlags;
    for (const flags of [-1, 1.5, NaN, 2 ** 32, 0x1])
      expect(assign(context, "optionFlags", flags)).toThrow(RangeError);
    expect(assign(context, "optionFlags", "4")).toThrow(TypeError);
    const legacy = assign(context, "optionFlags", before | 0x4);
    expect(legacy).toThrow("0x4 is not supported, and a server without");
    expect(context.optionFlags).toBe(before);
  });

  it.each([
    ["verify_mode", "verifyMode"],
    ["check_hostname", "checkHostname"],
    ["minimum_version", "minimumVersion"],
    ["set_ciphers", "setCiphers"],
    ["keylog_filename", "keyLogFilename"],
    ["sni_callback", "sniCallback"],
    ["load_cert_chain", "loadCertChain"],
  ])("X-01: %s is neither read nor set: it is %s", (python, ours) => {
    const context = new SSLContext();
    const says = `SSLContext: ${python} is ${ours} here`;
    expect(() => Reflect.get(context, python) as unknown).toThrow(says);
    expect(assign(context, python, 2)).toThrow(says);
  });

  it("X-01: no property can be added", () => {
    expect(assign(new SSLContext(), "verifymode", 2)).toThrow(TypeError);
    class Named extends SSLContext {
      readonly label = "mine";
    }
    expect(new Named().label).toBe("mine");
  });

  it("X-20 X-50: paths and passwords have names", () => {
    const context = new SSLContext();
    expect(call(context, "loadCertChain", "cert.pem")).toThrow("certFile");
    expect(call(context, "loadVerifyLocations", "ca.pem")).toThrow("caFile");
    expect(call(context, "loadCertChain", { certfile: "a" })).toThrow(
      "loadCertChain: certfile (text) is no option; it is certFile here",
    );
    expect(call(context, "loadCertChain", { passphrase: "a" })).toThrow(
      "it is password here",
    );
    expect(call(context, "loadVerifyLocations", { cadata: "a" })).toThrow(
      "it is ca here",
    );
  });
});

describe("connections", () => {
  it("P-05 X-65: DER for a true, as in Python", () => {
    const { client } = pair();
    const der = client.getPeerCert({ binary: true });
    expect(der).toBeInstanceOf(Uint8Array);
    expect(client.getPeerCert(true)).toEqual(der);
    expect(client.getPeerCert(false)).toEqual(client.getPeerCert());
    expect(clientContext().getCaCerts(true)[0]).toBeInstanceOf(Uint8Array);
    expect(call(client, "getPeerCert", { binary_form: true })).toThrow(
      "getPeerCert: binary_form (true) is no option; allowed are binary",
    );
  });

  it("O-01: no property can be added, and Python's names say ours", () => {
    const { client } = pair();
    expect(assign(client, "suppress", true)).toThrow(TypeError);
    expect(() => Reflect.get(client, "getpeercert") as unknown).toThrow(
      "getpeercert is getPeerCert here",
    );
    expect(() => Reflect.get(client, "do_handshake") as unknown).toThrow(
      "do_handshake is doHandshake here",
    );
    expect(() => Reflect.get(client, "session_reused") as unknown).toThrow(
      "session_reused is sessionReused here",
    );
    class Named extends SSLObject {
      readonly label = "mine";
    }
    const context = clientContext();
    context.sslObjectClass = Named;
    const [a, b] = [new MemoryBIO(), new MemoryBIO()];
    const named = context.wrapBio(a, b, { serverHostname: "server.test" });
    expect(Reflect.get(named, "label")).toBe("mine");
  });

  it("S-20: Python's names of a socket's members say ours", () => {
    const [near] = memoryPair();
    const socket = clientContext().wrapSocket(near, {
      serverHostname: "server.test",
      doHandshakeOnConnect: false,
    });
    for (const [python, ours] of [
      ["sendall", "sendAll"],
      ["settimeout", "setTimeout"],
      ["gettimeout", "timeout"],
      ["getpeername", "remoteAddress"],
      ["recv_into", "recvInto"],
      ["server_hostname", "serverHostname"],
    ] as const)
      expect(() => Reflect.get(socket, python) as unknown).toThrow(
        `${python} is ${ours} here`,
      );
    expect(assign(socket, "suppress", true)).toThrow(TypeError);
    socket.destroy();
  });

  it("X-101: a socket of Node is no transport, and the error says what makes one", () => {
    const wrap = call(clientContext(), "wrapSocket", new Socket(), {
      serverHostname: "server.test",
    });
    expect(wrap).toThrow(TypeError);
    expect(wrap).toThrow("fromNodeSocket()");
  });
});

/** Every function with options; a promise's rejection counts as a throw. */
const { certificatePem: cert, keyPem: key } = testServer();
const [near] = memoryPair();
const socket = clientContext().wrapSocket(near, {
  serverHostname: "server.test",
  doHandshakeOnConnect: false,
});
const bios = () => [new MemoryBIO(), new MemoryBIO()] as const;
const address = { host: "127.0.0.1", port: 1 };
const listener = {
  accept: () => Promise.resolve(null),
  close: () => Promise.resolve(),
  address: undefined,
};
const WITH_OPTIONS: Readonly<Record<string, (options: object) => unknown>> = {
  "new SSLContext": (o) => new SSLContext(o),
  extend: (o) => new SSLContext().extend(o),
  createDefaultContext: (o) => createDefaultContext({ ca: cert, ...o }),
  "SSLContext.wrapBio": (o) =>
    clientContext().wrapBio(...bios(), { serverHostname: "a.test", ...o }),
  "SSLContext.wrapSocket": (o) =>
    clientContext().wrapSocket(memoryPair()[0], {
      serverHostname: "a.test",
      ...o,
    }),
  wrapSocket: (o) => wrapSocket(memoryPair()[0], o),
  loadCertChain: (o) => {
    new SSLContext().loadCertChain({ cert, key, ...o });
  },
  loadCertChainAsync: (o) =>
    new SSLContext().loadCertChainAsync({ cert, key, ...o }),
  loadVerifyLocations: (o) => {
    new SSLContext().loadVerifyLocations({ ca: cert, ...o });
  },
  loadRawPublicKey: (o) => {
    new SSLContext().loadRawPublicKey({ publicKey: ascii("x"), key, ...o });
  },
  setCiphers: (o) => {
    new SSLContext().setCiphers("ECDHE", o);
  },
  getCaCerts: (o) => new SSLContext().getCaCerts(o),
  getPeerCert: (o) => pair().client.getPeerCert(o),
  "SSLObject.keyUpdate": (o) => {
    pair().client.keyUpdate(o);
  },
  "SSLSocket.keyUpdate": (o) => socket.keyUpdate(o),
  recv: (o) => socket.recv(1, o),
  send: (o) => socket.send(ascii("x"), o),
  sendAll: (o) => socket.sendAll(ascii("x"), o),
  doHandshake: (o) => socket.doHandshake(o),
  unwrap: (o) => socket.unwrap(o),
  shutdown: (o) => socket.shutdown("write", o),
  connect: (o) => connect({ ...address, ...o }),
  serve: (o) => serve({ cert, key, ...o }),
  listenTcp: (o) => listenTcp(o),
  getServerCertificate: (o) => getServerCertificate({ ...address, ...o }),
  SSLServer: (o) => new SSLServer(listener, serverContext(), o),
};

describe("names of options", () => {
  it.each(Object.entries(WITH_OPTIONS))(
    "%s refuses a name that is none",
    async (_name, make) => {
      const tried = async () => {
        await make({ nosuch: 1 });
      };
      await expect(tried()).rejects.toThrow(
        /nosuch \(a number\) is no option; allowed are /,
      );
      await expect(tried()).rejects.toThrow(TypeError);
    },
  );

  it.each([
    [
      { servername: "a.test" },
      "servername (text) is no option; it is serverHostname here",
    ],
    [{ server_hostname: "a.test" }, "it is serverHostname here"],
    [{ rejectUnauthorized: false }, "it is verifyMode of an SSLContext here"],
    [{ ALPNProtocols: ["h2"] }, "it is alpnProtocols here"],
    [{ secureContext: 1 }, "it is context here"],
    [{ minVersion: "TLSv1.3" }, "it is minimumVersion of an SSLContext here"],
  ])(
    "connect() says what Node's and Python's names are here: %o",
    async (options, says) => {
      const tried = connect({ ...address, ...options });
      await expect(tried).rejects.toThrow(says);
    },
  );
});
