/** Which seed, or which race, was the first to show a fault, and what it showed; null: none of them did. */
export type Finding = { readonly at: number; readonly promise: string; readonly what: string } | null;
