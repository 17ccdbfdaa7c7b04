package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.ExportException.Reason;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.Folder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ExportRegistryTest {

  private static final int MAX = 4;
  private static final int KEEP_ENDED = 2;

  @TempDir private Path folder;
  @AutoClose private StreamFactory streams;
  private ExportRegistry registry;
  private volatile Consumer<StreamState> stateHeard = state -> {};

  @BeforeEach
  void startRegistry() {
    ExportProperties properties =
        new ExportProperties(
            List.of(folder.toString()),
            "0640",
            null,
            false,
            DataSize.ofMegabytes(1),
            DataSize.ofKilobytes(64),
            DataSize.ofBytes(0),
            false,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            DataSize.ofMegabytes(16),
            100,
            Duration.ZERO,
            Duration.ZERO,
            1,
            MAX,
            KEEP_ENDED,
            Duration.ZERO,
            ExportProperties.NO_STORE);
    streams =
        new StreamFactory(
            RootFolders.endpoints(properties),
            new WindowMemory(properties.windowMemory().toBytes()),
            StreamObserver.NONE,
            spec -> status -> stateHeard.accept(status.state()));
    registry = new ExportRegistry(properties, streams, /* anyName= */ false);
  }

  private Export create(String name) {
    return create(name, name);
  }

  private Export create(String name, String file) {
    return registry.create(Specs.of(name, folder.resolve(file), Direction.WRITE));
  }

  private void assertRefused(Reason reason, String message, Callable<?> step) {
    assertThatExceptionOfType(ExportException.class)
        .isThrownBy(step::call)
        .withMessageContaining(message)
        .extracting(ExportException::reason)
        .isEqualTo(reason);
  }

  @Test
  void thereMayBeSoManyExportsThatHaveNotEnded() {
    IntStream.range(0, MAX).forEach(i -> create("e" + i));

    assertRefused(Reason.FULL, "sluice.exports.max permits no more", () -> create("more"));
    assertThat(folder.resolve("more")).doesNotExist();

    registry.find("e2").orElseThrow().stream().cancel();
    create("more");
    registry.delete("e0", false);
    create("again");
    assertRefused(Reason.FULL, "4 exports have not ended", () -> create("too-many"));
  }

  @Test
  void theExportThatEndedFirstIsForgottenFirst() {
    List.of("a", "b", "c", "d").forEach(this::create);

    List.of("c", "a", "d").forEach(name -> registry.find(name).orElseThrow().stream().cancel());

    assertThat(registry.list()).extracting(Export::name).containsExactly("a", "b", "d");
    create("c");
    assertThat(registry.list()).extracting(Export::name).containsExactly("a", "b", "d", "c");
  }

  @Test
  void onlyExportsThatAreListedAndHaveNotEndedAreListed() {
    create("hidden");
    List.of("a", "b", "c").forEach(this::createListed);
    assertThat(registry.listed()).extracting(Export::name).containsExactly("a", "b", "c");

    registry.find("b").orElseThrow().stream().fail("a test said so");
    assertThat(registry.listed()).extracting(Export::name).containsExactly("a", "c");

    registry.delete("a", false);
    assertThat(registry.listed()).extracting(Export::name).containsExactly("c");

    createListed("a");
    registry.delete("b", false);
    assertThat(registry.listed()).extracting(Export::name).containsExactly("c", "a");
  }

  private void createListed(String name) {
    ExportSpec hidden = Specs.of(name, folder.resolve(name), Direction.WRITE);
    registry.create(
        new ExportSpec(
            name,
            hidden.path(),
            hidden.listen(),
            true,
            hidden.clients(),
            hidden.direction(),
            hidden.settings()));
  }

  @Test
  void aDeletedExportTakesNobodysPlace() {
    List.of("a", "b", "c").forEach(this::create);
    registry.find("a").orElseThrow().stream().cancel();
    registry.find("b").orElseThrow().stream().cancel();

    registry.delete("c", false);

    assertThat(registry.list()).extracting(Export::name).containsExactly("a", "b");
  }

  @Test
  void oneOfManyWhoWantAFileAtOnceGetsIt() throws Exception {
    for (int round = 0; round < 50; round++) {
      List<String> names = IntStream.range(0, MAX).mapToObj(i -> "e" + i).toList();
      try (ExecutorService users = Executors.newFixedThreadPool(MAX)) {
        List<Future<Export>> results =
            users.invokeAll(
                names.stream().map(name -> (Callable<Export>) () -> create(name, "one")).toList());

        assertThat(results).filteredOn(r -> r.state() == Future.State.SUCCESS).hasSize(1);
      }
      assertThat(registry.list()).hasSize(1);
      assertThat(folder.resolve("one")).exists();
      registry.delete(registry.list().getFirst().name(), false);
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void stoppingEndsEveryStreamAndRemovesWhatWasMade() throws Exception {
    Export fresh = create("fresh");
    Export busy = create("busy");
    busy.stream().attach();
    Export ended = create("ended");
    ended.stream().cancel();
    Folder.makeFifo(folder.resolve("found"));
    create("found");

    registry.stop();

    for (Export export : List.of(fresh, busy)) {
      StreamStatus status = export.stream().status();
      assertThat(status.state()).isEqualTo(StreamState.FAILED);
      assertThat(status.failure()).startsWith("the service was stopped");
    }
    assertThat(ended.stream().status().state()).isEqualTo(StreamState.CANCELLED);
    assertThat(Folder.content(folder)).containsExactly(folder, folder.resolve("found"));
    assertThat(registry.isRunning()).isFalse();
    assertRefused(Reason.STOPPING, "the service is stopping", () -> create("late"));
    assertThat(folder.resolve("late")).doesNotExist();
    busy.stream().detach();
  }

  @Test
  void drainingWaitsForTheLastClientAndTakesNoExports() throws Exception {
    create("idle");
    Export busy = create("busy");
    busy.stream().attach();
    assertThat(registry.drain(Duration.ofMillis(1))).containsExactly(busy);
    assertRefused(Reason.STOPPING, "the service is stopping", () -> create("late"));

    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<List<Export>> left = drainWaiting(threads);
      busy.stream().detach();

      assertThat(left.get(20, TimeUnit.SECONDS)).isEmpty();
    }
  }

  /** A drain that has begun to wait. */
  private Future<List<Export>> drainWaiting(ExecutorService threads) {
    AtomicReference<Thread> thread = new AtomicReference<>();
    Future<List<Export>> left =
        threads.submit(
            () -> {
              thread.set(Thread.currentThread());
              return registry.drain(Duration.ofHours(1));
            });
    await()
        .until(() -> thread.get() != null && thread.get().getState() == Thread.State.TIMED_WAITING);
    return left;
  }

  @Test
  void drainingWaitsNoLongerForAStreamThatHasEnded() throws Exception {
    Export busy = create("busy");
    busy.stream().attach();

    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<List<Export>> left = drainWaiting(threads);
      busy.stream().fail("the tape tore");

      assertThat(left.get(20, TimeUnit.SECONDS)).isEmpty();
    }
    busy.stream().detach();
  }

  @Test
  void nobodyIsToldOfTheEndBeforeTheFileIsFree() throws Exception {
    CountDownLatch ending = new CountDownLatch(1);
    Semaphore goOn = new Semaphore(0);
    Export export = create("a");
    stateHeard =
        state -> {
          ending.countDown();
          goOn.acquireUninterruptibly();
        };

    try (ExecutorService threads = Executors.newSingleThreadExecutor();
        AutoCloseable atLast = () -> goOn.release(1000)) {
      Future<?> end = threads.submit(() -> export.stream().fail("the tape tore"));
      assertThat(ending.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(export.statusNow()).isEmpty();
      assertRefused(Reason.CONFLICT, "export a uses this file", () -> create("b", "a"));

      atLast.close();
      assertThat(export.status().state()).isEqualTo(StreamState.FAILED);
      create("b", "a");
      end.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aFifoIsMadeWithTheConfiguredMode() throws Exception {
    create("a");

    assertThat(Files.getAttribute(folder.resolve("a"), "unix:mode")).isEqualTo(0010640);
  }

  @Test
  void aReadExportHasAReadStream() {
    Export export =
        registry.create(Specs.of("r", folder.resolve("r"), Direction.READ, OptionalLong.of(7)));

    assertThat(export.stream().direction()).isEqualTo(Direction.READ);
    assertThat(export.stream().advertisedSize()).isEqualTo(512);
    assertThat(export.stream().settings().size()).hasValue(7);
  }

  @Test
  void eachChangeOfStateIsOneLineInTheLog(CapturedOutput output) {
    create("vm1").stream().fail("the tape tore");

    assertThat(output.getOut().lines())
        .filteredOn(line -> line.contains("vm1"))
        .satisfiesExactly(
            line -> assertThat(line).endsWith("Export vm1 (write) is WAITING at 0"),
            line ->
                assertThat(line)
                    .endsWith("Export vm1 (write) is FAILED at 0: the tape tore at position 0"));
  }
}
