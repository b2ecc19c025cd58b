import type { LabClock } from "../../clock.ts";

/** The three numbers that define a lab's clock, as they travel to another process. */
export type ClockNumbers = Pick<LabClock, "startRealMs" | "startLabMs" | "speed">;

/**
 * Makes `Date.now()`, `new Date()` and `Date()` of this process show lab time. Explicit instants, `performance.now()`
 * and timers stay real: a function's time-outs must not shrink with the lab's speed.
 */
export const installScaledDate = (clock: ClockNumbers): void => {
  const RealDate = Date;
  const realNow = RealDate.now.bind(RealDate);
  const now = (): number => Math.round(clock.startLabMs + clock.speed * (realNow() - clock.startRealMs));
  const ScaledDate = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args: readonly unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key, receiver) => (key === "now" ? now : Reflect.get(target, key, receiver)),
  });
  Object.defineProperty(RealDate.prototype, "constructor", { value: ScaledDate, configurable: true, writable: true });
  globalThis.Date = ScaledDate;
};
