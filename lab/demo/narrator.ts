export interface Narrator {
  /** A headline. */
  headline(text: string): void;
  /** One line of the story, with the seconds since the demo began. */
  tell(text: string): void;
  /** Runs a phase and takes its time. */
  phase<Value>(name: string, budgetSeconds: number, run: () => Promise<Value>): Promise<Value>;
  /** Budget against actual, a line each. */
  timetable(): readonly string[];
  seconds(): Readonly<Record<string, number>>;
}

export const createNarrator = (write: (line: string) => void): Narrator => {
  const startedAt = performance.now();
  const phases: { name: string; budgetSeconds: number; seconds: number }[] = [];
  let story = "";
  const sinceStart = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
  return {
    headline: (text) => {
      story = text.split(/[,:]/)[0] ?? text;
      write(`\n${text}\n${"─".repeat(text.length)}`);
    },
    tell: (text) => write(`${sinceStart()}  ${text}`),
    phase: async (name, budgetSeconds, run) => {
      const from = performance.now();
      try {
        return await run();
      } finally {
        phases.push({ name: `${story}: ${name}`, budgetSeconds, seconds: (performance.now() - from) / 1000 });
      }
    },
    timetable: () =>
      phases.map(
        ({ name, budgetSeconds, seconds }) =>
          `  ${name.padEnd(46)} ${seconds.toFixed(1).padStart(7)} s of ${String(budgetSeconds).padStart(4)} s${seconds > budgetSeconds ? "  over budget" : ""}`,
      ),
    seconds: () => Object.fromEntries(phases.map(({ name, seconds }) => [name, Math.round(seconds * 10) / 10])),
  };
};
