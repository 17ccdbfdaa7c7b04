package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.request.ExportRequest;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/rest.md has every field that a request can have and that an export shows, and no others. */
class FieldsPageTest {

  private static final Path PAGE = Path.of("docs", "rest.md");

  /** The first cell of a row, with one field or several. */
  private static final Pattern CELL = Pattern.compile("(?m)^\\| ((?:`\\w+`(?:, )?)+) \\|");

  private static final Pattern FIELD = Pattern.compile("`(\\w+)`");

  /** In the order in which a problem reports them. */
  @Test
  void theFieldsOfARequestHaveARowEach() throws IOException {
    assertThat(rows("## Make an export", "## What an export shows"))
        .containsExactlyElementsOf(names(ExportRequest.class));
  }

  @Test
  void theFieldsOfAnExportHaveARowEach() throws IOException {
    Set<String> rows = rows("## Make an export", "## States");
    List<String> shown = new ArrayList<>(names(ExportView.class));
    shown.add("events"); // of ExportDetails
    shown.add("data"); // of MadeExport

    assertThat(rows).containsExactlyInAnyOrderElementsOf(shown);
  }

  private static List<String> names(Class<? extends Record> type) {
    return Stream.of(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  private static Set<String> rows(String from, String to) throws IOException {
    String page = Files.readString(PAGE);
    String section = page.substring(page.indexOf(from), page.indexOf(to));
    return CELL.matcher(section)
        .results()
        .flatMap(cell -> FIELD.matcher(cell.group(1)).results())
        .map(field -> field.group(1))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
