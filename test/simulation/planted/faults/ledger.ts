import { edit, type Fault } from "../fault.ts";

const OUTBOX = "src/guard/outbox.ts";
const COMPOSE = "src/ledger/compose.ts";

/** Mistakes with records and messages. */
export const LEDGER: readonly Fault[] = [
  {
    name: "outbox-cleared-too-early",
    edits: [edit(OUTBOX, "if (!stored.ok) break;", "")],
    breaks: "P7",
    why: "a record leaves the outbox although the ledger did not take it",
    expected: { within: 5 },
  },
  {
    name: "ledger-with-a-hole",
    edits: [edit(OUTBOX, "if (!stored.ok) break;", "if (!stored.ok) continue;")],
    breaks: "P7",
    why: "where one record is not taken the next ones are put all the same",
    expected: {
      redundant: "the one that was not taken stays in the outbox, and reading the ledger to its head finds both",
    },
  },
  {
    name: "message-dropped",
    edits: [edit(OUTBOX, "if (sent.ok) told.add(id);", "told.add(id);\n    if (sent.ok) continue;")],
    breaks: "P8",
    why: "a message that nobody took is not sent again",
    expected: { within: 5 },
  },
  {
    name: "message-with-a-new-id",
    edits: [
      edit(
        OUTBOX,
        "{ ...notification, id, cutover }",
        "{ ...notification, id: `${cutover}/${ports.newId()}`, cutover }",
      ),
    ],
    breaks: "P7",
    why: "a message that is sent again passes for news",
    expected: { within: 5 },
  },
  {
    name: "latch-unchained",
    edits: [edit(COMPOSE, "if (latch === undefined || latch.chainedSeq !== undefined) return state;", "return state;")],
    breaks: "P7",
    why: "the record of a latch never comes into the ledger",
    expected: { within: 20 },
  },
  {
    name: "latch-chained-again",
    edits: [
      edit(
        COMPOSE,
        "if (latch === undefined || latch.chainedSeq !== undefined) return state;",
        "if (latch === undefined) return state;",
      ),
    ],
    breaks: "P7",
    why: "every commit under a latch puts the latch's record into the ledger once more",
    expected: { within: 5 },
  },
  {
    name: "records-made-of-the-wrong-head",
    edits: [
      edit(
        COMPOSE,
        "const record = chainRecord(state.ledgerHead, unchained, digest);",
        "const record = chainRecord({ ...state.ledgerHead, hash: state.writeId }, unchained, digest);",
      ),
    ],
    breaks: "P7",
    why: "a record is chained to something else than the one before it",
    expected: { within: 5 },
  },
];
