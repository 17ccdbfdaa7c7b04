package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The values that say who may do what. */
final class AccessValues {

  private final List<ValueRow> rows = new ArrayList<>();

  private AccessValues() {
    add(
        "tokens.existingSecret",
        "tokens: {existingSecret: mine}",
        chart -> {
          assertThat(chart.volume("tokens").getSecret().getSecretName()).isEqualTo("mine");
          assertThat(chart.objects()).doesNotHaveAnyElementsOfTypes(Secret.class);
        });
    add(
        "tokens.generate",
        "tokens: {generate: true}",
        chart ->
            assertThat(ChartTokens.of(chart).entries().lines())
                .allMatch(line -> line.matches("[a-z]+:sha256:[0-9a-f]{64}")));
    add(
        "tokens.generate",
        "{tokens: {generate: false}, config: {spring: {security: {oauth2: {resourceserver: {jwt:"
            + " {issuer-uri: 'https://a'}}}}}}}",
        chart -> {
          assertThat(chart.objects()).doesNotHaveAnyElementsOfTypes(Secret.class);
          assertThat(chart.variable("SPRING_APPLICATION_JSON").getValue()).contains("https://a");
        });
    add(
        "tokens.key",
        "tokens: {existingSecret: mine, key: all}",
        chart ->
            assertThat(chart.volume("tokens").getSecret().getItems())
                .extracting("key", "path")
                .containsExactly(tuple("all", "tokens")));
    add(
        "tokens.operatorKey",
        "tokens: {existingSecret: mine, operatorKey: admin}",
        chart ->
            assertThat(chart.testVariable("TOKEN").getValueFrom().getSecretKeyRef())
                .extracting("name", "key")
                .containsExactly("mine", "admin"));
    add(
        "tokens.viewerKey",
        "tokens: {existingSecret: mine, viewerKey: reader}",
        chart ->
            assertThat(chart.volume("viewer-token").getSecret().getItems())
                .extracting("key", "path")
                .containsExactly(tuple("reader", "token")));

    add(
        "tokens.metricsKey",
        "tokens: {existingSecret: mine, metricsKey: scrape}",
        chart ->
            assertThat(ValueRow.endpoint(chart).authorization())
                .isEqualTo(Monitoring.Authorization.of("mine", "scrape")));

    add(
        "service.type",
        "service: {type: ClusterIP}",
        chart -> assertThat(ValueRow.type(chart)).isEqualTo("ClusterIP"));
    add(
        "service.type",
        "{service: {type: LoadBalancer}, tls: {generate: true}}",
        chart -> {
          assertThat(ValueRow.type(chart)).isEqualTo("LoadBalancer");
          assertThat(ValueRow.apiPort(chart)).isEqualTo("https");
          ValueRow.assertNbdTls(chart, "require", "none");
          assertThat(chart.only(Service.class, "demo-sluice").getSpec().getPorts())
              .extracting(ServicePort::getName)
              .doesNotContain("health");
        });
    add(
        "serviceAccount.create",
        "serviceAccount: {create: false}",
        chart -> {
          assertThat(chart.objects()).doesNotHaveAnyElementsOfTypes(ServiceAccount.class);
          assertThat(chart.pod().getServiceAccountName()).isEqualTo("default");
          assertThat(chart.pod().getAutomountServiceAccountToken()).isFalse();
        });
    add(
        "cluster.enabled",
        "cluster: {enabled: true}",
        chart -> {
          assertThat(chart.pod().getAutomountServiceAccountToken()).isFalse();
          assertThat(chart.sluice().getVolumeMounts())
              .extracting("name")
              .contains("kubernetes-token");
          assertThat(chart.only(Role.class, "demo-sluice").getRules())
              .extracting(rule -> rule.getResources().getFirst(), PolicyRule::getVerbs)
              .containsExactly(
                  tuple(
                      "streamexports",
                      List.of("get", "list", "watch", "create", "update", "delete")),
                  tuple("streamexports/status", List.of("update")),
                  tuple("leases", List.of("get", "list", "create", "update", "delete")),
                  tuple("events", List.of("create")));
          assertThat(chart.only(RoleBinding.class, "demo-sluice").getSubjects())
              .extracting(Subject::getName)
              .containsExactly("demo-sluice");
        });
    add(
        "serviceAccount.name",
        "serviceAccount: {name: mine}",
        chart -> {
          assertThat(chart.pod().getServiceAccountName()).isEqualTo("mine");
          assertThat(chart.only(ServiceAccount.class, "mine").getAutomountServiceAccountToken())
              .isFalse();
        });

    add(
        "podSecurityContext",
        "podSecurityContext: {runAsUser: 7}",
        chart -> {
          assertThat(chart.pod().getSecurityContext().getRunAsUser()).isEqualTo(7);
          Restricted.requireOf(chart.pod());
          Restricted.requireOf(chart.test());
        });
    add(
        "securityContext",
        "securityContext: {runAsUser: 7}",
        chart -> {
          assertThat(chart.sluice().getSecurityContext().getRunAsUser()).isEqualTo(7);
          assertThat(chart.sluice().getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        });
    add(
        "extraContainers",
        "extraContainers: [{name: peer, image: peer}]",
        chart -> Restricted.requireOf(chart.pod()));
    add(
        "extraInitContainers",
        "extraInitContainers: [{name: peer, image: peer}]",
        chart -> Restricted.requireOf(chart.pod()));
    add(
        "resources",
        "resources: {limits: {memory: 2Gi}}",
        chart ->
            assertThat(chart.sluice().getResources().getLimits().get("memory").toString())
                .isEqualTo("2Gi"));

    add(
        "networkPolicy.enabled",
        "networkPolicy: {enabled: true}",
        chart ->
            assertThat(ValueRow.ingress(chart))
                .allSatisfy(rule -> assertThat(rule.getFrom()).isNotEmpty())
                .extracting(ValueRow::ports)
                .containsExactly(List.of("http"), List.of("nbd"), List.of("http", "nbd")));
    add(
        "networkPolicy.enabled",
        "networkPolicy: {enabled: false}",
        chart -> {
          assertThat(chart.objects()).doesNotHaveAnyElementsOfTypes(NetworkPolicy.class);
          assertThat(chart.notes()).contains("Every pod of the cluster can be an NBD client");
        });
    add(
        "networkPolicy.api",
        "networkPolicy: {enabled: true, api: [{ipBlock: {cidr: 10.0.0.0/8}}]}",
        chart -> ValueRow.assertLetsIn(chart, "http", "10.0.0.0/8"));
    add(
        "networkPolicy.nbd",
        "networkPolicy: {enabled: true, nbd: [{ipBlock: {cidr: 10.0.0.0/8}}]}",
        chart -> ValueRow.assertLetsIn(chart, "nbd", "10.0.0.0/8"));
    add(
        "networkPolicy.health",
        "networkPolicy: {enabled: true, health: [{ipBlock: {cidr: 10.0.0.0/8}}]}",
        chart -> ValueRow.assertLetsIn(chart, "health", "10.0.0.0/8"));
    add(
        "networkPolicy.extraIngress",
        "networkPolicy: {enabled: true, extraIngress: [{ports: [{port: mine}], from:"
            + " [{podSelector: {}}]}]}",
        chart ->
            assertThat(ValueRow.ports(ValueRow.ingress(chart).getLast())).containsExactly("mine"));

    add(
        "serviceMonitor.enabled",
        "serviceMonitor: {enabled: true}",
        chart -> {
          assertThat(ValueRow.endpoint(chart).authorization()).isNotNull();
          assertThat(ValueRow.endpoint(chart).port()).isEqualTo("http");
        });
    add(
        "httpRoute.enabled",
        "httpRoute: {enabled: true, parentRefs: [{name: edge}]}",
        chart ->
            assertThat(chart.only(HTTPRoute.class, "demo-sluice").getSpec().getRules())
                .flatExtracting("matches")
                .extracting("path.value")
                .containsExactly("/exports", "/", "/page"));
    add(
        "tcpRoute.enabled",
        "{tls: {generate: true}, tcpRoute: {enabled: true, parentRefs: [{name: edge}]}}",
        chart -> {
          assertThat(chart.objects()).extracting(HasMetadata::getKind).contains("TCPRoute");
          ValueRow.assertNbdTls(chart, "require", "none");
        });
  }

  static List<ValueRow> rows() {
    return new AccessValues().rows;
  }

  private void add(String value, String yaml, Consumer<Chart> stands) {
    rows.add(new ValueRow(value, yaml, stands));
  }
}
