package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.HealthStateLog;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.HealthCheck;
import dev.sluice.testing.ExportDocument;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

/** The shipped image with the memory that the chart gives it, while one address attacks it. */
class ImageUnderAttackIT {

  private static final long SIZE = 64L << 20;
  private static final int REPLY = 32 << 20;

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Path PIPES = Path.of(ContainerPod.PIPES);

  private final long memory =
      Quantity.getAmountInBytes(Chart.render().sluice().getResources().getLimits().get("memory"))
          .longValueExact();

  /** So many ask for so much and read nothing of it, which is more than the limit. */
  private final int unread = (int) (memory / REPLY) + 1;

  private ContainerPod pod;

  @BeforeEach
  void build() throws Exception {
    Image.require();
    pod = new ContainerPod();
  }

  @AfterEach
  void stop() throws Exception {
    if (pod != null) {
      pod.close();
    }
  }

  /** With the image's health check, but once a second, so that many fall into the attack. */
  private void asInThePod(GenericContainer<?> container) {
    container.withCreateContainerCmdModifier(
        command -> {
          command.getHostConfig().withMemory(memory).withMemorySwap(memory);
          command.withHealthcheck(new HealthCheck().withInterval(1_000_000_000L));
        });
  }

  @Test
  void aStreamIsWholeAndTheContainerHealthyThroughout() throws Exception {
    SluiceContainer sluice = pod.sluice(this::asInThePod);
    await().atMost(LIMIT).until(sluice::isHealthy);
    String uri = create(sluice, "disk", "write", SIZE, Map.of());
    for (int i = 1; i <= unread; i++) {
      create(sluice, "unread" + i, "read", 2L * REPLY, Map.of("listed", true));
    }
    pod.sidecar(
        "for i in $(seq $1); do cat /dev/zero > $2/unread$i & done; wait",
        Integer.toString(unread),
        ContainerPod.PIPES);

    try (ImageAttack attack = new ImageAttack(sluice.address())) {
      for (int i = 1; i <= unread; i++) {
        attack.leaveUnread("unread" + i, REPLY);
      }
      attack.begin();
      ScriptContainer sidecar = pod.sidecar("sha256sum < $1/disk", ContainerPod.PIPES);
      ScriptContainer client =
          pod.client(
              "head -c $1 /dev/urandom > /tmp/disk; nbdcopy /tmp/disk $2; sha256sum < /tmp/disk",
              Long.toString(SIZE),
              uri);

      int exit = client.awaitExit();
      assertHealthy(sluice);
      assertThat(exit).as("the client: %s", client.log()).isZero();
      assertThat(sidecar.output()).isEqualTo(client.output());
      System.out.printf(
          "%d connections of an attacker; at most %d MiB of %d in use.%n",
          attack.connections(), peak(sluice) >> 20, memory >> 20);
    }

    ExportDocument end = sluice.exports().awaitState("disk", "COMPLETED");
    assertThat(end.position()).isEqualTo(SIZE);
    await().atMost(LIMIT).untilAsserted(() -> assertHealthy(sluice));
    assertThat(sluice.log()).doesNotContain("OutOfMemoryError");
  }

  private static String create(
      SluiceContainer sluice, String name, String direction, long size, Map<String, ?> more) {
    return sluice
        .exports()
        .create(name, PIPES.resolve(name), direction, size, more)
        .uris()
        .getFirst()
        .toString();
  }

  /** Neither killed for its memory nor ever found to be unhealthy. */
  private static void assertHealthy(SluiceContainer sluice) {
    ContainerState state = sluice.inspect().getState();
    assertThat(state.getOOMKilled()).isFalse();
    assertThat(state.getRunning()).isTrue();
    assertThat(sluice.inspect().getRestartCount()).isZero();
    assertThat(state.getHealth().getStatus()).isEqualTo("healthy");
    assertThat(state.getHealth().getFailingStreak()).isZero();
    assertThat(sinceHealthy(state))
        .hasSizeGreaterThan(1)
        .allSatisfy(check -> assertThat(check.getExitCodeLong()).as(check.getOutput()).isZero());
  }

  /** As the kernel counts it, in either version of control groups. */
  private static long peak(SluiceContainer sluice) throws Exception {
    String files =
        "cat /sys/fs/cgroup/memory.peak /sys/fs/cgroup/memory/memory.max_usage_in_bytes 2>/dev/null";
    return Long.parseLong(
        sluice.run("sh", "-c", files).getStdout().strip().lines().findFirst().orElse("0"));
  }

  /** The checks from the first one on that passed: before that, the service has not started. */
  private static List<HealthStateLog> sinceHealthy(ContainerState state) {
    return state.getHealth().getLog().stream()
        .dropWhile(check -> check.getExitCodeLong() != 0)
        .toList();
  }
}
