package dev.sluice.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cli.Typed;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Standard input and output as the peer of an export, and what goes wrong with them. */
@Slow("Waits until streams have ended.")
@Timeout(60)
class DataCommandTest {

  private static final byte[] DISK = new byte[300_000];
  private static final Duration AFTER_ITS_NEXT_LOOK = Poll.INTERVAL.multipliedBy(2);
  private static OwnService service;

  @BeforeAll
  static void startService() {
    new Random(1).nextBytes(DISK);
    service = OwnService.with();
  }

  @AfterAll
  static void stopService() {
    service.close();
  }

  @AfterEach
  void deleteExports() {
    service.api().list().forEach(export -> service.api().delete(export.name(), true));
  }

  private static Typed data(int columns, InputStream in, OutputStream out) {
    Map<String, String> variables = Map.of("SLUICE_URL", "http://127.0.0.1:" + service.port());
    return Typed.run(new Surroundings(variables::get, () -> columns, in, out), "data", "disk");
  }

  private static Typed get(OutputStream out) {
    return data(0, InputStream.nullInputStream(), out);
  }

  private static Typed put(InputStream in) {
    return data(0, in, OutputStream.nullOutputStream());
  }

  private static ExportDocument create(String direction, @Nullable Long size) {
    return service.api().createForHttp("disk", direction, size, Map.of());
  }

  private static CompletableFuture<Void> write() {
    return CompletableFuture.runAsync(
        () -> {
          try (RawNbdClient client = service.connect()) {
            client.go("disk");
            client.write(0, DISK);
            client.disconnect();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        },
        DataCommandTest::run);
  }

  /** Not on the common pool, which has one thread here that HTTP clients need. */
  private static void run(Runnable task) {
    Thread.ofPlatform().daemon().start(task);
  }

  private static CompletableFuture<byte[]> read(int count) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (RawNbdClient client = service.connect()) {
            client.go("disk");
            byte[] bytes = client.read(0, count);
            client.disconnect();
            return bytes;
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        },
        DataCommandTest::run);
  }

  @Test
  void whatClientsWriteGoesToStandardOutput() {
    create("write", (long) DISK.length);
    CompletableFuture<Void> client = write();
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    Typed typed = get(out);

    assertThat(typed.err()).startsWith("disk is COMPLETED: 300000 bytes in ");
    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out()).isEmpty();
    assertThat(out.toByteArray()).isEqualTo(DISK);
    assertThat(client).succeedsWithin(Duration.ofSeconds(20));
  }

  @Test
  void outputThatCannotBeWrittenFailsTheStreamThoughAllHasBeenSent() {
    create("write", (long) DISK.length);
    write();

    Typed typed =
        get(
            new OutputStream() {
              private int left = DISK.length - 1;

              @Override
              public void write(int b) throws IOException {
                throw new IOException("No space left on device");
              }

              @Override
              public void write(byte[] bytes, int start, int count) throws IOException {
                left -= count;
                if (left < 0) {
                  write(0);
                }
              }
            });

    assertThat(typed.exitCode()).as(typed.err()).isOne();
    assertThat(typed.err())
        .isEqualTo(
            "sluice: error: standard output cannot be written to: No space left on device\n");
    assertThat(service.api().awaitState("disk", "FAILED").failure())
        .contains("the peer has confirmed")
        .contains("bytes, and was sent 300000");
  }

  /**
   * Anybody who may can confirm for the peer; then COMPLETED comes before the copy here is whole.
   */
  @Test
  void outputThatFailsAfterSomebodyElseHasConfirmedIsNoSuccess() {
    create("write", (long) DISK.length);
    write();
    CountDownLatch held = new CountDownLatch(1);
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            try {
              held.await();
            } catch (InterruptedException e) {
              throw new InterruptedIOException();
            }
            throw new IOException("No space left on device");
          }

          @Override
          public void write(byte[] bytes, int start, int count) throws IOException {
            write(bytes[start]);
          }
        };

    CompletableFuture<Typed> typed =
        CompletableFuture.supplyAsync(() -> get(out), DataCommandTest::run);
    RestClient other = RestClient.anonymous(service);
    await()
        .until(
            () -> other.post("/exports/disk/data/confirm", "{\"bytes\": 300000}").status() == 200);
    await("the command waits").during(AFTER_ITS_NEXT_LOOK).until(() -> !typed.isDone());
    held.countDown();

    assertThat(typed)
        .succeedsWithin(Duration.ofSeconds(20))
        .extracting(Typed::exitCode, Typed::err)
        .containsExactly(
            1, "sluice: error: standard output cannot be written to: No space left on device\n");
  }

  @Test
  void clientsReadWhatComesFromStandardInput() {
    create("read", (long) DISK.length);
    CompletableFuture<byte[]> client = read(DISK.length);

    Typed typed = put(new ByteArrayInputStream(DISK));

    assertThat(typed.err()).startsWith("disk is COMPLETED: 300000 bytes in ");
    assertThat(typed.exitCode()).isZero();
    assertThat(client.join()).isEqualTo(DISK);
  }

  /** Without a size, its end would be the disk's. */
  @Test
  void inputThatCannotBeReadIsNoEnd() {
    create("read", null);
    read(1000);
    InputStream fails =
        new SequenceInputStream(
            new ByteArrayInputStream(Arrays.copyOf(DISK, 1000)),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("Input/output error");
              }
            });

    Typed typed = put(fails);

    assertThat(typed.err())
        .isEqualTo("sluice: error: standard input cannot be read: Input/output error\n");
    assertThat(typed.exitCode()).isOne();
    assertThat(service.api().awaitState("disk", "FAILED").failure()).contains("was cut off");
  }

  @Test
  void aStreamThatFailsIsSaidToHaveFailed() {
    create("write", 2L * DISK.length);
    CompletableFuture<Void> client =
        write()
            .thenRun(
                () -> service.api().await("disk", export -> export.state().equals("INTERRUPTED")))
            .thenRun(() -> service.api().delete("disk", true));

    Typed typed = get(OutputStream.nullOutputStream());

    assertThat(typed.exitCode()).isOne();
    assertThat(typed.err()).contains("was deleted");
    assertThat(client).isCompleted();
  }

  @Test
  void anExportWithAFileHasNoDataForIt() {
    service.create("disk", "write", 1000);

    Typed typed = get(OutputStream.nullOutputStream());

    assertThat(typed.exitCode()).isEqualTo(4);
    assertThat(typed.err()).contains("the export's peer uses a file");
  }

  @Test
  void aTerminalGetsNoDisk() {
    create("write", 1000L);

    Typed typed = data(80, InputStream.nullInputStream(), OutputStream.nullOutputStream());

    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.err()).contains("standard output is a terminal; expected a file or a pipe");
  }
}
