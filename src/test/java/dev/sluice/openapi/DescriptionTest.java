package dev.sluice.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The description that the service returns is that of its controllers, records and documents. */
class DescriptionTest {

  private static final Path KEPT = Path.of("src", "main", "resources", "openapi.json");

  /** With {@code -Dopenapi.write} it is written anew. */
  @Test
  void itIsWhatControllersRecordsAndDocumentsSay() throws IOException {
    String made = Description.text(Description.make());
    if (Boolean.getBoolean("openapi.write")) {
      Files.writeString(KEPT, made);
    }

    assertThat(Files.readString(KEPT))
        .as("./mvnw test -Dtest=DescriptionTest -Dopenapi.write=true writes %s anew", KEPT)
        .isEqualTo(made);
  }

  @Test
  void everyMethodOfAControllerIsDescribed() {
    Set<String> described = new TreeSet<>();
    new Facts()
        .part("requests")
        .properties()
        .forEach(
            request -> {
              if (!request.getValue().has("actuator")) {
                described.add(request.getKey());
              }
            });

    assertThat(described).isEqualTo(new Handlers().all().keySet());
  }
}
