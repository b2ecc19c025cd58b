import type { JsonValue } from "../../src/kernel/json.ts";
import { epochMs, MINUTE_MS } from "../../src/kernel/units.ts";
import type { Subject } from "../../src/policy/evaluate-plain.ts";
import type { Readings } from "../../src/snapshot/snapshot.ts";
import { NOW } from "./evidence.ts";

/** mulberry32: quick, and the same on every machine. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

const NAMES = ["a", "b", "c", "list", "deep", "gone", "0", "length"];
const STRANGE = ["__proto__", "constructor", "toString", "hasOwnProperty", "constructor.constructor", "", ".", "a..b"];
const PLAIN: readonly unknown[] = [
  ...[0, 1, -1, 2, 10, 0.1, -0, 1e308, -1e308, 5e-324, Number.MAX_SAFE_INTEGER, 2 ** 53, 1e21],
  ...[true, false, "", " ", "0", "1", "10", "5min", "false", "null", "RUNNING", "ALARM_OK", "x".repeat(3000)],
];
const BROKEN: readonly unknown[] = [null, Number.NaN, Number.POSITIVE_INFINITY, undefined, { N: "500" }, {}, []];

const RELATIONS = ["<", "<=", ">", ">=", "==", "===", "!=", "!=="];
const NUMBERS = ["+", "-", "*", "/", "%", "min", "max"];
const OVER_LISTS = ["map", "filter", "all", "some", "none", "reduce"];
const ANY = [
  "if",
  "?:",
  "and",
  "or",
  "!",
  "!!",
  "cat",
  "substr",
  "merge",
  "in",
  "missing",
  "missing_some",
  "log",
  "bogus",
];
const WINDOWS = ["1m", "3m", "5m", "7m", "60m", "step", "soak", "61s", "bad"];

/** Random rules and data, hostile on purpose, from one seed. */
export class RandomLogic {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomFrom(seed);
  }

  #below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)] as Item;
  }

  #some<Item>(most: number, make: () => Item): Item[] {
    return Array.from({ length: this.#below(most + 1) }, make);
  }

  #path(): string {
    const roll = this.#next();
    if (roll < 0.1) return this.#one(STRANGE);
    return roll < 0.6 ? this.#one(NAMES) : `${this.#one(NAMES)}.${this.#one(NAMES)}`;
  }

  /** Any JSON-logic, well-formed more often than not. */
  rule(depth = 4): unknown {
    if (depth === 4 && this.#next() < 0.4) return this.#sane(3);
    const roll = this.#next();
    if (depth === 0 || roll < 0.12) return this.#leaf();
    if (roll < 0.15) return this.#some(3, () => this.rule(depth - 1));
    if (roll < 0.17) return this.#malformed(depth);
    if (roll < 0.25) return { [this.#one(OVER_LISTS)]: this.#overList(depth) };
    if (roll < 0.32) return this.#operation();
    return this.#expression(depth);
  }

  /** Truth of comparisons of numbers, as a policy has them; the data may still lack or spoil any of them. */
  #sane(depth: number): unknown {
    const inner = () => (depth === 0 ? this.#comparison() : this.#sane(depth - 1));
    const roll = this.#next();
    if (roll < 0.3) return this.#comparison();
    if (roll < 0.4) return { "!": [inner()] };
    if (roll < 0.5) return { if: [inner(), inner(), inner()] };
    if (roll < 0.6)
      return { [this.#one(["all", "some", "none"])]: [{ var: "xs" }, { ">": [{ var: "" }, this.#below(5)] }] };
    return { [this.#one(["and", "or"])]: [inner(), ...this.#some(3, inner)] };
  }

  #comparison(): unknown {
    const number = () => (this.#next() < 0.3 ? this.#below(10) : { var: this.#one(["n.x", "n.y", "n.z"]) });
    const left = this.#next() < 0.3 ? { [this.#one(["+", "-", "*", "/", "max"])]: [number(), number()] } : number();
    return { [this.#one(RELATIONS)]: [left, number()] };
  }

  #leaf(): unknown {
    const roll = this.#next();
    if (roll < 0.55) return { var: this.#next() < 0.5 ? this.#path() : [this.#path()] };
    if (roll < 0.6) return { var: [this.#path(), this.#one(PLAIN)] };
    if (roll < 0.65) return { var: this.#one(["", null, 1, [], true]) };
    if (roll < 0.75) return { var: this.#one(["current", "accumulator", "current.a"]) };
    return this.#next() < 0.97 ? this.#one(PLAIN) : this.#one(BROKEN);
  }

  #expression(depth: number): unknown {
    const operator = this.#one(this.#one([RELATIONS, RELATIONS, NUMBERS, ANY, ANY, ["and", "or", "!"]]));
    const operand = () => this.rule(depth - 1);
    const usual = operator === "!" || operator === "!!" ? 1 : operator === "if" ? 3 : 2;
    const roll = this.#next();
    if (roll < 0.05) return { [operator]: operand() };
    return { [operator]: Array.from({ length: roll < 0.85 ? usual : this.#below(5) }, operand) };
  }

  #overList(depth: number): unknown[] {
    const source = this.#next() < 0.7 ? { var: "list" } : this.rule(depth - 1);
    const operands = [source, this.rule(depth - 1)];
    return this.#next() < 0.3 ? [...operands, this.rule(1)] : operands;
  }

  #malformed(depth: number): unknown {
    const part = this.rule(depth - 1);
    return this.#one<unknown>([
      { "<": [500, 10], comment: "why" },
      { var: "a", "<": part },
      {},
      { [this.#one(STRANGE)]: part },
      { bogus: [part] },
      { "var.constructor": [part] },
    ]);
  }

  #operation(): unknown {
    const [path, other, window] = [this.#path(), this.#path(), this.#one(WINDOWS)];
    return this.#one<unknown>([
      { stat: [path, this.#one(["max", "min", "avg", "p50", "p95", "sum", "last", "slope", "mean"]), window] },
      { rate: [path, other, window] },
      { window: [window] },
      { coverage: [window] },
      { coverage: [path, window] },
      { age: [path] },
      { known: [path] },
      { rate_upper: [path, other, window, this.#one([0.95, 0.5, 2])] },
      { rate_lower: [path, other, window, 0.99] },
      { evidence_below: [path, other, this.#one([0.01, 0.5, 2]), window] },
      { evidence_worse: [path, other, "b", "c", 1.25, window] },
      { all: [{ window: [window] }, { "<": [{ var: path }, 10] }] },
    ]);
  }

  datum(depth = 3): unknown {
    const roll = this.#next();
    if (roll < 0.55 || depth === 0) return this.#one(PLAIN);
    if (roll < 0.7) return this.#one(BROKEN);
    if (roll < 0.85) return this.#some(4, () => this.datum(depth - 1));
    return this.object(depth);
  }

  object(depth = 3): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (let count = this.#below(5); count > 0; count -= 1) {
      const name = this.#next() < 0.9 ? this.#one(NAMES) : this.#one(STRANGE);
      Object.defineProperty(object, name, {
        value: this.datum(depth - 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    const number = () => (this.#next() < 0.95 ? this.#below(10) : this.#one(BROKEN));
    if (this.#next() < 0.8)
      Object.assign(object, { n: { x: number(), y: number(), z: number() }, xs: this.#some(4, number) });
    if (this.#next() < 0.5) object["list"] = this.#some(5, () => this.datum(depth - 1));
    return object;
  }

  subject(): Subject {
    const roll = this.#next();
    const data = (roll < 0.9 ? this.object() : this.datum()) as JsonValue;
    if (roll < 0.6) return { data, minutes: [], now: epochMs(0) };
    const minutes = this.#some(7, () => this.object(2)).map((values, index) => ({
      at: epochMs(NOW - (index + 1) * MINUTE_MS),
      readings: { values: values as Readings["values"], absent: {} },
    }));
    const over = { minutes: minutes.reverse(), now: NOW };
    return roll < 0.8 ? over : { ...over, data };
  }
}
