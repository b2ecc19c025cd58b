import type { Context } from "aws-lambda";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { urgentShell } from "../../../src/edge/urgent-shell.ts";

const context = { awsRequestId: "one", getRemainingTimeInMillis: () => 20_000 } as Context;
const parse = (event: unknown): { readonly cutover: string } => {
  if (event === null) throw new Error("there is no event");
  return event as { readonly cutover: string };
};

/** Everything said, in order, whoever said it. */
const said: string[] = [];
let spies: readonly MockInstance[];
beforeEach(() => {
  const listen = (...told: unknown[]): void => void said.push(told.map(String).join(" "));
  spies = (["log", "info", "error"] as const).map((level) => vi.spyOn(console, level).mockImplementation(listen));
});
afterEach(() => {
  for (const spy of spies) spy.mockRestore();
  said.length = 0;
});

test("the work begins at once and is not waited for to say that it was called", async () => {
  const order: string[] = [];
  const handler = urgentShell(
    parse,
    async ({ cutover }) => {
      order.push(`begun, ${said.length} lines said`);
      await Promise.resolve();
      order.push(`called: ${said[0]}`);
      return cutover;
    },
    (outcome) => void order.push(`reported ${outcome}`),
  );
  await handler({ cutover: "orders" }, context);
  expect(order).toEqual([
    "begun, 0 lines said",
    expect.stringMatching(/^called: .*"message":"Called\.".*"cutover":"orders"/),
    "reported orders",
  ]);
});

test.each([
  ["an event that it cannot read", null, "there is no event"],
  ["work that fails", { cutover: "orders" }, "no answer"],
])("%s fails the invocation", async (_, event, why) => {
  const reports: unknown[] = [];
  const handler = urgentShell(
    parse,
    () => Promise.reject(new Error("no answer")),
    (outcome) => reports.push(outcome),
  );
  await expect(handler(event, context)).rejects.toThrow(why);
  expect(reports).toEqual([]);
});

test("a report that throws fails the invocation too: Lambda tries again", async () => {
  const handler = urgentShell(
    parse,
    async () => "unverified",
    (outcome) => {
      throw new Error(outcome);
    },
  );
  await expect(handler({ cutover: "orders" }, context)).rejects.toThrow("unverified");
});
