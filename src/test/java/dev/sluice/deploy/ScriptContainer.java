package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame.OutputType;

/** A container of the image in which a shell script runs in the place of the service. */
final class ScriptContainer implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final GenericContainer<?> container;

  /** The script fails with any of its programs; the words are its {@code $1} and so on. */
  ScriptContainer(GenericContainer<?> container, String script, String... words) {
    String[] entrypoint = {"bash", "-euo", "pipefail", "-c", script, "bash"};
    this.container =
        container.withCreateContainerCmdModifier(
            command ->
                command.withEntrypoint(
                    Stream.concat(Stream.of(entrypoint), Stream.of(words)).toArray(String[]::new)));
  }

  ScriptContainer start() {
    container.start();
    return this;
  }

  /** Waits for its end, which may be of any kind. */
  int awaitExit() {
    return SluiceContainer.awaitExit(container, LIMIT);
  }

  /** Everything it has printed. */
  String log() {
    return container.getLogs();
  }

  /** Waits until it has succeeded; what it has printed, without white space around. */
  String output() {
    assertThat(awaitExit()).as(container.getLogs()).isZero();
    return container.getLogs(OutputType.STDOUT).strip();
  }

  @Override
  public void close() {
    container.stop();
  }
}
