package dev.sluice.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.stream.StreamState;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a pod looks at though nobody tells of it. */
class ResyncTest {

  private static final Owner MINE = new Owner("sluice-0", null, "1");
  private static final Owner OTHER = new Owner("sluice-1", null, "2");

  private final List<StreamExport> known = new ArrayList<>();
  private final List<String> looked = new ArrayList<>();
  private final WriteThrottle throttle =
      new WriteThrottle(Duration.ofSeconds(5), Duration.ofSeconds(9), () -> 0);

  @SuppressWarnings("NullAway") // What holds nothing asks no registry.
  private final Resync upkeep =
      new Resync(
          () -> known,
          resource -> MINE.equals(resource.known().owner()),
          new OwnedExports(null),
          throttle,
          looked::add);

  private StreamExport resource(String name, @Nullable Owner owner, @Nullable StreamState phase) {
    StreamExport resource = new StreamExport();
    resource.setMetadata(new ObjectMetaBuilder().withName(name).withUid(name).build());
    resource.setStatus(
        new StreamExportStatus(
            1L, phase, null, null, null, null, null, null, null, null, owner, null));
    known.add(resource);
    return resource;
  }

  @Test
  void itLooksAtWhatThisPodShouldHaveAndHasNot() {
    resource("mine", MINE, null);
    resource("waits-here", MINE, StreamState.WAITING);
    resource("nobodys", null, null);
    resource("ended", MINE, StreamState.COMPLETED);
    resource("anothers", OTHER, StreamState.WAITING);
    resource("going", null, null).getMetadata().setDeletionTimestamp("2026-11-30T12:00:00Z");

    upkeep.lookAtMissing();

    assertThat(looked).containsExactly("mine", "waits-here", "nobodys");
  }
}
