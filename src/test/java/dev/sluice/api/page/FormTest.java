package dev.sluice.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.request.ExportRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** The page's form, as a file. */
class FormTest {

  private static final Pattern FIELD = Pattern.compile("(?m)^  \\['(\\w+)[.']");

  @Test
  void itHasEveryFieldOfARequestAndNoOther() throws IOException {
    String file =
        new ClassPathResource("page/fields.js").getContentAsString(StandardCharsets.UTF_8);

    assertThat(FIELD.matcher(file).results().map(found -> found.group(1)).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(ExportRequest.class.getRecordComponents())
                .map(component -> component.getName())
                .toList());
  }
}
