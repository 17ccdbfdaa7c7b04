package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file of example values makes objects that Kubernetes takes. */
class ChartExamplesTest {

  static Stream<Path> examples() throws IOException {
    return Files.list(Chart.FOLDER.resolve("examples"));
  }

  private static String tokenFile(Chart chart) {
    return chart.volume("viewer-token").getSecret().getItems().getFirst().getPath();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleRunsItsPeerBesideSluice(Path values) {
    Chart chart = Chart.render(values);

    Restricted.requireOf(chart.pod());
    Container peer = chart.pod().getInitContainers().getFirst();
    assertThat(peer.getRestartPolicy()).isEqualTo("Always");
    assertThat(List.of(peer, chart.sluice()))
        .allSatisfy(
            container ->
                assertThat(container.getVolumeMounts())
                    .extracting(VolumeMount::getName, VolumeMount::getMountPath)
                    .contains(tuple("pipes", "/run/sluice")));
    assertThat(List.of(peer, chart.sluice()))
        .flatExtracting("volumeMounts")
        .extracting("name")
        .isSubsetOf(chart.pod().getVolumes().stream().map(volume -> volume.getName()).toList());
    assertThat(peer.getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("viewer-token"))
        .singleElement()
        .satisfies(
            mount ->
                assertThat(peer.getEnv())
                    .contains(
                        new EnvVar(
                            "TOKEN_FILE", mount.getMountPath() + "/" + tokenFile(chart), null)));
    assertThat(chart.notes()).doesNotContain("extraInitContainers");
  }
}
