package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.api.problem.ProblemException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some exports, in the order in which they were made.
 *
 * @param next the cursor with which the next of them are asked for; left out where there are none
 */
record Page(
    List<ListedExport> exports, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String next) {

  private static final int MOST = 1000;
  private static final int MOST_DIGITS = 4;

  /**
   * The part of a list that is asked for.
   *
   * @param limit how many; null for all
   * @param cursor as an earlier page had it; null for the first
   * @throws ProblemException when one of the two makes no sense
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
    boolean digits = limit.length() <= MOST_DIGITS && limit.matches("[0-9]+");
    int number = digits ? Integer.parseInt(limit) : 0;
    if (number < 1 || number > MOST) {
      throw ProblemException.of("limit", limit, "expected a number from 1 to " + MOST);
    }
    return number;
  }

  /**
   * After which export to go on. It has its time too, as the export may be deleted by then.
   *
   * @param id of the last one that was shown
   * @param createdAt when that was made
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

    /** Whether an export is behind this in the list; many may be made at the same time. */
    private boolean comesBefore(ExportView export) {
      int later = export.createdAt().compareTo(createdAt);
      return later > 0 || (later == 0 && export.id().compareTo(id) > 0);
    }
  }
}
