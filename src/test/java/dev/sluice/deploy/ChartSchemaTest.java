package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Values that the chart does not know, or that cannot be, are refused before anything is made. */
@Slow("Renders the chart for each test.")
class ChartSchemaTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replicas: 0",
        "image: {tga: latest}",
        "image: {repository: ''}",
        "image: {tag: 1.0}",
        "image: {tag: 'a b'}",
        "image: {digest: 'sha256:12'}",
        "image: {pullPolicy: Sometimes}",
        "imagePullSecrets: [registry]",
        "imagePullSecrets: [{nmae: registry}]",
        "nameOverride: Not_A_Name",
        "fullnameOverride: -x",
        "commonLabels: {a: 1}",
        "config: [a]",
        "env: [{value: nameless}]",
        "env: [{name: A, value: 1}]",
        "env: [{name: A, valeu: b}]",
        "advertisedHost: 'nbd://host'",
        "advertisedHost: 'host:10809'",
        "advertisedPort: 0",
        "advertisedPort: '30809'",
        "clusterDomain: ''",
        "tls: {enabled: true}",
        "tls: {existingSecret: Not_A_Name}",
        "tls: {mode: off}",
        "tls: {clientAuth: maybe}",
        "tls: {validDays: 0}",
        "tls: {rotate: true}",
        "tls: {allowPlaintext: 'yes'}",
        "api: {tls: true}",
        "api: {tls: {mode: off}}",
        "api: {tls: {enabled: true}}",
        "api: {tls: {existingSecret: Not_A_Name}}",
        "api: {tls: {serverName: 'https://host'}}",
        "api: {tls: {caKey: a/b}}",
        "cluster: {autoscaled: 3}",
        "podDisruptionBudget: {enabled: always}",
        "podDisruptionBudget: {maxUnavailable: -1}",
        "podDisruptionBudget: {maxUnavailable: '101%'}",
        "networkPolicy: {health: [kubelet]}",
        "tokens: {existingSecret: [a]}",
        "tokens: {generate: 'yes'}",
        "tokens: {key: ''}",
        "tokens: {operatorKey: a/b}",
        "tokens: {viewerKey: ''}",
        "tokens: {metricsKey: ''}",
        "tokens: {token: secret}",
        "service: {port: 80}",
        "service: {type: ExternalName}",
        "service: {apiPort: 0}",
        "service: {nbdPort: 65536}",
        "service: {nbdPort: '10809'}",
        "service: {annotations: {a: 1}}",
        "serviceAccount: {automount: true}",
        "serviceAccount: {create: 'yes'}",
        "podSecurityContext: []",
        "securityContext: none",
        "resources: {limit: {}}",
        "terminationGracePeriodSeconds: 60",
        "drainSeconds: -1",
        "drainSeconds: 1.5",
        "lingerSeconds: -1",
        "lingerSeconds: 31536001",
        "drainSeconds: 31536001",
        "lingerSeconds: 3s",
        "podAnnotations: {a: true}",
        "podLabels: [a]",
        "nodeSelector: {a: true}",
        "tolerations: {key: a}",
        "affinity: []",
        "topologySpreadConstraints: [{maxSkew: 1}]",
        "priorityClassName: 1",
        "extraContainers: [{image: nameless}]",
        "extraContainers: [{name: Peer}]",
        "extraInitContainers: {name: a}",
        "extraVolumes: [pipes]",
        "extraVolumeMounts: [{mountPath: /a}]",
        "networkPolicy: {enable: true}",
        "networkPolicy: {enabled: 'true'}",
        "networkPolicy: {api: [{}]}",
        "networkPolicy: {nbd: [{cidr: 10.0.0.0/8}]}",
        "networkPolicy: {extraIngress: [http]}",
        "podDisruptionBudget: {minAvailable: 1}",
        "serviceMonitor: {path: metrics}",
        "serviceMonitor: {interval: 30}",
        "serviceMonitor: {scrapeTimeout: 10 seconds}",
        "logFormat: json",
        "tracing: {enabled: true}",
        "tracing: {endpoint: 'collector:4318'}",
        "tracing: {probability: 10}",
        "grafanaDashboard: {labels: {a: 1}}",
        "prometheusRule: {rules: []}",
        "prometheusRule: {alertLabels: {severity: 1}}",
        "httpRoute: {enabled: true}",
        "httpRoute: {parentRefs: [{namespace: a}]}",
        "httpRoute: {hostnames: example.org}",
        "tcpRoute: {enabled: true}",
        "tcpRoute: {hostnames: [a]}",
        "test: {peer: 'true'}",
        "test: {enabled: true}",
      })
  void theSchemaRefuses(String values) {
    assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining("schema");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "global: {imageRegistry: a}",
        "image: {tag: '1.0'}",
        "advertisedHost: 192.0.2.1",
        "advertisedHost: '[2001:db8::1]'",
        "httpRoute: {enabled: true, parentRefs: [{name: edge}]}",
      })
  void theSchemaAccepts(String values) {
    assertThat(Chart.render(values).objects()).isNotEmpty();
  }

  @Test
  void itKnowsExactlyTheKeysOfTheValues() throws IOException {
    JsonNode schema =
        new JsonMapper().readTree(Chart.FOLDER.resolve("values.schema.json").toFile());
    List<String> differences = new ArrayList<>();

    compare(
        "",
        schema,
        new Yaml().load(Files.readString(Chart.FOLDER.resolve("values.yaml"))),
        differences);

    assertThat(differences).containsExactly("global: only in the schema");
  }

  /** Walks the objects whose keys the schema lists; those have to be closed. */
  private static void compare(
      String path, JsonNode schema, Map<String, ?> values, List<String> differences) {
    if (schema.path("additionalProperties").asBoolean(true)) {
      differences.add(path + " is open");
    }
    JsonNode properties = schema.required("properties");
    for (String key : values.keySet()) {
      if (!properties.has(key)) {
        differences.add(path + key + ": only in the values");
      }
    }
    for (Map.Entry<String, JsonNode> property : properties.properties()) {
      String key = path + property.getKey();
      if (!values.containsKey(property.getKey())) {
        if (!path.equals("resources.")) {
          differences.add(key + ": only in the schema");
        }
      } else if (property.getValue().has("properties")) {
        @SuppressWarnings("unchecked")
        Map<String, ?> inner = (Map<String, ?>) values.get(property.getKey());
        compare(key + ".", property.getValue(), inner, differences);
      }
    }
  }
}
