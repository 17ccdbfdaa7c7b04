package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.testing.Slow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random clients and peers, against a model of what should come of it. Each seed takes some
 * milliseconds of processor time, so this runs few of them and {@link StreamModelIT} the rest.
 * {@code -Dstream.seeds=N} runs N seeds each way, {@code -Dstream.seed=S} begins with S.
 */
@Slow("Tries many streams.")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StreamModelTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  /** What to try. */
  Seeds.Range seeds() {
    return Seeds.Range.asked();
  }

  @Test
  void whatClientsWriteComesOutOnceAndInOrder() throws Exception {
    Seeds.run(Direction.WRITE, seeds(), StreamModelTest::write);
  }

  @Test
  void clientsReadWhatThePeerGave() throws Exception {
    Seeds.run(Direction.READ, seeds(), StreamModelTest::read);
  }

  /** A peer that comes when it is told to for the first time. */
  private static final class Peer<T> implements Runnable {
    private final Supplier<Future<T>> work;
    private @Nullable Future<T> coming;

    Peer(Trial trial, Supplier<Future<T>> work) {
      this.work = work;
      if (!trial.peerIsLate()) {
        run();
      }
    }

    @Override
    public void run() {
      var _ = come();
    }

    private Future<T> come() {
      return coming = coming == null ? work.get() : coming;
    }

    T get() throws InterruptedException, ExecutionException, TimeoutException {
      return come().get(60, TimeUnit.SECONDS);
    }
  }

  private static void write(Rig rig, Trial trial, Journal journal) throws Exception {
    Peer<byte[]> peer = new Peer<>(trial, () -> rig.peerReads(in -> readInPieces(in, trial)));
    boolean peerLeaves = trial.peerLeavesAt() >= 0;
    WriteModel model = new WriteModel(trial.settings(), trial.length());
    CheckedWrites clients = new CheckedWrites(rig, model, peer, peerLeaves, journal);
    try {
      new RandomWriters(clients, model, trial, Trial.random(~trial.seed())).run();
    } catch (StreamEndedException e) {
      assertThat(peerLeaves).as(e.getMessage()).isTrue();
    }
    StreamStatus ended = rig.stream.status();
    if (!trial.careless() && !peerLeaves) {
      assertThat(ended.state()).as(ended.failure()).isEqualTo(StreamState.COMPLETED);
    }
    rig.stream.cancel();
    if (ended.position() > 0) {
      checkDelivered(ended, peer.get(), model, peerLeaves);
    }
  }

  private static void checkDelivered(
      StreamStatus ended, byte[] got, WriteModel model, boolean peerLeaves) {
    assertThat(model.firstWrong(got)).as("first wrong of %d bytes", got.length).isNegative();
    if (ended.state() == StreamState.COMPLETED || !peerLeaves) {
      assertThat((long) got.length).isEqualTo(ended.position());
    }
    if (ended.state() == StreamState.COMPLETED) {
      assertThat(got).hasSize(model.reached());
    }
  }

  private static byte[] readInPieces(InputStream in, Trial trial) throws IOException {
    Random random = Trial.random(trial.seed() + 1);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[trial.piece()];
    int left = trial.peerLeavesAt() < 0 ? Integer.MAX_VALUE : trial.peerLeavesAt();
    int n = 0;
    while (n >= 0 && left > 0) {
      n = in.read(piece, 0, Math.min(left, 1 + random.nextInt(piece.length)));
      if (n > 0) {
        all.write(piece, 0, n);
        left -= n;
      }
      if (random.nextInt(20) == 0) {
        Thread.yield();
      }
    }
    return all.toByteArray();
  }

  private static void read(Rig rig, Trial trial, Journal journal) throws Exception {
    byte[] input = new byte[trial.input()];
    Trial.random(trial.seed() + 2).nextBytes(input);
    Peer<byte[]> peer =
        new Peer<>(trial, () -> rig.peerWrites(out -> writeInPieces(out, input, trial)));
    ReadModel model = new ReadModel(trial.settings(), trial.input());
    CheckedReads clients = new CheckedReads(rig, model, input, peer, journal);
    new RandomReaders(clients, model, trial, Trial.random(~trial.seed())).run();
    boolean excess = trial.input() > trial.length();
    if (trial.input() < trial.length()
        || (excess && !trial.settings().assurances().acceptExcess())) {
      assertThat(rig.state()).isNotEqualTo(StreamState.COMPLETED);
    } else if (!trial.careless()) {
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
    }
  }

  private static byte[] writeInPieces(OutputStream out, byte[] input, Trial trial)
      throws IOException {
    Random random = Trial.random(trial.seed() + 1);
    for (int at = 0; at < input.length; ) {
      int n = Math.min(input.length - at, 1 + random.nextInt(trial.piece()));
      out.write(input, at, n);
      at += n;
    }
    return input;
  }
}
