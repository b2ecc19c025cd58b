import { stopAllOwners } from "./process-owner.ts";

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const BUG = 4;

/**
 * For entry points: on SIGINT, SIGTERM, SIGHUP or an error that nobody caught, stops everything this process owns
 * and only then exits. A second signal does not wait any longer.
 * @param stop - What is to be done in good order first; bounded in time by itself.
 */
export const stopBeforeExit = (stop: () => Promise<void> = async () => {}): void => {
  let stopping = false;
  const exitWith = async (code: number): Promise<void> => {
    if (stopping) process.exit(code);
    stopping = true;
    try {
      await stop();
      await stopAllOwners();
    } catch (error) {
      console.error(error);
    } finally {
      process.exit(code);
    }
  };
  for (const [signal, code] of Object.entries(EXIT_CODES)) process.on(signal, () => void exitWith(code));
  // Rejections that nobody handles come here too.
  process.on("uncaughtException", (error) => {
    console.error(error);
    void exitWith(BUG);
  });
};
