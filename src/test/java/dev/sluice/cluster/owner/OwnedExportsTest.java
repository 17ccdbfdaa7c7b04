package dev.sluice.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ExportMaker;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.export.Export;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Slow;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A name may be that of another resource, or of another export, than it was. */
@Slow("Starts a service.")
class OwnedExportsTest {

  private static OwnService service;

  private ExportRegistry registry;
  private SpecApplier applier;
  private OwnedExports ownedExports;

  @BeforeAll
  static void startService() {
    service = OwnService.with();
  }

  @AfterAll
  static void endService() {
    service.close();
  }

  @BeforeEach
  void holdNothing() {
    registry = service.bean(ExportRegistry.class);
    applier =
        new SpecApplier(
            service.bean(ExportMaker.class),
            service.bean(JsonMapper.class),
            URI.create("http://127.0.0.1"));
    ownedExports = new OwnedExports(registry);
  }

  @AfterEach
  void deleteAll() {
    registry.list().forEach(export -> registry.delete(export.name(), /* force= */ true));
  }

  private static StreamExport resource(String uid) {
    StreamExport resource = new StreamExport();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withName("save")
            .withUid(uid)
            .withCreationTimestamp("2026-11-30T12:00:00Z")
            .build());
    resource.setSpec(
        Map.of("direction", "write", "path", service.root().resolve("save").toString()));
    return resource;
  }

  private OwnedExport hold(StreamExport resource) {
    OwnedExport owned = applier.make(resource, () -> true);
    ownedExports.add(owned);
    return owned;
  }

  private static StreamState state(OwnedExport owned) {
    return owned.export().stream().status().state();
  }

  @Test
  void theExportOfAResourceIsNotThatOfTheNextOneOfItsName() {
    OwnedExport owned = hold(resource("first"));

    assertThat(ownedExports.of(resource("first"))).contains(owned);
    assertThat(ownedExports.of(resource("next"))).isEmpty();
    assertThat(ownedExports.all()).containsExactly(owned);
  }

  @Test
  void whatWasMadeForTheResourceBeforeEndsWhenTheNextOneIsSeen() {
    OwnedExport owned = hold(resource("first"));

    ownedExports.dropOlder(resource("first"));
    assertThat(state(owned)).as("it is the same resource").isEqualTo(StreamState.WAITING);
    ownedExports.dropOlder(resource("next"));

    assertThat(state(owned)).isEqualTo(StreamState.CANCELLED);
    assertThat(registry.find("save")).isEmpty();
    assertThat(ownedExports.all()).isEmpty();
  }

  @Test
  void theNextResourceOfANameCanBeDeletedWithoutTheFirst() {
    OwnedExport owned = hold(resource("first"));

    ownedExports.drop(resource("next"));

    assertThat(state(owned)).isEqualTo(StreamState.WAITING);
    assertThat(ownedExports.all()).containsExactly(owned);
    ownedExports.drop(resource("first"));
    assertThat(state(owned)).isEqualTo(StreamState.CANCELLED);
    assertThat(registry.find("save")).isEmpty();
  }

  @Test
  void anExportThatGotTheNameMeanwhileStays() {
    hold(resource("first"));
    registry.delete("save", /* force= */ true);
    Export other = applier.make(resource("next"), () -> true).export();

    ownedExports.drop(resource("first"));

    assertThat(ownedExports.all()).isEmpty();
    assertThat(registry.find("save")).contains(other);
    assertThat(other.stream().status().state()).isEqualTo(StreamState.WAITING);
  }

  @Test
  void whatSomebodyElseHasDeletedIsForgottenAllTheSame() {
    hold(resource("first"));
    registry.delete("save", /* force= */ true);

    ownedExports.drop(resource("first"));

    assertThat(ownedExports.all()).isEmpty();
  }

  /** Whatever the API server knows to have begun is judged, and never placed anew. */
  @Test
  void onlyWhatHasNotBegunIsWithdrawn() {
    OwnedExport owned = hold(resource("first"));
    ownedExports.noteBegun("first");

    assertThat(ownedExports.withdraw()).isZero();
    assertThat(state(owned)).isEqualTo(StreamState.WAITING);

    ownedExports.drop(resource("first"));
    OwnedExport next = hold(resource("first"));
    assertThat(ownedExports.withdraw()).as("it is made anew, and has not begun").isEqualTo(1);
    assertThat(state(next)).isEqualTo(StreamState.CANCELLED);
    assertThat(ownedExports.all()).isEmpty();
  }

  @Test
  void whatHasEndedIsNotWithdrawnSoThatItsEndIsTold() {
    OwnedExport owned = hold(resource("first"));
    owned.export().stream().cancel();

    assertThat(ownedExports.withdraw()).isZero();

    assertThat(ownedExports.all()).containsExactly(owned);
  }

  /** A resource that is not known yet may be held: its watch has just begun anew. */
  @Test
  void nothingIsForgottenOfWhatIsHeldAndWhatIsHeldIsNotMissing() {
    StreamExport resource = resource("first");
    resource.setStatus(
        StreamExportStatus.ownedBy(new Owner("sluice-0", null, "1"), resource.known()));
    List<String> looked = new ArrayList<>();
    List<StreamExport> known = new ArrayList<>();
    WriteThrottle throttle =
        new WriteThrottle(Duration.ofSeconds(5), Duration.ofSeconds(9), () -> 0);
    Resync upkeep = new Resync(() -> known, _ -> true, ownedExports, throttle, looked::add);
    hold(resource);
    List.of("first", "gone").forEach(throttle::wrote);

    upkeep.forgetGone();
    assertThat(throttle.size()).isEqualTo(1);

    known.add(resource);
    upkeep.lookAtMissing();
    assertThat(looked).isEmpty();
    ownedExports.drop(resource);
    upkeep.lookAtMissing();
    upkeep.lookAtAll();
    assertThat(looked).containsExactly("save", "save");
    upkeep.forgetGone();
    assertThat(throttle.size()).as("it is known").isEqualTo(1);
  }

  @Test
  void anExportIsWhatItsResourceAsksForAndHasItsId() {
    StreamExport resource = resource("first");

    OwnedExport owned = hold(resource);

    assertThat(owned.export().id()).isEqualTo(resource.exportId());
    assertThat(owned.export().name()).isEqualTo("save");
    assertThat(owned.dataUrl()).as("its peer is at a FIFO").isNull();
    assertThat(SpecApplier.changed(resource, owned)).isEmpty();
    resource.setSpec(Map.of("direction", "read", "rateLimit", "1M", "digest", "MD5"));
    assertThat(SpecApplier.changed(resource, owned)).containsExactly("digest", "direction", "path");
  }
}
