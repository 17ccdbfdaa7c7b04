package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;

/** What makes the image start fast, and that it starts without as well. */
class ImageStartIT {

  /** One of those that the context's refresh needs. */
  private static final String CACHED = " dev.sluice.export.ExportRegistry ";

  private static final String[] WITHOUT_CACHE = {
    "java", "@service.options", "-Djava.library.path=native", "-jar", "sluice.jar"
  };

  private static final int UID = 12_345;
  private static final long MIB = 1L << 20;
  private static final Path MEASURE = Path.of("src/test/scripts/measure-start").toAbsolutePath();
  private static final Duration MEASURES_WITHIN = Duration.ofMinutes(5);

  @BeforeAll
  static void build() throws Exception {
    Image.require();
  }

  /** It is ready only where it can make FIFOs. */
  private static GenericContainer<?> cautious() {
    return SluiceContainer.cautious(UID)
        .withTmpFs(
            Map.of(
                "/tmp",
                "rw",
                ContainerPod.PIPES,
                "rw,mode=1777",
                "/var/lib/sluice",
                "rw,mode=1777"));
  }

  /** With AOTMode=on the JVM ends if it cannot use the cache. */
  @ParameterizedTest
  @ValueSource(longs = {256, 512, 4096})
  void theCacheFitsContainersOfOtherSizesThanTheMachineThatMadeIt(long memory) throws Exception {
    GenericContainer<?> small =
        cautious()
            .withEnv("JDK_JAVA_OPTIONS", "-XX:AOTMode=on -Xlog:class+load:file=/tmp/classes")
            .withCreateContainerCmdModifier(
                command ->
                    command.getHostConfig().withMemory(memory * MIB).withNanoCPUs(1_000_000_000L));
    try (SluiceContainer sluice = new SluiceContainer(small).start()) {
      assertThat(sluice.run("grep", CACHED, "/tmp/classes").getStdout())
          .contains("source: shared objects file");
    }
  }

  /** Whatever the cache was made with. */
  @Test
  void itStartsWithOtherBeansIfTheConfigurationAsksForThem() {
    GenericContainer<?> sending =
        cautious().withEnv("MANAGEMENT_OTLP_METRICS_EXPORT_ENABLED", "true");
    try (SluiceContainer sluice = new SluiceContainer(sending).start()) {
      assertReady(sluice);
    }
  }

  @Test
  void itStartsWithoutTheCache() {
    GenericContainer<?> without =
        cautious().withCreateContainerCmdModifier(command -> command.withEntrypoint(WITHOUT_CACHE));
    try (SluiceContainer sluice = new SluiceContainer(without).start()) {
      assertReady(sluice);
    }
  }

  @Test
  void itStartsWithADamagedCache() {
    GenericContainer<?> damaged =
        new GenericContainer<>(Image.NAME)
            .withCopyToContainer(Transferable.of("no cache"), "/opt/sluice/service.aot");
    try (SluiceContainer sluice = new SluiceContainer(damaged).start()) {
      assertReady(sluice);
    }
  }

  /** Only printed: a busy machine is no failure. */
  @Test
  void measured() {
    try (Command.Running measure = Command.of(MEASURE, 1, Image.NAME).start()) {
      System.out.println(measure.await(MEASURES_WITHIN).assertSucceeded().output());
    }
  }

  private static void assertReady(SluiceContainer sluice) {
    assertThat(sluice.get("/readyz").get("status").asString()).isEqualTo("UP");
  }
}
