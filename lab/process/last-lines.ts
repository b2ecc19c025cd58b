import { readFileSync } from "node:fs";

const LINES = 15;

/** How a process's log ends, to stand behind what is said of it: the log itself goes with its lab. */
export const lastLines = (logFile: string): string => {
  const lines = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-LINES);
  return `. ${logFile} ends:\n${lines.map((line) => `  ${line}`).join("\n")}`;
};
