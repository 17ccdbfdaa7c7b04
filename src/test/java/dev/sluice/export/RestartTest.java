package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import dev.sluice.export.record.Event;
import dev.sluice.export.record.KeptExport;
import dev.sluice.export.record.Records;
import dev.sluice.export.record.SavedExport;
import dev.sluice.journal.OpenedJournal;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.Folder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What one service has left, and the next makes of it. */
@Timeout(60)
class RestartTest {

  private static final long MEMORY = 1 << 27;

  @TempDir private Path root;
  @TempDir private Path stores;
  private Path store;
  private int starts;
  private StreamFactory streams;
  private Records records;
  private ExportRegistry registry;

  @BeforeEach
  void start() throws Exception {
    store = stores.resolve("0");
    startWith(Map.of(), MEMORY);
  }

  private void startWith(Map<String, String> more) throws Exception {
    startWith(more, MEMORY);
  }

  private void startWith(Map<String, String> more, long memory) throws Exception {
    Map<String, String> keys = new HashMap<>(more);
    keys.put("sluice.exports.roots", root.toString());
    ExportProperties properties =
        new Binder(new MapConfigurationPropertySource(keys))
            .bind("sluice.exports", ExportProperties.class)
            .get();
    streams =
        new StreamFactory(
            RootFolders.endpoints(properties),
            new WindowMemory(memory),
            StreamObserver.NONE,
            ExportFollower.NONE);
    OpenedJournal opened = OpenedJournal.open(new FilePath(store.toString()));
    records = Records.in(opened.journal());
    registry = new ExportRegistry(properties, streams, /* anyName= */ false, records);
    registry.restore(opened.entries());
  }

  private void restartAfterKill() throws Exception {
    restartAfterKill(MEMORY);
  }

  private void restartAfterKill(long memory) throws Exception {
    kill();
    startWith(Map.of(), memory);
  }

  /** As SIGKILL leaves it: nothing is ended, closed or removed. */
  private void kill() throws IOException {
    Path next = stores.resolve(Integer.toString(++starts));
    Files.createDirectory(next);
    Files.copy(store.resolve("journal"), next.resolve("journal"));
    records.close();
    streams.close();
    store = next;
  }

  private void stop() {
    registry.stop();
    records.close();
    streams.close();
  }

  private void restartAfterStop() throws Exception {
    stop();
    startWith(Map.of());
  }

  @AfterEach
  void end() {
    stop();
  }

  private Export create(String name, Direction direction) {
    return registry.create(Specs.of(name, root.resolve(name), direction));
  }

  private StreamStatus status(String name) {
    return registry.named(name).status();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(root)) {
      return all.toList();
    }
  }

  @Test
  void anEndedExportIsThereAsItWas() throws Exception {
    Export export = create("a", Direction.WRITE);
    export.stream().fail("the tape tore");
    StreamStatus before = export.status();
    List<Event> events = export.kept().events();

    restartAfterKill();

    Export after = registry.get(export.id());
    assertThat(after.status()).isEqualTo(before);
    assertThat(after.createdAt()).isEqualTo(export.createdAt());
    assertThat(after.spec()).isEqualTo(export.spec());
    assertThat(after.kept().events()).isEqualTo(events);
    assertThat(registry.openCount()).isZero();
    assertThatExceptionOfType(ExportException.class)
        .isThrownBy(() -> create("a", Direction.WRITE))
        .withMessageContaining("it is taken");
    registry.delete("a", false);
    restartAfterKill();
    assertThat(registry.list()).isEmpty();
  }

  @Test
  void everythingThatWasAskedForIsKept() throws Exception {
    StreamSettings settings =
        new StreamSettings(
            OptionalLong.of(12345),
            1 << 20,
            1 << 10,
            4096,
            new Timeouts(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofHours(4),
                Duration.ofSeconds(5),
                Duration.ofMillis(6)),
            new Assurances(false, true, true, true),
            true,
            true,
            77);
    ExportSpec spec =
        new ExportSpec(
                "a",
                new FilePath(root + "/ü =%&\n+"),
                true,
                true,
                new AllowedClients(
                    List.of(Subject.parse("CN=x y")), List.of(Network.parse("10.0.0.0/8"))),
                Direction.READ,
                settings,
                Labels.of(Map.of("a.b/c", "d", "e", "")),
                /* ticket= */ null)
            .with(Ticket.random());
    registry.create(spec);

    restartAfterKill();

    assertThat(registry.named("a").spec()).isEqualTo(spec);
    assertThat(registry.named("a").stream().settings()).isEqualTo(settings);
  }

  @Test
  void anExportOfWhichNothingMovedWaitsAgainWithItsFifo() throws Exception {
    Export export = create("a", Direction.WRITE);
    Object inode = Files.getAttribute(root.resolve("a"), "unix:ino");

    restartAfterKill();

    assertThat(status("a").state()).isEqualTo(StreamState.WAITING);
    assertThat(registry.named("a").id()).isEqualTo(export.id());
    assertThat(Files.getAttribute(root.resolve("a"), "unix:ino")).isEqualTo(inode);
    assertThat(registry.openCount()).isOne();
    registry.delete("a", false);
    assertThat(files()).isEmpty();
  }

  @Test
  void afterAnOrderlyStopItWaitsAgainToo() throws Exception {
    Export export = create("a", Direction.READ);

    registry.stop();

    assertThat(export.status().state()).isEqualTo(StreamState.WAITING);
    assertThat(files()).isEmpty();
    restartAfterStop();
    assertThat(status("a").state()).isEqualTo(StreamState.WAITING);
    assertThat(root.resolve("a")).exists();
  }

  @Test
  void aChangeIsKept() throws Exception {
    create("a", Direction.WRITE).change(settings -> settings.withRateLimit(4711));

    restartAfterKill();

    assertThat(registry.named("a").stream().settings().rateLimit()).isEqualTo(4711);
  }

  @Test
  void anExportThatHadBegunHasFailedAndItsFifoIsRemoved() throws Exception {
    Export export = create("a", Direction.WRITE);
    export.kept().begins();

    restartAfterKill();

    assertThat(status("a").state()).isEqualTo(StreamState.FAILED);
    assertThat(status("a").failure()).isEqualTo("the service ended at about position 0");
    assertThat(files()).isEmpty();
    StreamStatus told = status("a");
    restartAfterKill();
    assertThat(status("a")).isEqualTo(told);
  }

  @Test
  void somebodyElsesFileIsLeftAlone() throws Exception {
    create("begun", Direction.WRITE).kept().begins();
    create("waiting", Direction.WRITE);
    create("socket", Direction.WRITE);
    kill();
    for (String name : List.of("begun", "waiting", "socket")) {
      Files.delete(root.resolve(name));
      Files.writeString(root.resolve(name), "mine");
    }

    startWith(Map.of());

    assertThat(status("waiting").state()).isEqualTo(StreamState.FAILED);
    assertThat(status("waiting").failure()).contains("something else is in the place of the FIFO");
    assertThat(files()).hasSize(3).allSatisfy(file -> assertThat(file).hasContent("mine"));
  }

  @Test
  void aSocketThatWasMadeIsMadeAgainOrRemoved() throws Exception {
    for (String name : List.of("waiting", "begun")) {
      ExportSpec spec = Specs.of(name, root.resolve(name), Direction.WRITE);
      registry.create(
          new ExportSpec(
              name, spec.path(), true, false, spec.clients(), Direction.WRITE, spec.settings()));
    }
    registry.named("begun").kept().begins();

    restartAfterKill();

    assertThat(status("waiting").state()).isEqualTo(StreamState.WAITING);
    assertThat(status("begun").state()).isEqualTo(StreamState.FAILED);
    assertThat(files()).containsExactly(root.resolve("waiting"));
  }

  /** It was killed after it had made the FIFO, and before it could write which. */
  @Test
  void aFileThatWasMadeAtTheLastMomentIsRemovedAndNoOlderOne() throws Exception {
    Instant now = Instant.now();
    Path old = Folder.makeFifo(root.resolve("old"));
    Folder.makeFifo(root.resolve("new"));
    for (String name : List.of("old", "new")) {
      ExportSpec spec = Specs.of(name, root.resolve(name), Direction.WRITE);
      Instant createdAt = name.equals("new") ? now : Instant.now().plusSeconds(1);
      new KeptExport("~" + name, new SavedExport(spec, createdAt, null, true), records).create();
    }

    restartAfterKill();

    assertThat(registry.list()).isEmpty();
    assertThat(files()).containsExactly(old);
  }

  /**
   * The file is of a service that was killed; it stays as it is for as long as releases read it.
   */
  @Test
  void aStoreOfTheFirstFormatIsRead() throws Exception {
    stop();
    store = stores.resolve("first");
    Files.createDirectory(store);
    try (InputStream first = getClass().getResourceAsStream("journal-format-1")) {
      Files.copy(first, store.resolve("journal"));
    }

    startWith(Map.of());

    assertThat(registry.list())
        .extracting(export -> export.spec().name() + " " + export.status().state())
        .containsExactly("done COMPLETED", "waits WAITING", "begun FAILED", "failed FAILED");
    Export done = registry.named("done");
    assertThat(done.id()).isEqualTo("~58bfc49b4428b840344a305394a5a9ef");
    assertThat(done.status().position()).isEqualTo(1 << 20);
    assertThat(done.status().digest())
        .isEqualTo("c464884a4bdaef50e086a63852636e1e34a2a75b12c86a91c98ab39cf4f9f8ca");
    assertThat(done.status().endedAt()).isEqualTo("2026-11-29T20:23:56.013216525Z");
    assertThat(done.spec().labels().map()).containsEntry("vm", "web-1");
    assertThat(done.kept().events())
        .extracting(event -> event.state() + " " + event.position())
        .containsExactly("WAITING 0", "STREAMING 65536", "COMPLETED 1048576");
    ExportSpec waits = registry.named("waits").spec();
    assertThat(waits.path()).isNull();
    assertThat(waits.clients().networks()).containsExactly(Network.parse("10.0.0.0/8"));
    assertThat(waits.settings().rateLimit()).isEqualTo(1_000_000);
    assertThat(status("failed").failure())
        .isEqualTo("no peer opened the endpoint for 1s at position 0");
    assertThat(status("begun").failure()).isEqualTo("the service ended at about position 0");
  }

  @Test
  void withLessMemoryOnlyWhatNeedsMoreCannotGoOn() throws Exception {
    create("ended", Direction.WRITE).stream().fail("the tape tore");
    create("waits", Direction.WRITE);
    long needed = Specs.of("x", root, Direction.WRITE).settings().mostMemory();

    restartAfterKill(needed - 1);

    assertThat(status("ended").failure()).startsWith("the tape tore");
    assertThat(status("waits").state()).isEqualTo(StreamState.FAILED);
    assertThat(status("waits").failure())
        .startsWith("it could not go on after a restart: ")
        .contains("may need %d bytes, and one stream may have %d".formatted(needed, needed - 1));
    assertThat(files()).isEmpty();
  }

  @Test
  void anExportOfAnHttpPeerWaitsAgain() throws Exception {
    ExportSpec spec = Specs.of("a", root.resolve("a"), Direction.WRITE);
    registry.create(
        new ExportSpec("a", null, false, false, spec.clients(), Direction.READ, spec.settings()));

    restartAfterKill();

    assertThat(status("a").state()).isEqualTo(StreamState.WAITING);
    assertThat(registry.named("a").data()).isNotNull();
  }

  @Test
  void whatIsTooOldOrTooMuchIsForgotten() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      create(name, Direction.WRITE).stream().cancel();
    }
    stop();
    startWith(Map.of("sluice.exports.keep-ended", "1"));
    assertThat(registry.list()).extracting(Export::name).containsExactly("c");
    stop();
    startWith(Map.of("sluice.exports.retention", "1ms"));
    assertThat(registry.list()).isEmpty();
    restartAfterStop();
    assertThat(registry.list()).isEmpty();
  }

  @Test
  void whereTheStoreIsLostNothingNewIsMadeAndNothingIsLeftBehind() throws Exception {
    create("a", Direction.WRITE);
    Files.delete(store.resolve("journal"));
    Files.delete(store);

    assertThatExceptionOfType(ExportException.class)
        .isThrownBy(() -> create("b", Direction.WRITE))
        .withMessageContaining("has gone")
        .matches(e -> e.reason() == ExportException.Reason.UNAVAILABLE);
    registry.named("a").stream().fail("the tape tore");

    assertThat(status("a").state()).isEqualTo(StreamState.FAILED);
    assertThat(files()).isEmpty();
    assertThat(registry.recordTrouble()).isPresent();
  }
}
