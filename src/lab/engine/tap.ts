/**
 * The seam between an engine of ours and the lab: a protocol whose machines are given
 * an io of the lab's, and a provider whose hashes and signers ask the lab. Both are
 * parts of a config that the lab makes; the engine knows nothing of it, and a config
 * of `createClientConfig` or of an `SSLContext` cannot have them.
 */
import type {
  CryptoProvider,
  HashAlgorithm,
  HashName,
  RunningHash,
  SignatureName,
  SignatureSigner,
} from "../../crypto/provider.ts";
import type {
  ConnectionState,
  Machines,
} from "../../engine/connection-state.ts";
import { EngineProtocol } from "../../engine/protocol.ts";
import type { HandshakeIo } from "../../handshake/machine/io.ts";
import type { Machine } from "../../handshake/machine/transitions.ts";
import type { RawMessage } from "../../handshake/messages/codec.ts";

/** The side of the lab that an engine works for. */
export interface Tapped {
  /** The io that the engine's handshake writes to. */
  ioOf(own: HandshakeIo): HandshakeIo;
  /** A message of the peer, before the handshake takes it. */
  incoming(message: RawMessage): RawMessage;
  /** The parts that stand in the transcript for bytes that are hashed. */
  hashed(data: Uint8Array): readonly Uint8Array[];
  /** A signature over content, as the side makes it. */
  signed(
    content: Uint8Array,
    sign: (content: Uint8Array) => Uint8Array,
  ): Uint8Array;
}

/** Names the side whose engine runs at the moment: everything is synchronous. */
export class Tap {
  #current: Tapped | undefined;

  get current(): Tapped | undefined {
    return this.#current;
  }

  /** Runs a step of a side's engine. */
  run<T>(side: Tapped, step: () => T): T {
    const before = this.#current;
    this.#current = side;
    try {
      return step();
    } finally {
      this.#current = before;
    }
  }
}

/** The protocol, its handshake tapped. */
export function tappedProtocol(own: EngineProtocol, tap: Tap): EngineProtocol {
  const { protection12, ...rest } = own;
  return new EngineProtocol({
    ...rest,
    ...(protection12 && { protection12 }),
    begin: (config, name, io) => own.begin(config, name, tapIo(tap, io)),
    machines: tappedMachines(own.machines, tap),
  });
}

function tapIo(tap: Tap, io: HandshakeIo): HandshakeIo {
  return tap.current?.ioOf(io) ?? io;
}

function tappedMachines(own: Machines, tap: Tap): Machines {
  const tapped: Record<string, Machine<ConnectionState>> = {};
  for (const [name, machine] of Object.entries(own))
    if (machine !== undefined) tapped[name] = tappedMachine(machine, tap);
  return tapped;
}

function tappedMachine(
  own: Machine<ConnectionState>,
  tap: Tap,
): Machine<ConnectionState> {
  return {
    advance: (state, name, input, io) =>
      own.advance(state, name, input, tapIo(tap, io)),
    advanceByMessage: (state, message, io) =>
      own.advanceByMessage(
        state,
        tap.current?.incoming(message) ?? message,
        tapIo(tap, io),
      ),
  };
}

/** The provider, its transcripts and its signatures tapped. */
export function tappedProvider(
  provider: CryptoProvider,
  tap: Tap,
): CryptoProvider {
  const hashes = { ...provider.hashes };
  for (const name of Object.keys(hashes).filter(isHashName))
    hashes[name] = tappedHash(provider.hashes[name], tap);
  const signers: Partial<Record<SignatureName, SignatureSigner>> = {};
  for (const [name, sign] of Object.entries(provider.signers))
    Object.assign(signers, { [name]: tappedSigner(sign, tap) });
  return { ...provider, hashes, signers };
}

function isHashName(name: string): name is HashName {
  return name.startsWith("SHA-");
}

function tappedHash(own: HashAlgorithm, tap: Tap): HashAlgorithm {
  return { ...own, create: () => tappedRunning(own.create(), tap) };
}

function tappedRunning(own: RunningHash, tap: Tap): RunningHash {
  return {
    update: (data) => {
      for (const part of tap.current?.hashed(data) ?? [data]) own.update(part);
    },
    digest: () => own.digest(),
    clone: () => tappedRunning(own.clone(), tap),
  };
}

function tappedSigner(own: SignatureSigner, tap: Tap): SignatureSigner {
  return (key, content, random) => {
    const sign = (bytes: Uint8Array): Uint8Array => own(key, bytes, random);
    return tap.current?.signed(content, sign) ?? sign(content);
  };
}
