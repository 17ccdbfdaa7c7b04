package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawChunk;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawReply;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Request;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sections "Structured reply chunk message", "Structured reply flags" and "Structured reply types",
 * and what "Request types" says of reads.
 */
class StructuredReplyConformanceTest extends Conformance {

  private static final int SIZE = 4 * MIB;

  @Test
  void aReadIsNeverASimpleReply() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk")) {
      assertThat(client.request(compact(0, READ, 0, 512)).isSimple()).isFalse();
      assertThat(client.request(compact(0, READ, 0, 0)).types()).containsExactly(RawChunk.NONE);
      assertThat(client.request(compact(0, READ, SIZE, 1)).isSimple()).isFalse();
      assertThat(client.request(compact(REQ_ONE, READ, 0, 1)).isSimple()).isFalse();
    }
  }

  @Test
  void whatHasNoPayloadSucceedsWithASimpleReply() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk")) {
      for (int type : new int[] {WRITE, FLUSH, TRIM, CACHE, WRITE_ZEROES}) {
        RawReply reply = client.request(compact(0, type, 0, 0));
        assertThat(reply.isSimple()).isTrue();
        assertThat(reply.error()).isZero();
      }
    }
  }

  @Test
  void errorsAreChunksWithAMessage() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk")) {
      RawReply reply = client.request(compact(0, WRITE, SIZE, 512), new byte[512]);

      assertError(reply, NbdError.ENOSPC);
      assertThat(reply.types()).containsExactly(RawChunk.ERROR);
      assertThat(reply.errorChunk().message())
          .contains("WRITE of 512 bytes", Integer.toString(SIZE));
      assertThat(reply.errorChunk().payload()).hasSize(6 + reply.errorChunk().message().length());
    }
  }

  @Test
  void chunksCoverTheRangeOnceAndTheLastOneIsMarked() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk")) {
      RawReply reply = client.request(compact(0, READ, 0, SIZE));

      assertThat(reply.content(0, SIZE)).isEqualTo(Arrays.copyOf(DISK, SIZE));
      assertThat(reply.cookie()).isEqualTo(0x0123456789abcdefL);
      assertThat(reply.chunks()).hasSize(4);
      assertThat(reply.chunks()).allMatch(chunk -> chunk.contentLength() <= MIB);
      assertThat(reply.types()).containsOnly(RawChunk.DATA);
    }
  }

  @Test
  void chunksOfAnUnalignedReadAreAlignedButForTheFirstAndTheLast() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk")) {
      client.request(compact(0, READ, 0, 1001));
      RawReply reply = client.request(compact(0, READ, 1001, 3 * MIB));

      assertThat(reply.content(1001, 3 * MIB))
          .isEqualTo(Arrays.copyOfRange(DISK, 1001, 1001 + 3 * MIB));
      assertThat(reply.chunks().stream().skip(1))
          .allMatch(chunk -> chunk.contentOffset() % 512 == 0);
    }
  }

  /** What others have read of it is still there when its turn comes. */
  @Test
  void aReadIsWholeOfWhichOthersHaveReadALaterPart() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient first = structured("disk");
        RawNbdClient other = structured("disk")) {
      other.request(compact(0, READ, 2 * MIB, MIB)); // passes over two parts
      other.request(compact(0, READ, MIB, MIB));

      RawReply reply = first.request(compact(0, READ, 0, 2 * MIB));

      assertThat(reply.content(0, 2 * MIB)).isEqualTo(Arrays.copyOf(DISK, 2 * MIB));
    }
  }

  @Test
  void aChunkComesAsSoonAsItsOwnBytesAreThere() throws Exception {
    server.export("disk", dev.sluice.stream.Direction.READ, SIZE);
    try (Pipes.Feeder peer = Pipes.feed(server.path("disk"));
        RawNbdClient client = structured("disk")) {
      peer.give(Arrays.copyOf(DISK, MIB + 1000));
      client.send(compact(0, READ, 0, 2 * MIB));
      assertThat(receiveChunks(client, 0, MIB)).isZero(); // while the rest is not there
      peer.give(Arrays.copyOfRange(DISK, MIB + 1000, SIZE));
      assertThat(receiveChunks(client, MIB, 2 * MIB)).isOne();
    }
  }

  /** Receives chunks with these bytes of the disk; returns the flags of the last. */
  private static int receiveChunks(RawNbdClient client, int from, int to) throws Exception {
    int flags = 0;
    for (int at = from; at < to; ) {
      ByteBuffer chunk = ByteBuffer.wrap(client.receiveBytes(20 + 8));
      int length = chunk.getInt(16) - 8;
      assertThat(chunk.getLong(20)).isEqualTo(at);
      assertThat(client.receiveBytes(length)).isEqualTo(Arrays.copyOfRange(DISK, at, at + length));
      flags = chunk.getShort(4);
      at += length;
      assertThat(at).isLessThanOrEqualTo(to);
    }
    return flags;
  }

  @Test
  void anErrorBehindSomeDataTellsItsOffset() throws Exception {
    read("disk", SIZE, 2 * MIB + 5000);
    try (RawNbdClient client = structured("disk")) {
      RawReply reply = client.request(compact(0, READ, 0, SIZE));

      assertThat(reply.types())
          .startsWith(RawChunk.DATA, RawChunk.DATA)
          .endsWith(RawChunk.ERROR_OFFSET);
      assertError(reply, NbdError.EIO);
      assertThat(reply.errorChunk().errorOffset()).isEqualTo(2 * MIB);
      assertThat(reply.errorChunk().message()).contains("ended");
    }
  }

  @Test
  void anErrorBeforeAnyDataTellsNone() throws Exception {
    read("disk", SIZE, 5000);
    try (RawNbdClient client = structured("disk")) {
      RawReply reply = client.request(compact(0, READ, 0, SIZE));

      assertThat(reply.types()).containsExactly(RawChunk.ERROR);
      assertError(reply, NbdError.EIO);
    }
  }

  @Test
  void nothingIsUsedUpByAReadBeyondTheEndOfAnInputOfUnknownLength() throws Exception {
    read("disk", 0, 3 * MIB);
    try (RawNbdClient client = structured("disk")) {
      assertError(client.request(compact(0, READ, 0, SIZE)), NbdError.EIO);
      assertThat(client.request(compact(0, READ, 0, 3 * MIB)).content(0, 3 * MIB))
          .isEqualTo(Arrays.copyOf(DISK, 3 * MIB));
    }
  }

  @Test
  void withDontFragmentThereIsOneContentChunk() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk")) {
      RawReply reply = client.request(compact(DF, READ, 0, SIZE));

      assertThat(reply.types()).containsExactly(RawChunk.DATA);
      assertThat(reply.content(0, SIZE)).isEqualTo(Arrays.copyOf(DISK, SIZE));
    }
  }

  @Test
  void withDontFragmentAFailureHasNoContent() throws Exception {
    read("disk", SIZE, 30_000);
    try (RawNbdClient client = structured("disk")) {
      RawReply reply = client.request(compact(DF, READ, 0, 60_000));

      assertThat(reply.types()).containsExactly(RawChunk.ERROR);
    }
  }

  /** Its one chunk has been announced by then. */
  @Test
  void withDontFragmentAFailureOfALongReadEndsTheSession() throws Exception {
    read("disk", SIZE, 3 * MIB);
    try (RawNbdClient client = structured("disk")) {
      client.send(compact(DF, READ, 0, SIZE));

      assertThat(client.receiveToEnd()).hasSizeBetween(20 + 8, 20 + 8 + 3 * MIB);
    }
  }

  @Test
  void zeroesAreAHole() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk")) {
      RawReply reply = client.request(compact(0, READ, 0, SIZE));

      assertThat(reply.types()).containsExactly(RawChunk.HOLE);
      assertThat(reply.content(0, SIZE)).isEqualTo(new byte[SIZE]);
    }
  }

  @Test
  void zeroesBetweenDataAreAHoleUnlessTheyAreShort() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk")) {
      client.write(1024, Arrays.copyOf(DISK, 512));
      client.write(1636, Arrays.copyOf(DISK, 100)); // 100 zeroes before
      client.write(4096, Arrays.copyOf(DISK, 10));
      byte[] expected = new byte[8192];
      System.arraycopy(DISK, 0, expected, 1024, 512);
      System.arraycopy(DISK, 0, expected, 1636, 100);
      System.arraycopy(DISK, 0, expected, 4096, 10);
      RawReply reply = client.request(compact(0, READ, 0, 8192));

      assertThat(reply.types())
          .containsExactly(
              RawChunk.HOLE, RawChunk.DATA, RawChunk.HOLE, RawChunk.DATA, RawChunk.HOLE);
      assertThat(reply.content(0, 8192)).isEqualTo(expected);
    }
  }

  @Test
  void withDontFragmentZeroesAreThere() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk")) {
      client.write(4096, (byte) 5);
      RawReply reply = client.request(compact(DF, READ, 0, 8192));

      assertThat(reply.types()).containsExactly(RawChunk.DATA);
      assertThat(reply.content(0, 8192)[4096]).isEqualTo((byte) 5);
    }
  }

  @Test
  void thePaddingOfTheLastSectorIsAHole() throws Exception {
    read("disk", 1000, 1000);
    try (RawNbdClient client = structured("disk")) {
      RawReply reply = client.request(compact(0, READ, 0, 1024));

      assertThat(reply.types()).containsExactly(RawChunk.DATA, RawChunk.HOLE);
      assertThat(reply.content(0, 1024)).isEqualTo(Arrays.copyOf(Arrays.copyOf(DISK, 1000), 1024));
      assertThat(client.request(compact(0, READ, 1000, 24)).types()).containsExactly(RawChunk.HOLE);
    }
  }

  @Test
  void aReadLongerThanTheLargestPayloadOverflows() throws Exception {
    write("disk", 1L << 30);
    try (RawNbdClient client = structured("disk")) {
      assertError(client.request(compact(0, READ, 0, 32 * MIB + 1)), NbdError.EOVERFLOW);
      assertError(client.request(compact(DF, READ, 0, -1)), NbdError.EOVERFLOW);
      assertError(client.request(compact(DF, READ, 0, 32 * MIB)), NbdError.SUCCESS);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 512, 65_536})
  void whatIsReadOutOfOrderIsKeptAndWholeOnceItIsRead(int gap) throws Exception {
    Export export = read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk")) {
      int later = MIB + gap;
      assertThat(client.request(compact(0, READ, later, MIB)).content(later, MIB))
          .isEqualTo(Arrays.copyOfRange(DISK, later, later + MIB));
      assertThat(client.request(compact(0, READ, 0, later)).content(0, later))
          .isEqualTo(Arrays.copyOf(DISK, later));
      assertThat(export.stream().status().position()).isEqualTo(later + MIB);
    }
  }

  @Test
  void whatIsOutOfReachIsAnErrorAsAWhole() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk")) {
      client.request(compact(0, READ, 0, 3 * MIB));
      RawReply reply = client.request(compact(0, READ, MIB, 3 * MIB));

      assertThat(reply.types()).containsExactly(RawChunk.ERROR);
      assertThat(reply.errorChunk().message()).contains("below the position");
    }
  }

  @Test
  void whatIsPartlyOutOfReachIsAnErrorAsAWhole() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk")) {
      client.request(compact(0, READ, 3 * MIB, 65_536)); // all before it is kept
      RawReply reply = client.request(compact(0, READ, 2 * MIB, MIB + 65_536));

      assertThat(reply.types()).containsExactly(RawChunk.ERROR);
      assertThat(client.request(compact(0, READ, 2 * MIB, MIB)).content(2 * MIB, MIB))
          .isEqualTo(Arrays.copyOfRange(DISK, 2 * MIB, 3 * MIB));
    }
  }

  @Test
  void repliesToRequestsInFlightComeInOrderEachWithItsCookie() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk")) {
      for (int i = 0; i < 64; i++) {
        client.send(new Request(0, READ, i, i * 65_536L, 65_536));
      }
      for (int i = 0; i < 64; i++) {
        RawReply reply = client.receiveReply();
        assertThat(reply.cookie()).isEqualTo(i);
        assertThat(reply.content(i * 65_536L, 65_536))
            .isEqualTo(Arrays.copyOfRange(DISK, i * 65_536, (i + 1) * 65_536));
      }
    }
  }

  @Test
  void aRefusedWriteIsConsumedAndTheNextRequestServed() throws Exception {
    write("disk", SIZE);
    try (Pipes.Reader _ = Pipes.read(server.path("disk"));
        RawNbdClient client = structured("disk")) {
      client.request(compact(0, WRITE, 0, MIB), Arrays.copyOf(DISK, MIB));
      RawReply refused = client.request(compact(0, WRITE, 4096, 512), new byte[512]);
      assertError(refused, NbdError.EIO);
      assertThat(refused.errorChunk().message()).contains("below the position");
      List<RawReply> next = List.of(client.request(compact(0, WRITE, MIB, 512), new byte[512]));
      assertThat(next.getFirst().error()).isZero();
    }
  }
}
