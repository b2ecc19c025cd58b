import fc from "fast-check";

/** For mutation testing: each mutant meets the same cases, and a law that has failed has said enough. */
fc.configureGlobal({ seed: 20_261_125, endOnFailure: true });
