package dev.sluice.export;

import dev.sluice.journal.JournalException;
import org.jspecify.annotations.Nullable;

/** Something that was asked for and is not done; nothing of it is left behind. */
public final class ExportException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why something is refused. */
  public enum Reason {
    /** What was asked for makes no sense. */
    INVALID,
    /** There is no such export. */
    UNKNOWN,
    /** It is in the way of what is there already: another export has the name, or the file. */
    CONFLICT,
    /** The state of the export does not permit it. */
    STATE,
    /** There are as many exports as there may be. */
    FULL,
    /** The disk of the store has no room for it. */
    NO_SPACE,
    /** The service is stopping. */
    STOPPING,
    /** Something that the service depends on is not there. */
    UNAVAILABLE
  }

  private final Reason reason;
  private final @Nullable String field;
  private final transient @Nullable Object value;

  private final String complaint;

  private ExportException(
      Reason reason, @Nullable String field, @Nullable Object value, String complaint) {
    super(field == null ? complaint : field + ": " + complaint);
    this.reason = reason;
    this.field = field;
    this.value = value;
    this.complaint = complaint;
  }

  /** A refusal that is about no field in particular. */
  static ExportException because(Reason reason, String message) {
    return new ExportException(reason, null, null, message);
  }

  /** Something cannot be kept. */
  static ExportException because(JournalException e) {
    return because(
        e.isFull() ? Reason.NO_SPACE : Reason.UNAVAILABLE, "it cannot be kept: " + e.getMessage());
  }

  /** A refusal because of one field's value. */
  static ExportException of(Reason reason, String field, @Nullable Object value, String complaint) {
    return new ExportException(reason, field, value, complaint);
  }

  /** The state of the export does not permit what a field says. */
  static ExportException wrongState(String field, @Nullable Object value, String complaint) {
    return of(Reason.STATE, field, value, complaint);
  }

  /** A field's value is in the way of what is there already. */
  static ExportException conflict(String field, @Nullable Object value, String complaint) {
    return of(Reason.CONFLICT, field, value, complaint);
  }

  /** Another export has the name. */
  public static ExportException nameInUse(String name) {
    return conflict("name", name, "it is taken; delete that export first, or choose another name");
  }

  /** There is no export of a name. */
  public static ExportException unknownExport(String name) {
    return of(Reason.UNKNOWN, "name", name, "there is no such export");
  }

  /** Why it is refused. */
  public Reason reason() {
    return reason;
  }

  /** The request's field that is to blame, if one is. */
  public @Nullable String field() {
    return field;
  }

  /** That field's value, as it was sent. */
  public @Nullable Object value() {
    return value;
  }

  /** What was wrong, and what was expected, without the name of the field. */
  public String complaint() {
    return complaint;
  }
}
