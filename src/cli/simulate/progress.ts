import { forPeople } from "../terminal.ts";

const WIDTH = 30;

/** "[#########---------------------] 150/500 runs, 1 min 10 s left". */
export const progressBar = (done: number, all: number, elapsedMs: number): string => {
  const filled = Math.floor((WIDTH * done) / all);
  const left = done === 0 || done === all ? "" : `, ${forPeople((elapsedMs / done) * (all - done))} left`;
  return `[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${done}/${all} runs${left}`;
};
