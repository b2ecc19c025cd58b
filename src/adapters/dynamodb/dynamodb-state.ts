import { ConditionalCheckFailedException, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { applyLatch, type LatchConditions } from "../../decision/latch.ts";
import type { CutoverState } from "../../decision/state.ts";
import { stateIn } from "../../decision/state-form.ts";
import type { LatchOutcome, StatePort, TransitionOutcome } from "../../guard/ports.ts";
import { failureOf } from "../../kernel/outside-failure.ts";
import { ok, outsideFailure, type Result } from "../../kernel/result.ts";
import type { CutoverId } from "../../signals/bindings.ts";
import { fromItem, type Item } from "./found-item.ts";
import { type Table, toItem } from "./table.ts";

const keyOf = (cutover: CutoverId) => ({ pk: `cutover#${cutover}`, sk: "state" });

/** The state before a latch, told from the state after it: the latch changed these members and no others. */
const beforeLatch = ({ latch: _latch, ...state }: CutoverState): CutoverState => ({
  ...state,
  epoch: state.epoch - 1,
  version: state.version - 1,
});

/**
 * The latch is one blind update, so it cannot store what it does not know. Nothing but a transition, which stores the
 * whole state, writes the item after it: until then the item itself still says what was recorded when it latched.
 */
const stateOf = (item: Item, cutover: CutoverId): Result<CutoverState, string> => {
  const found = stateIn(item, cutover);
  if (!found.ok) return found;
  const { latch } = found.value;
  return latch === undefined || latch.expected !== undefined
    ? found
    : ok(applyLatch(beforeLatch(found.value), latch, found.value.writeId));
};

const latchUpdate = (
  tableName: string,
  cutover: CutoverId,
  latch: Parameters<StatePort["latch"]>[1],
  { epoch, armedAtOrBefore, lastTickAtOrBefore, writeId }: LatchConditions & { readonly writeId: string },
) =>
  new UpdateItemCommand({
    TableName: tableName,
    Key: marshall(keyOf(cutover)),
    UpdateExpression: "SET #latch = :latch, #epoch = #epoch + :one, #version = #version + :one, #writeId = :writeId",
    ConditionExpression: [
      "attribute_exists(pk)",
      "attribute_not_exists(#latch)",
      "#phase <> :complete",
      ...(epoch === undefined ? [] : ["#epoch = :epoch"]),
      ...(armedAtOrBefore === undefined ? [] : ["armedAt <= :armedAt"]),
      // null, before the first tick, is less than nothing to DynamoDB.
      ...(lastTickAtOrBefore === undefined ? [] : ["(lastTick <= :lastTick OR attribute_type(lastTick, :none))"]),
    ].join(" AND "),
    ExpressionAttributeNames: {
      "#latch": "latch",
      "#epoch": "epoch",
      "#version": "version",
      "#writeId": "writeId",
      "#phase": "phase",
    },
    ExpressionAttributeValues: marshall(
      {
        ":complete": "complete",
        ...{ ":latch": latch, ":one": 1, ":writeId": writeId, ":epoch": epoch, ":armedAt": armedAtOrBefore },
        ...(lastTickAtOrBefore === undefined ? {} : { ":lastTick": lastTickAtOrBefore, ":none": "NULL" }),
      },
      { removeUndefinedValues: true },
    ),
    ReturnValues: "ALL_OLD",
  });

const transitionPut = (tableName: string, expectedVersion: number | null, next: CutoverState) =>
  new PutItemCommand({
    TableName: tableName,
    Item: toItem(keyOf(next.cutover), next),
    ...(expectedVersion === null
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : {
          ConditionExpression: "#version = :expected",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: marshall({ ":expected": expectedVersion }),
        }),
  });

const notOurs = (cutover: CutoverId, why: string) =>
  outsideFailure("malformed", `What the table holds as cutover#${cutover} state is not pawl's: ${why}`);

/** A write's refusal by its own condition: the one failure that a strong read explains. */
const refusedByCondition = (error: unknown): boolean => error instanceof ConditionalCheckFailedException;

const unknownEnd = (error: unknown, asked: string): { readonly kind: "unknown"; readonly message: string } => ({
  kind: "unknown",
  message: failureOf(error, asked).failure.message,
});

const refusedLatch = (state: CutoverState | null, writeId: string): LatchOutcome => {
  if (state === null) return { kind: "absent" };
  if (state.latch === undefined) return { kind: "not-applicable", state };
  return state.writeId === writeId
    ? { kind: "latched", before: beforeLatch(state), after: state }
    : { kind: "already-latched", state };
};

/**
 * The state by single-item conditional writes. Repeating one is safe: a refused write whose `writeId` is found in the
 * item was our own, made by an attempt whose answer was lost.
 */
export const dynamodbState = (table: Table): StatePort => {
  const read: StatePort["read"] = async (cutover, timeoutMs) => {
    const found = await table.get(keyOf(cutover), timeoutMs);
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
    const state = stateOf(found.value, cutover);
    return state.ok ? state : notOurs(cutover, state.failure);
  };

  return {
    read,

    transition: async (expectedVersion, next, timeoutMs): Promise<TransitionOutcome> => {
      if (expectedVersion !== null && next.version !== expectedVersion + 1)
        throw new RangeError(`version ${next.version} does not follow ${expectedVersion}`);
      try {
        const abortSignal = AbortSignal.timeout(timeoutMs);
        await table.client.send(transitionPut(table.name, expectedVersion, next), { abortSignal });
        return { kind: "committed", state: next };
      } catch (error) {
        if (!refusedByCondition(error)) return unknownEnd(error, `Transition of ${next.cutover}`);
      }
      const now = await read(next.cutover, timeoutMs);
      if (!now.ok) return { kind: "unknown", message: now.failure.message };
      return now.value?.writeId === next.writeId
        ? { kind: "committed", state: now.value }
        : { kind: "moved", state: now.value };
    },

    latch: async (cutover, latch, conditions, timeoutMs): Promise<LatchOutcome> => {
      try {
        const abortSignal = AbortSignal.timeout(timeoutMs);
        const answer = await table.client.send(latchUpdate(table.name, cutover, latch, conditions), { abortSignal });
        const found = fromItem(answer.Attributes ?? {});
        const before = found.ok ? stateOf(found.value, cutover) : found;
        if (!before.ok) return { kind: "unknown", message: `What was latched is not pawl's state: ${before.failure}` };
        return { kind: "latched", before: before.value, after: applyLatch(before.value, latch, conditions.writeId) };
      } catch (error) {
        if (!refusedByCondition(error)) return unknownEnd(error, `Latch of ${cutover}`);
      }
      const now = await read(cutover, timeoutMs);
      return now.ok ? refusedLatch(now.value, conditions.writeId) : { kind: "unknown", message: now.failure.message };
    },
  };
};
