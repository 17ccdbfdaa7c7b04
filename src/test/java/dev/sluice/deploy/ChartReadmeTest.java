package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the chart's README and notes tell to type agrees with what the chart makes. */
class ChartReadmeTest {

  private static final Path README = Chart.FOLDER.resolve("README.md");

  private final Chart chart = Chart.render();
  private final String readme = Files.readString(README);

  /** The README's blocks of commands, and the notes. */
  private final String commands =
      found("(?s)```sh\n(.*?)```", readme)
              .map(block -> block.group(1))
              .collect(Collectors.joining())
          + chart.notes();

  ChartReadmeTest() throws IOException {}

  /** Where this fails, put what it expected into the README. */
  @Test
  void theTableOfValuesIsThatOfTheirComments() throws IOException {
    assertThat(words("(?s)<!-- values: .*? -->\n(.*)<!-- end of values -->", readme))
        .containsExactly(ValuesTable.read());
  }

  @Test
  void thePodsAndContainersNamedAreThere() {
    String pod = chart.statefulSet().getMetadata().getName() + "-0";

    assertThat(words("statefulset/(\\S+)", commands))
        .isNotEmpty()
        .containsOnly(chart.statefulSet().getMetadata().getName());
    assertThat(words("pod/(\\S+)", commands)).isNotEmpty().containsOnly(pod);
    assertThat(words("kubectl .*exec (\\S+) ", commands)).isNotEmpty().containsOnly(pod);
    assertThat(words("exec \\S+ -c (\\S+)", commands))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(chart.container(name)).isNotNull());
    assertThat(words("\"path\": \"(/\\S+)/", commands))
        .isNotEmpty()
        .allSatisfy(
            folder ->
                assertThat(chart.sluice().getVolumeMounts())
                    .extracting("mountPath")
                    .contains(folder));
  }

  @Test
  void thePortsNamedAreThePods() {
    List<String> ports =
        chart.sluice().getPorts().stream()
            .filter(port -> !port.getName().equals("health")) // for the kubelet
            .map(ContainerPort::getContainerPort)
            .map(String::valueOf)
            .toList();

    assertThat(words("localhost:(\\d+)", commands)).isNotEmpty().isSubsetOf(ports);
    assertThat(words("port-forward \\S+ ([\\d ]+) &", commands))
        .isNotEmpty()
        .containsOnly(String.join(" ", ports));
  }

  @Test
  void theAddressesInTheNotesAreThoseOfTheServices() {
    Service service = chart.only(Service.class, "demo-sluice");
    Service headless = chart.only(Service.class, "demo-sluice-headless");

    assertThat(chart.notes())
        .contains("http://demo-sluice.streams.svc.cluster.local:" + port(service, "http"))
        .contains(
            "demo-sluice-0.demo-sluice-headless.streams.svc.cluster.local:"
                + port(headless, "nbd"));
    assertThat(Chart.render("{service: {apiPort: 81}, advertisedHost: outside}").notes())
        .contains("http://demo-sluice.streams.svc.cluster.local:81\n", "NBD   outside:10809");
    assertThat(words("kubectl -n (\\S+)", chart.notes())).isNotEmpty().containsOnly("streams");
  }

  @Test
  void theSecretsNamedHaveTheKeysNamed() {
    Chart encrypting = Chart.render("tls: {generate: true}");

    assertThat(
            found("get secret (\\S+) -o jsonpath='\\{\\.data\\.(\\S+)}'", commands)
                .collect(
                    Collectors.groupingBy(
                        named -> named.group(1),
                        Collectors.mapping(
                            named -> named.group(2).replace("\\", ""), Collectors.toSet()))))
        .containsOnlyKeys("demo-sluice-tokens", "demo-sluice-tls", "demo-sluice-ca")
        .allSatisfy(
            (name, keys) ->
                assertThat(encrypting.only(Secret.class, name).getData())
                    .containsKeys(keys.toArray(String[]::new)));
  }

  @Test
  void theApiIsAskedWithTheOperatorsToken() {
    assertThat(commands.lines().filter(line -> line.contains("curl ")))
        .hasSizeGreaterThan(3)
        .allSatisfy(
            line ->
                assertThat(line)
                    .contains(
                        line.contains("--cacert")
                            ? "-H \"Authorization: Bearer $TOKEN\" https://localhost:8080"
                            : "-H \"Authorization: Bearer $TOKEN\" localhost:8080"));
    assertThat(words("TOKEN=(.*)", commands))
        .hasSize(2)
        .allSatisfy(
            command ->
                assertThat(command)
                    .startsWith("$(kubectl ")
                    .endsWith(
                        " get secret demo-sluice-tokens -o jsonpath='{.data.operator}' | base64 -d)"));
  }

  @Test
  void helmIsToldOfFilesAndValuesThatThereAre() {
    assertThat(
            words("helm (?:-n streams )?(?:install|upgrade|test)(?: --install)? (\\S+)", commands))
        .hasSizeGreaterThan(4)
        .containsOnly("demo");
    assertThat(words("helm .*?(?:install|upgrade) demo (\\S+)", commands))
        .isNotEmpty()
        .containsOnly(Chart.FOLDER.toString());
    assertThat(words("helm .* -f (\\S+)", commands))
        .isNotEmpty()
        .allSatisfy(file -> assertThat(Path.of(file)).isRegularFile());
    Map<String, String> values =
        found("--set ([\\w.]+)=(\\S+)", commands)
            .collect(Collectors.toMap(value -> value.group(1), value -> value.group(2)));
    assertThat(Chart.renderSet(values).sluice().getImage()).isEqualTo("YOUR-REGISTRY/sluice:0.1.0");
  }

  private static int port(Service service, String name) {
    return service.getSpec().getPorts().stream()
        .filter(port -> port.getName().equals(name))
        .map(ServicePort::getPort)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> words(String pattern, String text) {
    return found(pattern, text).map(match -> match.group(1)).toList();
  }

  private static Stream<MatchResult> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results();
  }
}
