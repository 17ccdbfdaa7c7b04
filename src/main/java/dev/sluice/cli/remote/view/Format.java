package dev.sluice.cli.remote.view;

/** What {@code -o} can ask for. */
public enum Format {
  /** What people read; it is what there is without -o. */
  TABLE,
  /** The same with more columns. */
  WIDE,
  /** Names alone, a line each. */
  NAME,
  /** What the service has sent. */
  JSON
}
