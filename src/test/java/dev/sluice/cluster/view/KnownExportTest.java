package dev.sluice.cluster.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ExportView;
import dev.sluice.api.OtherExport;
import dev.sluice.cluster.resource.ResourceListener.Known;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.export.ExportProperties;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** What a resource says, in the words of the API, and when that counts. */
class KnownExportTest {

  private static final Instant BEGUN = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final ExportProperties DEFAULTS =
      new Binder(new MapConfigurationPropertySource())
          .bindOrCreate("sluice.exports", ExportProperties.class);

  private static final String SPEC =
      """
      {"direction": "read", "path": "/run/sluice/save", "size": "1M", "rateLimit": "2k", "padTail": false,
       "idleTimeout": "5m", "digest": "SHA-256", "pod": "sluice-1", "restartPolicy": "Never",
       "ttlSecondsAfterFinished": 60}\
      """;

  private static final String STREAMING =
      """
      {"phase": "STREAMING", "position": 4096, "size": 2097152, "uris": ["nbd://10.0.0.1/save"],
       "startTime": "2026-01-02T03:04:05.678Z", "owner": {"pod": "sluice-1", "instance": "abc"},
       "conditions": [
         {"type": "Ready", "status": "True", "reason": "Streaming", "message": "the peer",
          "lastTransitionTime": "2026-01-02T03:04:05Z"},
         {"type": "Complete", "status": "False", "reason": "Streaming", "message": "a note",
          "lastTransitionTime": "2026-01-02T03:04:05Z"}]}\
      """;

  private static final String JUDGED =
      """
      {"phase": "FAILED", "position": 4096, "failure": "the pod was lost",
       "startTime": "2026-01-02T03:04:05.678Z", "completionTime": "2026-01-02T03:05:05Z",
       "owner": {"pod": "sluice-1", "instance": "abc"}}\
      """;

  private static StreamExport resource(String spec, String status, String more) {
    return new com.fasterxml.jackson.databind.ObjectMapper()
        .convertValue(
            JsonMapper.shared()
                .readValue(
                    """
                    {"metadata": {"name": "save", "uid": "0b3d2f04-5a1c-4a7e-9d1f-2c7c2a3b4c5d", "generation": 1,
                     "creationTimestamp": "2026-01-02T03:00:00Z", "labels": {"job": "nightly"}%s},
                     "spec": %s, "status": %s}\
                    """
                        .formatted(more, spec, status),
                    Map.class),
            StreamExport.class);
  }

  private static KnownExport known(String spec, String status, String more, boolean own) {
    return KnownExport.of(
        new Known(resource(spec, status, more), own),
        null,
        new SpecReader(JsonMapper.shared(), DEFAULTS));
  }

  private static KnownExport known(String status, boolean own) {
    return known(SPEC, status, "", own);
  }

  private static StreamStatus local(StreamState state, @Nullable Instant startedAt) {
    return new StreamStatus(state, 0, 0, startedAt, null, null, null, null, null);
  }

  @Test
  void aRunningExportIsShownAsItsResourceHasIt() {
    ExportView view = known(STREAMING, false).view();

    assertThat(view.id()).isEqualTo("~0b3d2f045a1c4a7e9d1f2c7c2a3b4c5d");
    assertThat(view.name()).isEqualTo("save");
    assertThat(view.path()).isEqualTo("/run/sluice/save");
    assertThat(view.peer()).isNull();
    assertThat(view.direction()).isEqualTo("read");
    assertThat(view.size()).as("changed since").isEqualTo(2L << 20);
    assertThat(view.state()).isEqualTo(StreamState.STREAMING);
    assertThat(view.position()).isEqualTo(4096);
    assertThat(view.uris()).containsExactly(URI.create("nbd://10.0.0.1/save"));
    assertThat(view.createdAt()).isEqualTo("2026-01-02T03:00:00Z");
    assertThat(view.startedAt()).isEqualTo(BEGUN);
    assertThat(view.endedAt()).isNull();
    assertThat(view.waitingFor()).isEqualTo("the peer");
    assertThat(view.note()).isEqualTo("a note");
    assertThat(view.labels()).containsExactly(Map.entry("job", "nightly"));
    assertThat(view.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(view.peerTimeout()).isEqualTo(DEFAULTS.peerTimeout());
    assertThat(view.rateLimit()).isEqualTo(2048);
    assertThat(view.digest()).isEqualTo("SHA-256");
    assertThat(view.pod()).isEqualTo("sluice-1");
    assertThat(view.clients()).isNull();
    assertThat(view.throughput()).isNull();
    assertThat(view.remainingSeconds()).isNull();
  }

  @Test
  void anEndHasAllThatIsKnownOfIt() {
    ExportView view = known(JUDGED, false).view();

    assertThat(view.state()).isEqualTo(StreamState.FAILED);
    assertThat(view.failure()).isEqualTo("the pod was lost");
    assertThat(view.endedAt()).isEqualTo("2026-01-02T03:05:05Z");
    assertThat(view.uris()).isNull();
    assertThat(view.pod()).isEqualTo("sluice-1");
    String completed =
        "{\"phase\": \"COMPLETED\", \"position\": 7, \"digest\": \"ab12\", \"conditions\":"
            + " [{\"type\": \"Complete\", \"status\": \"True\", \"message\": \"a note\"}]}";
    assertThat(known(completed, false).view().digestValue()).isEqualTo("ab12");
    assertThat(known(completed, false).view().note()).isEqualTo("a note");
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"direction\": \"write\", \"peer\": \"http\"}', a pod that has room",
    "'{\"direction\": \"write\", \"peer\": \"http\", \"pod\": \"sluice-3\"}', the pod sluice-3"
  })
  void whatNobodyHasWaitsForAPod(String spec, String waitsFor) {
    ExportView view = known(spec, "null", "", false).view();

    assertThat(view.state()).isEqualTo(StreamState.WAITING);
    assertThat(view.position()).isZero();
    assertThat(view.waitingFor()).isEqualTo(waitsFor);
    assertThat(view.peer()).isEqualTo("http");
    assertThat(view.pod()).isNull();
    assertThat(JsonMapper.shared().writeValueAsString(view)).doesNotContain("\"pod\"");
  }

  /** It is refused, and shown nevertheless. */
  @Test
  void whatCannotBeAskedForIsShownAsFarAsItCan() {
    String spec = "{\"direction\": \"read\", \"path\": \"relative\", \"size\": \"much\"}";

    ExportView view = known(spec, JUDGED, "", false).view();

    assertThat(view.direction()).isEqualTo("read");
    assertThat(view.path()).isEqualTo("relative");
    assertThat(view.peer()).isNull();
    assertThat(view.size()).isNull();
    assertThat(view.state()).isEqualTo(StreamState.FAILED);
  }

  @Test
  void whoeverMayNotSeeNamesSeesThemOnlyWhereThereIsARule() {
    ExportView hidden = known(STREAMING, false).withoutName();
    assertThat(hidden.name()).isNull();
    assertThat(hidden.path()).isNull();
    assertThat(hidden.uris()).isNull();
    assertThat(hidden.labels()).isNull();
    assertThat(hidden.pod()).isEqualTo("sluice-1");
    String ruled = SPEC.replace("{", "{\"clients\": {\"networks\": [\"10.0.0.0/8\"]}, ");
    KnownExport shown = known(ruled, STREAMING, "", false);
    assertThat(shown.withoutName()).isEqualTo(shown.view());
    assertThat(shown.view().name()).isEqualTo("save");
    assertThat(known(ruled.replace("1M", "much"), STREAMING, "", false).withoutName().name())
        .as("its rule is not known")
        .isNull();
  }

  @ParameterizedTest
  @EnumSource(StreamState.class)
  void whatThisProcessHasIsAsItSays(StreamState state) {
    assertThat(known(STREAMING, true).countsBefore(local(state, BEGUN))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(StreamState.class)
  void whatIsJudgedOrElsewhereIsNot(StreamState state) {
    assertThat(known(JUDGED, true).countsBefore(local(state, BEGUN)))
        .isEqualTo(state != StreamState.FAILED);
    assertThat(known(STREAMING, false).countsBefore(local(state, BEGUN))).isTrue();
  }

  /** The cache is behind: this process has just claimed it. */
  @Test
  void whatHasJustBeenMadeIsAsThisProcessSays() {
    assertThat(known("null", false).countsBefore(local(StreamState.WAITING, null))).isFalse();
  }

  /** Another pod may take it. */
  @Test
  void anEndBeforeTheBeginningCountsWhenItIsWritten() {
    StreamStatus withdrawn = local(StreamState.CANCELLED, null);
    String waiting = STREAMING.replace("STREAMING", "WAITING");

    assertThat(known(waiting, true).countsBefore(withdrawn)).isTrue();
    assertThat(known(waiting, true).countsBefore(local(StreamState.FAILED, null))).isTrue();
    assertThat(known(waiting, true).countsBefore(local(StreamState.COMPLETED, null))).isFalse();
    String cancelled = SPEC.replace("{", "{\"cancel\": true, ");
    assertThat(known(cancelled, waiting, "", true).countsBefore(withdrawn)).isFalse();
    String deleted = ", \"deletionTimestamp\": \"2026-01-02T03:04:05Z\"";
    assertThat(known(SPEC, waiting, deleted, true).countsBefore(withdrawn)).isFalse();
  }

  @Test
  void whatIsBeingDeletedIsThereAsLongAsAnotherPodHasIt() {
    String deleted = ", \"deletionTimestamp\": \"2026-01-02T03:04:05Z\"";

    assertThat(known(STREAMING, true).isThereAlone()).isTrue();
    assertThat(known("null", false).isThereAlone()).isTrue();
    assertThat(known(SPEC, STREAMING, deleted, false).isThereAlone()).isTrue();
    assertThat(known(SPEC, STREAMING, deleted, true).isThereAlone()).isFalse();
    assertThat(known(SPEC, "null", deleted, false).isThereAlone()).isFalse();
  }

  private static String version(int number) {
    return ", \"resourceVersion\": \"%d\"".formatted(number);
  }

  @Test
  void whoeverListensIsToldOfEachChange() {
    KnownExports exports =
        new KnownExports("sluice-0", new SpecReader(JsonMapper.shared(), DEFAULTS));
    List<Integer> sizes = new ArrayList<>();
    exports.onChange(() -> sizes.add(exports.known().size()));

    exports.changed("save", new Known(resource(SPEC, "null", version(1)), false));
    exports.changed("save", new Known(resource(SPEC, "null", version(1)), false));
    exports.changed("save", new Known(resource(SPEC, STREAMING, version(2)), false));
    OtherExport now = exports.known().values().iterator().next();
    assertThat(now.view().state()).isEqualTo(StreamState.STREAMING);
    exports.changed("save", null);

    assertThat(sizes).containsExactly(1, 1, 0);
  }
}
