package dev.sluice.journal;

import java.util.Optional;
import java.util.stream.Stream;

/** What a record is about. */
public enum RecordKind {
  /** What was asked for, or has changed of that. */
  SPEC('S'),
  /** How it goes on; it may be left out where there is no room. */
  STATE('T'),
  /** From here on it cannot begin anew. */
  BEGUN('B'),
  /** How it has ended. */
  END('E'),
  /** It is forgotten. */
  REMOVED('R');

  private final char code;

  RecordKind(char code) {
    this.code = code;
  }

  /** How it is written. */
  char code() {
    return code;
  }

  static Optional<RecordKind> of(char code) {
    return Stream.of(values()).filter(kind -> kind.code == code).findFirst();
  }
}
