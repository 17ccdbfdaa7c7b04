package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.Export;
import dev.sluice.nbd.NbdErrorException;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawNbdClient.Answer;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a disk goes through from its first request to the end of its stream. */
class TransmissionTest extends Conformance {

  private static final int SIZE = MIB;
  private static final byte[] CONTENT = new byte[SIZE];

  static {
    new Random(7).nextBytes(CONTENT);
  }

  @Test
  void aDiskWrittenInOrderReachesThePeerAndTheLastReplyMeansThatItIsComplete() throws Exception {
    Export export = server.export("disk", Direction.WRITE, SIZE);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = server.connect()) {
      client.go("disk");
      for (int offset = 0; offset < SIZE; offset += SIZE / 8) {
        client.write(offset, Arrays.copyOfRange(CONTENT, offset, offset + SIZE / 8));
      }
      assertThat(export.stream().status().state()).isEqualTo(StreamState.COMPLETED);
      assertThat(reader.bytes()).isEqualTo(CONTENT);
      client.flush();
    }
  }

  @Test
  void aClientThatWantedToWriteBeyondTheEndDoesNotCompleteTheDisk() throws Exception {
    Export export = server.export("disk", Direction.WRITE, SIZE);
    try (Pipes.Reader _ = Pipes.read(server.path("disk"));
        RawNbdClient client = server.connect()) {
      client.go("disk");
      assertRefused(NbdError.ENOSPC, () -> client.write(SIZE, new byte[512]));
      client.write(0, CONTENT);
      assertThat(export.stream().status().state()).isEqualTo(StreamState.STREAMING);
      client.disconnect();
      await().until(() -> export.stream().status().state(), StreamState.INTERRUPTED::equals);
      assertThat(export.stream().status().failure()).contains("expected: to end at or before");
    }
  }

  @Test
  void aDiskReadInOrderIsCompleteWhenTheClientDisconnects() throws Exception {
    Export export = server.export("disk", Direction.READ, SIZE);
    Pipes.write(server.path("disk"), CONTENT);
    try (RawNbdClient client = server.connect()) {
      client.go("disk");
      byte[] first = client.read(0, SIZE / 2);
      byte[] second = client.read(SIZE / 2, SIZE / 2);
      assertThat(first).isEqualTo(Arrays.copyOf(CONTENT, SIZE / 2));
      assertThat(second).isEqualTo(Arrays.copyOfRange(CONTENT, SIZE / 2, SIZE));
      client.disconnect();
    }
    awaitState(export, StreamState.COMPLETED);
  }

  @Test
  void aWriteBelowThePositionFailsAloneAndLeavesTheEndToAnOperator() throws Exception {
    Export export = server.export("disk", Direction.WRITE, SIZE);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"))) {
      try (RawNbdClient client = server.connect()) {
        client.go("disk");
        client.write(0, Arrays.copyOf(CONTENT, SIZE / 2));
        assertRefused(NbdError.EIO, () -> client.write(4096, new byte[4096]));
        assertRefused(NbdError.EIO, () -> client.writeZeroes(0, 512, 0));
        client.write(SIZE / 2, Arrays.copyOfRange(CONTENT, SIZE / 2, SIZE));
        client.disconnect();
      }
      awaitState(export, StreamState.INTERRUPTED);
      assertThat(export.stream().status().failure()).contains("a write at 4096 is below");
      export.stream().finish(Assurances.NONE);
      assertThat(reader.bytes()).isEqualTo(CONTENT);
      assertThat(export.stream().status().state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void everyRefusedRequestLeavesTheConnectionInStep() throws Exception {
    Export export = server.export("disk", Direction.WRITE, SIZE);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = server.connect()) {
      client.go("disk");
      assertRefused(NbdError.ENOSPC, () -> client.write(SIZE, new byte[512]));
      assertRefused(NbdError.ENOSPC, () -> client.write(SIZE - 256, new byte[512]));
      assertRefused(NbdError.ENOSPC, () -> client.writeZeroes(-512, 1024, 0));
      assertRefused(NbdError.EINVAL, () -> client.read(SIZE - 256, 512));
      assertRefused(NbdError.EINVAL, () -> client.read(0, 64 << 20));
      assertRefused(NbdError.EINVAL, () -> client.trim(0, -1));
      for (int type : new int[] {7, 8, 9, 0x8000, 0xffff}) {
        client.send(new Request(0, type, 99, 0, 512));
        assertThat(client.receive()).isEqualTo(new Answer(NbdError.EINVAL.code(), 99));
      }
      client.send(new Request(0x8000, 1, 7, 0, 512), new byte[512]);
      assertThat(client.receive()).isEqualTo(new Answer(NbdError.EINVAL.code(), 7));
      client.write(0, CONTENT);
      client.disconnect();
      awaitState(export, StreamState.INTERRUPTED);
      export.stream().finish(Assurances.NONE);
      assertThat(reader.bytes()).isEqualTo(CONTENT);
    }
  }

  @Test
  void garbageInsteadOfARequestEndsTheConnectionAndInterruptsTheStream() throws Exception {
    Export export = server.export("disk", Direction.WRITE, SIZE);
    try (Pipes.Reader _ = Pipes.read(server.path("disk"));
        RawNbdClient client = server.connect()) {
      client.go("disk");
      client.write(0, Arrays.copyOf(CONTENT, 100_000));
      client.sendRaw(ByteBuffer.wrap(new byte[28]));
      assertThat(client.isClosedByServer()).isTrue();
    }
    awaitState(export, StreamState.INTERRUPTED);
    assertThat(export.stream().status().position()).isEqualTo(100_000);
    assertThat(export.stream().status().failure()).contains("100000");
  }

  @Test
  void manySmallWritesInFlightAreAnsweredEachOnce() throws Exception {
    int count = 4096;
    server.export("disk", Direction.WRITE, count * 1024L);
    byte[] disk = new byte[count * 1024];
    new Random(3).nextBytes(disk);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = server.connect()) {
      client.go("disk");
      for (int i = 0; i < count; i++) {
        client.send(
            new Request(0, 1, i, i * 1024L, 1024),
            Arrays.copyOfRange(disk, i * 1024, i * 1024 + 1024));
      }
      for (int i = 0; i < count; i++) {
        assertThat(client.receive()).isEqualTo(new Answer(0, i));
      }
      assertThat(reader.bytes()).isEqualTo(disk);
    }
  }

  @Test
  void whatIsNotWrittenYetReadsAsZeroes() throws Exception {
    server.export("disk", Direction.WRITE, SIZE);
    try (Pipes.Reader _ = Pipes.read(server.path("disk"));
        RawNbdClient client = server.connect()) {
      client.go("disk");
      client.write(512, (byte) 1, (byte) 2);
      assertThat(client.read(511, 4)).containsExactly(0, 1, 2, 0);
      client.write(0, Arrays.copyOf(CONTENT, 100_000));
      assertThat(client.read(100_000, 2)).containsExactly(0, 0);
      assertRefused(NbdError.EIO, () -> client.read(99_999, 2));
    }
  }

  @Test
  void aClientOfAFailedStreamIsToldAtEveryRequest() throws Exception {
    Export export = server.export("disk", Direction.WRITE, SIZE);
    try (RawNbdClient client = server.connect()) {
      client.go("disk");
      export.stream().fail("a test said so");
      assertRefused(NbdError.EIO, () -> client.write(0, new byte[100_000]));
      assertRefused(NbdError.EIO, client::flush);
      assertRefused(NbdError.EIO, () -> client.read(0, 1));
    }
  }

  @Test
  void aForcedDeleteTellsAClientThatWaitsForThePeer() throws Exception {
    server.export("disk", Direction.WRITE, SIZE);
    try (RawNbdClient client = server.connect()) {
      client.go("disk");
      client.send(new Request(0, 1, 6, 0, 100_000), new byte[100_000]);
      await()
          .until(
              () -> server.exports().find("disk").orElseThrow().stream().status().clients() == 1);
      server.exports().delete("disk", true);
      assertThat(client.receive()).isEqualTo(new Answer(NbdError.ESHUTDOWN.code(), 6));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aForcedDeleteOfACompletedExportEndsItsClientsToo() throws Exception {
    Export export = server.export("disk", Direction.WRITE, SIZE);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = server.connect()) {
      client.go("disk");
      client.write(0, CONTENT);
      assertThat(reader.bytes()).isEqualTo(CONTENT);
      assertThat(export.stream().status().state()).isEqualTo(StreamState.COMPLETED);
      server.exports().delete("disk", true);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  private static void assertRefused(NbdError error, ThrowingCallable request) {
    assertThatThrownBy(request)
        .isInstanceOfSatisfying(
            NbdErrorException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  private static void awaitState(Export export, StreamState state) throws IOException {
    await().until(() -> export.stream().status().state() == state);
  }
}
