package dev.sluice.journal;

import java.util.Optional;
import java.util.stream.Stream;

/** The kind of a record. */
public enum RecordKind {
  /** The request, or a change of it. */
  SPEC('S'),
  /** The current state. It may be left out if there is no room. */
  STATE('T'),
  /** It has begun, and cannot begin again. */
  BEGUN('B'),
  /** Its end. */
  END('E'),
  /** Its removal. */
  REMOVED('R');

  private final char code;

  RecordKind(char code) {
    this.code = code;
  }

  /** Returns its letter in the file. */
  char code() {
    return code;
  }

  static Optional<RecordKind> of(char code) {
    return Stream.of(values()).filter(kind -> kind.code == code).findFirst();
  }
}
