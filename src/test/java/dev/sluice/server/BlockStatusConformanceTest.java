package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawChunk;
import dev.sluice.nbd.RawChunk.Stretch;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawReply;
import dev.sluice.nbd.transmission.NbdError;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Sections "base:allocation metadata context" and "Request types", under {@code
 * NBD_CMD_BLOCK_STATUS}; and what {@code sluice:stream} tells.
 */
class BlockStatusConformanceTest extends Conformance {

  private static final int SIZE = 4 * MIB;
  private static final int DATA = 0;
  private static final int HOLE = 1;
  private static final int ZERO = 2;
  private static final int AHEAD = 0;
  private static final int PASSED = 1;
  private static final int HELD = 2;

  @Test
  void thereIsOneChunkForEachSelectedContext() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk", "base:allocation", "sluice:stream")) {
      RawReply reply = client.request(compact(0, BLOCK_STATUS, 0, SIZE));

      assertThat(reply.types()).containsExactly(RawChunk.STATUS, RawChunk.STATUS);
      assertThat(reply.chunks())
          .extracting(RawChunk::context)
          .containsExactlyInAnyOrder(BASE, STREAM);
    }
  }

  @Test
  void whatIsNotWrittenYetIsAHoleOfWhichZeroesAreNotPromised() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk", "base:allocation", "sluice:stream")) {
      RawReply reply = client.request(compact(0, BLOCK_STATUS, 4096, 8192));

      assertThat(reply.status(BASE)).containsExactly(new Stretch(8192, HOLE));
      assertThat(reply.status(STREAM)).containsExactly(new Stretch(8192, AHEAD));
    }
  }

  @Test
  void whatIsHeldIsDataOrZeroes() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk", "base:allocation", "sluice:stream")) {
      client.request(compact(0, WRITE, MIB, 4096), new byte[4096]);
      client.request(compact(NO_HOLE, WRITE_ZEROES, MIB + 4096, 4096));
      client.request(compact(0, WRITE_ZEROES, MIB + 8192, 512));
      client.request(compact(0, TRIM, MIB + 8704, 512));
      RawReply reply = client.request(compact(0, BLOCK_STATUS, 0, SIZE));

      assertThat(reply.status(BASE))
          .containsExactly(
              new Stretch(MIB, HOLE),
              new Stretch(4096, DATA),
              new Stretch(4608, ZERO),
              new Stretch(SIZE - MIB - 8704, HOLE));
      assertThat(reply.status(STREAM))
          .containsExactly(
              new Stretch(MIB, AHEAD),
              new Stretch(8704, HELD),
              new Stretch(SIZE - MIB - 8704, AHEAD));
    }
  }

  @Test
  void whatIsWithThePeerIsDataAndBehind() throws Exception {
    write("disk", SIZE);
    try (Pipes.Reader _ = Pipes.read(server.path("disk"));
        RawNbdClient client = structured("disk", "base:allocation", "sluice:stream")) {
      client.request(compact(0, WRITE, 0, MIB), Arrays.copyOf(DISK, MIB));
      client.request(compact(0, WRITE_ZEROES, MIB, MIB));
      client.request(compact(0, WRITE, 3 * MIB, 512), new byte[512]);
      RawReply reply = client.request(compact(0, BLOCK_STATUS, 0, SIZE));

      assertThat(reply.status(BASE))
          .containsExactly(
              new Stretch(2 * MIB, DATA),
              new Stretch(MIB, HOLE),
              new Stretch(512, DATA),
              new Stretch(MIB - 512, HOLE));
      assertThat(reply.status(STREAM))
          .containsExactly(
              new Stretch(2 * MIB, PASSED),
              new Stretch(MIB, AHEAD),
              new Stretch(512, HELD),
              new Stretch(MIB - 512, AHEAD));
    }
  }

  @Test
  void aClientThatGoesOnFindsItsPlace() throws Exception {
    Export export = write("disk", SIZE);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"))) {
      try (RawNbdClient lost = structured("disk")) {
        lost.request(compact(0, WRITE, 0, MIB + 77), Arrays.copyOf(DISK, MIB + 77));
        lost.abort();
      }
      try (RawNbdClient next = structured("disk", "sluice:stream")) {
        List<Stretch> status = next.request(compact(0, BLOCK_STATUS, 0, SIZE)).status(STREAM);
        assertThat(status.getFirst().flags()).isEqualTo(PASSED);
        int position = (int) status.getFirst().length();
        assertThat(position).isEqualTo((int) export.stream().status().position());
        next.request(
            compact(0, WRITE, position, SIZE - position), Arrays.copyOfRange(DISK, position, SIZE));
      }
      assertThat(reader.bytes()).isEqualTo(Arrays.copyOf(DISK, SIZE));
    }
  }

  @Test
  void allOfAReadExportIsDataWhateverWasRead() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk", "base:allocation")) {
      assertThat(client.request(compact(0, BLOCK_STATUS, 0, SIZE)).status(BASE))
          .containsExactly(new Stretch(SIZE, DATA));
      client.request(compact(0, READ, 0, MIB));
      assertThat(client.request(compact(0, BLOCK_STATUS, 512, SIZE - 512)).status(BASE))
          .containsExactly(new Stretch(SIZE - 512, DATA));
    }
  }

  @Test
  void aReadExportTellsWhatCanBeReadAgain() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk", "sluice:stream")) {
      client.request(compact(0, READ, 0, MIB));
      client.request(compact(0, READ, 2 * MIB, 512)); // which passes a MiB over

      assertThat(client.request(compact(0, BLOCK_STATUS, 0, SIZE)).status(STREAM))
          .containsExactly(
              new Stretch(65_536, PASSED | HELD),
              new Stretch(MIB - 65_536, PASSED),
              new Stretch(MIB, PASSED | HELD),
              new Stretch(512, PASSED),
              new Stretch(2 * MIB - 512, AHEAD));
    }
  }

  @Test
  void aStatusTakesNothingFromTheStream() throws Exception {
    Export export = read("disk", SIZE, SIZE);
    try (RawNbdClient client = structured("disk", "base:allocation", "sluice:stream")) {
      client.request(compact(0, BLOCK_STATUS, 0, SIZE));
      assertThat(export.stream().status().position()).isZero();
      assertThat(client.request(compact(0, READ, 0, SIZE)).content(0, SIZE))
          .isEqualTo(Arrays.copyOf(DISK, SIZE));
    }
  }

  @Test
  void reqOneGetsOneExtentNoLongerThanTheRequest() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk", "base:allocation", "sluice:stream")) {
      client.request(compact(0, WRITE, MIB, 4096), new byte[4096]);
      RawReply across = client.request(compact(REQ_ONE, BLOCK_STATUS, 512, SIZE - 512));
      RawReply within = client.request(compact(REQ_ONE, BLOCK_STATUS, 512, 1));

      assertThat(across.status(BASE)).containsExactly(new Stretch(MIB - 512, HOLE));
      assertThat(across.status(STREAM)).containsExactly(new Stretch(MIB - 512, AHEAD));
      assertThat(within.status(BASE)).containsExactly(new Stretch(1, HOLE));
    }
  }

  @Test
  void aLongReplyIsCutAndCanBeAskedForAgain() throws Exception {
    write("disk", 64 * MIB);
    try (RawNbdClient client = structured("disk", "base:allocation")) {
      for (int i = 0; i < 1500; i++) {
        client.send(compact(0, WRITE, MIB + i * 1024L, 512), new byte[512]);
      }
      for (int i = 0; i < 1500; i++) {
        client.receiveReply();
      }
      long at = 0;
      int replies = 0;
      int data = 0;
      while (at < 64 * MIB) {
        List<Stretch> status =
            client.request(compact(0, BLOCK_STATUS, at, (int) (64 * MIB - at))).status(BASE);
        assertThat(status).hasSizeBetween(1, 1024);
        at += status.stream().mapToLong(Stretch::length).sum();
        data += (int) status.stream().filter(stretch -> stretch.flags() == DATA).count();
        replies++;
      }
      assertThat(at).isEqualTo(64 * MIB);
      assertThat(data).isEqualTo(1500);
      assertThat(replies).isEqualTo(3);
    }
  }

  @Test
  void aRangeBeyondTheEndOrOfNothingIsInvalid() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk", "base:allocation")) {
      assertError(client.request(compact(0, BLOCK_STATUS, SIZE, 1)), NbdError.EINVAL);
      assertError(client.request(compact(0, BLOCK_STATUS, 0, SIZE + 1)), NbdError.EINVAL);
      assertError(client.request(compact(0, BLOCK_STATUS, -1, 1)), NbdError.EINVAL);
      assertError(client.request(compact(0, BLOCK_STATUS, 0, 0)), NbdError.EINVAL);
      assertError(client.request(compact(DF, BLOCK_STATUS, 0, 512)), NbdError.EINVAL);
    }
  }

  @Test
  void withoutASelectedContextABlockStatusIsInvalid() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk")) {
      assertError(client.request(compact(0, BLOCK_STATUS, 0, 512)), NbdError.EINVAL);
    }
  }

  @Test
  void aDiskThatIsCompleteIsAllBehind() throws Exception {
    write("disk", SIZE + 100);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = structured("disk", "base:allocation", "sluice:stream")) {
      client.request(compact(0, WRITE, 0, SIZE + 512), Arrays.copyOf(DISK, SIZE + 512));
      assertThat(reader.bytes()).hasSize(SIZE + 100);
      RawReply reply = client.request(compact(0, BLOCK_STATUS, 0, SIZE + 512));

      assertThat(reply.status(STREAM))
          .containsExactly(new Stretch(SIZE + 100, PASSED), new Stretch(412, AHEAD));
      assertThat(reply.status(BASE))
          .containsExactly(new Stretch(SIZE + 100, DATA), new Stretch(412, HOLE));
    }
  }
}
