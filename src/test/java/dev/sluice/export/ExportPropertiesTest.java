package dev.sluice.export;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.posix.FilePath;
import dev.sluice.testing.BuiltInConfiguration;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class ExportPropertiesTest {

  @EnableConfigurationProperties(ExportProperties.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Configuration.class);

  private static void assertDefaults(ExportProperties properties) {
    assertThat(properties.roots()).containsExactly(DefaultRoot.path());
    assertThat(properties.fifoPermissions()).isEqualTo(0600);
    assertThat(properties.fifoGroup()).isNull();
    assertThat(properties.listed()).isFalse();
    assertThat(properties.reorderWindow()).isEqualTo(DataSize.ofMegabytes(64));
    assertThat(properties.headWindow()).isEqualTo(DataSize.ofKilobytes(64));
    assertThat(properties.peerTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(properties.idleTimeout()).isEqualTo(Duration.ofMinutes(30));
    assertThat(properties.resumeTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(properties.lifetime()).isZero();
    assertThat(properties.windowMemory()).isEqualTo(DataSize.ofMegabytes(512));
    assertThat(properties.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(properties.drainLinger()).isEqualTo(Duration.ofSeconds(3));
    assertThat(properties.max()).isEqualTo(1000);
    assertThat(properties.keepEnded()).isEqualTo(1000);
    assertThat(properties.retention()).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void everyKeyHasADefault() {
    runner.run(context -> assertDefaults(context.getBean(ExportProperties.class)));
  }

  @Test
  void theConfigurationFileHasTheDefaults() {
    BuiltInConfiguration.has(
        runner,
        ExportProperties.class,
        ExportPropertiesTest::assertDefaults,
        "fifo-mode",
        "listed",
        "reorder-window",
        "head-window",
        "peer-timeout",
        "idle-timeout",
        "resume-timeout",
        "lifetime",
        "window-memory",
        "drain-timeout",
        "drain-linger",
        "max",
        "keep-ended",
        "retention");
  }

  @Test
  void rootsAreAList() {
    runner
        .withPropertyValues("sluice.exports.roots=/a, /b/../c")
        .run(
            context ->
                assertThat(context.getBean(ExportProperties.class).rootPaths())
                    .containsExactly(new FilePath("/a"), new FilePath("/c")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "peer-timeout=0",
        "idle-timeout=0s",
        "resume-timeout=36500d",
        "reorder-window=0",
        "head-window=0B",
        "lifetime=36500d",
        "window-memory=82640KB",
        "max=1",
        "keep-ended=0",
        "fifo-mode=0666",
        "fifo-group=0",
      })
  void aLimitItselfIsAccepted(String property) {
    runner
        .withPropertyValues("sluice.exports." + property)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void largeWindowsNeedMuchMemory() {
    runner
        .withPropertyValues(
            "sluice.exports.reorder-window=1TB",
            "sluice.exports.head-window=1GB",
            "sluice.exports.window-memory=2TB")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource({
    "roots=, roots",
    "lifetime=-1s, lifetime",
    "window-memory=82639KB, windowMemory",
    "reorder-window=1GB, windowMemory",
    "window-share=12, windowMemory",
    "window-share=0, windowShare",
    "window-share=101, windowShare",
    "peer-timeout=-1s, peerTimeout",
    "idle-timeout=-1ms, idleTimeout",
    "resume-timeout=-1m, resumeTimeout",
    "drain-timeout=-1s, drainTimeout",
    "drain-linger=36501d, drainLinger",
    "idle-timeout=36501d, idleTimeout",
    "peer-timeout=soon, peer-timeout",
    "reorder-window=-1B, reorderWindow",
    "reorder-window=2TB, reorderWindow",
    "head-window=-1KB, headWindow",
    "head-window=1025MB, headWindow",
    "max=0, max",
    "max=-1, max",
    "keep-ended=-1, keepEnded",
    "fifo-mode=600, fifoMode",
    "fifo-mode=384, fifoMode",
    "fifo-mode=0800, fifoMode",
    "fifo-mode=04600, fifoMode",
    "fifo-mode=rw, fifoMode",
    "fifo-group=-1, fifoGroup",
    "fifo-group=wheel, wheel",
    "roots=/r\ufffdume, roots",
    "roots=file:/tmp, roots",
  })
  void whatMakesNoSenseStopsTheStart(String property, String field) {
    runner
        .withPropertyValues("sluice.exports." + property)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .satisfiesAnyOf(
                        e -> assertThat(e).message().contains("'" + field),
                        e -> assertThat(e).message().contains("\"" + field),
                        e -> assertThat(e).message().contains("soon")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "0", "101"})
  void aShareThatIsNoneIsNotBlamedOnTheMemory(String share) {
    runner
        .withPropertyValues(
            "sluice.exports.window-share=" + share, "sluice.exports.reorder-window=1TB")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .message()
                    .contains("'windowShare'")
                    .doesNotContain("'windowMemory'"));
  }

  @Test
  void aMissingRootIsMadeForThisUserOnly(@TempDir Path folder) throws Exception {
    Path root = folder.resolve("a/b");

    RootFolders.prepare(at(root));
    RootFolders.preparePredictable(at(root));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
        .isEqualTo("rwx------");
  }

  @Test
  void aRootThatCannotBeMadeStopsTheStart(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    for (Path root : new Path[] {file, file.resolve("below"), Path.of("/proc/none/x")}) {
      runner
          .withUserConfiguration(StreamConfiguration.class)
          .withPropertyValues("sluice.exports.roots=" + root)
          .run(
              context ->
                  assertThat(context)
                      .getFailure()
                      .rootCause()
                      .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                      .hasMessageContaining("sluice.exports.roots"));
    }
  }

  @Test
  void aDefaultRootThatSomebodyElseMadeFirstIsNotTrusted(@TempDir Path folder) throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give folders away");
    Path theirs = Files.createDirectory(folder.resolve("theirs"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    for (Path root : new Path[] {theirs, link}) {
      Files.setAttribute(root, "unix:uid", 1, LinkOption.NOFOLLOW_LINKS);

      assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
          .isThrownBy(() -> RootFolders.preparePredictable(at(root)))
          .withMessageContaining("belongs to another user");
    }
  }
}
