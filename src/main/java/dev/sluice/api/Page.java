package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.api.problem.ProblemException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the list, in the order of creation.
 *
 * @param next the cursor of the next page; null, and left out of the JSON, on the last one
 */
record Page(
    List<ListedExport> exports, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String next) {

  private static final int MAX_LIMIT = 1000;
  private static final int MAX_DIGITS = 4;

  /**
   * Returns the requested page.
   *
   * @param limit the maximum number of exports; null for all
   * @param cursor the {@code next} of an earlier page; null for the first page
   * @throws ProblemException if a parameter is wrong
   */
  static Page of(List<ListedExport> all, @Nullable String limit, @Nullable String cursor) {
    List<ListedExport> rest =
        cursor == null ? all : all.subList(Cursor.of(cursor).start(all), all.size());
    int most = limit == null ? rest.size() : number(limit);
    if (rest.size() <= most) {
      return new Page(rest, null);
    }
    return new Page(rest.subList(0, most), Cursor.after(rest.get(most - 1).view()).text());
  }

  private static int number(String limit) {
    boolean digits = limit.length() <= MAX_DIGITS && limit.matches("[0-9]+");
    int number = digits ? Integer.parseInt(limit) : 0;
    if (number < 1 || number > MAX_LIMIT) {
      throw ProblemException.of("limit", limit, "expected a number from 1 to " + MAX_LIMIT);
    }
    return number;
  }

  /**
   * The export that the page begins after. It has the time too, as the export may be deleted by
   * then.
   *
   * @param id the id of the last export of the page before
   * @param createdAt when that was created
   */
  private record Cursor(String id, Instant createdAt) {

    static Cursor after(ExportView export) {
      return new Cursor(export.id(), export.createdAt());
    }

    static Cursor of(String text) {
      int end = text.indexOf('@');
      try {
        return new Cursor(
            text.substring(0, Math.max(0, end)), Instant.parse(text.substring(end + 1)));
      } catch (DateTimeException e) {
        throw ProblemException.of("cursor", text, "expected the value that \"next\" had");
      }
    }

    String text() {
      return id + "@" + createdAt;
    }

    int start(List<ListedExport> all) {
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).view().id().equals(id)) {
          return i + 1;
        }
      }
      int start = 0;
      while (start < all.size() && !comesBefore(all.get(start).view())) {
        start++;
      }
      return start;
    }

    /**
     * Returns whether an export is behind this cursor in the list. Several may have the same time.
     */
    private boolean comesBefore(ExportView export) {
      int later = export.createdAt().compareTo(createdAt);
      return later > 0 || (later == 0 && export.id().compareTo(id) > 0);
    }
  }
}
