package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.ExportChanges;
import dev.sluice.export.ExportRegistry;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RelayingProxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A pod that was cut off, and whose exports another one has meanwhile. It can renew its Lease
 * before it hears of that.
 */
class JudgedMeanwhileIT {

  @Test
  void thePodDoesNotOfferAgainWhatAnotherOneHas() throws Exception {
    KubernetesApi.require();
    try (ClusterRig rig = new ClusterRig()) {
      RelayingProxy proxy = rig.proxy();
      OwnService cut = rig.podBehind(proxy, "sluice-0");
      for (int i = 0; i < 5; i++) {
        rig.ask("moved-" + i, "direction: read, peer: http, size: 1M");
      }
      for (int i = 0; i < 5; i++) {
        rig.awaitPhase("moved-" + i, "WAITING");
      }
      OwnService _ = rig.pod("sluice-1");
      proxy.cut();
      for (int i = 0; i < 5; i++) {
        rig.await("moved-" + i, status -> status.at("/owner/pod").asString().equals("sluice-1"));
      }
      List<String> offered = new CopyOnWriteArrayList<>();
      Thread follower = Thread.ofPlatform().daemon().start(() -> follow(cut, offered));

      proxy.mend();

      rig.ask("after", "direction: read, peer: http, size: 1M, pod: sluice-0");
      rig.awaitPhase("after", "WAITING");
      follower.interrupt();
      follower.join();
      assertThat(offered).contains("after").noneMatch(name -> name.startsWith("moved"));
      for (int i = 0; i < 5; i++) {
        assertThat(rig.status("moved-" + i).at("/owner/pod").asString()).isEqualTo("sluice-1");
      }
    }
  }

  private static void follow(OwnService pod, List<String> offered) {
    ExportChanges changes = pod.bean(ExportRegistry.class).changes();
    try {
      while (true) {
        long seen = changes.count();
        offered.addAll(ClusterRig.on(pod));
        changes.await(seen, TimeUnit.SECONDS.toNanos(1));
      }
    } catch (InterruptedException e) {
      // it is over
    }
  }
}
