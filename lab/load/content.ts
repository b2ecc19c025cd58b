import { ORDER_STATUSES, type OrderChange, type OrderContent } from "../shop/order.ts";
import type { Random } from "./random.ts";

const CUSTOMERS = ["Ada", "Bjørn", "Çelik", "Dvořák", "Eve \\ Söhne", "王芳", "O'Hara", "Zoë 🛒"];
const TAGS = ["gift", "fragile", "a,b", 'say "hi"', "", "express", "übergroß"];
/** One order in so many has a note that PostgreSQL stores out of line: the case that change data capture spoils. */
const LONG_NOTE_ONE_IN = 30;

/** An order as a user would write it: plain values and awkward ones. */
export const newContent = (random: Random): OrderContent => ({
  customer: random.pick(CUSTOMERS),
  status: "placed",
  quantity: 1 + random.below(9),
  note: newNote(random, random.below(LONG_NOTE_ONE_IN) === 0),
  tags: Array.from({ length: random.below(4) }, () => random.pick(TAGS)),
  payload: { channel: random.pick(["web", "app"]), basket: [random.below(100), null, { gift: random.below(2) === 0 }] },
  paid: random.below(2) === 0,
  weight: random.next() * 40,
  placedOn: `2026-0${1 + random.below(9)}-${10 + random.below(19)}`,
  attachment: random.below(8) === 0 ? random.hex(64) : null,
});

/** A change of the status, and in half of the cases of the note: long notes are mostly left as they are. */
export const newChange = (random: Random, content: OrderContent): OrderChange => ({
  status: random.pick(ORDER_STATUSES),
  ...(random.below(2) === 0 && content.note.length < 1_000 ? { note: newNote(random, false) } : {}),
});

/** From -20.00 to 80.00 and never 0.00, so that an operation that is missing always shows in the sum. */
export const newDelta = (random: Random): string => {
  const cents = 1 + random.below(8_000);
  return ((random.below(4) === 0 ? -Math.ceil(cents / 4) : cents) / 100).toFixed(2);
};

// Random digits do not compress, so 6,000 of them do not fit into a row.
const newNote = (random: Random, long: boolean): string => (long ? random.hex(6_000) : `note ${random.hex(12)}`);
