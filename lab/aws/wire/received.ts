type Leaf = string | number | boolean | bigint | Date | Uint8Array;

/**
 * An SDK input type as it is once the wire has checked it: members the API requires are there, nothing is undefined.
 * (The SDKs type required members as possibly undefined, because a client may still be about to fill them in.)
 */
export type Received<Shape> = Shape extends Leaf
  ? Shape
  : Shape extends readonly (infer Element)[]
    ? readonly Received<NonNullable<Element>>[]
    : Shape extends object
      ? { readonly [Member in keyof Shape]: Received<Exclude<Shape[Member], undefined>> }
      : Shape;
