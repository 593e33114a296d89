/**
 * Needs and their answers: by the config of the state that waits where it can,
 * else by the caller.
 */
import { ownBytes } from "../bytes.ts";
import { RAISE_NEED } from "../promises.ts";
import { TlsError, TlsUsageError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { X509Error } from "../x509/faults/errors.ts";
import {
  proofFault,
  verifyByConfig,
} from "../handshake/authentication/authenticated-peer.ts";
import type { ClientConfig, ServerConfig } from "../handshake/config/config.ts";
import { publicKeyOf } from "../handshake/credentials/credential.ts";
import { askForPsk, checkedPsks } from "../handshake/sessions/external-psk.ts";
import { checkCredentialsNeeds } from "../handshake/config/required-features.ts";
import type { PeerProof } from "../handshake/credentials/peer-identity.ts";
import {
  ANSWERED_BY,
  type HandshakeIo,
  type Need,
  type VerifyNeed,
} from "../handshake/machine/io.ts";
import type { Answer, OwnAnswer } from "./answer.ts";
import { protocolOf, type ServerAnswer } from "./protocol.ts";
import {
  advance,
  type ConnectionState,
  type Machines,
} from "./connection-state.ts";
import { SIGNATURE_SCHEMES } from "../handshake/registries/signature-schemes.ts";
import {
  certificateFault,
  tlsErrorOf,
} from "../handshake/credentials/certificate-alerts.ts";

/**
 * Returns the pending request of a connection; undefined while it waits for the
 * peer.
 */
export function needOf(state: ConnectionState): Need | undefined {
  return "need" in state ? state.need : undefined;
}

/**
 * The answer of the config that the waiting state is under, in the same call;
 * undefined where somebody else has it. No other config can be asked.
 */
export function ownAnswer(
  { config }: ConnectionState,
  need: Need,
): OwnAnswer | undefined {
  switch (need.type) {
    case "verify": {
      const chain = verified(() => verifyByConfig(config, need), need);
      return chain && { type: "verified", chain };
    }
    case "sign": {
      const { key } = need.credential;
      if (key === RAISE_NEED) return undefined;
      const { provider } = config;
      const sign = provider.signers[SIGNATURE_SCHEMES[need.scheme].signature];
      if (sign === undefined)
        throw new TlsUsageError(`the provider cannot sign ${need.scheme}`);
      const signature = sign(key.key, need.content, provider.random);
      return { type: "signed", signature };
    }
    case "certificate":
      return undefined;
    case "psk": {
      const { psk } = config;
      if (psk === RAISE_NEED) return undefined;
      const found = psk && askForPsk(psk, need.request, config.role);
      return { type: "psk_found", psk: found ?? [] };
    }
    case "session":
    case "strike":
      if (config.role !== "server") return undefined;
      return protocolOf(config).serverNeeds?.ownAnswer(config, need);
  }
}

/**
 * Reads an answer that came from outside before anything moves: each field
 * once, into an object of the engine's own.
 *
 * @throws TlsUsageError when it does not fit the need, or throws when it is read
 */
export function ownAnswerOf(
  { config }: ConnectionState,
  need: Need | undefined,
  answer: Answer,
): OwnAnswer {
  if (need === undefined)
    throw new TlsUsageError("resume: nothing waits for an answer");
  try {
    return fitting(config, need, { ...answer });
  } catch (error) {
    if (error instanceof TlsUsageError) throw error;
    throw new TlsUsageError("resume: reading the answer throws", {
      cause: error,
    });
  }
}

function fitting(
  config: ClientConfig | ServerConfig,
  need: Need,
  answer: Answer,
): OwnAnswer {
  const { type } = answer;
  if (type === "refused") return answer;
  if (type !== ANSWERED_BY[need.type])
    throw new TlsUsageError(
      `resume: a need "${need.type}" takes an answer "${ANSWERED_BY[need.type]}", not "${type}"`,
    );
  switch (type) {
    case "psk_found":
      return { type, psk: checkedPsks(answer.psk, config.role) };
    case "signed": {
      const signature = ownBytes(answer.signature);
      if (signature !== undefined) return { type, signature };
      throw new TlsUsageError("resume: signature: a Uint8Array is allowed");
    }
    case "verified": {
      const fault =
        need.type === "verify" ? proofFault(need, answer.chain) : undefined;
      if (fault === undefined) return answer;
      throw new TlsUsageError(`resume: ${fault}`);
    }
    case "certificate_chosen": {
      const own = { ...answer, credentials: [...answer.credentials] };
      checkCredentialsNeeds(config.protocol, own.credentials);
      return serversOwn(config, own);
    }
    case "session_found":
    case "struck":
      return serversOwn(config, answer);
  }
}

/** Answers that a server alone is given, or that a client has less of. */
function serversOwn(
  config: ClientConfig | ServerConfig,
  answer: ServerAnswer,
): OwnAnswer {
  if (config.role === "server")
    return (
      protocolOf(config).serverNeeds?.ownAnswerOf(config, answer) ?? answer
    );
  if (answer.type === "certificate_chosen" && answer.config !== undefined)
    throw new TlsUsageError("resume: config: a client keeps its own");
  return answer;
}

/**
 * Moves a connection by an answer.
 *
 * @throws TlsError for a refusal, or for a signature that is not one
 */
export function advanceByAnswer(
  machines: Machines,
  state: ConnectionState,
  need: Need,
  answer: OwnAnswer,
  io: HandshakeIo,
): ConnectionState {
  switch (answer.type) {
    case "refused":
      throw refusal(answer);
    case "verified":
      return advance(machines, state, "verified", answer, io);
    case "certificate_chosen":
      return advance(machines, state, "certificate_chosen", answer, io);
    case "session_found":
      return advance(machines, state, "session_found", answer, io);
    case "psk_found": {
      const [psk, ...others] = answer.psk;
      return advance(machines, state, "psk_found", { psk, others }, io);
    }
    case "struck":
      return advance(machines, state, "struck", answer, io);
    case "signed":
      if (need.type === "sign" && need.credential.key === RAISE_NEED)
        checkSignature(need, state.config, answer.signature);
      return advance(
        machines,
        state,
        "signed",
        { signature: answer.signature },
        io,
      );
  }
}

/** Undefined: somebody else has the answer. */
function verified(
  run: () => PeerProof | typeof RAISE_NEED | undefined,
  need: VerifyNeed,
): PeerProof | undefined {
  let fault: string | undefined;
  try {
    const proof = certificateFault(run);
    if (proof === RAISE_NEED) return undefined;
    fault = proofFault(need, proof);
    if (fault === undefined) return proof;
  } catch (error) {
    if (error instanceof TlsError) throw error;
    throw new TlsError(reason.callback_failed, {
      detail: "verifier",
      cause: error,
    });
  }
  throw new TlsError(reason.callback_failed, {
    detail: `the verifier returned ${fault}`,
  });
}

/** A signature of another key would only be noticed by the peer. */
function checkSignature(
  { credential, scheme, content }: Extract<Need, { type: "sign" }>,
  { provider }: ClientConfig | ServerConfig,
  signature: Uint8Array,
): void {
  const verify = provider.verifiers[SIGNATURE_SCHEMES[scheme].signature];
  const key = publicKeyOf(credential)?.key;
  if (key === undefined || verify === undefined) return;
  if (!verify(key, content, signature))
    throw new TlsError(reason.wrong_answer, {
      detail: "the signature does not verify under the certificate's key",
    });
}

function refusal({
  error,
  alert,
}: Extract<Answer, { type: "refused" }>): TlsError {
  if (error instanceof TlsError) return error;
  if (error instanceof X509Error) return tlsErrorOf(error);
  return new TlsError(reason.callback_failed, {
    cause: error,
    ...(alert === undefined ? {} : { alert }),
  });
}
