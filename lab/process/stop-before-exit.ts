const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const BUG = 4;

/**
 * For entry points: on SIGINT, SIGTERM, SIGHUP or an error that nobody caught, stops in good order and only then exits.
 * A second signal does not wait any longer. `stop` must be bounded in time by itself.
 */
export const stopBeforeExit = (stop: () => Promise<void>): void => {
  let stopping = false;
  const exitWith = (code: number): void => {
    if (stopping) process.exit(code);
    stopping = true;
    stop()
      .catch((error: unknown) => console.error(error))
      .finally(() => process.exit(code));
  };
  for (const [signal, code] of Object.entries(EXIT_CODES)) process.on(signal, () => exitWith(code));
  // Rejections that nobody handles come here too.
  process.on("uncaughtException", (error) => {
    console.error(error);
    exitWith(BUG);
  });
};
