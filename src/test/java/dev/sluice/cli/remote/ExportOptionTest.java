package dev.sluice.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.request.ExportRequest;
import dev.sluice.cli.Typed;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of a new export are the fields of the request, and those of a stream. */
class ExportOptionTest {

  /** What words and other options set. */
  private static final List<String> OTHERS =
      List.of("name", "path", "peer", "direction", "size", "clients", "labels");

  @Test
  void everyFieldOfARequestHasAnOption() {
    List<String> fields =
        Stream.of(ExportRequest.class.getRecordComponents())
            .map(RecordComponent::getName)
            .filter(field -> !OTHERS.contains(field))
            .toList();

    assertThat(Stream.of(ExportOption.values()).map(ExportOption::field))
        .containsExactlyInAnyOrderElementsOf(fields);
  }

  @Test
  void anOptionHasTheNameThatItHasForOneStream() {
    String streaming = Typed.run("streaming", "--help").out();
    String create = Typed.run("create", "--help").out();

    for (ExportOption each : ExportOption.values()) {
      assertThat(create.replace("--[no-]", "--")).contains(each.option());
      // One stream is always listed, and has a file.
      if (each != ExportOption.LISTED && each != ExportOption.TICKET) {
        assertThat(streaming).contains(each.option());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"create", "get", "list", "watch", "data", "finish", "patch", "delete", "version"})
  void theDocumentNamesEveryCommandAndItsOptions(String command) throws IOException {
    String page = Files.readString(Path.of("docs", "command-line.md"));
    String help = Typed.run(command, "--help").out();

    assertThat(page).contains("`sluice " + command);
    Stream.of(help.split("[\\s,=\\[\\]]+"))
        .filter(word -> word.matches("--[a-z-]+"))
        .forEach(option -> assertThat(page).contains("`" + option));
  }
}
