/** Milliseconds of Linux's one monotonic clock: instants of two processes can be compared. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
