package dev.sluice.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The chart in {@code helm/sluice}, linted and installed by Helm itself as {@code demo} in the
 * namespace {@code streams}.
 *
 * @param objects what Kubernetes is given
 * @param hooks what it is given by {@code helm test}
 * @param notes what the user is told
 */
record Chart(List<HasMetadata> objects, List<HasMetadata> hooks, String notes) {

  static final Path FOLDER = Path.of("helm", "sluice");

  private static final String RELEASE = "demo";

  static LintResult lint() {
    return new Helm(FOLDER).lint().strict().call();
  }

  static Chart render() {
    return render("{}");
  }

  /** Renders it with values, for a cluster that knows more kinds, as {@code group/version/kind}. */
  static Chart render(String values, String... kinds) {
    return withFile(values, file -> render(file, kinds));
  }

  private static Chart withFile(String values, Function<Path, Chart> rendering) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        return rendering.apply(Files.writeString(file, values));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Renders it with a file of values. */
  static Chart render(Path values, String... kinds) {
    return render(install().withValuesFile(values), kinds);
  }

  /** Renders it with values as {@code --set} has them, by their keys. */
  static Chart renderSet(Map<String, String> values) {
    InstallCommand install = install();
    values.forEach(install::set);
    return render(install);
  }

  /** Renders it where the release has secrets already. */
  static Chart renderOver(Secret... secrets) {
    return renderOver("{}", secrets);
  }

  /** Renders it with values where the release has these already. */
  static Chart renderOver(String values, HasMetadata... objects) {
    try (Cluster cluster = new Cluster()) {
      for (HasMetadata object : objects) {
        cluster.add(object, RELEASE);
      }
      return withFile(values, file -> render(install().withValuesFile(file), cluster));
    }
  }

  private static Chart render(InstallCommand install, String... kinds) {
    try (Cluster cluster = new Cluster(kinds)) {
      return render(install, cluster);
    }
  }

  private static Chart render(InstallCommand install, Cluster cluster) {
    install.withKubeConfigContents(cluster.kubeConfig()).call();
    JsonNode release = cluster.release();
    Stream<JsonNode> hooks = StreamSupport.stream(release.required("hooks").spliterator(), false);
    return new Chart(
        Manifests.parse(release.required("manifest").asText()).toList(),
        hooks.flatMap(hook -> Manifests.parse(hook.required("manifest").asText())).toList(),
        release.required("info").required("notes").asText());
  }

  private static InstallCommand install() {
    return new Helm(FOLDER)
        .install()
        .withName(RELEASE)
        .withNamespace("streams")
        .disableOpenApiValidation();
  }

  /** Everything, hooks too. */
  Stream<HasMetadata> all() {
    return Stream.concat(objects.stream(), hooks.stream());
  }

  <T extends HasMetadata> T only(Class<T> type, String name) {
    List<T> found =
        all()
            .filter(type::isInstance)
            .map(type::cast)
            .filter(object -> object.getMetadata().getName().equals(name))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(type.getSimpleName() + " " + name + ": found " + found);
    }
    return found.getFirst();
  }

  StatefulSet statefulSet() {
    return only(StatefulSet.class, "demo-sluice");
  }

  /** The pod that Sluice runs in. */
  PodSpec pod() {
    return statefulSet().getSpec().getTemplate().getSpec();
  }

  /** The Sluice container. */
  Container sluice() {
    return container("sluice");
  }

  Container container(String name) {
    return Stream.concat(pod().getInitContainers().stream(), pod().getContainers().stream())
        .filter(container -> container.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no container " + name));
  }

  /** An environment variable of the Sluice container. */
  EnvVar variable(String name) {
    return sluice().getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no variable " + name));
  }

  /** A volume of the pod that Sluice runs in. */
  Volume volume(String name) {
    return pod().getVolumes().stream()
        .filter(volume -> volume.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no volume " + name));
  }

  /** A volume of the pod of {@code helm test}. */
  Volume testVolume(String name) {
    return test().getVolumes().stream()
        .filter(volume -> volume.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no volume " + name));
  }

  /** An environment variable of {@code helm test}. */
  EnvVar testVariable(String name) {
    return test().getContainers().getFirst().getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no variable " + name));
  }

  /** The pod of {@code helm test}. */
  PodSpec test() {
    return only(Pod.class, "demo-sluice-test").getSpec();
  }
}
