const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * For entry points: on SIGINT, SIGTERM or SIGHUP stops in good order, then exits with the shell's code for that signal.
 * A second signal does not wait any longer. `stop` must be bounded in time by itself.
 */
export const stopOnSignals = (stop: () => Promise<void>): void => {
  let stopping = false;
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.on(signal, () => {
      if (stopping) process.exit(code);
      stopping = true;
      stop().then(
        () => process.exit(code),
        (error: unknown) => {
          console.error(error);
          process.exit(code);
        },
      );
    });
  }
};
