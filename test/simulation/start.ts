/** When every run begins: Sunday, 22 November 2026, 03:00 UTC. */
export const START = Date.UTC(2026, 10, 22, 3);
