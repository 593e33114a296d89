import type { HandshakeIo, Need } from "../handshake/machine/io.ts";
import type {
  OtherInputName,
  OtherInputs,
} from "../handshake/machine/transitions.ts";
import {
  advance,
  advanceByMessage,
  type ConnectionState,
  type Machines,
} from "./connection-state.ts";
import type { RawMessage } from "../handshake/messages/codec.ts";
import type { Answer, OwnAnswer } from "./answer.ts";
import { advanceByAnswer, needOf, ownAnswer, ownAnswerOf } from "./needs.ts";

/** The state of a handshake with what moves it. */
export class Handshake {
  readonly #machines: Machines;
  readonly #io: HandshakeIo;
  #state: ConnectionState;

  constructor(machines: Machines, io: HandshakeIo, state: ConnectionState) {
    this.#machines = machines;
    this.#io = io;
    this.#state = state;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The pending request; undefined while it waits for the peer. */
  get need(): Need | undefined {
    return needOf(this.#state);
  }

  /** A signal of the record layer, or a command of this side's program. */
  advance<I extends OtherInputName>(name: I, input: OtherInputs[I]): void {
    this.#state = advance(this.#machines, this.#state, name, input, this.#io);
  }

  receive(message: RawMessage): void {
    const machines = this.#machines;
    this.#state = advanceByMessage(machines, this.#state, message, this.#io);
  }

  /**
   * Answers what the config in force can answer; returns the need that is left
   * for the program, undefined when there is none.
   */
  answerNeeds(): Need | undefined {
    for (;;) {
      const { need } = this;
      if (need === undefined) return undefined;
      const answer = ownAnswer(this.#state, need);
      if (answer === undefined) return need;
      this.answer(need, answer);
    }
  }

  /**
   * Reads an answer of the program.
   *
   * @throws TlsUsageError when it does not fit the need
   */
  read(need: Need | undefined, answer: Answer): OwnAnswer {
    return ownAnswerOf(this.#state, need, answer);
  }

  answer(need: Need, answer: OwnAnswer): void {
    this.#state = advanceByAnswer(
      this.#machines,
      this.#state,
      need,
      answer,
      this.#io,
    );
  }
}
