import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Intent } from "../receipts/record.ts";
import type { KnownOrder } from "./orders-of-user.ts";
import { seededRandom } from "./random.ts";
import type { Recorder } from "./recorder.ts";
import type { ShopClient } from "./shop-client.ts";
import { type LoadStats, Statistics } from "./stats.ts";
import { User } from "./user.ts";

export interface UsersSpec {
  readonly client: ShopClient;
  readonly recorder: Recorder;
  readonly users: number;
  readonly requestsPerSecond: number;
  readonly writesPerSecond: number;
  readonly seed: number;
  readonly orders: ReadonlyMap<string, readonly KnownOrder[]>;
}

export const userName = (index: number): string => `user-${index + 1}`;

/** How long a request usually takes; users think the rest of the time, so that together they reach the rate. */
const USUAL_ANSWER_MS = 110;

/** All users of the load, each in its own closed loop: think, act, wait for the answer. */
export class Users {
  readonly #of: UsersSpec;
  readonly #users: readonly User[];
  readonly #loops: Promise<void>[] = [];
  readonly #statistics = new Statistics();
  readonly #stopped = new AbortController();
  #writesPaused = false;
  #inFlight = 0;
  #inFlightWrites = 0;

  constructor(of: UsersSpec) {
    this.#of = of;
    this.#users = Array.from({ length: of.users }, (_, index) => this.#user(index));
    this.#loops = this.#users.map((user, index) => this.#live(user, seededRandom(of.seed * 7_919 + index)));
  }

  /** Stops writing and waits until no write is in flight; users go on reading. */
  async pauseWrites(): Promise<void> {
    this.#writesPaused = true;
    while (this.#inFlightWrites > 0) await sleep(10);
  }

  resumeWrites(): void {
    this.#writesPaused = false;
  }

  /** Both streams have been drained while writes were paused: users may look at what they were in doubt about. */
  drained(): void {
    if (!this.#writesPaused) throw new Error("writes are not paused, so nothing can be drained for good");
    for (const user of this.#users) user.drained();
  }

  stats(): LoadStats {
    const flow = { inFlight: this.#inFlight, inFlightWrites: this.#inFlightWrites, writesPaused: this.#writesPaused };
    return this.#statistics.report(Date.now(), flow);
  }

  /** Lets what is in flight come to its end; nothing new is sent. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#loops);
  }

  #user(index: number): User {
    const { client, recorder, orders, seed } = this.#of;
    const name = userName(index);
    return new User({
      name,
      client,
      random: seededRandom(seed * 104_729 + index),
      orders: orders.get(name) ?? [],
      intend: (intent) => this.#intend(intent),
      answered: (answer) => this.#answered(answer, recorder),
    });
  }

  #intend(intent: Intent): void {
    this.#of.recorder.write(intent);
    this.#inFlight++;
    if (intent.op !== "read") this.#inFlightWrites++;
  }

  #answered(answer: Answer, recorder: Recorder): void {
    recorder.write(answer);
    this.#inFlight--;
    if (answer.op !== "read") this.#inFlightWrites--;
    this.#statistics.note(answer);
  }

  async #live(user: User, random: ReturnType<typeof seededRandom>): Promise<void> {
    const { users, requestsPerSecond, writesPerSecond } = this.#of;
    const thinkMs = Math.max(0, (1_000 * users) / requestsPerSecond - USUAL_ANSWER_MS);
    const { signal } = this.#stopped;
    const think = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => {});
    await think(random.between(0, thinkMs)); // Users do not all come at once.
    while (!signal.aborted) {
      const wantsToWrite = random.next() < writesPerSecond / requestsPerSecond;
      await (wantsToWrite && !this.#writesPaused ? user.write() : user.read());
      await think(random.between(0.5 * thinkMs, 1.5 * thinkMs));
    }
  }
}
