/** Where a command writes. With `--json`, standard output is one JSON document and nothing else. */
export interface Terminal {
  readonly json: boolean;
  /** For people, on standard output; silent under `--json`. */
  say(line: string): void;
  /** What the command has to tell, on standard error: target, progress, warnings. */
  note(line: string): void;
  /** The document that `--json` prints. */
  document(value: unknown): void;
}

export const createTerminal = (json: boolean): Terminal => ({
  json,
  say: (line) => {
    if (!json) process.stdout.write(`${line}\n`);
  },
  note: (line) => {
    process.stderr.write(`${line}\n`);
  },
  document: (value) => {
    if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  },
});

/** "4 min 05 s", "26 h 10 min", "12 s". */
export const forPeople = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
};
