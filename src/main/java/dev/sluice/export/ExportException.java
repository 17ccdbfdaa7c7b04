package dev.sluice.export;

import dev.sluice.journal.JournalException;
import org.jspecify.annotations.Nullable;

/** Thrown when a request is refused. Nothing of the request has been done then. */
public final class ExportException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why a request is refused. */
  public enum Reason {
    /** The request makes no sense. */
    INVALID,
    /** There is no such export. */
    UNKNOWN,
    /** It conflicts with something that exists: another export has the name, or the file. */
    CONFLICT,
    /** The state of the export does not permit it. */
    STATE,
    /** There are as many exports as there may be. */
    FULL,
    /** The disk of the store has no room for it. */
    NO_SPACE,
    /** The service is stopping. */
    STOPPING,
    /** Something that the service depends on is not available. */
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

  /** Creates a refusal that concerns no field in particular. */
  static ExportException because(Reason reason, String message) {
    return new ExportException(reason, null, null, message);
  }

  /** Creates a refusal because something cannot be written to the store. */
  static ExportException because(JournalException e) {
    return because(
        e.isFull() ? Reason.NO_SPACE : Reason.UNAVAILABLE, "it cannot be kept: " + e.getMessage());
  }

  /** Creates a refusal because of one field's value. */
  static ExportException of(Reason reason, String field, @Nullable Object value, String complaint) {
    return new ExportException(reason, field, value, complaint);
  }

  /** Creates a refusal because the state of the export does not permit a field's value. */
  static ExportException wrongState(String field, @Nullable Object value, String complaint) {
    return of(Reason.STATE, field, value, complaint);
  }

  /** Creates a refusal because a field's value conflicts with something that exists. */
  static ExportException conflict(String field, @Nullable Object value, String complaint) {
    return of(Reason.CONFLICT, field, value, complaint);
  }

  /** Creates a refusal because another export has the name. */
  public static ExportException nameInUse(String name) {
    return conflict("name", name, "it is taken; delete that export first, or choose another name");
  }

  /** Creates a refusal because there is no export of this name. */
  public static ExportException unknownExport(String name) {
    return of(Reason.UNKNOWN, "name", name, "there is no such export");
  }

  /** Returns why it is refused. */
  public Reason reason() {
    return reason;
  }

  /** Returns the request's field that is to blame; null if none is. */
  public @Nullable String field() {
    return field;
  }

  /** Returns that field's value, as it was sent. */
  public @Nullable Object value() {
    return value;
  }

  /** Returns what was wrong and what was expected, without the name of the field. */
  public String complaint() {
    return complaint;
  }
}
