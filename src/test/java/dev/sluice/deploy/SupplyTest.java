package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a build fetches from outside can be pinned, or is. */
class SupplyTest {

  /** Every stage starts from the argument or from one before it, so one digest pins them all. */
  @Test
  void theImagesBaseIsOneBuildArgument() throws IOException {
    String dockerfile = Files.readString(Path.of("Dockerfile"));
    assertThat(dockerfile).containsPattern("(?s)\\AARG BASE=|\\A(#[^\n]*\n|\n)+ARG BASE=");
    List<String> known = new ArrayList<>(List.of("${BASE}"));
    Pattern.compile("(?m)^FROM (\\S+)(?: AS (\\S+))?$")
        .matcher(dockerfile)
        .results()
        .forEach(
            stage -> {
              assertThat(known).contains(stage.group(1));
              known.add(String.valueOf(stage.group(2)));
            });
    assertThat(known).hasSizeGreaterThan(3);
    assertThat(dockerfile.lines().filter(line -> line.contains("COPY --from=")))
        .allSatisfy(line -> assertThat(known).anyMatch(name -> line.contains("=" + name + " ")));
  }

  @Test
  void theMavenWrapperChecksWhatItDownloads() throws IOException {
    Properties wrapper = new Properties();
    try (var in = Files.newBufferedReader(Path.of(".mvn", "wrapper", "maven-wrapper.properties"))) {
      wrapper.load(in);
    }

    assertThat(wrapper.getProperty("distributionSha256Sum")).matches("[0-9a-f]{64}");
    assertThat(wrapper.getProperty("distributionTarSha256Sum")).matches("[0-9a-f]{64}");
    assertThat(Files.readString(Path.of("mvnw")))
        .as("what it checks where there is no unzip")
        .contains("distributionSha256Sum=${distributionTarSha256Sum-");
    assertThat(wrapper.getProperty("distributionType")).isEqualTo("only-script"); // so no jar
  }
}
