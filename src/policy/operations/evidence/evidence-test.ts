/**
 * One statistical question about counts a minute, as a bet against its null hypothesis that may be looked at after every
 * minute. The e-value is the mean over the alternatives of exp(logs).
 */
export interface EvidenceTest {
  readonly alternatives: number;
  /**
   * A change detector forgets good times: each sum starts again from 0 instead of going below. A proof does not, or
   * looking often enough would prove anything.
   */
  readonly restarts: boolean;
  /**
   * What one minute's counts, in the order of the operation's signals, add to the logarithm of each alternative; null
   * where they say nothing.
   */
  readonly weigh: (counts: readonly number[]) => readonly number[] | null;
}

/** Green's true rate as a share of the limit, for a proof that it is below. */
const SHARES_OF_LIMIT = [0.02, 0.1, 0.25, 0.5];
/** Odds of an error as a multiple of the odds at the limit: below 1 for every limit, about that many times a small one. */
const TIMES_THE_ODDS = [2, 4, 10, 50];
/** Green's rate as a multiple of blue's. */
const TIMES_BLUE = [2, 3, 5, 8, 16];
/** An alternative has to lie above the ratio that is allowed; two of them do for every ratio below this. */
export const LARGEST_RATIO = 8;

/** What an error, and what a request, adds to the logarithm of one alternative. */
interface Stake {
  readonly error: number;
  readonly request: number;
}

/** One side's errors among its requests. A request may end, and fail, in the minute after it was counted; then it counts as one there. */
const errorsAmongRequests = (
  stakes: readonly Stake[],
  restarts: boolean,
  weight: (stake: Stake, errors: number, requests: number) => number,
): EvidenceTest => ({
  alternatives: stakes.length,
  restarts,
  weigh: ([errors = 0, counted = 0]) => {
    const requests = Math.max(errors, counted);
    return requests === 0 ? null : stakes.map((stake) => weight(stake, errors, requests));
  },
});

/** Against "the error rate is `limit` or more": a proof that it is below. Cumulative. */
export const belowLimit = (limit: number): EvidenceTest =>
  errorsAmongRequests(
    SHARES_OF_LIMIT.map((share) => ({
      error: Math.log(share),
      request: Math.log1p(-share * limit) - Math.log1p(-limit),
    })),
    false,
    ({ error, request }, errors, requests) => errors * error + (requests - errors) * request,
  );

/** Against "the error rate is `limit` or less": a detector of the moment from which it is above. */
export const aboveLimit = (limit: number): EvidenceTest =>
  errorsAmongRequests(
    TIMES_THE_ODDS.map((times) => ({ error: Math.log(times), request: Math.log1p((times - 1) * limit) })),
    true,
    ({ error, request }, errors, requests) => errors * error - requests * request,
  );

/**
 * Against "green's error rate is at most `ratio` times blue's": a detector of the moment from which it is more. An error
 * falls on green by its share of requests and its ratio of errors alone, so what hits both sides cancels.
 */
export const worseThanBlue = (ratio: number): EvidenceTest => {
  const alternatives = TIMES_BLUE.filter((times) => times > ratio).map((times) => ({
    more: times - 1,
    error: Math.log(times / ratio),
  }));
  return {
    alternatives: alternatives.length,
    restarts: true,
    weigh: ([greenErrors = 0, greenRequests = 0, blueErrors = 0, blueRequests = 0]) => {
      if (greenRequests === 0 || blueRequests === 0) return null;
      const share = greenRequests / (greenRequests + blueRequests);
      const allowed = Math.log1p(share * (ratio - 1));
      return alternatives.map(
        ({ more, error }) => greenErrors * error - (greenErrors + blueErrors) * (Math.log1p(share * more) - allowed),
      );
    },
  };
};

/** The natural logarithm of the mean of exp, without an overflow on the way. */
export const logMeanExp = (logs: readonly number[]): number => {
  const largest = Math.max(...logs);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / logs.length);
};

/** Beyond this nobody tells the difference, and infinity would be unknown. */
const LARGEST_E_VALUE = 1e300;

export const eValue = (logs: readonly number[]): number => Math.min(Math.exp(logMeanExp(logs)), LARGEST_E_VALUE);
