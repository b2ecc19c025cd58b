/** Something that happens at an instant; of two at the same instant, the one that was asked for first. */
interface Due {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** The world's true time: what is due happens in order, and nothing else moves the clock. */
export interface Timeline {
  now(): number;
  at(at: number, happen: () => void): void;
  /** Resolves `forMs` later. Whoever died meanwhile has to find that out by itself. */
  wait(forMs: number): Promise<void>;
  /** Lets everything up to and with `end` happen, each followed by all that it sets off. */
  runTo(end: number): Promise<void>;
}

const before = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap; the world asks only for the earliest. */
const queueOfDue = () => {
  const heap: Due[] = [];
  const swap = (i: number, j: number): void => {
    const [a, b] = [heap[i], heap[j]];
    if (a === undefined || b === undefined) return;
    heap[i] = b;
    heap[j] = a;
  };
  const isBefore = (i: number, j: number): boolean => {
    const [a, b] = [heap[i], heap[j]];
    return a !== undefined && b !== undefined && before(a, b);
  };
  return {
    first: () => heap[0],
    push: (due: Due): void => {
      let at = heap.push(due) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isBefore(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    shift: (): Due | undefined => {
      const first = heap[0];
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return first;
      heap[0] = last;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        const child = isBefore(left + 1, left) ? left + 1 : left;
        if (!isBefore(child, at)) return first;
        swap(at, child);
        at = child;
      }
    },
  };
};

const DONE = Promise.resolve();

/**
 * Goes on once every continuation that can run without the clock has run: Node calls what waits for the next tick only
 * when no microtask is left. A turn of the event loop would do the same with a system call each.
 */
const onceSettled = (goOn: () => void): void => {
  void DONE.then(() => process.nextTick(goOn));
};

export const timeline = (start: number): Timeline => {
  const queue = queueOfDue();
  let now = start;
  let orders = 0;
  const at: Timeline["at"] = (when, happen) => {
    orders += 1;
    queue.push({ at: Math.max(now, when), order: orders, happen });
  };
  return {
    now: () => now,
    at,
    wait: (forMs) => new Promise((resolve) => at(now + forMs, resolve)),
    runTo: (end) =>
      new Promise((resolve, reject) => {
        const goOn = (): void => {
          const next = queue.first();
          if (next === undefined || next.at > end) {
            now = Math.max(now, end);
            resolve();
            return;
          }
          now = next.at;
          try {
            for (let due = queue.first(); due?.at === now; due = queue.first()) queue.shift()?.happen();
            onceSettled(goOn);
          } catch (error) {
            reject(error);
          }
        };
        // Whoever was started just now has not yet asked for anything.
        onceSettled(goOn);
      }),
  };
};
