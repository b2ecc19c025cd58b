/** "2 h 39 min", "5 min", "0 min". */
export const minutesInWords = (minutes: number): string => {
  const whole = Math.round(minutes);
  if (whole < 60) return `${whole} min`;
  return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, "0")} min`;
};

/** "12,345": a number to read, the same on every machine. */
export const grouped = (number: number): string => String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ",");

/** "0.6 %" of a share of 1. */
export const percent = (share: number): string => `${Number((100 * share).toFixed(digits(share)))} %`;

const digits = (share: number): number => (share < 0.001 ? 3 : share < 0.1 ? 1 : 0);
