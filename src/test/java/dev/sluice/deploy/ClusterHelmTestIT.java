package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.FreePort;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Workspace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The script of {@code helm test} for several pods, with the rights that the chart gives it in a
 * real API server, and two services in the place of the pods.
 */
class ClusterHelmTestIT {

  private static final String NAMESPACE = "streams";
  private static final String TEST = "demo-sluice-test";

  private static final List<RunningSluice> PODS = new ArrayList<>();

  private static KubernetesApi api;
  private static Chart chart;
  private static ChartTokens tokens;
  private static Path account;

  @BeforeAll
  static void start() throws IOException {
    KubernetesApi.require();
    Peers.require("bash", "curl", "nbdcopy");
    api = KubernetesApi.shared();
    chart = Chart.render("{cluster: {enabled: true}, replicas: 2}");
    tokens = ChartTokens.of(chart);
    api.kubectl("create", "namespace", NAMESPACE).assertSucceeded();
    chart.hooks().stream()
        .filter(hook -> !(hook instanceof Pod))
        .forEach(
            hook ->
                api.apply(NAMESPACE, new KubernetesSerialization().asJson(hook)).assertSucceeded());
    account = api.account(NAMESPACE, TEST);
    for (int number = 0; number < 2; number++) {
      PODS.add(pod(number));
    }
  }

  private static RunningSluice pod(int number) throws IOException {
    int port = FreePort.any();
    return new RunningSluice(
        tokens,
        "server.port=" + port,
        "sluice.exports.drain-linger=0s",
        "sluice.kubernetes.enabled=true",
        "sluice.kubernetes.namespace=" + NAMESPACE,
        "sluice.kubernetes.pod=demo-sluice-" + number,
        "sluice.kubernetes.lease-duration=3s",
        "sluice.kubernetes.status-interval=200ms",
        "sluice.kubernetes.api-url=http://127.0.0.1:" + port,
        "sluice.kubernetes.nbd-address=127.0.0.1",
        "sluice.kubernetes.kubeconfig=" + api.kubeConfig());
  }

  @AfterAll
  static void stop() {
    PODS.forEach(RunningSluice::close);
  }

  /** What the test's pod runs, with more of its environment. */
  private static Command.Result test(String... variables) {
    RunningSluice service = PODS.getFirst();
    return Command.of("env", "API=" + service.address(), "ACCOUNT=" + account)
        .with("NBD=127.0.0.1:" + service.nbdPort())
        .with("KUBERNETES=https://127.0.0.1:" + api.port(), "TOKEN=" + tokens.operator())
        .with("NAME=" + chart.testVariable("NAME").getValue())
        .with("PODS=" + chart.testVariable("PODS").getValue())
        .with((Object[]) variables)
        .with("bash", "-c", chart.test().getContainers().getFirst().getArgs().getFirst())
        .run();
  }

  private static void assertFailed(Command.Result result, String... words) {
    assertThat(result.assertFailed().output()).contains(words).doesNotContain("passed");
    api.kubectl("-n", NAMESPACE, "wait", "--for=delete", "sx/" + TEST, "--timeout=30s");
    assertNothingIsLeft();
  }

  private static void assertNothingIsLeft() {
    assertThat(api.kubectl("-n", NAMESPACE, "get", "sx", "-o", "name").output()).isBlank();
  }

  @Test
  void itPassesWhenEachPodHasCarriedAStream() {
    assertThat(test().assertSucceeded().output())
        .contains("demo-sluice-0 has it", "demo-sluice-1 has it", "COMPLETED with", "passed")
        .contains("to nbd://127.0.0.1:%d/%s,".formatted(PODS.getFirst().nbdPort(), TEST));
    assertNothingIsLeft();
  }

  @Test
  void itFailsWhenOtherBytesComeThanWereSent() throws IOException {
    Path folder = Workspace.newFolder("damaging");
    Path damaging =
        Files.writeString(
            folder.resolve("nbdcopy"),
            """
            #!/bin/sh
            head -c 16M /dev/zero > other
            exec /usr/bin/nbdcopy other "$2"
            """);
    Files.setPosixFilePermissions(damaging, PosixFilePermissions.fromString("rwx------"));

    assertFailed(test("PATH=" + folder + ":" + System.getenv("PATH")), "sent ", "COMPLETED with");
  }

  @Test
  void itFailsWhenAPodDoesNotTakeItsExport() {
    assertFailed(test("PODS=nobody", "WAIT=1"), "not so after 1 seconds", "nobody");
  }

  @Test
  void itFailsWhenThePeerMayNotHaveTheData() {
    assertFailed(test("TOKEN=" + tokens.metrics()), "\"status\":403");
  }

  @Test
  void itFailsWithoutItsRights() {
    api.kubectl("-n", NAMESPACE, "create", "serviceaccount", "other").assertSucceeded();

    assertFailed(
        test("ACCOUNT=" + api.account(NAMESPACE, "other")), "\"code\":403", "cannot create");
  }

  @Test
  void itFailsWhenThereIsNoPodToAsk() {
    assertThat(test("PODS=").assertFailed().output()).doesNotContain("passed");
  }

  @Test
  void itMayNotTouchTheExportsOfOthers() {
    String user = "system:serviceaccount:%s:%s".formatted(NAMESPACE, TEST);

    assertThat(can(user, "create", "streamexports.sluice.dev")).isTrue();
    assertThat(can(user, "delete", "streamexports.sluice.dev/" + TEST)).isTrue();
    for (String[] right :
        new String[][] {
          {"get", "streamexports.sluice.dev/other"},
          {"delete", "streamexports.sluice.dev/other"},
          {"list", "streamexports.sluice.dev"},
          {"update", "streamexports.sluice.dev/" + TEST},
          {"get", "secrets"},
          {"list", "leases"}
        }) {
      assertThat(can(user, right)).as(String.join(" ", right)).isFalse();
    }
  }

  private static boolean can(String user, String... right) {
    return api.kubectl("-n", NAMESPACE, "--as", user, "auth", "can-i", right[0], right[1])
            .exitCode()
        == 0;
  }
}
