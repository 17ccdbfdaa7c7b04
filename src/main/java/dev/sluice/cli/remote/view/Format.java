package dev.sluice.cli.remote.view;

/** The formats of {@code -o}. */
public enum Format {
  /** A table, which is the default. */
  TABLE,
  /** A table with more columns. */
  WIDE,
  /** Names alone, one each line. */
  NAME,
  /** The service's JSON. */
  JSON
}
