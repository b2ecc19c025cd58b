/** Marks a branch that the types say cannot be reached. @throws {Error} it was reached: a bug; stop before acting. */
export const assertNever = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
};
