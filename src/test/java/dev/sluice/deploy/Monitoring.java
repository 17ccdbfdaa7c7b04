package dev.sluice.deploy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;

/** The fields of the Prometheus operator's kinds that the chart uses, and no others. */
final class Monitoring {

  private Monitoring() {}

  /** What both kinds have; the interface wants setters, which nothing calls. */
  private interface Custom extends HasMetadata {

    String apiVersion();

    ObjectMeta metadata();

    @Override
    default String getApiVersion() {
      return apiVersion();
    }

    @Override
    default ObjectMeta getMetadata() {
      return metadata();
    }

    @Override
    default void setApiVersion(String version) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void setMetadata(ObjectMeta metadata) {
      throw new UnsupportedOperationException();
    }
  }

  @JsonDeserialize(using = JsonDeserializer.None.class)
  record ServiceMonitor(String apiVersion, String kind, ObjectMeta metadata, MonitorSpec spec)
      implements Custom {}

  record MonitorSpec(String jobLabel, LabelSelector selector, List<Endpoint> endpoints) {}

  record Endpoint(
      String port,
      String path,
      String interval,
      String scrapeTimeout,
      String scheme,
      TlsConfig tlsConfig,
      Authorization authorization) {}

  record TlsConfig(String serverName, Authority ca) {}

  record Authority(Credentials secret) {}

  /** Of the type Bearer, which is the default. */
  record Authorization(Credentials credentials) {

    static Authorization of(String secret, String key) {
      return new Authorization(new Credentials(secret, key));
    }
  }

  record Credentials(String name, String key) {}

  @JsonDeserialize(using = JsonDeserializer.None.class)
  record PrometheusRule(String apiVersion, String kind, ObjectMeta metadata, RuleSpec spec)
      implements Custom {}

  record RuleSpec(List<Group> groups) {}

  record Group(String name, List<Rule> rules) {}

  record Rule(
      String alert,
      String expr,
      @JsonProperty("for") String lasting,
      Map<String, String> labels,
      Map<String, String> annotations) {}
}
