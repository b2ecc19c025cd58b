/**
 * The timeline that the database writes on, as SQL. One that was promoted tells the new one with its next checkpoint, which may
 * take most of `checkpoint_timeout`; until then the end of its recovery does.
 */
export const TIMELINE =
  "greatest((select timeline_id from pg_control_checkpoint()), " +
  "(select min_recovery_end_timeline from pg_control_recovery()))";
