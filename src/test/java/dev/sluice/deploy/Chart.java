package dev.sluice.deploy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The chart in {@code helm/sluice}, linted and rendered by Helm itself. */
final class Chart {

  private static final Path FOLDER = Path.of("helm", "sluice");

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "Service", Service.class,
          "ServiceAccount", ServiceAccount.class,
          "StatefulSet", StatefulSet.class);

  /** Refuses a field that Kubernetes does not know, which the model alone would collect. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              })
          .build();

  private final List<HasMetadata> objects;

  private Chart(List<HasMetadata> objects) {
    this.objects = objects;
  }

  static LintResult lint() {
    return new Helm(FOLDER).lint().strict().call();
  }

  static Chart render() {
    return new Chart(parse(template().call()));
  }

  /** Renders the chart with a values file of the given content. */
  static Chart render(String values) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        return new Chart(parse(template().withValuesFile(file).call()));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TemplateCommand template() {
    return new Helm(FOLDER)
        .template()
        .withName("demo")
        .withNamespace("streams")
        .withKubeVersion("1.31.0");
  }

  private static List<HasMetadata> parse(String manifests) {
    List<HasMetadata> objects = new ArrayList<>();
    for (Object document : new Yaml().loadAll(manifests)) {
      if (document instanceof Map<?, ?> fields) {
        Class<? extends HasMetadata> type = KINDS.get((String) fields.get("kind"));
        if (type == null) {
          throw new AssertionError("not a kind this chart is known to render: " + fields);
        }
        objects.add(MAPPER.convertValue(fields, type));
      }
    }
    return objects;
  }

  List<HasMetadata> objects() {
    return objects;
  }

  StatefulSet statefulSet() {
    return only(StatefulSet.class, "demo-sluice");
  }

  <T extends HasMetadata> T only(Class<T> type, String name) {
    List<T> found =
        objects.stream()
            .filter(type::isInstance)
            .map(type::cast)
            .filter(object -> object.getMetadata().getName().equals(name))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(type.getSimpleName() + " " + name + ": found " + found);
    }
    return found.getFirst();
  }
}
